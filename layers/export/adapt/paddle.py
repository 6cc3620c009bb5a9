"""PaddleDetection, as Paddle2ONNX writes it: a second input scale_factor, and after NMS rows [n, 6]
of class, score and corners, beside their number. The picture is stretched."""

import numpy as np

from .facts import Facts
from .graph import Graph
from .kind import Kind
from .plain import Seen


def fits(f: Facts, levels: int) -> bool:
    if not any(s.name == "scale_factor" for s in f.sides) or len(f.shapes[0]) != 2 or f.shapes[0][1] != 6:
        return False
    return f.inner_levels in (None, levels)


def rewrite(g: Graph, f: Facts) -> str:
    return g.picked(6, 2, 3, 4, 5, 1, 0)


def read(f: Facts, outputs: list[np.ndarray]) -> Seen:
    out = outputs[0].astype(np.float64)
    return Seen(out[:, 2:], out[:, 1], out[:, 0].astype(int))


def row(name: str, title: str, pixels: str, levels: int) -> Kind:
    return Kind(name, title, pixels, lambda f: fits(f, levels), lambda f: f.inner_classes, rewrite, read, rows=True, stretch=True)


PPYOLOE = row("ppyoloe", "PP-YOLOE", "imagenet", 3)
PPYOLOE_PLUS = row("ppyoloe-plus", "PP-YOLOE+", "rgb", 3)
PICODET = row("picodet", "PicoDet", "imagenet", 4)
