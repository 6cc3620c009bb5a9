"""YOLOX, [1, n, 5 + classes]: a row for each cell, whose score is objectness times class. As its
exporter writes it a box is an offset in cells and the logarithms of its sides; with
--decode_in_inference it is cx, cy, w, h in pixels. YOLOv6 has the latter with an objectness of 1."""

import numpy as np

from .facts import Facts
from .graph import Graph
from .kind import Kind, centres, columns_fit, grids
from .plain import Seen, best, cells, centred, strides_of


def decoded(f: Facts, pixels: str) -> bool:
    """Boxes in pixels: no side is negative, and the middles lie all over the picture."""
    return all(np.min(o[0, :, 2:4]) >= 0 and np.ptp(o[0, :, :2], 0).max() > min(f.size) / 2 for (o,) in f.seen(pixels))


def undecoded(f: Facts, pixels: str) -> bool:
    """Offsets of a few cells and logarithms of sides: none is as large as a coordinate in pixels."""
    return all(np.abs(o[0, :, :2]).max() < min(f.size) / 4 and o[0, :, 2:4].max() < 8 for (o,) in f.seen(pixels))


def certain(f: Facts) -> bool:
    return all(np.all(o[0, :, 4] == 1) for (o,) in f.seen("rgb"))


def classes(f: Facts) -> int:
    return f.shapes[0][-1] - 5


def scores(g: Graph, x: str, n: int) -> str:
    return g.op("Mul", g.columns(x, 5, 5 + n), g.columns(x, 4, 5))


def rewrite(g: Graph, f: Facts) -> str:
    x = g.float(f.output_names[0])
    places, steps = centres(f, grids(f, f.shapes[0][1]), 0)
    middle = g.scaled(g.op("Add", g.columns(x, 0, 2), g.const(places)), steps)
    sides = g.scaled(g.op("Exp", g.columns(x, 2, 4)), steps)
    return g.raw(g.beside(middle, sides), scores(g, x, classes(f)))


def rewrite_decoded(g: Graph, f: Facts) -> str:
    x = g.float(f.output_names[0])
    return g.raw(g.columns(x, 0, 4), scores(g, x, classes(f)))


def read(f: Facts, outputs: list[np.ndarray]) -> Seen:
    out = outputs[0][0].astype(np.float64)
    grid = cells(f.size, strides_of(len(out), f.size))
    stride = grid[:, 2:]
    boxes = np.concatenate([(out[:, :2] + grid[:, :2]) * stride, np.exp(out[:, 2:4]) * stride], 1)
    return best(centred(boxes), out[:, 5:] * out[:, 4:5])


def read_decoded(f: Facts, outputs: list[np.ndarray]) -> Seen:
    out = outputs[0][0].astype(np.float64)
    return best(centred(out), out[:, 5:] * out[:, 4:5])


YOLOX = Kind(
    "yolox", "YOLOX, its boxes not decoded", "bgr255",
    lambda f: columns_fit(f, 5) and undecoded(f, "bgr255"), classes, rewrite, read, families=("yolox",),
)  # fmt: skip
YOLOX_DECODED = Kind(
    "yolox-decoded", "YOLOX, its boxes decoded", "bgr255",
    lambda f: columns_fit(f, 5) and not certain(f) and decoded(f, "bgr255"), classes, rewrite_decoded, read_decoded, families=("yolox",),
)  # fmt: skip
YOLOV6 = Kind(
    "yolov6", "YOLOv6", "rgb",
    lambda f: columns_fit(f, 5) and certain(f) and decoded(f, "rgb"), classes, rewrite_decoded, read_decoded,
)  # fmt: skip
