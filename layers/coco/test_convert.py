"""Tests the conversion against a plain reading of the original graph, node by node.

    YOLAMBDA_NANODET=nanodet.json python -m unittest discover -s layers/coco
"""

import base64
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from PIL import Image

from convert import BINS, CLASSES, DEVIATION, GAIN, INPUT, MEAN, SHIFT, STRIDES, convert
from weights import read_tensors

HERE = Path(__file__).resolve().parent
SOURCE = Path(os.environ["YOLAMBDA_NANODET"])
PICTURES = [HERE.parents[1] / "assets" / name for name in ("everyday.jpg", "coffee.jpg", "cat.jpg")]


def conv(x, kernel, stride):
    """x: [1, h, w, in], kernel [kh, kw, in, out]; no padding."""
    height, width = kernel.shape[:2]
    windows = np.lib.stride_tricks.sliding_window_view(x, (height, width), (1, 2))[:, ::stride, ::stride]
    return np.tensordot(windows, kernel, ([4, 5, 3], [0, 1, 2]))


def max_pool(x, size, stride):
    return np.lib.stride_tricks.sliding_window_view(x, (size, size), (1, 2))[:, ::stride, ::stride].max((4, 5))


def resize(x, height, width):
    """Linear interpolation between the centres of cells; x: [1, h, w, channels]."""
    for axis, size in ((1, height), (2, width)):
        place = (np.arange(size) + 0.5) * x.shape[axis] / size - 0.5
        low = np.floor(place).astype(int)
        part = (place - low).reshape([-1 if a == axis else 1 for a in range(4)])
        low, high = (np.clip(i, 0, x.shape[axis] - 1) for i in (low, low + 1))
        x = x.take(low, axis) * (1 - part) + x.take(high, axis) * part
    return x.astype(np.float32)


def sparse_to_dense(places, size, values, rest):
    dense = np.full(size, rest)
    for place, value in zip(places, values, strict=True):
        dense[tuple(place)] = value
    return dense


class Original:
    """What the source's graph says, by the meaning of each of its operators."""

    def __init__(self, source):
        graph = json.loads(source.read_text())
        self.nodes = {node["name"]: node for node in graph["modelTopology"]["node"]}
        self.tensors = read_tensors(graph, source.with_suffix(".bin").read_bytes())

    def run(self, names, image):
        """The values of the outputs named; image: [1, 3, 416, 416] as the network wants it."""
        self.values = {"input_1": image}
        return [self.value(name) for name in names]

    def value(self, name):
        if name not in self.values:
            node = self.nodes[name]
            if node["op"] == "Const":
                self.values[name] = self.tensors[name]
            else:
                inputs = []
                for source in node["input"]:
                    of, _, output = source.partition(":")
                    value = self.value(of)
                    inputs.append(value[int(output or 0)] if isinstance(value, list) else value)
                self.values[name] = self.apply(node["op"], inputs, node["attr"])
        return self.values[name]

    def apply(self, op, x, attributes):
        integers = lambda name: [int(i) for i in attributes[name]["list"]["i"]]
        if op in ("Conv2D", "MaxPool"):
            assert base64.b64decode(attributes["padding"]["s"]) == b"VALID"
        match op:
            case "Add" | "AddV2":
                return x[0] + x[1]
            case "ConcatV2":
                return np.concatenate(x[:-1], x[-1])
            case "Conv2D":
                return conv(x[0], x[1], integers("strides")[1])
            case "Identity":
                return x[0]
            case "LeakyRelu":
                return np.where(x[0] > 0, x[0], np.float32(attributes["alpha"]["f"]) * x[0])
            case "MaxPool":
                return max_pool(x[0], integers("ksize")[1], integers("strides")[1])
            case "Pad":
                return np.pad(x[0], x[1])
            case "PadV2":
                return np.pad(x[0], x[1], constant_values=x[2])
            case "Reshape":
                return x[0].reshape(x[1])
            case "ResizeBilinear":
                assert attributes["half_pixel_centers"]["b"]
                return resize(x[0], *x[1])
            case "Sigmoid":
                return 1 / (1 + np.exp(-x[0]))
            case "SparseToDense":
                return sparse_to_dense(*x)
            case "SplitV":
                return np.split(x[0], np.cumsum(x[1])[:-1], x[2])
            case "Transpose":
                return x[0].transpose(x[1])
        raise ValueError(f"unknown operator {op}")


def decoded(scores, bins, stride):
    """[84, cells] of a map's scores [1, cells, 80] and bins [1, cells, 44]."""
    side = INPUT // stride
    shares = np.exp(bins.reshape(side * side, 4, BINS))
    shares /= shares.sum(2, keepdims=True)
    left, top, right, bottom = (shares @ np.arange(BINS)).T * stride
    y, x = (np.mgrid[:side, :side].reshape(2, -1) + 0.5) * stride
    boxes = [x + (right - left) / 2, y + (bottom - top) / 2, left + right, top + bottom]
    logits = np.log(scores[0] / (1 - scores[0])).T
    return np.concatenate([boxes, 1 / (1 + np.exp(-(GAIN * logits + SHIFT)))])


class Conversion(unittest.TestCase):
    def setUp(self):
        self.file = (HERE / "coco.onnx").read_bytes()

    def test_same_bytes(self):
        """Two processes with other hashes of strings write the file that is there."""
        for seed in "1", "2":
            with tempfile.TemporaryDirectory() as folder:
                out = Path(folder) / "made.onnx"
                subprocess.run([sys.executable, HERE / "convert.py", "--source", SOURCE, "--out", out],
                               check=True, env=os.environ | {"PYTHONHASHSEED": seed}, stdout=subprocess.DEVNULL)
                self.assertTrue(out.read_bytes() == self.file, "the conversion gives another file than coco.onnx")

    def test_equals_original(self):
        original, session = Original(SOURCE), onnxruntime.InferenceSession(self.file)
        outputs = ["Identity" + (f"_{i}" if i else "") for i in range(6)]
        for picture in PICTURES:
            with self.subTest(picture=picture.name):
                rgb = np.asarray(Image.open(picture).convert("RGB").resize((INPUT, INPUT)), np.float32)
                bgr = ((rgb[..., ::-1] - MEAN) / DEVIATION).transpose(2, 0, 1)[None]
                read = original.run(outputs, bgr)
                want = np.concatenate([decoded(*level) for level in zip(read[:3], read[3:], STRIDES, strict=True)], 1)
                got, = session.run(None, {"images": rgb.transpose(2, 0, 1)[None] / 255})
                self.assertGreater(want[4:].max(), 0.5, "the network sees nothing")
                np.testing.assert_allclose(got[0, :4], want[:4], atol=0.02)  # pixels
                np.testing.assert_allclose(got[0, 4:], want[4:], atol=1e-4)

    def test_any_multiple_of_32(self):
        session = onnxruntime.InferenceSession(self.file)
        for batch, height, width in ((1, 32, 32), (2, 96, 224), (1, 640, 320)):
            got, = session.run(None, {"images": np.zeros((batch, 3, height, width), np.float32)})
            anchors = sum(height // stride * (width // stride) for stride in STRIDES)
            self.assertEqual(got.shape, (batch, 4 + len(CLASSES), anchors))

    def test_other_source(self):
        with tempfile.TemporaryDirectory() as folder:
            other = Path(folder) / SOURCE.name
            other.write_text("{}")
            with self.assertRaisesRegex(SystemExit, "SHA-256"):
                convert(other)

    def test_half_of_the_bytes(self):
        """The weights are the original's float16."""
        weights = [t for t in onnx.load_from_string(self.file).graph.initializer if t.name.startswith(("kernel_", "bias_"))]
        self.assertEqual({t.data_type for t in weights}, {onnx.TensorProto.FLOAT16})
        self.assertEqual(len(weights), 68)


if __name__ == "__main__":
    unittest.main()
