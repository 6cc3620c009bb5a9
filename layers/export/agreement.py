"""Whether two models see the same: answers of one beside answers of the other.

It is a program as well, which compares models with the first named:

    python layers/export/agreement.py [--arm64] bin/yolambda yolov8n.onnx build/precision/*.onnx -- pictures/*

With --arm64 the function for arm64 is asked, emulated: seconds a picture.
"""

import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean

import onnx
from google.protobuf.message import DecodeError

import graviton
from function import ask
from problem import Problem

CONF, IOU = 0.25, 0.7  # thresholds of the answers: Ultralytics' own defaults
SURE = CONF + 0.05  # a weaker detection may come out below CONF in the other answer


def function_answers(
    yolambda: Path, model: Path, pictures: list[Path], conf: float = CONF, iou: float = IOU, letterbox: str | None = "center",
    environment: dict[str, str] | None = None,
) -> list[list[dict]]:
    """Returns what the function, started on this machine, sees in each picture, in the
    form of Ultralytics' Results.summary()."""
    flags = ["--format", "ultralytics", *(["--letterbox", letterbox] if letterbox else []), *thresholds(model, conf, iou)]
    return [reply["images"][0]["results"] for reply in ask(yolambda, model, pictures, *flags, environment=environment)]


def metadata(path: Path) -> dict[str, str]:
    """Returns a file's metadata, none of what is no ONNX file: the function says what it is instead."""
    try:
        return {p.key: p.value for p in onnx.load(path, load_external_data=False).metadata_props}
    except DecodeError:
        return {}


def thresholds(model: Path, conf: float, iou: float) -> list:
    """Returns the flags of those that are not the dialect's own: a classifier has no use for
    them, and a head that needs no NMS would get it."""
    if metadata(model).get("task") == "classify":
        return []
    return (["--conf", conf] if conf != CONF else []) + (["--iou", iou] if iou != IOU else [])


@dataclass
class Agreement:
    compared: int = 0  # detections of the first model above SURE
    others: int = 0  # detections of the second above SURE that the first does not have
    # Of each that the second has too, with the same class and an IoU of at least 0.5:
    ious: list[float] = field(default_factory=list)
    confidences: list[float] = field(default_factory=list)  # the differences

    @property
    def close(self) -> bool:
        """Tells whether the two are the same network, but for rounding."""
        return (
            len(self.ious) == self.compared
            and self.others == 0
            and min(self.ious, default=1) >= 0.9
            and max(self.confidences, default=0) <= 0.05
        )

    @property
    def half_found(self) -> bool:
        """Tells whether the second has at least half of the first's detections."""
        return 2 * len(self.ious) >= self.compared

    def __str__(self) -> str:
        if self.compared == 0 and self.others == 0:
            return f"nothing above {SURE:.2f} in either, so nothing was compared; name a better picture (IMAGE=...)"
        text = f"{len(self.ious)} of {self.compared} detections above {SURE:.2f} found again, {self.others} others"
        if self.ious:
            text += (
                f"; IoU {mean(self.ious):.3f} on average, {min(self.ious):.3f} at worst"
                f"; confidence off by {mean(self.confidences):.3f} on average, {max(self.confidences):.3f} at worst"
            )
        return text


def agreement(first: list[list[dict]], second: list[list[dict]]) -> Agreement:
    """Compares answers to the same pictures."""
    total = Agreement()
    for expected, got in zip(first, second, strict=True):
        pairs = match(expected, got)
        for detection in expected:
            total.compared += detection["confidence"] >= SURE
        matched = set()
        for a, b in pairs:
            matched.add(b)
            if expected[a]["confidence"] >= SURE:
                total.ious.append(overlap(expected[a], got[b]))
                total.confidences.append(abs(expected[a]["confidence"] - got[b]["confidence"]))
        total.others += sum(d["confidence"] >= SURE for b, d in enumerate(got) if b not in matched)
    return total


def match(first: list[dict], second: list[dict]) -> list[tuple[int, int]]:
    """Returns pairs of indices of detections of the same class whose boxes overlap by
    an IoU of at least 0.5, the best first, each detection once."""
    pairs = [
        (overlap(a, b), i, j)
        for i, a in enumerate(first)
        for j, b in enumerate(second)
        if a["class"] == b["class"] and overlap(a, b) >= 0.5
    ]
    matched, seen_first, seen_second = [], set(), set()
    for _, i, j in sorted(pairs, reverse=True):
        if i not in seen_first and j not in seen_second:
            matched.append((i, j))
            seen_first.add(i)
            seen_second.add(j)
    return matched


def overlap(a: dict, b: dict) -> float:
    """Returns the IoU of two upright boxes, around the corners if they are oriented; 1
    where there are none (classify)."""
    if "box" not in a or "box" not in b:
        return 1.0
    ax1, ay1, ax2, ay2 = bounds(a["box"])
    bx1, by1, bx2, by2 = bounds(b["box"])
    inter = max(min(ax2, bx2) - max(ax1, bx1), 0) * max(min(ay2, by2) - max(ay1, by1), 0)
    union = (ax2 - ax1) * (ay2 - ay1) + (bx2 - bx1) * (by2 - by1) - inter
    return inter / union if union > 0 else 1.0


def bounds(corners: dict[str, float]) -> tuple[float, float, float, float]:
    xs = [value for key, value in corners.items() if key.startswith("x")]
    ys = [value for key, value in corners.items() if key.startswith("y")]
    return min(xs), min(ys), max(xs), max(ys)


def main() -> None:
    arm64 = sys.argv[1:2] == ["--arm64"]
    words = sys.argv[1 + arm64 :]
    split = words.index("--")
    yolambda, reference, *models = (Path(word) for word in words[:split])
    pictures = [Path(word) for word in words[split + 1 :]]
    if arm64 and (reason := graviton.lacks()):
        sys.exit(f"agreement: the function for arm64 can't be asked here: {reason}")
    with tempfile.TemporaryDirectory() as work:
        environment = graviton.environment(Path(work)) if arm64 else None
        try:
            expected = function_answers(yolambda, reference, pictures, environment=environment)
            for model in models:
                answers = function_answers(yolambda, model, pictures, environment=environment)
                print(f"{model.stem}: {agreement(expected, answers)}", flush=True)
        except Problem as problem:
            sys.exit(f"agreement: {problem}")


if __name__ == "__main__":
    main()
