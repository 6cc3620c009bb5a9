"""Scores trained weights on drawn pictures that were not trained on.

    python generate.py --out ../../build/train/unseen --set hard --count 1500 --seed 3
    python unseen.py --weights ../../build/train/second/last.pt --data ../../build/train/unseen --imgsz 384 640

A code is found where a detection of its class and of a score of CONF overlaps it with an
IoU of 0.5 or more. The mean IoU is over the codes found.
"""

import argparse
import json
from collections import Counter
from pathlib import Path

import cv2
import torch

from codes import NAMES
from export import Exported, load
from loss import iou

CONF, SAME, FOUND = 0.3, 0.45, 0.5  # of scores; IoU of two detections of one code, of a detection and its code


def detections(output):
    """What one picture's output [9, anchors] says: classes [n] and boxes [n, 4], x0 y0 x1 y1
    in pixels, strongest first, one for each code."""
    scores, labels = output[4:].max(0)
    order = scores.argsort(descending=True)
    order = order[scores[order] >= CONF]
    labels, centres, sizes = labels[order], output[:2, order].T, output[2:4, order].T
    boxes, kept = torch.cat([centres - sizes / 2, centres + sizes / 2], 1), []
    for i in range(len(order)):
        if not any(labels[i] == labels[k] and iou(boxes[i], boxes[k]) > SAME for k in kept):
            kept.append(i)
    return labels[kept], boxes[kept]


def pictures(folder, side):
    """Tensors [1, 3, h, w] with side as their longer side, and the (class, box) rows [m, 5] of each."""
    for line in open(folder / "labels.jsonl"):
        item = json.loads(line)
        h, w = (max(32, round(s * side / max(item["shape"]) / 32) * 32) for s in item["shape"])
        image = cv2.resize(cv2.imread(str(folder / item["file"]))[..., ::-1], (w, h), interpolation=cv2.INTER_LINEAR)
        scale = torch.tensor([1, w / item["shape"][1], h / item["shape"][0], w / item["shape"][1], h / item["shape"][0]])
        yield torch.from_numpy(image.copy()).permute(2, 0, 1)[None].float() / 255, torch.tensor(item["boxes"]).reshape(-1, 5) * scale


@torch.no_grad()
def score(model, folder, side):
    """Counts per class: objects, detections; and the IoU of each code found."""
    objects, detected, overlaps = Counter(), Counter(), {label: [] for label in range(len(NAMES))}
    for image, rows in pictures(folder, side):
        labels, boxes = detections(model(image)[0])
        objects.update(rows[:, 0].int().tolist())
        detected.update(labels.tolist())
        free = list(range(len(rows)))
        for label, box in zip(labels.tolist(), boxes):
            best = max((i for i in free if rows[i, 0] == label), key=lambda i: iou(box, rows[i, 1:]).item(), default=None)
            if best is not None and iou(box, rows[best, 1:]) >= FOUND:
                free.remove(best)
                overlaps[label].append(iou(box, rows[best, 1:]).item())
    return objects, detected, overlaps


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--imgsz", type=int, nargs="+", default=[384])
    args = parser.parse_args()
    model = Exported(load(args.weights))
    for side in args.imgsz:
        objects, detected, overlaps = score(model, args.data, side)
        print(f"{side:<12} {'objects':>8} {'recall':>7} {'precision':>10} {'mean IoU':>9}")
        for label, name in enumerate(NAMES):
            found = len(overlaps[label])
            print(f"{name:12} {objects[label]:8} {found / max(1, objects[label]):7.3f}"
                  f" {found / max(1, detected[label]):10.3f} {sum(overlaps[label]) / max(1, found):9.3f}")


if __name__ == "__main__":
    main()
