"""MMDetection, as MMDeploy writes it after NMS: dets [1, n, 5] (corners and score), labels [1, n]."""

import numpy as np

from .facts import Facts
from .graph import Graph
from .kind import Kind
from .plain import Seen


def fits(f: Facts) -> bool:
    return len(f.shapes) == 2 and f.has("dets", "labels") and f.shapes[f.index("dets")][-1] == 5


def rewrite(g: Graph, f: Facts) -> str:
    dets = g.float(f.named("dets"))
    return g.rows(g.columns(dets, 0, 4), g.columns(dets, 4, 5), f.named("labels"))


def read(f: Facts, outputs: list[np.ndarray]) -> Seen:
    dets, labels = outputs[f.index("dets")][0].astype(np.float64), outputs[f.index("labels")][0]
    return Seen(dets[:, :4], dets[:, 4], labels.astype(int))


def row(name: str, title: str, pixels: str) -> Kind:
    return Kind(name, title, pixels, fits, lambda f: f.inner_classes, rewrite, read, rows=True)


RTMDET = row("rtmdet", "RTMDet of MMDetection", "bgr-imagenet")
MMDET = row("mmdet", "a detector of MMDetection that takes RGB", "imagenet")
MMDET_YOLO = row("mmdet-yolo", "a YOLO of MMYOLO, by MMDeploy", "rgb")
