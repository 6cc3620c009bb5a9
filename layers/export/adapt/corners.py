"""Corners in pixels and scores from 0 to 1 for each cell, before NMS: boxes [1, n, 4] beside scores
[1, n, classes] or [1, classes, n], or both in one output [1, n, 4 + classes]. Many networks put out
these; what tells them apart is not in the outputs, but their pixels differ."""

import numpy as np

from .facts import Facts
from .graph import Graph
from .kind import Kind, columns_fit, grids
from .plain import Seen, best


def places(f: Facts) -> tuple[int, int] | None:
    """Returns which output is boxes and which is scores, None where no two are. With four classes
    the name decides."""
    if len(f.shapes) != 2 or any(len(s) != 3 for s in f.shapes):
        return None
    boxes = [i for i, s in enumerate(f.shapes) if s[2] == 4 and grids(f, s[1])]
    boxes.sort(key=lambda i: "box" not in f.output_names[i])
    return next(((i, 1 - i) for i in boxes if f.shapes[i][1] in f.shapes[1 - i][1:]), None)


def parts(f: Facts, outputs: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray] | None:
    """Returns boxes [n, 4] and scores [n, classes], None where there are no such."""
    if columns_fit(f, 4):
        return outputs[0][0, :, :4], outputs[0][0, :, 4:]
    if (found := places(f)) is None:
        return None
    boxes, scores = (outputs[i][0] for i in found)
    return boxes, scores if len(scores) == len(boxes) else scores.T


def fits(f: Facts, paddle: bool) -> bool:
    """No box ends before it starts, and all scores are such, in every run. paddle: whether it may
    have Paddle's inputs beside the picture."""
    if f.plugin or any(not paddle or s.name not in ("scale_factor", "im_shape") for s in f.sides):
        return False
    for outputs in f.seen("rgb"):
        found = parts(f, outputs)
        if found is None or not are_corners(found[0]) or found[1].min() < 0 or found[1].max() > 1:
            return False
    return True


def are_corners(boxes: np.ndarray) -> bool:
    """boxes: [n, 4]. Sides of boxes around the cells of a grid would end before they start."""
    return bool(np.all(boxes[:, 2:] >= boxes[:, :2] - 1e-3) and boxes.max() > 2)


def classes(f: Facts) -> int:
    return parts(f, f.seen("rgb")[0])[1].shape[1]


def rewrite(g: Graph, f: Facts) -> str:
    if len(f.shapes) == 1:
        x = g.float(f.output_names[0])
        return g.raw(g.sides(g.columns(x, 0, 4)), g.columns(x, 4, f.shapes[0][2]))
    boxes, scores = (g.float(f.output_names[i]) for i in places(f))
    upright = f.shapes[places(f)[1]][1] == f.shapes[places(f)[0]][1]
    return g.raw(g.sides(boxes), scores if upright else g.transpose(scores, 0, 2, 1))


def read(f: Facts, outputs: list[np.ndarray]) -> Seen:
    boxes, scores = parts(f, outputs)
    return best(boxes.astype(np.float64), scores)


def row(name: str, title: str, pixels: str, families: tuple[str, ...] = (), stretch: bool = False) -> Kind:
    """stretch: so do Paddle's alone."""
    return Kind(name, title, pixels, lambda f: fits(f, stretch), classes, rewrite, read, stretch=stretch, families=families)


YOLONAS = row("yolonas", "YOLO-NAS before NMS", "rgb", ("yolonas",))
PPYOLOE = row("ppyoloe-heads", "PP-YOLOE before NMS", "imagenet", ("ppyoloe",), stretch=True)
PPYOLOE_PLUS = row("ppyoloe-plus-heads", "PP-YOLOE+ before NMS", "rgb", stretch=True)
PICODET = row("picodet-heads", "PicoDet before NMS", "imagenet", ("picodet",), stretch=True)
RTMDET_HEADS = row("rtmdet-heads", "RTMDet before NMS", "bgr-imagenet", ("rtmdet",))
