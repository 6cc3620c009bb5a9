"""Compare this project's reading of pictures with Pillow's: of files as they are, and
of mutations of them.

    python3 -m venv venv && venv/bin/pip install pillow==13.0.0 numpy==2.4.6 opencv-python-headless==5.0.0.93
    go build -o difftest . && venv/bin/python differ.py [--mutations N] [--seed N] [--keep FOLDER] FILE...

It prints a table of what differs: who reads what the other refuses, by the refusal's
words, and how many pixels differ by how much. Pillow reads every grey picture of 16 bits
as if all but black was white; there the reference is OpenCV. Files that differ are kept
in FOLDER.
"""
import argparse
import collections
import io
import json
import os
import random
import re
import subprocess
import tempfile
import warnings

import cv2
import numpy as np
from PIL import Image, ImageOps

HERE = os.path.dirname(os.path.abspath(__file__))
warnings.simplefilter("ignore")
Image.MAX_IMAGE_PIXELS = 40_000_000


class Function:
    """The project's own reading, in a process."""

    def __init__(self):
        self.process = subprocess.Popen([os.path.join(HERE, "difftest")], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.file = os.path.join(tempfile.mkdtemp(), "picture")

    def read(self, data):
        with open(self.file, "wb") as f:
            f.write(data)
        self.process.stdin.write(self.file.encode() + b"\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if answer["Error"]:
            return answer["Error"], None
        shape = answer["Height"], answer["Width"], 3
        pixels = self.process.stdout.read(shape[0] * shape[1] * 3)
        return None, np.frombuffer(pixels, np.uint8).reshape(shape)


def reference(data):
    """Pillow's picture, or why there is none."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            if image.mode.startswith("I;16"):
                pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
                return ("OpenCV refuses", None) if pixels is None else (None, pixels)
            return None, np.array(ImageOps.exif_transpose(image).convert("RGB"))
    except Exception as e:  # whatever it raises is its refusal
        return re.sub(r"<_io.*?>|\d+", "…", f"{type(e).__name__}: {e}"), None


def mutate(data, rng):
    """Damage that transfers, disks and bad writers do."""
    data = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        at = rng.randrange(2, len(data))
        kind = rng.randrange(5)
        if kind == 0:
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            data[at] = rng.choice((0, 255, rng.randrange(256)))
        elif kind == 2:
            del data[at:at + rng.randrange(1, 9)]
        elif kind == 3:
            data[at:at] = bytes(rng.randrange(256) for _ in range(rng.randrange(1, 9)))
        else:
            end = at + rng.randrange(1, 33)
            other = rng.randrange(2, len(data))
            data[at:end] = data[other:other + end - at]
        if len(data) < 8:
            break
    return bytes(data)


def verdict(function, data):
    """What differs, in a few words."""
    ours, got = function.read(data)
    theirs, want = reference(data)
    if ours and theirs:
        return "both refuse"
    if ours:
        return "refused alone: " + ours
    if theirs:
        return "read alone: " + theirs
    if got.shape != want.shape:
        return f"size {got.shape}, want {want.shape}"
    worst = int(np.abs(got.astype(int) - want).max())
    return "equal" if worst == 0 else "pixels differ"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mutations", type=int, default=0, help="how many mutations in all, instead of the files as they are")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", help="where to keep files that differ")
    parser.add_argument("files", nargs="+")
    args = parser.parse_args()
    rng, function = random.Random(args.seed), Function()
    table, examples = collections.Counter(), {}
    for i in range(args.mutations or len(args.files)):
        name = args.files[i % len(args.files)]
        with open(name, "rb") as f:
            data = f.read()
        if args.mutations:
            data = mutate(data, rng)
        v = verdict(function, data)
        table[v] += 1
        examples.setdefault(v, os.path.basename(name))
        if args.keep and v not in ("equal", "both refuse") and table[v] <= 5:
            with open(os.path.join(args.keep, f"{i}_{os.path.basename(name)}"), "wb") as f:
                f.write(data)
    for v, n in table.most_common():
        print(f"{n:7d}  {v}  ({examples[v]})")


if __name__ == "__main__":
    main()
