"""Writes letterbox.json: what Pillow and OpenCV make of a drawn picture, as the
SHA-256 of the tensor's bytes (height, width, RGB), and where it lies.

    pip install numpy==2.4.6 pillow==13.0.0 opencv-python-headless==5.0.0.* && python make.py

Pillow follows the Python reference (padded right and bottom), OpenCV the
LetterBox of Ultralytics 8.4.190 with auto=True, center=True (padded evenly).
"""

import hashlib
import json
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

GREY, STRIDE = 114, 32


def picture(w, h):
    x, y, c = np.meshgrid(np.arange(w), np.arange(h), np.arange(3), indexing="xy")
    return ((3 * x * x + 5 * y * y + 7 * x * y + 85 * c) // 16 % 256).astype(np.uint8)


def corner(img, size):
    h, w = img.shape[:2]
    gain = min(size / h, size / w)
    rw, rh = min(max(round(w * gain), 1), size), min(max(round(h * gain), 1), size)
    out = np.full((-(-rh // STRIDE) * STRIDE, -(-rw // STRIDE) * STRIDE, 3), GREY, np.uint8)
    # Rows first, as every Pillow does of itself up to 12; 13 takes the columns
    # first where a picture is much taller than wide, which moves bytes by one.
    rows = Image.fromarray(img).resize((rw, h), Image.Resampling.BILINEAR)
    out[:rh, :rw] = np.asarray(rows.resize((rw, rh), Image.Resampling.BILINEAR))
    return out, 0, 0


def center(img, size):
    h, w = img.shape[:2]
    r = min(size / h, size / w)
    rw, rh = round(w * r), round(h * r)
    dw, dh = ((size - rw) % STRIDE) / 2, ((size - rh) % STRIDE) / 2
    if (w, h) != (rw, rh):
        img = cv2.resize(img, (rw, rh), interpolation=cv2.INTER_LINEAR)
    top, bottom = round(dh - 0.1), round(dh + 0.1)
    left, right = round(dw - 0.1), round(dw + 0.1)
    return cv2.copyMakeBorder(img, top, bottom, left, right, cv2.BORDER_CONSTANT, value=(GREY,) * 3), left, top


SIZES = [(1, 1), (64, 64), (65, 33), (33, 65), (100, 75), (160, 90), (200, 200), (319, 240), (480, 361), (37, 501), (900, 20), (643, 479)]
cases = []
for w, h in SIZES:
    for size in (64, 160, 224):
        for placement, make in (("corner", corner), ("center", center)):
            if placement == "center" and round(min(w, h) * size / max(w, h)) < 1:
                continue
            out, left, top = make(picture(w, h), size)
            cases.append({
                "picture": [h, w], "size": size, "placement": placement, "tensor": list(out.shape[:2]),
                "left": left, "top": top, "sha256": hashlib.sha256(out.tobytes()).hexdigest(),
            })
Path(__file__).with_name("letterbox.json").write_text("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
