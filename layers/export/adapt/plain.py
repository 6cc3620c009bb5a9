"""Pictures and answers in plain numpy and Pillow, apart from what the rewriting uses: the
reference that the function is held to. Boxes are x1, y1, x2, y2."""

import ast
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps


@dataclass
class Seen:
    """boxes: [n, 4] in pixels, of the input or of the picture; scores: [n]; classes: [n]."""

    boxes: np.ndarray
    scores: np.ndarray
    classes: np.ndarray

    def __getitem__(self, which: np.ndarray) -> "Seen":
        return Seen(self.boxes[which], self.scores[which], self.classes[which])


def best(boxes: np.ndarray, scores: np.ndarray) -> Seen:
    """boxes: [n, 4]; scores: [n, classes], of which the highest counts."""
    return Seen(boxes, scores.max(1), scores.argmax(1))


def canvas(path: Path, size: tuple[int, int], fit: str) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]:
    """Returns the picture as [height, width, 3] of the size and the way of boxes back to it. fit:
    letterbox (top left, the rest 114), stretch, or crop (the middle, filled)."""
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    (height, width), (w, h) = size, image.size
    if fit == "crop":
        gain = max(width / w, height / h)
        covered = (int(width if w <= h else gain * w), int(height if h <= w else gain * h))
        left, top = round((covered[0] - width) / 2), round((covered[1] - height) / 2)
        middle = image.resize(covered, Image.Resampling.BILINEAR).crop((left, top, left + width, top + height))
        return np.asarray(middle), lambda boxes: boxes
    gains = np.array([width / w, height / h] if fit == "stretch" else [min(width / w, height / h)] * 2)
    resized = [int(np.clip(round(side * gain), 1, most)) for side, gain, most in zip((w, h), gains, (width, height), strict=True)]
    filled = Image.new("RGB", (width, height), (114, 114, 114))
    filled.paste(image.resize(resized, Image.Resampling.BILINEAR))

    def back(boxes: np.ndarray) -> np.ndarray:
        return np.clip(boxes / np.tile(gains, 2), 0, np.array([w, h, w, h]))

    return np.asarray(filled), back


def centred(boxes: np.ndarray) -> np.ndarray:
    """cx, cy, w, h to x1, y1, x2, y2."""
    return np.concatenate([boxes[:, :2] - boxes[:, 2:4] / 2, boxes[:, :2] + boxes[:, 2:4] / 2], 1)


def cells(size: tuple[int, int], strides: tuple[int, ...]) -> np.ndarray:
    """[n, 3]: column, row and stride of each cell of the grids, a grid after the other."""
    return np.array([
        (column, row, stride)
        for stride in strides
        for row in range(-(-size[0] // stride))
        for column in range(-(-size[1] // stride))
    ], np.float64)  # fmt: skip


def strides_of(rows: int, size: tuple[int, int]) -> tuple[int, ...] | None:
    """Returns the strides of the grids that have so many cells together."""
    for strides in ((8, 16, 32), (8, 16, 32, 64), (4, 8, 16, 32), (16, 32), (8, 16), (8, 16, 32, 64, 128)):
        if rows == sum((-(-size[0] // s)) * (-(-size[1] // s)) for s in strides):
            return strides
    return None


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x.astype(np.float64)))


def softmax(x: np.ndarray) -> np.ndarray:
    """Over the last axis."""
    e = np.exp(x.astype(np.float64) - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def suppressed(seen: Seen, conf: float, iou: float, most: int) -> Seen:
    """Greedy NMS of each class by itself, the strongest first."""
    seen = seen[seen.scores > conf]
    seen = seen[np.argsort(-seen.scores, kind="stable")]
    kept: list[int] = []
    area = np.prod(seen.boxes[:, 2:] - seen.boxes[:, :2], axis=1)
    for i, box in enumerate(seen.boxes):
        rivals = [k for k in kept if seen.classes[k] == seen.classes[i]]
        corner = np.minimum(seen.boxes[rivals, 2:], box[2:]) - np.maximum(seen.boxes[rivals, :2], box[:2])
        shared = np.prod(np.clip(corner, 0, None), axis=1)
        if not np.any(shared > iou * (area[rivals] + area[i] - shared)):
            kept.append(i)
        if len(kept) == most:
            break
    return seen[np.array(kept, int)]


def strongest(seen: Seen, conf: float, most: int) -> Seen:
    seen = seen[seen.scores > conf]
    return seen[np.argsort(-seen.scores, kind="stable")[:most]]


def literal(text: str):
    """Reads JSON or a Python literal; None where it is neither."""
    for read in (json.loads, ast.literal_eval):
        try:
            return read(text)
        except (ValueError, SyntaxError):
            pass
    return None


def numbers(text: str) -> list[int]:
    value = literal(text)
    value = value if isinstance(value, (list, tuple)) else [value]
    return [int(v) for v in value] if all(isinstance(v, (int, float)) for v in value) else []
