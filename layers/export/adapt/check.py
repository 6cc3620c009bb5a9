"""Holds the function's answers with the adapted file to a plain reading of the original."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from agreement import function_answers

from . import plain
from .adapted import Adapted
from .plain import Seen

CONF, IOU, MOST = 0.01, 0.7, 300  # thresholds of the answers, and how many of a picture
CLEAR = 0.25  # what a sure detection has
# What float32 may change between two ways to compute the same, half floats more: in pixels of the
# network's input, and of a confidence.
PIXELS, CONFIDENCE = (0.1, 0.5), (0.002, 0.01)


@dataclass
class Compared:
    """detections: of the plain reading; equal: of those the function has within the tolerance;
    others: of the function alone; pixels and confidence: the worst differences of the equal ones,
    in pixels of the picture; clear: detections above CLEAR."""

    picture: str
    detections: int
    equal: int
    others: int
    pixels: float
    confidence: float
    clear: int


class Check:
    def __init__(self, adapted: Adapted, yolambda: Path, pictures: list[Path]):
        half = adapted.facts.dtype == np.float16 or any(a.dtype == np.float16 for a in adapted.facts.seen("rgb")[0])
        self.adapted, self.pixels, self.confidence = adapted, PIXELS[half], CONFIDENCE[half]
        # None is the function's own: the corner or, of a classifier, the middle.
        self.answers = function_answers(yolambda, adapted.path, pictures, conf=CONF, iou=IOU, letterbox=None)
        self.compared = [self._compare(p, a) for p, a in zip(pictures, self.answers, strict=True)]

    @property
    def equal(self) -> bool:
        return all(c.equal == c.detections and c.others == 0 for c in self.compared)

    @property
    def seen(self) -> int:
        return sum(c.clear for c in self.compared)

    def __str__(self) -> str:
        title = f"{'picture':24}{'detections':>12}{'equal':>8}{'others':>8}{'box off by':>14}{'confidence off by':>20}"
        rows = [
            f"{c.picture[:23]:24}{c.detections:>12}{c.equal:>8}{c.others:>8}{c.pixels:>11.4f} px{c.confidence:>20.6f}" for c in self.compared
        ]
        return "\n".join([title, *rows])

    def _compare(self, picture: Path, answer: list[dict]) -> Compared:
        expected = read(self.adapted, picture)
        got = answered(answer)
        gain = scale(self.adapted, picture)
        pairs = matched(expected, got, self.pixels / gain, self.confidence)
        # Within the tolerance of the threshold, or of the last of a full list, either may lack one.
        edge = CONF + self.confidence
        if MOST in (len(expected.scores), len(got.scores)):
            edge = max(edge, expected.scores.min(initial=1) + self.confidence, got.scores.min(initial=1) + self.confidence)
        lost = [i for i in range(len(expected.scores)) if i not in pairs and expected.scores[i] > edge]
        more = [i for i in range(len(got.scores)) if i not in pairs.values() and got.scores[i] > edge]
        off = [np.abs(expected.boxes[i] - got.boxes[j]).max(initial=0) for i, j in pairs.items()]
        unsure = [abs(expected.scores[i] - got.scores[j]) for i, j in pairs.items()]
        return Compared(
            picture.name, len(pairs) + len(lost), len(pairs), len(more), max(off, default=0), max(unsure, default=0),
            int(np.sum(expected.scores > CLEAR)),
        )  # fmt: skip


def read(adapted: Adapted, picture: Path) -> Seen:
    """The original's answer, in pixels of the picture."""
    facts, kind = adapted.facts, adapted.kind
    canvas, back = plain.canvas(picture, facts.size, adapted.fit)
    seen = kind.read(facts, facts.run(facts.tensor(canvas, adapted.pixels)))
    if kind.task == "classify":
        return plain.strongest(seen, -1, 5)
    # What is no box of finite corners is nothing that anyone can be told.
    seen = seen[np.isfinite(seen.boxes).all(1) & (seen.boxes[:, :2] <= seen.boxes[:, 2:]).all(1) & (seen.classes >= 0)]
    seen = plain.strongest(seen, CONF, MOST) if kind.rows else plain.suppressed(seen, CONF, IOU, MOST)
    return Seen(back(seen.boxes), seen.scores, seen.classes)


def scale(adapted: Adapted, picture: Path) -> float:
    """Pixels of the network's input a pixel of the picture, along the side where they are fewest."""
    _, back = plain.canvas(picture, adapted.facts.size, adapted.fit)
    far = back(np.full((1, 4), 1.0))[0]
    return float(1 / far.max())


def answered(answer: list[dict]) -> Seen:
    boxes = [[d["box"][key] for key in ("x1", "y1", "x2", "y2")] for d in answer if "box" in d]
    classes, scores = ([d[key] for d in answer] for key in ("class", "confidence"))
    return Seen(np.array(boxes, float).reshape(-1, 4) if boxes else np.zeros((len(answer), 4)), np.array(scores, float), np.array(classes, int))


def matched(expected: Seen, got: Seen, pixels: float, confidence: float) -> dict[int, int]:
    """Pairs of indices of detections that are the same within the tolerance, each once."""
    pairs: dict[int, int] = {}
    for i in range(len(expected.scores)):
        off = np.abs(got.boxes - expected.boxes[i]).max(1, initial=0)
        near = (got.classes == expected.classes[i]) & (off <= pixels) & (np.abs(got.scores - expected.scores[i]) <= confidence)
        free = [j for j in np.flatnonzero(near) if j not in pairs.values()]
        if free:
            pairs[i] = min(free, key=lambda j: off[j])
    return pairs
