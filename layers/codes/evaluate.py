"""Scores what `yolambda predict --json` saw against labelled photographs.

    yolambda predict --local --json --conf 0.3 DIR/images | python3 evaluate.py DIR

An object is found where a detection of its class overlaps its box with an IoU of
0.5 or more. 1-D codes are labelled by the line that a scanner read, so there a
detection must contain the line's midpoint and half of its length. A detection
finds one object, an object is found once; what finds none counts against the
precision. The mean IoU is over the 2-D codes found. Wants Python alone.
"""

import json
import sys
from collections import Counter
from pathlib import Path

IOU = 0.5
STEPS = 200  # points of a line that are tried


def box_of(quad):
    xs, ys = zip(*quad)
    return min(xs), min(ys), max(xs), max(ys)


def iou(a, b):
    w, h = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if w <= 0 or h <= 0:
        return 0.0
    area = lambda r: (r[2] - r[0]) * (r[3] - r[1])
    return w * h / (area(a) + area(b) - w * h)


def line_of(quad):
    """A quad is top left, top right, bottom right, bottom left: its line is from the
    middle of its left side to the middle of its right side."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = quad
    return (ax + dx) / 2, (ay + dy) / 2, (bx + cx) / 2, (by + cy) / 2


def covers(box, line):
    """The share of the line in the box, or 0 where its midpoint is outside."""
    x0, y0, x1, y1 = line
    inside = lambda t: box[0] <= x0 + t * (x1 - x0) <= box[2] and box[1] <= y0 + t * (y1 - y0) <= box[3]
    return sum(inside(i / STEPS) for i in range(STEPS + 1)) / (STEPS + 1) if inside(0.5) else 0.0


def match(detection, thing):
    if detection["cls"] != thing["cls"]:
        return 0.0
    if thing["linear"]:
        return covers(detection["box"], line_of(thing["quad"]))
    return iou(detection["box"], box_of(thing["quad"]))


def score(replies, labels):
    """Counts per class: objects, found, detections, right detections; the IoU of each
    2-D code found; and the files where something is missing or wrong."""
    objects, found, detected, right, overlaps, faults = Counter(), Counter(), Counter(), Counter(), {}, []
    for reply in replies:
        if "error" in reply:
            sys.exit(f"{reply['file']}: {reply['error']}")
        things = json.loads((labels / Path(reply["file"]).with_suffix(".json").name).read_text())["objects"]
        free = list(things)
        for d in sorted(reply["detections"], key=lambda d: -d["conf"]):
            detected[d["cls"]] += 1
            best = max(free, key=lambda t: match(d, t), default=None)
            if best is not None and match(d, best) >= IOU:
                free.remove(best)
                found[d["cls"]] += 1
                right[d["cls"]] += 1
                if not best["linear"]:
                    overlaps.setdefault(d["cls"], []).append(match(d, best))
            else:
                faults.append(f"{reply['file']}: extra {d['cls']} {d['conf']:.2f} {d['box']}")
        objects.update(t["cls"] for t in things)
        faults += [f"{reply['file']}: missed {t['cls']} {box_of(t['quad'])}" for t in free]
    return objects, found, detected, right, overlaps, faults


def main():
    labels = Path(sys.argv[1]) / "labels"
    objects, found, detected, right, overlaps, faults = score(map(json.loads, sys.stdin), labels)
    overlaps["all"] = [v for values in overlaps.values() for v in values]
    rows = [(name, objects[name], found[name], detected[name], right[name]) for name in sorted(objects | detected)]
    rows.append(("all", objects.total(), found.total(), detected.total(), right.total()))
    mean = lambda values: f"{sum(values) / len(values):.3f}" if values else "-"
    percent = lambda a, b: f"{a / b:.3f}" if b else "-"
    print(f"{'class':12} {'objects':>8} {'found':>6} {'recall':>7} {'detections':>11} {'precision':>10} {'mean IoU':>9}")
    for name, n, f, d, r in rows:
        print(f"{name:12} {n:8} {f:6} {percent(f, n):>7} {d:11} {percent(r, d):>10} {mean(overlaps.get(name)):>9}")
    if "-v" in sys.argv[2:]:
        print(*faults, sep="\n")


if __name__ == "__main__":
    main()
