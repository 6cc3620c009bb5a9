"""Writes trained weights as an ONNX file of Ultralytics' raw layout, and checks it.

    python export.py --weights ../../build/train/second/last.pt --out codes.onnx

Input images: float [batch, 3, height, width], RGB in 0..1, sides multiples of 32.
Output output0: float [batch, 4 + classes, anchors]: cx cy w h in input pixels, then
the scores in 0..1. Batch, height and width are dynamic.
"""

import argparse
import hashlib
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn
from torch.nn import functional as F

from codes import AZTEC, BARCODE, DATA_MATRIX, NAMES, PDF417, QR_CODE
from net import STRIDES, Detector, fused

VERSION = "1.3.0"
HERE = Path(__file__).parent
# Added to the logits, so that 0.3 is a good threshold for all: square kinds are easily taken
# for one another, barcodes for PDF417 (at -1.7, 0.70 becomes 0.30). Chosen on photographs:
# see README.md.
SHIFTS = {QR_CODE: -0.6, DATA_MATRIX: -0.6, AZTEC: -0.6, PDF417: -1.7, BARCODE: -1.2}
# What the weights follow from.
SOURCES = ["codes.py", "backgrounds.py", "scenes.py", "hard.py", "generate.py", "net.py", "loss.py", "train.py"]


def rivals_removed(scores):
    """Keeps a score only where its class is the strongest of the surroundings: one
    place holds one kind of code, while NMS would let a second one stand beside it.
    scores: [batch, classes, h, w] of each stride, fine to coarse. A surrounding is
    the cell with its neighbours, at every stride."""
    near = [F.max_pool2d(s, 3, 1, 1) for s in scores]
    for i in range(1, len(near)):
        near[i] = torch.maximum(near[i], F.max_pool2d(near[i - 1], 2))
    for i in range(len(near) - 1, 0, -1):
        near[i - 1] = torch.maximum(near[i - 1], F.interpolate(near[i], scale_factor=2))
    return [s * (n >= n.amax(1, keepdim=True)) for s, n in zip(scores, near)]


class Exported(nn.Module):
    """The detector with its boxes in pixels and its scores as probabilities."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, images):
        outputs, levels = [], self.net.features(images)
        scores = rivals_removed([self.net.score(level).sigmoid() for level in levels])
        for level, score, stride in zip(levels, scores, STRIDES):
            near, far = F.softplus(self.net.box(level)).split(2, 1)  # left top, right bottom
            rows = torch.arange(level.shape[2], device=level.device).float() + 0.5
            columns = torch.arange(level.shape[3], device=level.device).float() + 0.5
            y, x = torch.meshgrid(rows, columns, indexing="ij")
            centres = torch.stack([x, y])[None] + (far - near) / 2
            box = torch.cat([centres, near + far], 1) * stride
            outputs.append(torch.cat([box, score], 1).flatten(2))
        return torch.cat(outputs, 2)


def load(weights):
    net = fused(Detector(len(NAMES)))
    net.load_state_dict(torch.load(weights))
    with torch.no_grad():
        for label, shift in SHIFTS.items():
            net.score[-1].bias[label] += shift
    return net


def sources_hash():
    digest = hashlib.sha256()
    for name in SOURCES:
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()


def export(weights, out, imgsz):
    example = torch.zeros(2, 3, 64, 96)
    axes = {"images": {0: "batch", 2: "height", 3: "width"}, "output0": {0: "batch", 2: "anchors"}}
    torch.onnx.export(Exported(load(weights)), (example,), str(out), input_names=["images"], output_names=["output0"],
                      dynamic_axes=axes, opset_version=17, dynamo=False)
    model = onnx.load(out)
    metadata = {
        "description": "YOLambda's default model: finds QR codes, Data Matrix, Aztec, PDF417 and 1-D barcodes",
        "author": "the YOLambda authors", "license": "Apache-2.0", "version": VERSION,
        "task": "detect", "stride": str(max(STRIDES)), "imgsz": str([imgsz, imgsz]), "batch": "1",
        "names": str(dict(enumerate(NAMES))), "sources_sha256": sources_hash(),
    }
    onnx.helper.set_model_props(model, metadata)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, out)


def check(weights, out):
    """The file must say what the network says."""
    session = onnxruntime.InferenceSession(out, providers=["CPUExecutionProvider"])
    wanted = Exported(load(weights))
    for shape in [(1, 3, 64, 64), (2, 3, 96, 224), (1, 3, 416, 320)]:
        images = torch.rand(shape, generator=torch.Generator().manual_seed(1))
        got = session.run(None, {"images": images.numpy()})[0]
        with torch.no_grad():
            want = wanted(images).numpy()
        np.testing.assert_allclose(got[:, :4], want[:, :4], atol=0.05, rtol=1e-3)  # pixels
        np.testing.assert_allclose(got[:, 4:], want[:, 4:], atol=1e-3)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--imgsz", type=int, default=384)
    args = parser.parse_args()
    export(args.weights, args.out, args.imgsz)
    check(args.weights, args.out)
    print(f"{args.out}: {args.out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
