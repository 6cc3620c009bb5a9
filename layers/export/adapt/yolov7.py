"""YOLOv5 and YOLOv7, three anchors a cell: with the grid decoded [1, n, 5 + classes] (the first
output; the open heads may follow), or the open heads [1, 3, height, width, 5 + classes] alone,
before the sigmoid."""

import numpy as np

from .facts import Facts
from .graph import Graph
from .kind import Kind, grids
from .plain import Seen, best, centred, sigmoid
from .yolox import classes, read_decoded, rewrite_decoded, scores

# Widths and heights in pixels, for strides of 8, 16 and 32: they are in neither file nor outputs.
ANCHORS = {
    "yolov7": ((12, 16, 19, 36, 40, 28), (36, 75, 76, 55, 72, 146), (142, 110, 192, 243, 459, 401)),
    "yolov5": ((10, 13, 16, 30, 33, 23), (30, 61, 62, 45, 59, 119), (116, 90, 156, 198, 373, 326)),
}
# The last module of each network, after which its nodes are called.
MODULES = {"yolov7": ("/model.105/",), "yolov5": ("/model.24/", "/model.77/")}


def fits_decoded(f: Facts) -> bool:
    shape = f.shapes[0]
    if len(shape) != 3 or any(len(s) != 5 for s in f.shapes[1:]) or shape[1] % 3 or not grids(f, shape[1] // 3):
        return False
    return shape[2] - 5 == (len(f.names) if f.names else 80)


def fits_open(f: Facts, family: str) -> bool:
    if len(f.shapes) != 3 or any(len(s) != 5 or s[1] != 3 for s in f.shapes):
        return False
    other = next(key for key in MODULES if key != family)
    return not any(module in n.name for n in f.model.graph.node for module in MODULES[other])


def rewrite_open(g: Graph, f: Facts, family: str) -> str:
    levels = []
    for name, shape, anchors in zip(f.output_names, f.shapes, ANCHORS[family], strict=True):
        _, _, height, width, columns = shape
        stride, cells = f.size[0] / height, 3 * height * width
        x = g.op("Sigmoid", g.reshape(g.float(name), 1, cells, columns))
        y, column = np.mgrid[:height, :width]
        place = np.tile(np.stack([column, y], -1).reshape(-1, 2), (3, 1)) - 0.5
        sides = np.repeat(np.reshape(anchors, (3, 2)), height * width, axis=0)
        middle = g.scaled(g.op("Add", g.scaled(g.columns(x, 0, 2), 2), g.const(place[None])), stride)
        half = g.columns(x, 2, 4)
        size = g.scaled(g.op("Mul", half, half), 4 * sides[None])
        levels.append(g.beside(middle, size, scores(g, x, classes(f))))
    return g.transpose(g.op("Concat", *levels, axis=1), 0, 2, 1)


def read_open(f: Facts, outputs: list[np.ndarray], family: str) -> Seen:
    boxes, sure = [], []
    for out, anchors in zip(outputs, ANCHORS[family], strict=True):
        p = sigmoid(out[0])
        for a in range(3):
            for row in range(p.shape[1]):
                for column in range(p.shape[2]):
                    v, stride = p[a, row, column], f.size[0] / p.shape[1]
                    x, y = (2 * v[0] - 0.5 + column) * stride, (2 * v[1] - 0.5 + row) * stride
                    boxes.append((x, y, (2 * v[2]) ** 2 * anchors[2 * a], (2 * v[3]) ** 2 * anchors[2 * a + 1]))
                    sure.append(v[5:] * v[4])
    return best(centred(np.array(boxes)), np.array(sure))


def open_heads(name: str, family: str, title: str) -> Kind:
    return Kind(
        name, title, "rgb", lambda f: fits_open(f, family), classes,
        lambda g, f: rewrite_open(g, f, family), lambda f, outputs: read_open(f, outputs, family),
    )  # fmt: skip


YOLOV5 = Kind("yolov5", "YOLOv5 or YOLOv7 with its grid decoded", "rgb", fits_decoded, classes, rewrite_decoded, read_decoded)
YOLOV7_OPEN = open_heads("yolov7-open", "yolov7", "YOLOv7's open heads, with its anchors")
YOLOV5_OPEN = open_heads("yolov5-open", "yolov5", "the open heads of YOLOv5 or YOLOv7-tiny, with their anchors")
