"""Reads the function's replies to one picture with the tools of others.

Standard input: {"rle": the reply with mask=rle, "polygon": with mask=polygon,
"roboflow": with format=roboflow, "roboflow_rle": with both}. Standard output: a
list of what supervision reads of the third, in its order; for masks also how well
they, and those of the fourth, agree with what pycocotools and OpenCV read of the
first two.
"""

import json
import sys

import cv2
import numpy as np
import supervision as sv
from pycocotools import mask as coco

replies = json.load(sys.stdin)
detections = sv.Detections.from_inference(replies["roboflow"])
exact_masks = sv.Detections.from_inference(replies["roboflow_rle"]).mask
poses = any("keypoints" in p for p in replies["roboflow"]["predictions"])
key_points = sv.KeyPoints.from_inference(replies["roboflow"]) if poses else None


def strongest_first(reply):
    """Its detections in the order of the roboflow dialect."""
    return sorted(reply["detections"], key=lambda d: -d["conf"])


def iou(a, b):
    return float((a & b).sum() / max((a | b).sum(), 1))


found = []
pairs = zip(strongest_first(replies["rle"]), strongest_first(replies["polygon"]), strict=True)
for i, (rle, polygon) in enumerate(pairs):
    seen = {
        "class": str(detections.data["class_name"][i]),
        "class_id": int(detections.class_id[i]),
        "confidence": float(detections.confidence[i]),
        "box": detections.xyxy[i].tolist(),
    }
    if "mask" in rle:
        exact = coco.decode(rle["mask"]["rle"]).astype(bool)
        filled = np.zeros(exact.shape, np.uint8)
        for part in polygon["mask"]["polygons"]:
            cv2.fillPoly(filled, [np.array(part, np.int32)], 1)
        seen |= {
            "area": int(coco.area(rle["mask"]["rle"])),
            "bounds": coco.toBbox(rle["mask"]["rle"]).tolist(),  # x, y, width, height
            "filled": iou(exact, filled.astype(bool)),
            "supervision": iou(exact, detections.mask[i]),
            "supervision_rle": iou(exact, exact_masks[i]),
        }
    if key_points is not None:
        seen["keypoints"] = key_points.xy[i].tolist()
        seen["visible"] = key_points.keypoint_confidence[i].tolist()
    if "obb" in rle:
        corners = np.array([[p["x"], p["y"]] for p in replies["roboflow"]["predictions"][i]["points"]])
        seen["corners"] = corners.tolist()
        seen["area"] = int(detections.mask[i].sum())
    found.append(seen)
if len(found) != len(detections):
    sys.exit(f"supervision reads {len(detections)} detections of {len(found)}")
json.dump(found, sys.stdout)
