"""Makes the fixture models: tiny graphs that find red, green and blue squares.
One for each task: their masks are what has the colour, their keypoints the
corners, their oriented boxes do not turn, and the classes are the mean colour.

    pip install onnx==1.23.2 && python make.py

They are no trained networks: an average over each 64 x 64 window of the input
scores how much redder, greener or bluer it is than anything else, so a square of
64 px gets its best score where the window covers it. The layouts are those of
Ultralytics' exports; see README.md of the project for its licence, which covers
these files.
"""

from pathlib import Path

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save

HERE = Path(__file__).parent
NAMES = {0: "red", 1: "green", 2: "blue"}
CELL, WINDOW = 8, 64  # pixels


class Graph:
    """Collects nodes; every method returns the name of its result."""

    def __init__(self):
        self.nodes, self.constants = [], []

    def __call__(self, op, *inputs, outputs=1, **attributes):
        names = [f"{op.lower()}{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(op, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else names

    def const(self, value, dtype=np.float32):
        name = f"const{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.array(value, dtype), name))
        return name


def boxes_and_scores(g, images):
    """[b, 4, n] cx cy w h and [b, 3, n] scores."""
    pad = WINDOW // 2 - CELL // 2
    means = g("AveragePool", images, kernel_shape=[WINDOW] * 2, strides=[CELL] * 2, pads=[pad] * 4, count_include_pad=1)
    r, g_, b = g("Split", means, outputs=3, axis=1, num_outputs=3)
    scores = g("Concat",
               g("Sub", r, g("Max", g_, b)),
               g("Sub", g_, g("Max", r, b)),
               g("Sub", b, g("Max", r, g_)), axis=1)
    scores = g("Clip", scores, g.const(0), g.const(1))

    shape = g("Shape", means)
    axis = lambda i: g("Gather", shape, g.const(i, np.int64), axis=0)
    zero, one = g.const(0, np.int64), g.const(1, np.int64)
    centres = lambda n: g("Add", g("Mul", g("Cast", g("Range", zero, n, one), to=TensorProto.FLOAT),
                                   g.const(CELL)), g.const(CELL / 2))
    ones = g("Mul", g("Slice", means, g.const([0], np.int64), g.const([1], np.int64), g.const([1], np.int64)), g.const(0))
    cx = g("Add", ones, g("Reshape", centres(axis(3)), g.const([1, 1, 1, -1], np.int64)))
    cy = g("Add", ones, g("Reshape", centres(axis(2)), g.const([1, 1, -1, 1], np.int64)))
    side = g("Add", ones, g.const(WINDOW))
    boxes = g("Concat", cx, cy, side, side, axis=1)
    flat = lambda x, rows: g("Reshape", x, g.const([0, rows, -1], np.int64))
    return flat(boxes, 4), flat(scores, 3)


def raw(g, images):
    """[b, 7, n], as YOLOv8 and 11."""
    return g("Concat", *boxes_and_scores(g, images), axis=1)


def end2end(g, images):
    """[b, 300, 6], as YOLOv10 and 26 with nms=False; without the suppression
    that a trained head has learnt."""
    boxes, scores = boxes_and_scores(g, images)
    best = g("ReduceMax", scores, g.const([1], np.int64), keepdims=0)
    top, index = g("TopK", best, g.const([300], np.int64), outputs=2, axis=1)
    label = g("Cast", g("ArgMax", scores, axis=1, keepdims=0), to=TensorProto.FLOAT)
    index3 = g("Unsqueeze", index, g.const([1], np.int64))
    boxes = g("GatherElements", boxes, g("Tile", index3, g.const([1, 4, 1], np.int64)), axis=2)
    cx, cy, w, h = g("Split", boxes, outputs=4, axis=1, num_outputs=4)
    half = g.const(0.5)
    rows = [g("Sub", cx, g("Mul", w, half)), g("Sub", cy, g("Mul", h, half)),
            g("Add", cx, g("Mul", w, half)), g("Add", cy, g("Mul", h, half)),
            g("Unsqueeze", top, g.const([1], np.int64)),
            g("Unsqueeze", g("GatherElements", label, index, axis=1), g.const([1], np.int64))]
    return g("Transpose", g("Concat", *rows, axis=1), perm=[0, 2, 1])


def quantized(activations):
    """raw, of the picture after a convolution that changes nothing, in 8-bit numbers as
    ONNX Runtime's quantizer writes them."""
    zero = np.iinfo(activations).min

    def head(g, images):
        of = [g.const(1 / 255), g.const(zero, activations)]
        rounded = lambda x: g("DequantizeLinear", g("QuantizeLinear", x, *of), *of)
        identity = np.eye(3)[:, :, None, None] * 127
        weights = g("DequantizeLinear", g.const(identity, np.int8), g.const([1 / 127] * 3), g.const([0] * 3, np.int8), axis=0)
        return raw(g, rounded(g("Conv", rounded(images), weights)))

    return head


def fractions(g, images):
    """As raw, but boxes from 0 to 1: what no file declares, and the numbers show."""
    boxes, scores = boxes_and_scores(g, images)
    return g("Concat", g("Div", boxes, g.const(320)), scores, axis=1)


def segment(g, images):
    """[b, 7+3, n] with the scores again as mask coefficients, and a prototype for
    each colour, [b, 3, h/4, w/4]: above zero where there is more of it than half."""
    boxes, scores = boxes_and_scores(g, images)
    means = g("AveragePool", images, kernel_shape=[4, 4], strides=[4, 4])
    r, g_, b = g("Split", means, outputs=3, axis=1, num_outputs=3)
    colours = g("Concat",
                g("Sub", r, g("Max", g_, b)),
                g("Sub", g_, g("Max", r, b)),
                g("Sub", b, g("Max", r, g_)), axis=1)
    return g("Concat", boxes, scores, scores, axis=1), g("Sub", colours, g.const(0.5))


def pose(g, images):
    """[b, 7+12, n]: the four corners, clockwise from the top left, as x, y,
    visibility; which is the best score."""
    boxes, scores = boxes_and_scores(g, images)
    cx, cy, _, _ = g("Split", boxes, outputs=4, axis=1, num_outputs=4)
    visible = g("ReduceMax", scores, g.const([1], np.int64), keepdims=1)
    low, high = g.const(-WINDOW / 2), g.const(WINDOW / 2)
    corners = [part for dx, dy in ((low, low), (high, low), (high, high), (low, high))
               for part in (g("Add", cx, dx), g("Add", cy, dy), visible)]
    return g("Concat", boxes, scores, *corners, axis=1)


def obb(g, images):
    """[b, 7+1, n] with the angle 0."""
    boxes, scores = boxes_and_scores(g, images)
    cx, _, _, _ = g("Split", boxes, outputs=4, axis=1, num_outputs=4)
    return g("Concat", boxes, scores, g("Mul", cx, g.const(0)), axis=1)


def classify(g, images):
    """[b, 3] softmax of ten times the mean colour."""
    mean = g("Flatten", g("GlobalAveragePool", images))
    return g("Softmax", g("Mul", mean, g.const(10)), axis=1)


def write(name, head, shape, *out_shapes, element=TensorProto.FLOAT, **metadata):
    g = Graph()
    images = "images"
    if element != TensorProto.FLOAT:
        images = g("Cast", images, to=TensorProto.FLOAT)
    outs = head(g, images)
    for i, out in enumerate(outs if isinstance(outs, tuple) else (outs,)):
        g.nodes.append(helper.make_node("Cast", [out], [f"output{i}"], to=element))
    graph = helper.make_graph(
        g.nodes, "squares",
        [helper.make_tensor_value_info("images", element, shape)],
        [helper.make_tensor_value_info(f"output{i}", element, s) for i, s in enumerate(out_shapes)],
        g.constants)
    model = helper.make_model(graph, producer_name="YOLambda fixtures", opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    props = {"description": "YOLambda test fixture: finds red, green and blue squares", "license": "Apache-2.0",
             "task": "detect", "stride": 32, "imgsz": [320, 320], "names": NAMES, "end2end": False} | metadata
    helper.set_model_props(model, {k: str(v) for k, v in props.items()})
    checker.check_model(model)
    save(model, HERE / f"{name}.onnx")


dynamic = ["batch", 3, "height", "width"]
write("squares", raw, dynamic, ["batch", 7, "anchors"])
write("squares-static", raw, [1, 3, 320, 320], [1, 7, 1600])
write("squares-static-half", raw, [1, 3, 320, 320], [1, 7, 1600], element=TensorProto.FLOAT16)
write("squares-static-int8", quantized(np.uint8), [1, 3, 320, 320], [1, 7, 1600])
write("graphs/signed", quantized(np.int8), [1, 3, 320, 320], [1, 7, 1600])  # rewritten otherwise on each kind of CPU
write("squares-static-batch4", raw, [4, 3, 320, 320], [4, 7, 1600])
write("squares-end2end", end2end, dynamic, ["batch", 300, 6], end2end=True)
write("squares-seg", segment, dynamic, ["batch", 10, "anchors"], ["batch", 3, "mask_height", "mask_width"], task="segment")
write("squares-pose", pose, dynamic, ["batch", 19, "anchors"], task="pose", kpt_shape=[4, 3],
      kpt_names={i: ["top_left", "top_right", "bottom_right", "bottom_left"] for i in NAMES})
write("squares-obb", obb, dynamic, ["batch", 8, "anchors"], task="obb")
write("graphs/fractions", fractions, [1, 3, 320, 320], [1, 7, 1600])  # refused: apart from those that tests serve
write("squares-cls", classify, dynamic, ["batch", 3], task="classify", stride=1, imgsz=[64, 64])


def write_pad_maxpool():
    """Not a detector: zeros around [2, 2], and a MaxPool over that."""
    graph = helper.make_graph(
        [helper.make_node("Pad", ["x", "pads"], ["y"]),
         helper.make_node("MaxPool", ["y"], ["z"], kernel_shape=[2, 2], strides=[1, 1])],
        "pad_maxpool",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, 2, 2])],
        [helper.make_tensor_value_info("z", TensorProto.FLOAT, [1, 1, 2, 2])],
        [numpy_helper.from_array(np.array([0, 0, 0, 0, 0, 0, 1, 1], np.int64), "pads")])
    model = helper.make_model(graph, producer_name="YOLambda fixtures", opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    checker.check_model(model)
    save(model, HERE / "graphs" / "pad-maxpool.onnx")  # not a model: apart from those that tests serve


write_pad_maxpool()
