"""What a graph does to its own pixels before anything else."""

import numpy as np
import onnx
from onnx import numpy_helper


def scaling(graph: onnx.GraphProto, name: str, dtype: np.dtype) -> float | None:
    """Follows the picture, the input of that name, through the graph's first nodes. Returns what a
    pixel of 0 to 255 is divided by to be what the input wants, 1 or 255; None where nothing tells.
    Whole numbers go from 0 to 255."""
    if np.issubdtype(dtype, np.integer):
        return 1
    known = constants(graph)
    while True:
        users = [n for n in graph.node if name in n.input]
        if len(users) != 1:
            return None
        node = users[0]
        if node.op_type in ("Sub", "Div", "Mul"):
            other = next((known[i] for i in node.input if i != name and i in known), None)
            return None if other is None else divisor(node.op_type, numpy_helper.to_array(other).astype(np.float64))
        if node.op_type not in ("Cast", "Transpose", "Identity", "Gather"):
            return None
        name = node.output[0]


def constants(graph: onnx.GraphProto) -> dict[str, onnx.TensorProto]:
    """Returns the graph's initializers and constants by name."""
    made = {n.output[0]: a.t for n in graph.node if n.op_type == "Constant" for a in n.attribute if a.name == "value"}
    return {i.name: i for i in graph.initializer} | made


def divisor(op: str, value: np.ndarray) -> float | None:
    """A division by some 255 or a mean above 2 tells of 0 to 255, another mean of 0 to 1."""
    if op == "Sub":
        return 1 if value.max() > 2 else 255 if value.size == 3 else None
    factor = 1 / value if op == "Div" else value
    return 1 if np.all((factor > 0) & (factor < 0.03)) else None
