"""Write small pictures in every way that libjpeg-turbo writes them, and the
SHA-256 of the samples that it decodes them to.

    python3 -m venv venv && venv/bin/pip install pillow==13.0.0 numpy==2.4.6 opencv-python-headless==5.0.0.93
    venv/bin/python make.py [the shared folder's images]

golden.json and shared.json hold, by file, the SHA-256 of Pillow's samples,
interleaved: grey, YCbCr or RGB as the file has it, with the chroma at full size,
or CMYK. The motif is drawn here, so nobody else has a right to it.
"""
import glob
import hashlib
import json
import os
import sys

import cv2
import numpy as np
from PIL import Image

here = os.path.dirname(os.path.abspath(__file__))
random = np.random.default_rng(1)
SAMPLING = {"444": 0x111111, "422": 0x211111, "420": 0x221111, "440": 0x121111, "411": 0x411111}


def motif(w, h):
    """Waves that get finer to the right, a block of colour, and noise below."""
    y, x = np.mgrid[0:h, 0:w].astype(float)
    wave = 60 * np.sin(x * x / w / 1.5) * np.cos(y / 3)
    rgb = np.stack([128 + wave, 110 + wave + 90 * (x > w / 2), 200 - 150 * y / h], -1)
    rgb[h * 2 // 3:] += random.normal(0, 45, rgb[h * 2 // 3:].shape)
    return np.clip(rgb, 0, 255).astype(np.uint8)


def write(name, picture, quality, progressive=False, restart=0, sampling="420", optimize=False):
    cv2.imwrite(os.path.join(here, name + ".jpg"), picture[..., ::-1] if picture.ndim == 3 else picture, [
        cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_PROGRESSIVE, int(progressive),
        cv2.IMWRITE_JPEG_RST_INTERVAL, restart, cv2.IMWRITE_JPEG_OPTIMIZE, int(optimize),
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR, SAMPLING[sampling]])


def first_scans(name, n):
    """A file without its later scans, whose missing details libjpeg estimates."""
    with open(os.path.join(here, name + ".jpg"), "rb") as f:
        scans = f.read().split(b"\xff\xda")
    assert len(scans) > n + 1
    with open(os.path.join(here, f"{name}_first{n}.jpg"), "wb") as f:
        f.write(b"\xff\xda".join(scans[:n + 1]) + b"\xff\xd9")


def samples(path):
    """The samples of a whole JPEG; None for what is none, or is YCCK, which Pillow turns into CMYK."""
    try:
        picture = Image.open(path)
        if picture.format != "JPEG" or picture.info.get("adobe_transform") == 2 and picture.mode == "CMYK":
            return None
        if picture.mode == "RGB" and [c[0] for c in picture.layer] != [*b"RGB"]:
            picture.draft("YCbCr", picture.size)
        return hashlib.sha256(picture.tobytes()).hexdigest()
    except OSError:
        return None


for sampling in SAMPLING:
    for progressive in (False, True):
        kind = "progressive" if progressive else "baseline"
        write(f"{kind}{sampling}", motif(53, 43), 85, progressive, sampling=sampling)
for quality in (1, 5, 25, 50, 75, 95, 100):
    write(f"quality{quality}", motif(41, 35), quality, quality % 2 == 0, sampling="444", optimize=True)
for side in (1, 2, 3, 5, 8, 9, 16, 17):
    write(f"size{side}x{18 - side}", motif(side, 18 - side), 90, side % 2 == 0)
write("grey", motif(37, 29)[..., 0], 80)
write("grey_progressive", motif(37, 29)[..., 0], 80, True)
write("restart1", motif(50, 40), 80, restart=1, sampling="422")
write("restart3_progressive", motif(50, 40), 80, True, restart=3)
for name in ("progressive420", "grey_progressive"):
    for n in (1, 2, 4):
        first_scans(name, n)
noise = random.integers(0, 256, (33, 39, 3), dtype=np.uint8)
write("noise", noise, 100)
write("noise_progressive", noise, 98, True)


def record(name, folder, pattern):
    golden = {}
    for path in sorted(glob.glob(os.path.join(folder, pattern))):
        if digest := samples(path):
            golden[os.path.relpath(path, folder).replace(os.sep, "/")] = digest
    with open(os.path.join(here, name), "w") as f:
        json.dump(golden, f, indent=1)
        f.write("\n")


record("golden.json", os.path.join(here, "..", ".."), "*/testdata/*.jpg")
if len(sys.argv) > 1:
    record("shared.json", sys.argv[1], "*/*.jpg")
