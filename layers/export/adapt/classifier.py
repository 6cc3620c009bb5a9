"""Classifiers, [1, classes], of probabilities or of logits, which a softmax makes into such."""

import numpy as np

from .facts import Facts
from .graph import Graph
from .kind import Kind
from .plain import Seen, softmax

FEATURES = "feat", "features", "embedding", "embeddings", "pooler_output", "image_embeds"


def fits(f: Facts) -> bool:
    """A vector whose length is that of the names or ImageNet's, or that is called logits."""
    if len(f.shapes) != 1 or len(f.shapes[0]) != 2 or f.shapes[0][0] != 1 or any(f.named(n) for n in FEATURES):
        return False
    n = f.shapes[0][1]
    return n == len(f.names) if f.names else n == 1000 or f.named("logits") is not None


def probabilities(f: Facts) -> bool:
    return all(o.min() >= 0 and abs(o.sum() - 1) < 1e-2 for (o,) in f.seen("rgb"))


def rewrite(g: Graph, f: Facts) -> str:
    x = g.float(f.output_names[0])
    return x if probabilities(f) else g.op("Softmax", x, axis=1)


def read(f: Facts, outputs: list[np.ndarray]) -> Seen:
    row = outputs[0][0].astype(np.float64)
    row = row if probabilities(f) else softmax(row)
    return Seen(np.zeros((len(row), 4)), row, np.arange(len(row)))


CLASSIFIER = Kind("classifier", "a classifier", None, fits, lambda f: f.shapes[0][1], rewrite, read, task="classify")
