"""Trains the detector on the generated pictures, from nothing, or further.

    python train.py --data ../../build/train/data --out ../../build/train/first
    python train.py --data ../../build/train/hard --out ../../build/train/second --start ../../build/train/first/last.pt

Two processes of one thread each halve every batch: on a CPU that others use too
that is faster than two threads, which wait for one another at every layer. Writes
last.pt, the moving average of the weights, and log.jsonl, the costs.
"""

import argparse
import copy
import json
import math
import os
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch.nn.parallel import DistributedDataParallel

from codes import NAMES
from loss import loss
from net import Detector, anchors, fused

STRIDE = 32


@dataclass(frozen=True)
class Stage:
    sides: dict[int, float]  # the pictures' longer side, in pixels, and how often it is that
    steps: int
    rate: float  # of learning, at its highest
    box_weight: float  # of the boxes' cost, against the scores'


FIRST = Stage({256: 0.25, 320: 0.35, 416: 0.3, 512: 0.1}, 10000, 2e-3, 2)
# What goes on from trained weights. Batch normalization is folded into them first: with it
# the network is trained on the statistics of a batch of one size, and used with their mean
# over all sizes, and boxes of large codes become too large, those of small ones too small.
SECOND = Stage({256: 0.1, 320: 0.2, 384: 0.3, 448: 0.15, 512: 0.1, 640: 0.15}, 6000, 5e-4, 5)


class Pictures:
    """Batches of pictures of one shape, at one scale, in random order. All processes
    draw shapes and scales alike, so that none waits for another's larger batch."""

    def __init__(self, folder, sides, seed, rank):
        self.sides = sides
        self.folder, self.rng, self.sizes = folder, np.random.default_rng((seed, rank)), np.random.default_rng(seed)
        self.by_shape = {}
        for line in open(folder / "labels.jsonl"):
            item = json.loads(line)
            self.by_shape.setdefault(tuple(item["shape"]), []).append(item)
        self.shapes = list(self.by_shape)
        counts = np.array([len(self.by_shape[s]) for s in self.shapes], float)
        self.shares = counts / counts.sum()
        self.order = {s: [] for s in self.shapes}

    def next_item(self, shape):
        if not self.order[shape]:
            self.order[shape] = list(self.rng.permutation(len(self.by_shape[shape])))
        return self.by_shape[shape][self.order[shape].pop()]

    def batch(self, size):
        """[size, 3, h, w] RGB in 0..1, and for each picture labels [m] and boxes [m, 4]."""
        shape = self.shapes[self.sizes.choice(len(self.shapes), p=self.shares)]
        scale = self.sizes.choice(list(self.sides), p=list(self.sides.values())) / max(shape)
        h, w = (max(STRIDE, round(side * scale / STRIDE) * STRIDE) for side in shape)
        images, objects = np.empty((size, h, w, 3), np.uint8), []
        for i in range(size):
            item = self.next_item(shape)
            images[i], labels, boxes = self.augment(item, h, w)
            objects.append((torch.from_numpy(labels), torch.from_numpy(boxes)))
        return torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255, objects

    def augment(self, item, h, w):
        image = cv2.imread(str(self.folder / item["file"]))[..., ::-1]
        boxes = np.array(item["boxes"], np.float32).reshape(-1, 5)
        labels, boxes = boxes[:, 0].astype(np.int64), boxes[:, 1:]
        boxes = boxes * (np.array([w, h, w, h], np.float32) / np.array([*image.shape[1::-1]] * 2, np.float32))
        smaller = w < image.shape[1]
        image = cv2.resize(np.ascontiguousarray(image), (w, h), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR)
        if self.rng.random() < 0.5:
            image, boxes = image[:, ::-1], np.stack([w - boxes[:, 2], boxes[:, 1], w - boxes[:, 0], boxes[:, 3]], 1)
        if self.rng.random() < 0.5:
            image, boxes = image[::-1], np.stack([boxes[:, 0], h - boxes[:, 3], boxes[:, 2], h - boxes[:, 1]], 1)
        if self.rng.random() < 0.5:
            gain, offset = self.rng.uniform(0.7, 1.2), self.rng.uniform(-20, 30)
            table = np.clip(np.arange(256) * gain + offset, 0, 255).astype(np.uint8)
            image = table[image]
        return image, labels, boxes


class Average:
    """The exponential moving average of a network's weights; this is what is kept."""

    def __init__(self, net, decay=0.998):
        self.net, self.decay, self.steps = copy.deepcopy(net).eval(), decay, 0

    @torch.no_grad()
    def update(self, net):
        self.steps += 1
        decay = min(self.decay, self.steps / (self.steps + 10))
        for mean, value in zip(self.net.state_dict().values(), net.state_dict().values()):
            if mean.dtype.is_floating_point:
                mean.lerp_(value, 1 - decay)
            else:
                mean.copy_(value)


def rate(step, steps, warmup=200):
    """The learning rate's factor: a linear start, then half of a cosine."""
    return min(1, (step + 1) / warmup) * (0.02 + 0.98 * (1 + math.cos(math.pi * step / steps)) / 2)


def work(rank, args):
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(args.port))
    dist.init_process_group("gloo", rank=rank, world_size=args.processes)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    torch.manual_seed(args.seed)
    net, stage = Detector(len(NAMES)), FIRST
    if args.start:
        net.load_state_dict(torch.load(args.start))
        net, stage = fused(net), SECOND
    net = net.to(memory_format=torch.channels_last)
    average = Average(net)
    parallel = DistributedDataParallel(net, broadcast_buffers=False)
    decayed = [p for p in net.parameters() if p.ndim > 1]
    others = [p for p in net.parameters() if p.ndim <= 1]
    optimizer = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.03}, {"params": others, "weight_decay": 0}], lr=stage.rate)
    pictures = Pictures(args.data, stage.sides, args.seed, rank)
    sums, since = np.zeros(2), time.time()
    steps = args.steps or stage.steps
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = stage.rate * rate(step, steps)
        images, objects = pictures.batch(args.batch // args.processes)
        images = images.contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            distances, logits = parallel(images)
        costs = loss(distances, logits, *anchors(*images.shape[2:]), objects)
        optimizer.zero_grad()
        (costs[0] + stage.box_weight * costs[1]).backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 10)
        optimizer.step()
        if rank > 0:
            continue
        average.update(net)
        sums += [c.item() for c in costs]
        if (step + 1) % 100 == 0 or step + 1 == steps:
            n = step % 100 + 1
            entry = {"step": step + 1, "score": round(sums[0] / n, 4), "box": round(sums[1] / n, 4),
                     "seconds": round(time.time() - since, 1)}
            print(json.dumps(entry), file=open(args.out / "log.jsonl", "a"))
            sums, since = np.zeros(2), time.time()
        if (step + 1) % 500 == 0 or step + 1 == steps:
            torch.save(average.net.state_dict(), args.out / "new.pt")
            os.replace(args.out / "new.pt", args.out / "last.pt")
    dist.destroy_process_group()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, help="in place of the stage's")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--port", type=int, default=29541)
    parser.add_argument("--start", type=Path, help="weights to go on from")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    mp.spawn(work, (args,), nprocs=args.processes)


if __name__ == "__main__":
    main()
