"""Scores what a model saw in photographs against what a reference model saw.

    yolambda predict --local --model REFERENCE --json --conf 0.05 DIR > reference.jsonl
    yolambda predict --local --model coco.onnx --json --conf 0.05 DIR | python3 evaluate.py reference.jsonl

Nobody labelled the photographs: the reference's detections of a confidence of 0.5 or
more are taken for what is there, and must be found; those of 0.25 or more confirm what
the model found. Two detections are of one thing where they have one class and an IoU
of 0.5 or more; each confirms one. Wants Python alone.
"""

import json
import sys
from pathlib import Path

IOU, THERE, PERHAPS = 0.5, 0.5, 0.25
THRESHOLDS = [0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6]


def iou(a, b):
    w, h = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if w <= 0 or h <= 0:
        return 0.0
    area = lambda r: (r[2] - r[0]) * (r[3] - r[1])
    return w * h / (area(a) + area(b) - w * h)


def pairs(found, there):
    """How many of the detections are of one thing, taking the surest of found first."""
    free, count = list(there), 0
    for d in sorted(found, key=lambda d: -d["conf"]):
        same = [t for t in free if t["cls"] == d["cls"] and iou(t["box"], d["box"]) >= IOU]
        if same:
            free.remove(max(same, key=lambda t: iou(t["box"], d["box"])))
            count += 1
    return count


def over(detections, least):
    return [d for d in detections if d["conf"] >= least]


def read(lines):
    replies = {}
    for reply in map(json.loads, lines):
        if "error" in reply:
            sys.exit(f"{reply['file']}: {reply['error']}")
        replies[reply["file"]] = reply["detections"]
    return replies


def score(replies, reference, least):
    """Counts of what is there, of it found, of detections, of them confirmed."""
    there = found = detections = confirmed = 0
    for file, wanted in reference.items():
        got = over(replies[file], least)
        there += len(over(wanted, THERE))
        found += pairs(got, over(wanted, THERE))
        detections += len(got)
        confirmed += pairs(got, over(wanted, PERHAPS))
    return there, found, detections, confirmed


def main():
    reference = read(Path(sys.argv[1]).read_text().splitlines())
    replies = read(sys.stdin)
    share = lambda a, b: f"{a / b:.3f}" if b else "-"
    print(f"{'conf':>5} {'there':>6} {'found':>6} {'recall':>7} {'detections':>11} {'confirmed':>10} {'precision':>10}")
    for least in THRESHOLDS:
        there, found, detections, confirmed = score(replies, reference, least)
        print(f"{least:5} {there:6} {found:6} {share(found, there):>7} {detections:11} {confirmed:10} {share(confirmed, detections):>10}")


if __name__ == "__main__":
    main()
