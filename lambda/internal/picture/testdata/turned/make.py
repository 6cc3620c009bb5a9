"""Write small photographs of every subsampling and parity of sides, and what Pillow
makes of each in every orientation.

    python3 -m venv venv && venv/bin/pip install pillow==13.0.0 numpy==2.4.6 opencv-python-headless==5.0.0.93
    venv/bin/python make.py

golden.json holds, by file and orientation, the SHA-256 of the pixels R, G, B after
ImageOps.exif_transpose. The test puts the orientation into the files itself.
"""
import hashlib
import io
import json
import os
import struct

import cv2
import numpy as np
from PIL import Image, ImageOps

os.chdir(os.path.dirname(os.path.abspath(__file__)))
SAMPLING = {"444": 0x111111, "422": 0x211111, "420": 0x221111, "440": 0x121111, "411": 0x411111}
random = np.random.default_rng(3)


def picture(w, h):
    """Strong colours that change from pixel to pixel, and smooth ones."""
    y, x = np.mgrid[0:h, 0:w]
    smooth = np.stack([x * 255 // w, y * 255 // h, 255 - (x + y) * 255 // (w + h)], -1)
    noise = random.integers(0, 256, (h, w, 3))
    return np.where((x > w // 2)[..., None], noise, smooth).astype(np.uint8)


def turned(jpeg, orientation):
    tiff = b"MM\0*\0\0\0\x08\0\x01" + struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0) + bytes(4)
    body = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


golden = {}
for w in (31, 32):
    for h in (23, 24):
        for name, factor in SAMPLING.items():
            _, jpeg = cv2.imencode(".jpg", picture(w, h), [cv2.IMWRITE_JPEG_QUALITY, 80, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, factor])
            file = f"{w}x{h}_{name}.jpg"
            with open(file, "wb") as f:
                f.write(jpeg.tobytes())
            for orientation in range(1, 9):
                image = ImageOps.exif_transpose(Image.open(io.BytesIO(turned(jpeg.tobytes(), orientation))))
                golden.setdefault(file, []).append(hashlib.sha256(image.tobytes()).hexdigest())
with open("golden.json", "w") as f:
    json.dump(golden, f, indent=1)
