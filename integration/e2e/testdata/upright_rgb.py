"""Writes pictures as upright RGB PNGs, as Pillow reads them.

Arguments: a folder to write to, and the pictures. Each PNG has the name of its
picture with .png behind it.
"""

import pathlib
import sys

from PIL import Image, ImageOps

folder = pathlib.Path(sys.argv[1])
for name in sys.argv[2:]:
    path = pathlib.Path(name)
    picture = ImageOps.exif_transpose(Image.open(path))
    if picture.mode == "I;16":  # little-endian; convert would clip it to white
        picture = Image.frombytes("L", picture.size, picture.tobytes()[1::2])
    picture.convert("RGB").save(folder / (path.name + ".png"))
