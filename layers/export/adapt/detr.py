"""DETRs whose scores are sigmoids of each class's logit: RT-DETR, D-FINE and DEIM as Hugging Face
and LibreYOLO write them (logits [1, n, classes], pred_boxes [1, n, 4]), RF-DETR (dets and labels),
and RT-DETR's own export (labels, boxes, scores, and an input orig_target_sizes). Boxes of the first
two are cx, cy, w, h as fractions. The picture is stretched."""

from collections.abc import Callable

import numpy as np

from problem import Problem

from .facts import Facts
from .graph import Graph
from .kind import Kind
from .plain import Seen, centred, sigmoid

# COCO's category numbers, which some networks have columns for, of the 80 classes in order.
COCO_IDS = [i for i in range(1, 91) if i not in (12, 26, 29, 30, 45, 66, 68, 69, 71, 83)]
MOST = 300


def columns(f: Facts, logits: str, spare: int) -> list[int] | None:
    """Returns the columns of the logits that are classes. spare: how many may follow them."""
    n = f.shapes[f.index(logits)][-1]
    known = len(f.names) if f.names else 80
    if n == 91 and known == 80:
        return COCO_IDS
    return list(range(known)) if n - known in range(spare + 1) else None


def fits(f: Facts, logits: str, boxes: str, spare: int) -> bool:
    if not f.has(logits, boxes) or f.sides or f.shapes[f.index(boxes)][-1] != 4 or columns(f, logits, spare) is None:
        return False
    seen = f.seen("rgb")
    return all(o[f.index(logits)].min() < 0 and o[f.index(boxes)].max() < 2 for o in seen)


def softmaxed(f: Facts, logits: str) -> bool:
    """A softmax has a last column for no object, which is the greatest of most queries; a sigmoid's are all low."""
    outputs = [o[f.index(logits)][0] for o in f.seen("rgb")]
    return outputs[0].shape[1] > 1 and all(np.mean((o.argmax(1) == o.shape[1] - 1) & (o[:, -1] > 0)) > 0.5 for o in outputs)


def rewrite(g: Graph, f: Facts, logits: str, boxes: str, spare: int) -> str:
    if softmaxed(f, logits):
        raise Problem("the last column of its logits is the greatest nearly everywhere: no object, of a softmax (DETR, YOLOS), which is not adapted")
    chosen = columns(f, logits, spare)
    scores = g.op("Sigmoid", g.op("Gather", g.float(f.named(logits)), g.ints(*chosen), axis=2))
    corners = g.corners(g.scaled(g.float(f.named(boxes)), [f.size[1], f.size[0]] * 2))
    return g.strongest(corners, scores, f.shapes[f.index(boxes)][1], len(chosen), MOST)


def read(f: Facts, outputs: list[np.ndarray], logits: str, boxes: str, spare: int) -> Seen:
    scores = sigmoid(outputs[f.index(logits)][0])[:, columns(f, logits, spare)]
    corners = centred(outputs[f.index(boxes)][0].astype(np.float64)) * np.array([f.size[1], f.size[0], f.size[1], f.size[0]])
    order = np.argsort(-scores.reshape(-1), kind="stable")[:MOST]
    return Seen(corners[order // scores.shape[1]], scores.reshape(-1)[order], order % scores.shape[1])


def row(name: str, title: str, pixels: str, outputs: tuple[str, str, int], families: tuple[str, ...], also: Callable[[Facts], bool]) -> Kind:
    return Kind(
        name, title, pixels, lambda f: fits(f, *outputs) and also(f), lambda f: len(columns(f, outputs[0], outputs[2]) or f.names or ()),
        lambda g, f: rewrite(g, f, *outputs), lambda f, o: read(f, o, *outputs), rows=True, stretch=True, families=families,
    )  # fmt: skip


def dino(f: Facts) -> bool:
    """DEIMv2's larger networks start with DINO's, which wants ImageNet's mean taken off."""
    return f.props.get("model_family") == "deimv2" and f.props.get("size") in ("s", "m", "l", "x")


def fits_official(f: Facts) -> bool:
    return any(s.name == "orig_target_sizes" for s in f.sides) and f.has("labels", "boxes", "scores")


def rewrite_official(g: Graph, f: Facts) -> str:
    return g.rows(g.float(f.named("boxes")), f.named("scores"), f.named("labels"))


def read_official(f: Facts, outputs: list[np.ndarray]) -> Seen:
    labels, boxes, scores = (outputs[f.index(n)][0] for n in ("labels", "boxes", "scores"))
    return Seen(boxes.astype(np.float64), scores, labels.astype(int))


RTDETR = row(
    "rtdetr", "RT-DETR, D-FINE or DEIM of Hugging Face or LibreYOLO", "rgb", ("logits", "pred_boxes", 0),
    ("rtdetr", "rtdetrv2", "rtdetrv4", "dfine", "deim", "deimv2"), lambda f: not dino(f),
)  # fmt: skip
DEIMV2 = row("deimv2", "DEIMv2 on DINO", "imagenet", ("logits", "pred_boxes", 0), ("deimv2",), dino)
RFDETR = row("rfdetr", "RF-DETR", "imagenet", ("labels", "dets", 1), ("rfdetr",), lambda f: len(f.shapes) == 2)
RTDETR_OFFICIAL = Kind(
    "rtdetr-official", "RT-DETR, D-FINE or DEIM as their own export writes them", "rgb",
    fits_official, lambda f: f.inner_classes, rewrite_official, read_official, rows=True, stretch=True,
)  # fmt: skip
