"""An ONNX file of a YOLO model, opened in the version of ONNX Runtime that the
function has."""

import ast
import math
import statistics
import time
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image, ImageOps

from problem import Problem

onnxruntime.set_default_logger_severity(3)  # errors


def function_options() -> onnxruntime.SessionOptions:
    """Returns those settings of the function's sessions (lambda/internal/ort/ort.go) that decide what is computed."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.enable_mem_pattern = False
    options.add_session_config_entry("optimization.disable_specified_optimizers", "Pad_Fusion")
    return options


class Model:
    def __init__(self, path: Path, options: onnxruntime.SessionOptions | None = None):
        try:
            self.session = onnxruntime.InferenceSession(path, options or function_options(), providers=["CPUExecutionProvider"])
        except Exception as error:
            raise Problem(f"open {path}: {error}") from error
        self.path = path
        self.metadata = self.session.get_modelmeta().custom_metadata_map
        self.input = self.session.get_inputs()[0]
        if len(self.input.shape) != 4:
            raise Problem(f"{path}: its input has the shape {self.input.shape}, want [batch, 3, height, width]")
        self.task = self.metadata.get("task", "detect")
        self.dynamic = not all(isinstance(side, int) for side in self.input.shape[2:])
        try:
            self.names = ast.literal_eval(self.metadata.get("names", "{}"))
            # Height and width in pixels. A dynamic model takes others too.
            self.size = (
                ast.literal_eval(self.metadata.get("imgsz", "[640, 640]")) if self.dynamic else self.input.shape[2:]
            )
            self.stride = max(int(self.metadata.get("stride", 32)), 32)
        except (SyntaxError, ValueError) as error:
            raise Problem(f"read metadata of {path}: {error}") from error

    def describe(self) -> str:
        height, width = self.size
        size = f"{width} x {height} pixels" + (" or any other size" if self.dynamic else "")
        return f"{self.task}, classes: {len(self.names) or 'unnamed'}, {size}, {self.path.stat().st_size / 1e6:.1f} MB"

    def tensor(self, picture: Path) -> np.ndarray:
        """Prepares a picture as the function does by default: RGB from 0 to 1, scaled to
        the model's size, padded with 114 on the right and at the bottom (to a multiple
        of the stride if the model is dynamic); for classify the middle of it."""
        image = ImageOps.exif_transpose(Image.open(picture)).convert("RGB")
        height, width = self.size
        if self.task == "classify":
            image = ImageOps.fit(image, (width, height), Image.Resampling.BILINEAR)
        else:
            scale = min(width / image.width, height / image.height)
            image = image.resize(
                (max(round(image.width * scale), 1), max(round(image.height * scale), 1)), Image.Resampling.BILINEAR
            )
            if self.dynamic:
                width, height = (math.ceil(side / self.stride) * self.stride for side in image.size)
            padded = Image.new("RGB", (width, height), (114, 114, 114))
            padded.paste(image)
            image = padded
        pixels = np.asarray(image, np.float32).transpose(2, 0, 1)[None] / 255
        return np.ascontiguousarray(pixels, np.float16 if self.input.type == "tensor(float16)" else np.float32)

    def run(self, tensor: np.ndarray) -> list[np.ndarray]:
        batch = self.input.shape[0]
        if isinstance(batch, int):
            tensor = np.repeat(tensor, batch, axis=0)
        return self.session.run(None, {self.input.name: tensor})


def run_times(models: list[Model], picture: Path, runs: int = 15) -> list[float]:
    """Returns the median time of a run of each model in milliseconds. They take
    turns, so that what else the machine does slows all of them alike."""
    tensors = [model.tensor(picture) for model in models]
    times = [[] for _ in models]
    for _ in range(runs + 1):
        for model, tensor, seen in zip(models, tensors, times, strict=True):
            start = time.perf_counter()
            model.run(tensor)
            seen.append(1e3 * (time.perf_counter() - start))
    return [statistics.median(seen[1:]) for seen in times]  # the first run of each warms it up
