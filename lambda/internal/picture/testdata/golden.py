"""Write golden.json: the SHA-256 of what Pillow makes of each file here, upright, as
pixels R, G, B without alpha. Given the shared folder's images, write shared.json as well,
of its variants of one photograph.

    python3 -m venv venv && venv/bin/pip install pillow==13.0.0
    venv/bin/python golden.py [../../../../../shared/images]
"""
import glob
import hashlib
import json
import os
import sys

from PIL import Image, ImageOps


def digests(folder):
    """By file. Formats that the function does not read are left out."""
    golden = {}
    for file in sorted(glob.glob(os.path.join(folder, "*.*"))):
        if file.endswith((".py", ".json", ".avif", ".heic", ".jp2")):
            continue
        with Image.open(file) as image:
            image = ImageOps.exif_transpose(image)
            if image.mode.startswith("I;16"):  # Pillow's convert clips; OpenCV, and the function, keep the high byte
                image = image.point(lambda v: v / 256).convert("L")
            pixels = image.convert("RGB").tobytes()
        golden[os.path.basename(file)] = hashlib.sha256(pixels).hexdigest()
    return golden


def write(file, golden):
    with open(os.path.join(here, file), "w") as f:
        json.dump(golden, f, indent=1)
        f.write("\n")


here = os.path.dirname(os.path.abspath(__file__))
write("golden.json", digests(here))
for images in sys.argv[1:]:
    write("shared.json", digests(os.path.join(images, "variants")))
