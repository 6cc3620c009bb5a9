"""A foreign network with nodes of ours before and after it."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from .facts import Facts
from .pixels import Pixels


class Graph:
    """Each method appends nodes and returns the name of their output. Only operators whose form
    is the same in every opset from 11 on are used."""

    def __init__(self, facts: Facts):
        self.model = onnx.ModelProto()
        self.model.CopyFrom(facts.model)
        self.facts, self.graph = facts, self.model.graph
        self.taken = {name for node in self.graph.node for name in (*node.input, *node.output)}
        self.taken |= {v.name for v in (*self.graph.input, *self.graph.output, *self.graph.initializer)}
        # Shapes that were noted for open axes, and contradict those of the size that is now fixed.
        del self.graph.value_info[:]
        self.before: list[onnx.NodeProto] = []
        self.nodes = self.before

    def name(self, wish: str) -> str:
        name, n = wish, 0
        while name in self.taken:
            name, n = f"{wish}_{n}", n + 1
        self.taken.add(name)
        return name

    def op(self, kind: str, *inputs: str, outputs: int = 1, **attributes):
        names = [self.name(f"adapted_{kind.lower()}") for _ in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, name=names[0], **attributes))
        return names[0] if outputs == 1 else names

    def const(self, value, dtype=np.float32) -> str:
        name = self.name("adapted_const")
        self.graph.initializer.append(numpy_helper.from_array(np.asarray(value, dtype), name))
        return name

    def ints(self, *values: int) -> str:
        return self.const(values, np.int64)

    def feed(self, pixels: Pixels) -> None:
        """Puts the function's input, RGB from 0 to 1, before the network's own."""
        facts = self.facts
        image, self.images = facts.image, self.name("images")
        x = self.op("Gather", self.images, self.ints(2, 1, 0), axis=1) if pixels.bgr else self.images
        per_channel = lambda values: self.const(np.reshape(values, (1, 3, 1, 1)))
        x = self.op("Mul", x, per_channel([255 / d for d in pixels.deviation]))
        if any(pixels.mean):
            x = self.op("Sub", x, per_channel([m / d for m, d in zip(pixels.mean, pixels.deviation, strict=True)]))
        if facts.dtype == np.uint8:
            x = self.op("Round", x)
        if facts.dtype != np.float32:
            x = self.op("Cast", x, to=image.type.tensor_type.elem_type)
        if facts.channels_last:
            x = self.transpose(x, 0, 2, 3, 1)
        self.nodes.append(helper.make_node("Identity", [x], [image.name]))
        for name, value in facts.side_values().items():
            self.graph.initializer.append(numpy_helper.from_array(value, name))
        self.nodes = self.graph.node

    def float(self, x: str) -> str:
        return self.op("Cast", x, to=TensorProto.FLOAT)

    def reshape(self, x: str, *shape: int) -> str:
        return self.op("Reshape", x, self.ints(*shape))

    def transpose(self, x: str, *perm: int) -> str:
        return self.op("Transpose", x, perm=perm)

    def columns(self, x: str, start: int, end: int, axis: int = 2) -> str:
        """The columns from start to before end of [1, n, columns], those alone."""
        return self.op("Slice", x, self.ints(start), self.ints(end), self.ints(axis))

    def beside(self, *parts: str) -> str:
        """[1, n, a] and [1, n, b] to [1, n, a + b]."""
        return self.op("Concat", *parts, axis=2)

    def scaled(self, x: str, factors) -> str:
        return self.op("Mul", x, self.const(factors))

    def sides(self, corners: str) -> str:
        """[1, n, 4] of x1, y1, x2, y2 to cx, cy, w, h."""
        near, far = self.columns(corners, 0, 2), self.columns(corners, 2, 4)
        return self.beside(self.scaled(self.op("Add", near, far), 0.5), self.op("Sub", far, near))

    def corners(self, sides: str) -> str:
        """[1, n, 4] of cx, cy, w, h to x1, y1, x2, y2."""
        middle, half = self.columns(sides, 0, 2), self.scaled(self.columns(sides, 2, 4), 0.5)
        return self.beside(self.op("Sub", middle, half), self.op("Add", middle, half))

    def raw(self, boxes: str, scores: str) -> str:
        """The layout of a raw head, [1, 4 + classes, n], of [1, n, 4] (cx, cy, w, h in pixels of the
        input) and [1, n, classes]."""
        return self.transpose(self.beside(boxes, scores), 0, 2, 1)

    def rows(self, boxes: str, scores: str, classes: str) -> str:
        """The layout of an end2end head, [1, n, 6], of corners [1, n, 4] and two of n values."""
        return self.beside(boxes, *(self.reshape(self.float(x), 1, -1, 1) for x in (scores, classes)))

    def picked(self, width: int, *columns: int) -> str:
        """The layout of an end2end head of the first output, rows [n, width]: of those columns."""
        if len(self.facts.shapes[0]) != 2 or self.facts.shapes[0][1] != width:
            raise ValueError(f"rows of {width} columns are wanted")
        return self.reshape(self.op("Gather", self.float(self.facts.output_names[0]), self.ints(*columns), axis=1), 1, -1, 6)

    def strongest(self, boxes: str, scores: str, queries: int, classes: int, most: int = 300) -> str:
        """The layout of an end2end head of corners [1, queries, 4] and scores [1, queries, classes]:
        the pairs of a query and a class that score best, as DETRs are read."""
        pairs = min(most, queries * classes)
        top, index = self.op("TopK", self.reshape(scores, -1), self.ints(pairs), outputs=2, axis=0)
        query = self.op("Div", index, self.ints(classes))
        label = self.op("Sub", index, self.op("Mul", query, self.ints(classes)))
        chosen = self.op("Gather", self.reshape(boxes, queries, 4), query, axis=0)
        return self.rows(self.reshape(chosen, 1, pairs, 4), top, label)

    def finish(self, output: str, shape: list, props: dict[str, str]) -> onnx.ModelProto:
        """Names input and output; the graph has no others."""
        result = self.name("output0")
        self.graph.node.append(helper.make_node("Identity", [output], [result]))
        body = [*self.before, *self.graph.node]
        del self.graph.node[:]
        self.graph.node.extend(body)
        del self.graph.input[:]
        self.graph.input.append(helper.make_tensor_value_info(self.images, TensorProto.FLOAT, [1, 3, *self.facts.size]))
        del self.graph.output[:]
        self.graph.output.append(helper.make_tensor_value_info(result, TensorProto.FLOAT, shape))
        del self.model.metadata_props[:]
        helper.set_model_props(self.model, props)
        self.model.producer_name = "yolambda"
        onnx.checker.check_model(self.model)
        return self.model
