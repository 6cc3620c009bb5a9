"""Makes graphs as other tool chains write them, for the tests: all of one tiny detector whose
answers are known. They are no trained networks.

A cell of the grids scores how much redder, greener or bluer its surroundings are than anything
else, and its box grows with their brightness.
"""

from collections.abc import Callable

import numpy as np
from onnx import ModelProto, TensorProto, checker, helper, numpy_helper

from .pixels import PIXELS

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
        levels = [self.level(rgb, stride) for stride in strides]
        self.boxes, self.scores = (self.op("Concat", *parts, axis=1) for parts in zip(*levels, strict=True))

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
        lead = [self.op("Sub", a, self.op("Max", *others)) for a, *others in ((r, g, b), (g, r, b), (b, r, g))]
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


def yolov8(nhwc: bool = False, uint8: bool = False, transposed: bool = False, fractions: bool = False, names: bool = True) -> ModelProto:
    m = Made("rgb255" if uint8 else "rgb", nhwc=nhwc, uint8=uint8)
    out = m.join(m.times(m.boxes, 1 / SIZE) if fractions else m.boxes, m.scores)
    return m.model({"output0": out if transposed else m.transpose(out)}, **({"names": dict(enumerate(NAMES))} if names else {}))


# For each: the kind that it is, and what makes it. Those without names in the file are told them.
MADE: dict[str, tuple[str, Callable[[], ModelProto]]] = {
    "YOLOX": ("yolox", yolox),
    "YOLOX decoded": ("yolox-decoded", yolox_decoded),
    "YOLOv6": ("yolov6", yolov6),
    "NanoDet": ("nanodet", lambda: nanodet(STRIDES, 0.5)),
    "NanoDet-Plus": ("nanodet-plus", lambda: nanodet((*STRIDES, 64), 0)),
    "transposed": ("yolov8", lambda: yolov8(transposed=True, names=False)),
    "normalised": ("yolov8", lambda: yolov8(fractions=True)),
    "transposed, normalised": ("yolov8", lambda: yolov8(transposed=True, fractions=True)),
    "NHWC": ("yolov8", lambda: yolov8(nhwc=True)),
    "uint8": ("yolov8", lambda: yolov8(uint8=True)),
    "NHWC, uint8": ("yolov8", lambda: yolov8(nhwc=True, uint8=True, transposed=True)),
}
