"""Heads as those of YOLOv8, boxes and scores and nothing else: [1, 4 + classes, n], or transposed, or
in two outputs. Boxes are middles and sides or, where the numbers show it, corners, in pixels or as
fractions of the input's sides; scores are from 0 to 1 or, where some are not, logits."""

import numpy as np

from .corners import are_corners, parts
from .facts import Facts
from .graph import Graph
from .kind import Kind, columns_fit, grids
from .plain import Seen, best, centred, sigmoid

MANY = 100  # boxes that show what they are


def upright(f: Facts) -> bool:
    known = len(f.names) if f.names else 80
    return len(f.shapes) == 1 and len(f.shapes[0]) == 3 and f.shapes[0][1] == 4 + known and grids(f, f.shapes[0][2]) is not None


def transposed(f: Facts) -> bool:
    """[1, n, 4 + classes]; corners in its place are of other kinds (corners.py)."""
    return columns_fit(f, 4) and not all(are_corners(o[0, :, :4]) for (o,) in f.seen("rgb"))


def apart(f: Facts) -> int | None:
    """Tells which of two outputs is the boxes, both upright ([1, 4, n] and [1, classes, n]) or both not; corners
    of the latter are of other kinds. With four classes the name decides."""
    if len(f.shapes) != 2 or any(len(s) != 3 for s in f.shapes) or f.plugin or f.sides or f.named("pred_boxes") or f.named("dets"):
        return None  # queries of a DETR
    for axis in (1, 2):
        found = [i for i in (0, 1) if f.shapes[i][axis] == 4 and f.shapes[0][3 - axis] == f.shapes[1][3 - axis] and grids(f, f.shapes[i][3 - axis])]
        found.sort(key=lambda i: "box" not in f.output_names[i])
        if found and (axis == 1 or not all(are_corners(parts(f, o)[0]) for o in f.seen("rgb"))):
            return found[0]
    return None


def fits(f: Facts) -> bool:
    if not (upright(f) or transposed(f) or apart(f) is not None):
        return False
    return not logits(f) or all(np.ptp(boxes[:, :2] * unit(f), 0).max() > min(f.size) / 2 for boxes, _ in split_all(f))


def split(f: Facts, outputs: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Returns boxes [n, 4] and scores [n, classes] as they are put out."""
    if len(outputs) == 2:
        boxes = apart(f)
        both = [outputs[i][0].astype(np.float64) for i in (boxes, 1 - boxes)]
        return tuple(o.T if f.shapes[boxes][1] == 4 else o for o in both)
    out = outputs[0][0].astype(np.float64)
    out = out.T if upright(f) else out
    return out[:, :4], out[:, 4:]


def split_all(f: Facts) -> list[tuple[np.ndarray, np.ndarray]]:
    return [split(f, o) for o in f.seen("rgb")]


def fractions(f: Facts) -> bool:
    """Boxes between 0 and 1, or a little beyond, in every run."""
    return all(boxes.max() <= 2 for boxes, _ in split_all(f))


def unit(f: Facts) -> np.ndarray:
    """Pixels of what a box's x and y count."""
    return np.array([f.size[1], f.size[0]] if fractions(f) else [1, 1])


def ends(f: Facts) -> bool:
    """Corners: in no run does a box end before it starts, as sides of boxes all over the picture would,
    and middles, which lie about the cells of grids, are nearer to the picture's than read otherwise."""
    middle = np.array([f.size[1], f.size[0]]) / 2
    for boxes, _ in split_all(f):
        boxes = boxes[boxes.any(1)] * np.tile(unit(f), 2)
        if len(boxes) < MANY or not are_corners(boxes) or boxes[:, 0].max() < middle[0]:
            return False
        otherwise, middles = boxes[:, :2], (boxes[:, :2] + boxes[:, 2:]) / 2
        if abs((middles - middle).mean(0).sum()) >= abs((otherwise - middle).mean(0).sum()):
            return False
    return True


def logits(f: Facts) -> bool:
    return any(scores.min() < -0.01 or scores.max() > 1.01 for _, scores in split_all(f))


def classes(f: Facts) -> int:
    return split_all(f)[0][1].shape[1]


def rewrite(g: Graph, f: Facts) -> str:
    if len(f.shapes) == 2:
        first = apart(f)
        boxes, scores = (g.float(f.output_names[i]) for i in (first, 1 - first))
        if f.shapes[first][1] == 4:
            boxes, scores = (g.transpose(x, 0, 2, 1) for x in (boxes, scores))
    else:
        x = g.float(f.output_names[0])
        x = g.transpose(x, 0, 2, 1) if upright(f) else x
        boxes, scores = g.columns(x, 0, 4), g.columns(x, 4, 4 + classes(f))
    if fractions(f):
        boxes = g.scaled(boxes, [f.size[1], f.size[0]] * 2)
    return g.raw(g.sides(boxes) if ends(f) else boxes, g.op("Sigmoid", scores) if logits(f) else scores)


def read(f: Facts, outputs: list[np.ndarray]) -> Seen:
    boxes, scores = split(f, outputs)
    boxes = boxes * np.tile(unit(f), 2)
    return best(boxes if ends(f) else centred(boxes), sigmoid(scores) if logits(f) else scores)


YOLOV8 = Kind("yolov8", "a head as YOLOv8's", "rgb", fits, classes, rewrite, read, families=("yolo9",))
