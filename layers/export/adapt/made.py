"""Makes graphs as other tool chains write them, for the tests: all of one tiny detector whose
answers are known. They are no trained networks.

A cell of the grids scores how much redder, greener or bluer its surroundings are than anything
else, and its box grows with their brightness.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from onnx import ModelProto, TensorProto, checker, helper, numpy_helper

from .pixels import PIXELS
from .yolov7 import ANCHORS

NAMES = ["red", "green", "blue"]
SIZE = 160  # pixels, the side of the input
STRIDES = (8, 16, 32)


class Made:
    """A graph in the making; each method returns the name of its result. boxes: cx, cy, w, h in
    pixels, [1, n, 4]; scores: [1, n, 3]; middles: of the cells, [n, 2]; steps: [n, 1]."""

    def __init__(self, pixels: str = "rgb", strides: tuple[int, ...] = STRIDES, nhwc: bool = False, uint8: bool = False):
        self.nodes, self.constants, self.strides = [], [], strides
        self.type = TensorProto.UINT8 if uint8 else TensorProto.FLOAT
        self.shape = [1, SIZE, SIZE, 3] if nhwc else [1, 3, SIZE, SIZE]
        x = self.op("Cast", "images", to=TensorProto.FLOAT)
        if nhwc:
            x = self.op("Transpose", x, perm=[0, 3, 1, 2])
        wanted = PIXELS[pixels]
        per_channel = lambda v: self.const(np.reshape(np.array(v, np.float32), (1, 3, 1, 1)))
        x = self.op("Add", self.op("Mul", x, per_channel(np.array(wanted.deviation) / 255)), per_channel(np.array(wanted.mean) / 255))
        rgb = self.op("Gather", x, self.const(np.array([2, 1, 0])), axis=1) if wanted.bgr else x
        self.rgb = rgb
        self.levels = [self.level(rgb, stride) for stride in strides]
        self.boxes, self.scores = (self.op("Concat", *parts, axis=1) for parts in zip(*self.levels, strict=True))

    def op(self, kind: str, *inputs: str, outputs: int = 1, **attributes):
        names = [f"{kind.lower()}{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else names

    def const(self, value) -> str:
        name = f"const{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def times(self, x: str, value) -> str:
        return self.op("Mul", x, self.const(np.asarray(value, np.float32)))

    def plus(self, x: str, value) -> str:
        return self.op("Add", x, self.const(np.asarray(value, np.float32)))

    def level(self, rgb: str, stride: int) -> tuple[str, str]:
        side = -(-SIZE // stride)
        pad = side * stride - SIZE
        means = self.op(
            "AveragePool", rgb, kernel_shape=[3 * stride] * 2, strides=[stride] * 2, pads=[stride, stride, stride + pad, stride + pad]
        )
        one = lambda c: self.op("Gather", means, self.const(np.array([c])), axis=1)
        r, g, b = one(0), one(1), one(2)
        most = lambda *of: self.op("ReduceMax", self.op("Concat", *of, axis=1), axes=[1])
        lead = [self.op("Sub", a, most(*others)) for a, *others in ((r, g, b), (g, r, b), (b, r, g))]
        flat = lambda x: self.op("Transpose", self.op("Reshape", x, self.const(np.array([1, -1, side * side]))), perm=[0, 2, 1])
        scores = flat(self.op("Clip", self.op("Concat", *lead, axis=1), self.const(np.float32(0)), self.const(np.float32(1))))
        brightness = flat(self.op("Concat", r, g, axis=1))
        y, x = np.mgrid[:side, :side].reshape(2, -1)
        middles = (np.stack([x, y], 1)[None] + 0.5) * stride
        place = self.plus(self.times(brightness, stride), middles - stride / 2)
        size = self.plus(self.times(brightness, stride), 2 * stride)
        return self.op("Concat", place, size, axis=2), scores

    def cells(self) -> tuple[np.ndarray, np.ndarray]:
        """Column and row of each cell, [1, n, 2], and its stride, [1, n, 1]."""
        grids = [np.mgrid[: -(-SIZE // s), : -(-SIZE // s)].reshape(2, -1)[::-1].T for s in self.strides]
        steps = [np.full((len(g), 1), s) for g, s in zip(grids, self.strides, strict=True)]
        return np.concatenate(grids)[None].astype(np.float32), np.concatenate(steps)[None].astype(np.float32)

    def part(self, x: str, *columns: int) -> str:
        return self.op("Gather", x, self.const(np.array(columns)), axis=2)

    def join(self, *parts: str) -> str:
        return self.op("Concat", *parts, axis=2)

    def transpose(self, x: str) -> str:
        return self.op("Transpose", x, perm=[0, 2, 1])

    def corners(self) -> str:
        middle, half = self.part(self.boxes, 0, 1), self.times(self.part(self.boxes, 2, 3), 0.5)
        return self.join(self.op("Sub", middle, half), self.op("Add", middle, half))

    def logit(self, p: str) -> str:
        """What a sigmoid makes p of, between 1e-6 and 1 - 1e-6."""
        p = self.op("Clip", p, self.const(np.float32(1e-6)), self.const(np.float32(1 - 1e-6)))
        return self.op("Log", self.op("Div", p, self.plus(self.times(p, -1), 1)))

    def kept(self) -> str:
        """What NMS keeps: [k, 7], number of the picture, four corners, score, class."""
        corners = self.corners()
        limits = [self.const(np.array([v], t)) for v, t in ((300, np.int64), (0.7, np.float32), (0.01, np.float32))]
        index = self.op("NonMaxSuppression", corners, self.transpose(self.scores), *limits)
        label, place = (self.op("Gather", index, self.const(np.array([i])), axis=1) for i in (1, 2))
        flat = self.op("Reshape", place, self.const(np.array([-1])))
        boxes = self.op("Gather", self.op("Squeeze", corners, self.const(np.array([0]))), flat, axis=0)
        score = self.op("GatherND", self.op("Squeeze", self.scores, self.const(np.array([0]))), self.op("Concat", place, label, axis=1))
        score = self.op("Unsqueeze", score, self.const(np.array([1])))
        return self.op("Concat", self.times(score, 0), boxes, score, self.op("Cast", label, to=TensorProto.FLOAT), axis=1)

    def model(self, outputs: dict[str, str], inputs: dict[str, tuple[int, list]] | None = None, **props: object) -> ModelProto:
        """outputs: names to results. inputs: others than the picture, to their type and shape."""
        for name, result in outputs.items():
            self.nodes.append(helper.make_node("Identity", [result], [name]))
        declared = [helper.make_tensor_value_info("images", self.type, self.shape)]
        declared += [helper.make_tensor_value_info(name, *of) for name, of in (inputs or {}).items()]
        graph = helper.make_graph(self.nodes, "made", declared, [helper.make_empty_tensor_value_info(n) for n in outputs], self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
        helper.set_model_props(model, {k: str(v) for k, v in props.items()})
        return model


def truth(stretch: bool, strides: tuple[int, ...] = STRIDES) -> ModelProto:
    """The detector in the layout that the function reads."""
    m = Made(strides=strides)
    said = {"task": "detect", "head": "Detect", "names": NAMES, "stride": 32, "imgsz": [SIZE, SIZE]}
    model = m.model({"output0": m.transpose(m.join(m.boxes, m.scores))}, **said | ({"yolambda_resize": "stretch"} if stretch else {}))
    rows = len(m.cells()[0][0])
    model.graph.output[0].CopyFrom(helper.make_tensor_value_info("output0", TensorProto.FLOAT, [1, 7, rows]))
    checker.check_model(model)
    return model


def yolox() -> ModelProto:
    m = Made("bgr255")
    grid, steps = m.cells()
    offsets = m.plus(m.times(m.part(m.boxes, 0, 1), 1 / steps), -grid)
    sides = m.op("Log", m.times(m.part(m.boxes, 2, 3), 1 / steps))
    objectness, classes = m.op("Sqrt", m.op("ReduceMax", m.scores, axes=[2])), m.op("Sqrt", m.scores)
    return m.model({"output": m.join(offsets, sides, objectness, classes)})


def yolox_decoded() -> ModelProto:
    m = Made("bgr255")
    return m.model({"output": m.join(m.boxes, m.op("Sqrt", m.op("ReduceMax", m.scores, axes=[2])), m.op("Sqrt", m.scores))})


def yolov6() -> ModelProto:
    m = Made()
    ones = m.plus(m.times(m.part(m.boxes, 0), 0), 1)
    return m.model({"outputs": m.join(m.boxes, ones, m.scores)})


def nanodet(strides: tuple[int, ...], shift: float) -> ModelProto:
    """A distance of d strides is put out as the distribution of two bins that is d on average."""
    m = Made("bgr-imagenet", strides)
    grid, steps = m.cells()
    corners = m.times(m.corners(), 1 / steps)
    middle = m.const((grid + np.float32(shift)).astype(np.float32))
    distances = m.join(m.op("Sub", middle, m.part(corners, 0, 1)), m.op("Sub", m.part(corners, 2, 3), middle))
    bins = m.const(np.arange(8, dtype=np.float32))
    apart = m.op("Abs", m.op("Sub", m.op("Unsqueeze", distances, m.const(np.array([3]))), bins))
    share = m.op("Clip", m.plus(m.times(apart, -1), 1), m.const(np.float32(1e-12)))
    logits = m.op("Reshape", m.op("Log", share), m.const(np.array([1, -1, 32])))
    return m.model({"output": m.join(m.scores, logits)})


def yolov8(nhwc: bool = False, uint8: bool = False, transposed: bool = False, fractions: bool = False, names: bool = True, strides: tuple[int, ...] = STRIDES) -> ModelProto:
    m = Made("rgb255" if uint8 else "rgb", strides, nhwc, uint8)
    out = m.join(m.times(m.boxes, 1 / SIZE) if fractions else m.boxes, m.scores)
    return m.model({"output0": out if transposed else m.transpose(out)}, **({"names": dict(enumerate(NAMES))} if names else {}))


def yolov8_of(upright: bool, corners: bool = False, logits: bool = False, apart: bool = False) -> ModelProto:
    """YOLOv8's head with corners, with logits, or in two outputs."""
    m = Made()
    shaped = m.transpose if upright else lambda x: x
    boxes, scores = m.corners() if corners else m.boxes, m.logit(m.scores) if logits else m.scores
    outputs = {"boxes": shaped(boxes), "scores": shaped(scores)} if apart else {"output0": shaped(m.join(boxes, scores))}
    return m.model(outputs, names=dict(enumerate(NAMES)))


def open_heads(family: str, module: str = "") -> ModelProto:
    """The first anchor of a cell is the detector's, the other two see nothing."""
    m = Made()
    outputs = {}
    for i, ((boxes, scores), stride) in enumerate(zip(m.levels, STRIDES, strict=True)):
        side = -(-SIZE // stride)
        y, x = np.mgrid[:side, :side].reshape(2, -1)
        shift = 0.5 - np.stack([x, y], 1)[None]
        middle = m.times(m.plus(m.times(m.part(boxes, 0, 1), 1 / stride), shift), 0.5)
        size = m.times(m.op("Sqrt", m.times(m.part(boxes, 2, 3), 1 / np.array(ANCHORS[family][i][:2]))), 0.5)
        found = m.join(middle, size, m.op("Sqrt", m.op("ReduceMax", scores, axes=[2])), m.op("Sqrt", scores))
        logits = m.logit(found)
        nothing = m.plus(m.times(logits, 0), -12)
        heads = m.op("Reshape", m.op("Concat", logits, nothing, nothing, axis=0), m.const(np.array([1, 3, side, side, 8])))
        outputs[f"output{i}"] = heads
    model = m.model(outputs)
    model.graph.node[-1].name = f"{module}m.0/Conv"
    return model


def yolov5() -> ModelProto:
    m = Made()
    parts = []
    for boxes, scores in m.levels:
        ones = m.plus(m.times(m.part(boxes, 0), 0), 1)
        found = m.join(boxes, ones, scores)
        parts += [found, m.times(found, [1, 1, 1, 1, 0, 1, 1, 1]), m.times(found, 0)]
    return m.model({"output": m.op("Concat", *parts, axis=1)})


def rows(order: tuple[int, ...], name: str) -> ModelProto:
    """order: of the columns of number of the picture, four corners, score, class."""
    m = Made()
    return m.model({name: m.op("Gather", m.kept(), m.const(np.array(order)), axis=1)})


def counted(names: tuple[str, ...], pixels: str = "rgb") -> ModelProto:
    """Four outputs, where what lies beyond the number is anything."""
    m = Made(pixels)
    kept = m.kept()
    count = m.op("Gather", m.op("Shape", kept), m.const(np.array([0])), axis=0)
    junk = np.tile(np.array([[0, 3, 3, 90, 90, 0.9, 1]], np.float32), (300, 1))
    full = m.op("Slice", m.op("Concat", kept, m.const(junk), axis=0), m.const(np.array([0])), m.const(np.array([300])), m.const(np.array([0])))
    column = lambda *c: m.op("Gather", full, m.const(np.array(c)), axis=1)
    shaped = lambda x, *shape: m.op("Reshape", x, m.const(np.array(shape)))
    return m.model({
        names[0]: m.op("Cast", shaped(count, 1, 1), to=TensorProto.INT32), names[1]: shaped(column(1, 2, 3, 4), 1, 300, 4),
        names[2]: shaped(column(5), 1, 300), names[3]: m.op("Cast", shaped(column(6), 1, 300), to=TensorProto.INT32),
    })  # fmt: skip


def plugin(centred: bool) -> ModelProto:
    m = Made()
    scores = m.logit(m.scores) if centred else m.scores
    outputs = ["num_dets", "det_boxes", "det_scores", "det_classes"]
    model = m.model({})
    model.opset_import.append(helper.make_opsetid("TRT", 1))
    boxes = m.boxes if centred else m.corners()
    model.graph.node.extend(m.nodes[len(model.graph.node) :])
    model.graph.initializer.extend(m.constants[len(model.graph.initializer) :])
    model.graph.node.append(
        helper.make_node("EfficientNMS_TRT", [boxes, scores], outputs, domain="TRT", box_coding=int(centred), score_activation=int(centred))
    )
    model.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in outputs)
    return model


def mmdet(pixels: str) -> ModelProto:
    m = Made(pixels)
    kept = m.op("Unsqueeze", m.kept(), m.const(np.array([0])))
    label = m.op("Cast", m.op("Reshape", m.part(kept, 6), m.const(np.array([1, -1]))), to=TensorProto.INT64)
    return m.model({"dets": m.part(kept, 1, 2, 3, 4, 5), "labels": label})


def apart(pixels: str, transposed: bool) -> ModelProto:
    m = Made(pixels)
    return m.model({"scores": m.transpose(m.scores) if transposed else m.scores, "boxes": m.corners()})


def paddle_apart() -> ModelProto:
    m = Made("imagenet")
    scale = m.op("Unsqueeze", m.op("Gather", "scale_factor", m.const(np.array([1, 0, 1, 0])), axis=1), m.const(np.array([1])))
    outputs = {"boxes": m.op("Div", m.corners(), scale), "scores": m.transpose(m.scores)}
    return m.model(outputs, {"scale_factor": (TensorProto.FLOAT, [1, 2])})


def corners_in_one(pixels: str, family: str) -> ModelProto:
    m = Made(pixels)
    return m.model({"output": m.join(m.corners(), m.scores)}, model_family=family, task="detect", names='{"0": "red", "1": "green", "2": "blue"}')


def paddle(pixels: str, strides: tuple[int, ...] = STRIDES) -> ModelProto:
    m = Made(pixels, strides)
    kept = m.kept()
    scale = m.op("Gather", "scale_factor", m.const(np.array([1, 0, 1, 0])), axis=1)
    column = lambda *c: m.op("Gather", kept, m.const(np.array(c)), axis=1)
    out = m.op("Concat", column(6, 5), m.op("Div", column(1, 2, 3, 4), scale), axis=1)
    count = m.op("Gather", m.op("Shape", kept), m.const(np.array([0])), axis=0)
    return m.model({"multiclass_nms3_0.tmp_0": out, "multiclass_nms3_0.tmp_2": count}, {"scale_factor": (TensorProto.FLOAT, [1, 2])})


def detr(logits: str, boxes: str, pixels: str, spare: int, family: str = "", size: str = "") -> ModelProto:
    m = Made(pixels)
    scores = m.logit(m.scores)
    scores = m.join(scores, *[m.part(scores, 0)] * spare)
    props = {"model_family": family, "size": size} if family else {}
    return m.model({logits: scores, boxes: m.times(m.boxes, 1 / SIZE)}, **props)


def detr_official() -> ModelProto:
    m = Made()
    count = len(m.cells()[0][0])
    top, index = m.op("TopK", m.op("Reshape", m.scores, m.const(np.array([-1]))), m.const(np.array([300])), outputs=2, axis=0)
    label, query = m.op("Mod", index, m.const(np.array(3))), m.op("Div", index, m.const(np.array(3)))
    fractions = m.times(m.op("Reshape", m.corners(), m.const(np.array([count, 4]))), 1 / SIZE)
    chosen = m.op("Unsqueeze", m.op("Gather", fractions, query, axis=0), m.const(np.array([0])))
    sizes = m.op("Cast", m.op("Gather", "orig_target_sizes", m.const(np.array([0, 1, 0, 1])), axis=1), to=TensorProto.FLOAT)
    flat = lambda x: m.op("Unsqueeze", x, m.const(np.array([0])))
    outputs = {"labels": flat(label), "boxes": m.op("Mul", chosen, sizes), "scores": flat(top)}
    return m.model(outputs, {"orig_target_sizes": (TensorProto.INT64, [1, 2])})


def classifier(end: Callable[[Made, str], str]) -> ModelProto:
    """end: what becomes of the logits, [1, 3]."""
    m = Made("imagenet")
    return m.model({"output": end(m, m.times(m.op("Flatten", m.op("GlobalAveragePool", m.rgb)), 10))})


def softmax(m: Made, x: str) -> str:
    return m.op("Softmax", x, axis=1)


def detr_softmax() -> ModelProto:
    """As DETR: the last column is for no object, and wins nearly everywhere."""
    m = Made()
    scores = m.logit(m.scores)
    nothing = m.plus(m.times(m.part(scores, 0), 0), 3)
    return m.model({"logits": m.join(scores, nothing), "pred_boxes": m.times(m.boxes, 1 / SIZE)})


@dataclass(frozen=True)
class Case:
    """kind: what the graph is. told: whether KIND= has to say so. pixels: what INPUT= has to say.
    strides: of the grids. suppressed: whether an NMS, the graph's or the function's, comes to it."""

    kind: str
    make: Callable[[], ModelProto]
    told: bool = False
    pixels: str | None = None
    strides: tuple[int, ...] = STRIDES
    suppressed: bool = True


HF, OFFICIAL_RF = ("logits", "pred_boxes"), ("labels", "dets")
NAS = "num_predictions", "pred_boxes", "pred_scores", "pred_classes"
EFFICIENT = "num_dets", "det_boxes", "det_scores", "det_classes"
MMYOLO = "num_dets", "boxes", "scores", "labels"
MADE = {
    "YOLOX": Case("yolox", yolox),
    "YOLOX decoded": Case("yolox-decoded", yolox_decoded),
    "YOLOv6": Case("yolov6", yolov6),
    "NanoDet": Case("nanodet", lambda: nanodet(STRIDES, 0.5), told=True),
    "NanoDet-Plus": Case("nanodet-plus", lambda: nanodet((*STRIDES, 64), 0), strides=(*STRIDES, 64)),
    "transposed": Case("yolov8", lambda: yolov8(transposed=True, names=False)),
    "normalised": Case("yolov8", lambda: yolov8(fractions=True)),
    "transposed, normalised": Case("yolov8", lambda: yolov8(transposed=True, fractions=True)),
    "NHWC": Case("yolov8", lambda: yolov8(nhwc=True)),
    "uint8": Case("yolov8", lambda: yolov8(uint8=True)),
    "NHWC, uint8": Case("yolov8", lambda: yolov8(nhwc=True, uint8=True, transposed=True)),
    "corners": Case("yolov8", lambda: yolov8_of(True, corners=True)),
    "logits of boxes": Case("yolov8", lambda: yolov8_of(True, logits=True)),
    "transposed, logits": Case("yolov8", lambda: yolov8_of(False, logits=True)),
    "two outputs": Case("yolov8", lambda: yolov8_of(True, apart=True)),
    "two outputs, corners, logits": Case("yolov8", lambda: yolov8_of(True, corners=True, logits=True, apart=True)),
    "two outputs, transposed": Case("yolov8", lambda: yolov8_of(False, apart=True)),
    "strides of 4 to 32": Case("yolov8", lambda: yolov8(transposed=True, strides=(4, *STRIDES)), strides=(4, *STRIDES)),
    "YOLOv5": Case("yolov5", yolov5),
    "YOLOv7 open": Case("yolov7-open", lambda: open_heads("yolov7", "/model.105/")),
    "YOLOv7-tiny open": Case("yolov5-open", lambda: open_heads("yolov5", "/model.77/")),
    "open heads": Case("yolov7-open", lambda: open_heads("yolov7"), told=True),
    "YOLOv7 end2end": Case("yolov7-rows", lambda: rows((0, 1, 2, 3, 4, 6, 5), "output")),
    "YOLO-NAS flat": Case("yolonas-flat", lambda: rows((0, 1, 2, 3, 4, 5, 6), "graph2_flat_predictions")),
    "YOLO-NAS batch": Case("yolonas-batch", lambda: counted(NAS)),
    "EfficientNMS": Case("efficientnms", lambda: counted(EFFICIENT)),
    "EfficientNMS' plugin": Case("efficientnms-plugin", lambda: plugin(False)),
    "EfficientNMS' plugin, centred": Case("efficientnms-plugin", lambda: plugin(True)),
    "MMYOLO": Case("mmyolo", lambda: counted(MMYOLO), told=True),
    "RTMDet of MMYOLO": Case("mmyolo-rtmdet", lambda: counted(MMYOLO, "bgr-imagenet"), told=True),
    "RTMDet of MMDetection": Case("rtmdet", lambda: mmdet("bgr-imagenet"), told=True),
    "MMDetection": Case("mmdet", lambda: mmdet("imagenet"), told=True),
    "MMYOLO by MMDeploy": Case("mmdet-yolo", lambda: mmdet("rgb"), told=True),
    "YOLO-NAS": Case("yolonas", lambda: apart("rgb", False), told=True),
    "PP-YOLOE before NMS": Case("ppyoloe-heads", lambda: apart("imagenet", True), told=True),
    "PP-YOLOE before NMS, scaled": Case("ppyoloe-heads", paddle_apart, told=True),
    "PP-YOLOE+ before NMS": Case("ppyoloe-plus-heads", lambda: apart("rgb", True), told=True),
    "PicoDet before NMS": Case("picodet-heads", lambda: corners_in_one("imagenet", "picodet")),
    "RTMDet before NMS": Case("rtmdet-heads", lambda: corners_in_one("bgr-imagenet", "rtmdet")),
    "PP-YOLOE": Case("ppyoloe", lambda: paddle("imagenet"), told=True),
    "PP-YOLOE+": Case("ppyoloe-plus", lambda: paddle("rgb"), told=True),
    "PicoDet": Case("picodet", lambda: paddle("imagenet", (*STRIDES, 64)), strides=(*STRIDES, 64)),
    "RT-DETR of Hugging Face": Case("rtdetr", lambda: detr(*HF, "rgb", 0), suppressed=False),
    "DEIMv2": Case("deimv2", lambda: detr(*HF, "imagenet", 0, "deimv2", "s"), suppressed=False),
    "RF-DETR": Case("rfdetr", lambda: detr(*OFFICIAL_RF, "imagenet", 1), suppressed=False),
    "D-FINE": Case("rtdetr-official", detr_official, suppressed=False),
    "logits": Case("classifier", lambda: classifier(lambda m, x: x), pixels="imagenet"),
    "probabilities": Case("classifier", lambda: classifier(softmax), pixels="imagenet"),
    "probabilities of one pixel": Case("classifier", lambda: classifier(lambda m, x: m.op("Reshape", softmax(m, x), m.const(np.array([1, 3, 1, 1])))), pixels="imagenet"),
}
