"""Classifiers, [1, classes] or [1, classes, 1, 1], of probabilities or of logits, which a softmax makes into such."""

import numpy as np

from problem import Problem

from .facts import Facts
from .graph import Graph
from .kind import Kind
from .plain import Seen, softmax

FEATURES = "feat", "features", "embedding", "embeddings", "pooler_output", "image_embeds"


def fits(f: Facts) -> bool:
    """A vector whose length is that of the names or ImageNet's, or that is called logits."""
    if len(f.shapes) != 1 or not vector(f) or any(f.named(n) for n in FEATURES):
        return False
    n = f.shapes[0][1]
    return n == len(f.names) if f.names else n == 1000 or f.named("logits") is not None


def vector(f: Facts) -> bool:
    shape = f.shapes[0]
    return len(shape) in (2, 4) and shape[0] == 1 and all(n == 1 for n in shape[2:])


def checked(f: Facts) -> None:
    """Refuses what a softmax would make numbers without a meaning of."""
    rows = [o.reshape(-1).astype(np.float64) for (o,) in f.seen("rgb")]
    if len(rows[0]) < 2:
        raise Problem("it puts out a single number, a classifier has two classes at least: give it an output for no and one for yes")
    if probabilities(f):
        return
    if all(row.min() >= 0 and row.max() <= 1 for row in rows):
        raise Problem("its numbers lie between 0 and 1 and do not add up to 1: a score of each class by itself (sigmoids) is not served")
    if all(abs(np.linalg.norm(row) - 1) < 1e-3 for row in rows):
        raise Problem("its numbers are a vector of length 1: an embedding, not classes")


def probabilities(f: Facts) -> bool:
    return all(o.min() >= 0 and abs(o.sum() - 1) < 1e-2 for (o,) in f.seen("rgb"))


def rewrite(g: Graph, f: Facts) -> str:
    if not vector(f):
        raise ValueError("a vector is wanted")
    checked(f)
    x = g.reshape(g.float(f.output_names[0]), 1, -1)
    return x if probabilities(f) else g.op("Softmax", x, axis=1)


def read(f: Facts, outputs: list[np.ndarray]) -> Seen:
    row = outputs[0].reshape(-1).astype(np.float64)
    row = row if probabilities(f) else softmax(row)
    return Seen(np.zeros((len(row), 4)), row, np.arange(len(row)))


CLASSIFIER = Kind("classifier", "a classifier", None, fits, lambda f: f.shapes[0][1], rewrite, read, task="classify")
