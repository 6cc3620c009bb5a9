"""Smaller numbers for a model's weights: float16, or 8-bit integers."""

import logging
import sys
from pathlib import Path

import onnx
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.transformers.float16 import convert_float_to_float16

from model_file import Model


def half(source: Path, target: Path) -> None:
    """Writes source with float16 weights. Inputs and outputs stay float32."""
    onnx.save(convert_float_to_float16(onnx.load(source), keep_io_types=True), target)


def int8(source: Path, target: Path, pictures: list[Path]) -> None:
    """Writes source with 8-bit weights and activations. Each activation gets the
    range that it takes on the pictures: "static" quantization, as Q/DQ nodes.

    Of the ways that ONNX Runtime 1.27 offers, unsigned activations with signed
    weights, a scale for each channel, is the fast one on x86-64; dynamic and
    fully signed quantization measured no faster than float32.
    """
    logging.disable(logging.WARNING)  # advice to simplify first, which has been done
    quantize_static(
        source,
        target,
        Pictures(Model(source), pictures),
        quant_format=QuantFormat.QDQ,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        per_channel=True,
        nodes_to_exclude=head(onnx.load(source).graph),
    )
    logging.disable(logging.NOTSET)


def head(graph: onnx.GraphProto) -> list[str]:
    """Returns the names of the nodes that stay float: the last convolution (or
    matrix product) of every branch and all that follows. There, one scale of 256
    steps would have to hold boxes of hundreds of pixels and scores below 1.
    """
    producer = {output: node for node in graph.node for output in node.output}

    def before(node: onnx.NodeProto) -> list[onnx.NodeProto]:
        return [producer[name] for name in node.input if name in producer]

    def has_weights(node: onnx.NodeProto) -> bool:
        # A convolution of a softmax is the box distribution's mean, a part of the decoding.
        return node.op_type in ("Conv", "Gemm", "MatMul") and not any(n.op_type == "Softmax" for n in before(node))

    body = set()
    ahead = [n for node in graph.node if has_weights(node) for n in before(node)]
    while ahead:
        node = ahead.pop()
        if node.name not in body:
            body.add(node.name)
            ahead += before(node)
    return [node.name for node in graph.node if node.name not in body]


class Pictures(CalibrationDataReader):
    """Hands the quantizer one picture after another."""

    def __init__(self, model: Model, pictures: list[Path]):
        self.model, self.pictures, self.done = model, pictures, 0

    def get_next(self) -> dict | None:
        if sys.stdout.isatty():
            print(
                f"\r  {self.done} of {len(self.pictures)} pictures",
                end="" if self.done < len(self.pictures) else "\n",
                flush=True,
            )
        if self.done == len(self.pictures):
            return None
        self.done += 1
        return {self.model.input.name: self.model.tensor(self.pictures[self.done - 1])}
