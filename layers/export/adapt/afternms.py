"""Four outputs after NMS: how many count, corners [1, n, 4], scores [1, n], classes [1, n]. So put
out TensorRT's EfficientNMS, YOLO-NAS' batch format and MMYOLO. Where the graph ends in the plugin
itself, it was cut before (see facts.py) and puts out what the plugin was handed."""

import numpy as np

from .facts import Facts
from .graph import Graph
from .kind import Kind
from .plain import Seen, best, centred, sigmoid

EFFICIENT = "num_dets", "det_boxes", "det_scores", "det_classes"
OF_MMYOLO = "num_dets", "boxes", "scores", "labels"
OF_NAS = "num_predictions", "pred_boxes", "pred_scores", "pred_classes"
CENTRED, SIGMOID = "box_coding", "score_activation"  # attributes of the plugin, 1 where it is so


def rewrite(g: Graph, f: Facts, names: tuple[str, ...]) -> str:
    count, boxes, scores, classes = (g.float(f.named(n)) for n in names)
    n = f.shapes[f.index(names[1])][1]
    counts = g.op("Less", g.const(np.arange(n)), g.reshape(count, 1))
    scores = g.op("Mul", g.reshape(scores, 1, n), g.float(counts))
    return g.rows(g.reshape(boxes, 1, n, 4), scores, classes)


def read(f: Facts, outputs: list[np.ndarray], names: tuple[str, ...]) -> Seen:
    count, boxes, scores, classes = (outputs[f.index(n)] for n in names)
    n = int(count.item())
    return Seen(boxes.reshape(-1, 4)[:n].astype(np.float64), scores.reshape(-1)[:n], classes.reshape(-1)[:n].astype(int))


def plugin_classes(f: Facts) -> int | None:
    return f.shapes[1][2] if f.plugin else f.inner_classes


def rewrite_plugin(g: Graph, f: Facts) -> str:
    if not f.plugin:
        return rewrite(g, f, EFFICIENT)
    boxes, scores = (g.float(name) for name in f.output_names)
    boxes = g.reshape(boxes, 1, -1, 4)
    boxes = boxes if f.plugin.get(CENTRED) else g.sides(boxes)
    return g.raw(boxes, g.op("Sigmoid", scores) if f.plugin.get(SIGMOID) else scores)


def read_plugin(f: Facts, outputs: list[np.ndarray]) -> Seen:
    if not f.plugin:
        return read(f, outputs, EFFICIENT)
    boxes, scores = outputs[0].reshape(-1, 4).astype(np.float64), outputs[1][0]
    return best(centred(boxes) if f.plugin.get(CENTRED) else boxes, sigmoid(scores) if f.plugin.get(SIGMOID) else scores)


def row(name: str, title: str, pixels: str, names: tuple[str, ...], families: tuple[str, ...] = ()) -> Kind:
    return Kind(
        name, title, pixels, lambda f: f.has(*names), lambda f: f.inner_classes,
        lambda g, f: rewrite(g, f, names), lambda f, outputs: read(f, outputs, names), rows=True, families=families,
    )  # fmt: skip


EFFICIENTNMS = Kind(
    "efficientnms", "the outputs of EfficientNMS, as YOLOv7 and YOLOv6 have them", "rgb",
    lambda f: not f.plugin and f.has(*EFFICIENT), plugin_classes, rewrite_plugin, read_plugin, rows=True,
)  # fmt: skip
# The plugin's own NMS is left to the function.
PLUGIN = Kind(
    "efficientnms-plugin", "a graph that ends in EfficientNMS, as YOLOv7 and YOLOv6 write it", "rgb",
    lambda f: f.plugin is not None, plugin_classes, rewrite_plugin, read_plugin,
)  # fmt: skip
YOLONAS_BATCH = row("yolonas-batch", "YOLO-NAS, its batch format", "rgb", OF_NAS)
MMYOLO = row("mmyolo", "a YOLO of MMYOLO", "rgb", OF_MMYOLO)
RTMDET_YOLO = row("mmyolo-rtmdet", "RTMDet of MMYOLO", "bgr-imagenet", OF_MMYOLO)
