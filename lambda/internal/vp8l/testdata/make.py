"""Write lossless pictures as libwebp encodes them with settings of many kinds, and golden.json: the SHA-256 of the pixels,
R, G and B, that Pillow decodes each to.

    python3 -m venv venv && venv/bin/pip install pillow==13.0.0 numpy==2.4.6
    venv/bin/python make.py
"""
import hashlib
import json
import os

import numpy as np
from PIL import Image

here = os.path.dirname(os.path.abspath(__file__))
PHOTO = os.path.join(here, "../../../../assets/everyday.jpg")


def main():
    photo = Image.open(PHOTO).convert("RGB")
    photo = photo.resize((photo.width // 4, photo.height // 4)).crop((30, 40, 130, 110))
    rng = np.random.default_rng(1)
    made = {}
    for quality in (0, 40, 75, 100):
        for method in (0, 3, 6):
            made[f"photo_quality{quality}_method{method}"] = photo.crop((0, 0, 61, 45)), quality, method
    for width, height in ((1, 1), (2, 3), (1, 40), (40, 1), (17, 5)):
        made[f"size{width}x{height}"] = photo.crop((0, 0, width, height)), 75, 4
    for colours in (1, 2, 3, 4, 5, 16, 17, 200):
        made[f"colours{colours}"] = photo.quantize(colours).convert("RGB"), 75, 4
    alpha = photo.crop((0, 0, 50, 40)).convert("RGBA")
    alpha.putalpha(Image.fromarray(rng.integers(0, 256, (40, 50)).astype(np.uint8)))
    made["alpha"] = alpha, 75, 4
    made["noise"] = Image.fromarray(rng.integers(0, 256, (20, 30, 3)).astype(np.uint8)), 75, 4
    tile = np.asarray(photo.crop((0, 0, 16, 16)))
    made["repeated"] = Image.fromarray(np.tile(tile, (9, 12, 1))), 100, 6
    made["groups"] = Image.fromarray(np.concatenate([np.asarray(photo), rng.integers(0, 9, (70, 100, 3)).astype(np.uint8) * 20], 1)), 100, 6
    golden = {}
    for name, (image, quality, method) in made.items():
        file = os.path.join(here, f"{name}.webp")
        image.save(file, "WEBP", lossless=True, quality=quality, method=method, exact=True)
        with Image.open(file) as decoded:
            golden[name] = hashlib.sha256(decoded.convert("RGB").tobytes()).hexdigest()
    with open(os.path.join(here, "golden.json"), "w") as f:
        json.dump(golden, f, indent=1)
        f.write("\n")


main()
