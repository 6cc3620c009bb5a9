"""Compares forms of one model: its precision, its input's shape, its file format.

Each form is made from a float32 ONNX file with a dynamic input, and its run is
timed with ONNX Runtime by turns with all the others, so that what else happens
on the machine hits them alike. The forms stay in the folder OUT, for
layers/export/agreement.py to tell how their answers differ.

    pip install onnx==1.23.2 onnxruntime==1.27.0 sympy==1.14.0 pillow==13.0.0
    python precision.py yolov8n.onnx build/precision assets/*.jpg
"""

import argparse
import json
import pathlib
import statistics
import sys
import time

import numpy
import onnx
import onnxruntime
from onnxruntime.quantization import QuantFormat, QuantType, quantize_dynamic, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from onnxruntime.tools.onnx_model_utils import make_input_shape_fixed
from PIL import Image

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "layers/export"))
import quantize
from model_file import Model


def letterbox(path, size):
    """The picture as the network's input: scaled down, padded right and bottom with grey."""
    height, width = size
    picture = Image.open(path).convert("RGB")
    ratio = min(width / picture.width, height / picture.height)
    picture = picture.resize((round(picture.width * ratio), round(picture.height * ratio)), Image.BILINEAR)
    padded = Image.new("RGB", (width, height), (114, 114, 114))
    padded.paste(picture)
    return numpy.asarray(padded, numpy.float32).transpose(2, 0, 1)[None] / 255


def make_forms(source, out, pictures):
    """Writes every form that is not there yet, and yields its name, path and input size."""
    out.mkdir(parents=True, exist_ok=True)
    model = Model(source)
    rect, square = model.tensor(pictures[0]).shape[2:], (max(model.size),) * 2  # height and width

    def form(label, make, size, suffix=".onnx"):
        path = out / (label + suffix)
        if not path.exists():
            make(path)
            keep_metadata(source, path)
        return label, path, size

    def fixed(size):
        def make(path):
            static_input = onnx.load(source)
            make_input_shape_fixed(static_input.graph, model.input.name, [1, 3, *size])
            onnx.save(onnx.shape_inference.infer_shapes(static_input), path)

        return make

    prepared = out / "prepared.onnx"
    if not prepared.exists():
        quant_pre_process(source, prepared, skip_symbolic_shape=True)

    def static(**kwargs):
        return lambda path: quantize_static(
            prepared, path, quantize.Pictures(model, pictures), quant_format=QuantFormat.QDQ,
            activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, per_channel=True, **kwargs,
        )

    def optimized(save_format, level):
        def make(path):
            options = onnxruntime.SessionOptions()
            options.graph_optimization_level = level
            options.optimized_model_filepath = str(path)
            options.add_session_config_entry("session.save_model_format", save_format)
            onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])

        return make

    levels = onnxruntime.GraphOptimizationLevel
    yield "float32", source, rect
    yield "float32-square", source, square
    yield form("static-rect", fixed(rect), rect)
    yield form("static-square", fixed(square), square)
    yield form("half", lambda path: quantize.half(source, path), rect)
    yield form("int8-dynamic", lambda path: quantize_dynamic(prepared, path, weight_type=QuantType.QUInt8), rect)
    yield form("int8-static", static(), rect)
    yield form("int8-static-float-head", lambda path: quantize.int8(source, path, pictures), rect)
    float_head = quantize.head(onnx.load(prepared).graph)
    yield form("int8-static-conv", static(nodes_to_exclude=float_head, op_types_to_quantize=["Conv"]), rect)
    yield form("optimized", optimized("ONNX", levels.ORT_ENABLE_ALL), rect)
    yield form("ort-format", optimized("ORT", levels.ORT_ENABLE_ALL), rect, ".ort")


def keep_metadata(source, path):
    """Copies the keys that tell task, names and stride; some tools drop them."""
    if path.suffix != ".onnx":
        return
    model, props = onnx.load(path), onnx.load(source).metadata_props
    del model.metadata_props[:]
    model.metadata_props.extend(props)
    onnx.save(model, path)


def open_session(path, threads, optimized=False):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # as the function does; and the next form would pay for it
    if optimized:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def milliseconds(call, *args):
    start = time.perf_counter()
    result = call(*args)
    return (time.perf_counter() - start) * 1e3, result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("picture", type=pathlib.Path, nargs="+", help="for calibration; the first is timed, and its shape is the input's")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()

    rows = []
    for label, path, size in make_forms(args.model, args.out, args.picture):
        done = label in ("optimized", "ort-format")
        opening = [milliseconds(open_session, path, args.threads, done)[0] for _ in range(5)]
        session = open_session(path, args.threads, done)
        feed = {session.get_inputs()[0].name: letterbox(args.picture[0], size)}
        session.run(None, feed)
        rows.append((label, path, size, statistics.median(opening), session, feed, []))
    for _ in range(args.rounds):
        for *_, session, feed, runs in rows:
            session.run(None, feed)  # brings its weights back into the caches
            runs.append(milliseconds(session.run, None, feed)[0])
    base = rows[0][-1]
    for label, path, (height, width), opening, _, _, runs in rows:
        # Of the run a moment before: the machine's speed may change between rounds.
        of_float32 = statistics.median(run / first for run, first in zip(runs, base, strict=True))
        print(json.dumps({
            "form": label, "input": f"{width}x{height}", "file_mb": round(path.stat().st_size / 1e6, 2),
            "open_ms": round(opening, 1), "run_ms": round(statistics.median(runs), 1), "of_float32": round(of_float32, 2),
        }))


if __name__ == "__main__":
    main()
