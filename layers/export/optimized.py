"""Holds a model as ONNX Runtime optimises it to its graph as it is written.

Opening a file, ONNX Runtime rewrites its graph, and has done so wrongly: Pad_Fusion made of
a padding with zeros one with minus infinity, and boxes were off by 33 pixels. What is
computed with the function's settings is compared with a run without any rewriting.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

from model_file import Model, function_options
from problem import Problem

# What rounding may change of a number, as a share of the greatest in its column or, where that is less, of 1: of a
# place in pixels that is a share of the input's side, a score counts as it is. Measured with 60 models: float32, 0.000005 at
# most, as the rewritten graph adds up in another order; float16, 0.002, as fewer numbers are rounded in between. Of
# 8-bit integers one may fall into the next step, which single scores show (0.4), so that they are held to the
# average, 0.002 at most.
ALLOWED = {"float32": 0.001, "float16": 0.02, "8-bit": 0.01}
LEAST = 0.01  # the score of a row that has to be found again
PICTURES = 4


@dataclass
class Difference:
    numbers: str  # a key of ALLOWED
    most: float | None = None  # of the output that differs most; None where none was compared
    output: str = ""

    @property
    def allowed(self) -> float:
        return ALLOWED[self.numbers]

    def add(self, output: str, difference: float | None) -> None:
        if difference is not None and (self.most is None or difference > self.most):
            self.most, self.output = difference, output

    def __str__(self) -> str:
        if self.most is None:
            return f"optimised, not compared: which rows it lists is a matter of {self.numbers} rounding"
        return f"optimised, its numbers differ by {self.most:.1g} {self._kind} ({self.numbers}: {self.allowed:g} is rounding)"

    @property
    def _kind(self) -> str:
        return "on average" if self.numbers == "8-bit" else "at most"

    @property
    def problem(self) -> str:
        return (
            f"ONNX Runtime {onnxruntime.__version__} computes another {self.output} when it optimises the graph: numbers differ by"
            f" {self.most:.2g} of the greatest {self._kind}, and rounding explains {self.allowed:g}. The function would answer"
            " wrongly. A graph without what is rewritten may do: try SIMPLIFY=1 or 0, or export it with another opset"
        )


def check(path: Path, pictures: list[Path], options: onnxruntime.SessionOptions | None = None) -> Difference:
    """Compares on the pictures and on noise; a difference that rounding does not explain is a Problem."""
    optimized, plain = Model(path, options), Model(path, plain_options())
    result = Difference(numbers_of(onnx.load(path).graph))
    names = [o.name for o in plain.session.get_outputs()]
    for tensor in [plain.tensor(p) for p in pictures[:PICTURES]] + [noise(plain)]:
        for name, want, got in zip(names, plain.run(tensor), optimized.run(tensor), strict=True):
            result.add(name, difference(want, got, result.numbers))
    if result.most is not None and result.most > result.allowed:
        raise Problem(result.problem)
    return result


def plain_options() -> onnxruntime.SessionOptions:
    options = function_options()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return options


def noise(model: Model) -> np.ndarray:
    """Returns an input of the model's size that is bright and dark at every edge."""
    pixels = np.random.default_rng(0).random((1, 3, *model.size), np.float32)
    return pixels.astype(np.float16) if model.input.type == "tensor(float16)" else pixels


def numbers_of(graph: onnx.GraphProto) -> str:
    if any("Quantize" in node.op_type or "Integer" in node.op_type for node in graph.node):
        return "8-bit"
    half = any(t.data_type == onnx.TensorProto.FLOAT16 for t in graph.initializer)
    return "float16" if half else "float32"


def difference(want: np.ndarray, got: np.ndarray, numbers: str) -> float | None:
    """Returns how far an output's numbers differ; of class maps, the share of pixels."""
    if want.ndim == 3 and want.dtype.kind == "f" and want.shape[2] < want.shape[1]:  # rows, of a list or of a place each
        if numbers != "float32":
            return None  # rounding decides what NMS leaves, and in which order
        return max(of_rows(a, b) for a, b in zip(want.astype(float), got.astype(float), strict=True))
    if want.shape != got.shape:
        return np.inf
    if want.dtype.kind != "f":
        return float(np.mean(want != got))
    want, got = want.astype(float), got.astype(float)
    axes = (0, 2) if want.ndim == 3 else None  # [batch, columns, places] has a scale for each column
    off = scaled(want, got, np.abs(want).max(axis=axes, keepdims=True, initial=1))
    return float(off.mean() if numbers == "8-bit" else off.max())


def scaled(want: np.ndarray, got: np.ndarray, scale: np.ndarray) -> np.ndarray:
    off = np.abs(want - got) / scale
    return np.where(np.isnan(off), np.inf, off)


def of_rows(want: np.ndarray, got: np.ndarray) -> float:
    """Compares rows, [n, columns], whose fifth number is a score, each with the nearest: rounding changes
    the order of equal scores, and which is the last of a full list."""
    scale = np.abs(want).max(axis=0, initial=1)
    allowed, worst = ALLOWED["float32"], 0.0
    for rows, others in ((want, got), (got, want)):
        edge = max(LEAST, others[:, 4].min(initial=1) + allowed) if len(others) else LEAST
        for i in np.flatnonzero(rows[:, 4] > edge):
            same = i < len(others) and scaled(rows[i], others[i], scale).max() <= allowed
            near = others[i : i + 1] if same else others
            worst = max(worst, scaled(rows[i], near, scale).max(axis=1).min(initial=np.inf))
    return float(worst)
