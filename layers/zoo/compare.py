"""Ultralytics' answers beside the function's, as letterbox=center."""

import base64
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from function import ask

# What counts as the same: half a thousandth of confidence, a tenth of a pixel of the
# picture, the overlap of masks, metres.
CONFIDENCE, PIXELS, MASK, METRES = 5e-4, 0.1, 0.99, 1e-4

CENTER = ("--letterbox", "center")  # where Ultralytics puts the picture


@dataclass
class Comparison:
    compared: int = 0  # detections, classifications or maps of Ultralytics
    matched: int = 0
    extra: int = 0  # the function's alone
    empty: int = 0  # Ultralytics' alone, of which nothing is in the picture
    worst: float = 0.0  # pixels of the picture; metres for depth


def compare(yolambda: Path, model: Path, task: str, pictures: list[Path], theirs: list, thresholds: list[str]) -> Comparison:
    """Compares Ultralytics' Results with the function's replies."""
    total = Comparison()
    if task in ("semantic", "depth"):
        for want, got in zip(theirs, ask(yolambda, model, pictures, *CENTER, "--mask", "png"), strict=True):
            (class_map if task == "semantic" else depth)(total, want, got)
        return total
    if task == "classify":
        thresholds = []
    ours = ask(yolambda, model, pictures, *CENTER, "--format", "ultralytics", *thresholds)
    own = ask(yolambda, model, pictures, *CENTER, "--mask", "rle", *thresholds) if task == "segment" else [None] * len(ours)
    for want, got, native in zip(theirs, ours, own, strict=True):
        got = got["images"][0]["results"]
        if task == "classify":
            classification(total, want.summary(decimals=6), got)
        else:
            # The function's own reply lists the same detections by class.
            masks = native and [d["mask"]["rle"] for d in native["detections"]]
            detections(total, want, sorted(got, key=lambda d: d["class"]) if native else got, masks)
    return total


def classification(total: Comparison, want: list[dict], got: list[dict]) -> None:
    total.compared += 1
    order = [c["class"] for c in want]
    same = order == [c["class"] for c in got[: len(order)]]
    total.matched += same and all(abs(a["confidence"] - b["confidence"]) <= CONFIDENCE for a, b in zip(want, got, strict=False))


def detections(total: Comparison, want, got: list[dict], masks: list[dict] | None) -> None:
    """Pairs each detection with the nearest of the function's that is the same; those of equal
    scores may come in any order, and of equal boxes the masks decide."""
    theirs = want.summary(decimals=6)
    left = list(range(len(got)))
    ours = [points(d) for d in got]
    for i, detection in enumerate(theirs):
        total.compared += 1
        place = points(detection)
        near = sorted((float(np.abs(ours[k] - place).max()), k) for k in left if ours[k].shape == place.shape
                      and got[k]["class"] == detection["class"]
                      and abs(got[k]["confidence"] - detection["confidence"]) <= CONFIDENCE)  # fmt: skip
        for distance, k in near:
            if distance <= PIXELS and (masks is None or want.masks is None or same_mask(want, i, masks[k])):
                left.remove(k)
                total.matched += 1
                total.worst = max(total.worst, distance)
                break
        else:
            # Random weights make boxes whose one side lies beyond the other, and masks in the padding
            # alone. Ultralytics keeps them, the function does not.
            nothing = without_area(want, i) or masks is not None and want.masks is not None and not in_picture(want, i).any()
            total.empty += nothing
            total.compared -= nothing
    total.extra += len(left)


def without_area(want, i: int) -> bool:
    sides = want.boxes.xywh[i, 2:] if want.obb is None else want.obb.xywhr[i, 2:4]
    return bool((sides <= 0).any())


def points(detection: dict) -> np.ndarray:
    """Returns the corners and keypoints of a detection of Results.summary(), flat."""
    box, keys = detection["box"], detection.get("keypoints", {"x": [], "y": []})
    return np.array([box[k] for k in sorted(box)] + list(keys["x"]) + list(keys["y"]))


def same_mask(want, i: int, rle: dict) -> bool:
    ours, theirs = runs(rle), in_picture(want, i)
    return (ours & theirs).sum() >= MASK * (ours | theirs).sum()


def in_picture(want, i: int) -> np.ndarray:
    """Returns a mask at the picture's size: for each of its pixels the nearest of the network's input."""
    mask = want.masks.data[i].numpy() > 0
    (height, width), (rows, columns) = want.orig_shape, mask.shape
    gain = min(rows / height, columns / width)
    ys, xs = nearest(rows, height, gain), nearest(columns, width, gain)
    return mask[ys[:, None], xs[None]]


def nearest(length: int, picture: int, gain: float) -> np.ndarray:
    """Returns the pixel of the network's input for each of the picture's, on one axis."""
    resized = round(picture * gain)
    pad = round((length - resized) / 2 - 0.1)
    return np.clip(np.rint((np.arange(picture) + 0.5) * resized / picture + pad - 0.5), 0, length - 1).astype(int)


def runs(rle: dict) -> np.ndarray:
    """Decodes COCO's compressed run lengths: column-major, differences from the run before the last."""
    counts, text, at = [], rle["counts"].encode(), 0
    while at < len(text):
        value, shift, more = 0, 0, True
        while more:
            c = text[at] - 48
            at += 1
            value |= (c & 31) << shift
            more = bool(c & 32)
            shift += 5
            if not more and c & 16:
                value |= -1 << shift
        counts.append(value + (counts[-2] if len(counts) > 2 else 0))
    height, width = rle["size"]
    flat = np.repeat(np.arange(len(counts)) % 2 == 1, counts)
    return flat.reshape(width, height).T.copy()


def class_map(total: Comparison, want, got: dict) -> None:
    """Counts the pixels whose class is the same."""
    theirs = np.asarray(want.semantic_mask.data).squeeze()
    ours = np.asarray(Image.open(io.BytesIO(base64.b64decode(got["semantic"]["class_map"]))))
    total.compared += 1
    total.matched += theirs.shape == ours.shape and bool((theirs == ours).all())


def depth(total: Comparison, want, got: dict) -> None:
    theirs = np.asarray(want.depth.data).squeeze()
    made = got["depth"]["map"]
    ours = made["offset"] + np.asarray(Image.open(io.BytesIO(base64.b64decode(made["png"])))).astype(np.float64) * made["scale"]
    total.compared += 1
    worst = float(np.abs(theirs - ours).max()) - made["scale"] / 2
    total.worst = max(total.worst, worst)
    total.matched += worst <= METRES
