"""Writes the training pictures: JPEG files, and labels.jsonl with the boxes.

    python generate.py --out ../../build/train/data
    python generate.py --out ../../build/train/hard --set hard --count 14000 --seed 2

Each picture has a random generator of its own, seeded by its number, so that the
set is the same whatever the number of workers.
"""

import argparse
import json
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from hard import hard_scene
from scenes import code_image, scene

PADDING = 114  # the letterbox's grey


@dataclass(frozen=True)
class Kind:
    side: int  # pixels, the longer side of every picture
    # Shapes [h, w] of the pictures, multiples of the stride as the function makes them,
    # and how many of the scenes are of each.
    shapes: dict[tuple[int, int], float]
    code_images: float  # the share of bare symbols among the pictures
    scene: Callable  # of a random generator, height and width


def mixed_scene(rng, h, w):
    return hard_scene(rng, h, w) if rng.random() < 0.6 else scene(rng, h, w)


# What the network learns first, and what then.
SETS = {
    "plain": Kind(416, {(32, 416): 0, (64, 416): 0.01, (96, 416): 0.02, (224, 416): 0.05, (320, 416): 0.32,
                        (416, 320): 0.10, (416, 416): 0.50}, 0.3, scene),
    "hard": Kind(640, {(32, 640): 0, (64, 640): 0.01, (96, 640): 0.02, (160, 640): 0.03, (352, 640): 0.07,
                       (480, 640): 0.30, (640, 480): 0.15, (640, 640): 0.42}, 0.2, mixed_scene),
}


def picture(rng, kind):
    """[h, w, 3] uint8 BGR of one of the shapes, and its (class, box) list."""
    if rng.random() >= kind.code_images:
        shapes = list(kind.shapes)
        h, w = shapes[rng.choice(len(shapes), p=list(kind.shapes.values()))]
        return kind.scene(rng, h, w)
    image, objects = code_image(rng, kind.side)
    h, w = next(s for s in kind.shapes if s[0] >= image.shape[0] and s[1] >= image.shape[1])
    padded = np.full((h, w, 3), PADDING, np.uint8)
    padded[:image.shape[0], :image.shape[1]] = image
    return padded, objects


def write(number, out, seed, kind):
    cv2.setNumThreads(1)
    rng = np.random.default_rng((seed, number))
    image, objects = picture(rng, kind)
    name = f"{number:06d}.jpg"
    cv2.imwrite(str(out / name), image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 98))])
    boxes = [[label, *(round(v, 1) for v in box)] for label, box in objects]
    return json.dumps({"file": name, "shape": image.shape[:2], "boxes": boxes})


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--set", choices=SETS, default="plain")
    parser.add_argument("--count", type=int, default=40000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(args.workers) as pool, open(args.out / "labels.jsonl", "w") as labels:
        for line in pool.map(partial(write, out=args.out, seed=args.seed, kind=SETS[args.set]), range(args.count), chunksize=50):
            print(line, file=labels)


if __name__ == "__main__":
    main()
