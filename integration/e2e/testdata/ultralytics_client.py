"""Ask the squares as Ultralytics' documentation does with requests, and by hub-sdk."""

import base64
import json
import os
import sys

import requests

url, token, picture = sys.argv[1:]
os.environ["ULTRALYTICS_HUB_API"] = url  # hub_sdk reads it when it is imported
from hub_sdk import HUBClient  # noqa: E402


def ask(path, key=token, source=None, **data):
    with open(picture, "rb") as f:
        content = f.read()
    files = None if source else {"file": content}
    if source == "base64":
        data["source"] = base64.b64encode(content).decode()
    elif source:
        data["source"] = source
    reply = requests.post(url + path, headers={"Authorization": "Bearer " + key}, files=files, data=data)
    return {"status": reply.status_code, "body": reply.json()}


hub = HUBClient({"api_key": token}).model("squares")
print(json.dumps({
    "endpoint": ask("/predict", conf=0.8, iou=0.3),
    "shared": ask("/api/models/squares/predict", conf=0.8, iou=0.3, imgsz=320),
    "normalized": ask("/predict", conf=0.8, iou=0.3, normalize=True, decimals=3),
    "source": ask("/predict", source="base64", conf=0.8, iou=0.3),
    "address": ask("/predict", source="https://example.org/a.jpg"),
    "unknown": ask("/api/models/other/predict"),
    "stranger": ask("/predict", key="other"),
    "hub": {"status": 200, "body": hub.predict(picture, {"conf": 0.8, "iou": 0.3, "imgsz": 320}).json()},
    "hub model": hub.data,
}))
