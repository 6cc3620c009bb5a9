"""Writes the training pictures: JPEG files, and labels.jsonl with the boxes.

    python generate.py --out ../../build/train/data --count 40000

Each picture has a random generator of its own, seeded by its number, so that the
set is the same whatever the number of workers.
"""

import argparse
import json
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from scenes import code_image, scene

SIDE = 416  # pixels, the longer side of every picture
# Shapes [h, w] of the pictures, multiples of the stride as the function makes them,
# and how many of the scenes are of each.
SHAPES = {(32, SIDE): 0, (64, SIDE): 0.01, (96, SIDE): 0.02, (224, SIDE): 0.05, (320, SIDE): 0.32, (SIDE, 320): 0.10, (SIDE, SIDE): 0.50}
CODE_IMAGES = 0.3  # the share of bare symbols among the pictures
PADDING = 114  # the letterbox's grey


def picture(rng):
    """[h, w, 3] uint8 BGR of one of the shapes, and its (class, box) list."""
    if rng.random() >= CODE_IMAGES:
        shapes = list(SHAPES)
        h, w = shapes[rng.choice(len(shapes), p=list(SHAPES.values()))]
        return scene(rng, h, w)
    image, objects = code_image(rng, SIDE)
    h, w = next(s for s in SHAPES if s[0] >= image.shape[0] and s[1] >= image.shape[1])
    padded = np.full((h, w, 3), PADDING, np.uint8)
    padded[:image.shape[0], :image.shape[1]] = image
    return padded, objects


def write(number, out, seed):
    cv2.setNumThreads(1)
    rng = np.random.default_rng((seed, number))
    image, objects = picture(rng)
    name = f"{number:06d}.jpg"
    cv2.imwrite(str(out / name), image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 98))])
    boxes = [[label, *(round(v, 1) for v in box)] for label, box in objects]
    return json.dumps({"file": name, "shape": image.shape[:2], "boxes": boxes})


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=40000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(args.workers) as pool, open(args.out / "labels.jsonl", "w") as labels:
        for line in pool.map(partial(write, out=args.out, seed=args.seed), range(args.count), chunksize=50):
            print(line, file=labels)


if __name__ == "__main__":
    main()
