"""YOLO-NAS' flat format, [n, 7]: number of the picture, corners, score, class."""

import numpy as np

from .facts import Facts
from .graph import Graph
from .kind import Kind
from .plain import Seen
from .yolov7 import is_rows


def fits(f: Facts) -> bool:
    """Of the last two columns the first is scores and the second whole numbers."""
    if not is_rows(f):
        return False
    rows = np.concatenate([o for (o,) in f.seen("rgb")])
    return bool(np.all(rows[:, 6] % 1 == 0) and np.all((rows[:, 5] >= 0) & (rows[:, 5] <= 1)))


def rewrite(g: Graph, f: Facts) -> str:
    return g.picked(7, 1, 2, 3, 4, 5, 6)


def read(f: Facts, outputs: list[np.ndarray]) -> Seen:
    out = outputs[0].astype(np.float64)
    return Seen(out[:, 1:5], out[:, 5], out[:, 6].astype(int))


YOLONAS_FLAT = Kind("yolonas-flat", "YOLO-NAS, its flat format", "rgb", fits, lambda f: f.inner_classes, rewrite, read, rows=True)
