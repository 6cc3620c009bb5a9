"""Heads as those of YOLOv8, scores from 0 to 1 and nothing else: [1, 4 + classes, n], or transposed,
or with boxes as fractions of the input's sides."""

import numpy as np

from .corners import are_corners
from .facts import Facts
from .graph import Graph
from .kind import Kind, columns_fit, grids
from .plain import Seen, best, centred


def upright(f: Facts) -> bool:
    known = len(f.names) if f.names else 80
    return len(f.shapes) == 1 and len(f.shapes[0]) == 3 and f.shapes[0][1] == 4 + known and grids(f, f.shapes[0][2]) is not None


def transposed(f: Facts) -> bool:
    """[1, n, 4 + classes]; corners in its place are of other kinds (corners.py)."""
    return columns_fit(f, 4) and not all(are_corners(o[0, :, :4]) for (o,) in f.seen("rgb"))


def fractions(f: Facts) -> bool:
    """Boxes between 0 and 1, or a little beyond, in every run."""
    return all((o[0, :4] if upright(f) else o[0, :, :4]).max() <= 2 for (o,) in f.seen("rgb"))


def classes(f: Facts) -> int:
    return min(f.shapes[0][1:]) - 4


def rewrite(g: Graph, f: Facts) -> str:
    x = g.float(f.output_names[0])
    if upright(f):
        x = g.transpose(x, 0, 2, 1)
    boxes = g.columns(x, 0, 4)
    if fractions(f):
        boxes = g.scaled(boxes, [f.size[1], f.size[0]] * 2)
    return g.raw(boxes, g.columns(x, 4, 4 + classes(f)))


def read(f: Facts, outputs: list[np.ndarray]) -> Seen:
    out = outputs[0][0].astype(np.float64)
    if out.shape[0] == 4 + classes(f):
        out = out.T
    if out[:, :4].max() <= 2:
        out = out * np.array([f.size[1], f.size[0], f.size[1], f.size[0], *[1] * classes(f)])
    return best(centred(out), out[:, 4:])


YOLOV8 = Kind(
    "yolov8", "a head as YOLOv8's", "rgb", lambda f: upright(f) or transposed(f), classes, rewrite, read, families=("yolo9",)
)  # fmt: skip
