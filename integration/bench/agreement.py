"""Tells how the answers of some models agree with those of another.

A detection agrees when the other model has one of the same class whose box
overlaps it by an IoU of 0.5 or more; each is matched once. The pictures go
through the function itself (`yolambda predict --local`).

    python agreement.py bin/yolambda yolov8n.onnx build/precision/*.onnx -- pictures/*
"""

import json
import pathlib
import subprocess
import sys


def predict(yolambda, model, pictures):
    """The detections of each picture that the model can read, by file name."""
    command = [yolambda, "predict", "--local", "--json", "--model", model, *pictures]
    lines = subprocess.run(command, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    replies = map(json.loads, lines)
    return {reply["file"]: reply["detections"] for reply in replies if "detections" in reply}


def iou(a, b):
    """Overlap of two boxes x1, y1, x2, y2."""
    area = lambda box: max(box[2] - box[0], 0) * max(box[3] - box[1], 0)
    both = area([max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])])
    return both / max(area(a) + area(b) - both, 1)


def matches(wanted, seen):
    """Pairs of the same class, the greatest overlap first."""
    pairs = [(iou(w["box"], s["box"]), i, k) for i, w in enumerate(wanted) for k, s in enumerate(seen) if w["cls"] == s["cls"]]
    left, right = set(), set()
    for overlap, i, k in sorted(pairs, reverse=True):
        if overlap >= 0.5 and i not in left and k not in right:
            left.add(i)
            right.add(k)
            yield overlap, abs(wanted[i]["conf"] - seen[k]["conf"])


def main():
    split = sys.argv.index("--")
    yolambda, reference, *models = sys.argv[1:split]
    pictures = sys.argv[split + 1 :]
    wanted = predict(yolambda, reference, pictures)
    for model in models:
        seen = predict(yolambda, model, pictures)
        if seen.keys() != wanted.keys():
            sys.exit(f"{model} answered for {len(seen)} pictures, {reference} for {len(wanted)}")
        pairs = [pair for file in wanted for pair in matches(wanted[file], seen[file])]
        count = lambda answers: sum(map(len, answers.values()))
        print(json.dumps({
            "model": pathlib.Path(model).stem, "pictures": len(wanted), "wanted": count(wanted), "seen": count(seen),
            "recall": round(len(pairs) / max(count(wanted), 1), 3), "precision": round(len(pairs) / max(count(seen), 1), 3),
            "mean_iou": round(sum(p[0] for p in pairs) / max(len(pairs), 1), 3),
            "mean_conf_change": round(sum(p[1] for p in pairs) / max(len(pairs), 1), 3),
        }))


if __name__ == "__main__":
    main()
