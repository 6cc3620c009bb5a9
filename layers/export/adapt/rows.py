"""Rows after NMS inside the graph, [n, 7]: number of the picture, corners, and score and class in
either order. YOLOv7 and YOLOv6 put the class first, YOLO-NAS' flat format the score."""

from collections.abc import Callable

import numpy as np

from .facts import Facts
from .kind import Kind
from .plain import Seen


def fits(f: Facts, score: int, label: int) -> bool:
    """The column score is scores, and label whole numbers."""
    if len(f.shapes) != 1 or len(f.shapes[0]) != 2 or f.shapes[0][1] != 7:
        return False
    rows = np.concatenate([o for (o,) in f.seen("rgb")])
    return bool(np.all(rows[:, label] % 1 == 0) and np.all((rows[:, score] >= 0) & (rows[:, score] <= 1)))


def read(outputs: list[np.ndarray], score: int, label: int) -> Seen:
    out = outputs[0].astype(np.float64)
    return Seen(out[:, 1:5], out[:, score], out[:, label].astype(int))


def row(name: str, title: str, score: int, label: int, also: Callable[[Facts], bool] = lambda f: True) -> Kind:
    """score, label: their columns."""
    return Kind(
        name, title, "rgb", lambda f: fits(f, score, label) and also(f), lambda f: f.inner_classes,
        lambda g, f: g.picked(7, 1, 2, 3, 4, score, label), lambda f, outputs: read(outputs, score, label), rows=True,
    )  # fmt: skip


YOLOV7 = row("yolov7-rows", "rows after NMS of YOLOv7 or YOLOv6", 6, 5, lambda f: not f.named("flat_predictions"))
YOLONAS = row("yolonas-flat", "YOLO-NAS, its flat format", 5, 6)
