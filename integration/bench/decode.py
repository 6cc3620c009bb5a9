"""Times the decoding of each format beside Pillow's and OpenCV's, and tells the memory.

    go build -o build/bench/decodetime ./lambda/cmd/decodetime
    build/venv/bin/python integration/bench/decode.py photo.jpg [--megapixels 40] [--rounds 5] [--only tiff] [--cpus 0] [--wall]

It makes one picture of the photo (pictures.py) in every kind of file, once, and then
reads each by turns: this project's decoder in a process of its own, Pillow, OpenCV. Times
are medians of CPU time, which other programs change little, from the file's bytes in
memory to pixels in memory; with --wall, of the clock. `ratio` is ours over the faster of
the two; `of JPEG` ours over ours of the baseline JPEG; `peak` what resident memory grew by
at most while it was decoded. `--cpus 0` keeps all of them on one CPU.
"""

import argparse
import io
import json
import os
import pathlib
import statistics
import subprocess
import time

import cv2
import numpy as np
from pictures import tiled
from PIL import Image

Image.MAX_IMAGE_PIXELS = None


def camera(photo, size):
    """The photo's tiles with the noise of a sensor, without which deflate would find the
    tiles' repetition."""
    rng = np.random.default_rng(1)
    out = np.asarray(tiled(photo, size)).astype(np.int16)
    for row in out:
        row += np.rint(rng.normal(0, 1.2, (row.shape[0], 1)) + rng.normal(0, 0.6, row.shape)).astype(np.int16)
    return Image.fromarray(np.clip(out, 0, 255).astype(np.uint8))


def sixteen_bits(picture):
    """The picture in 16 bits, with the noise of a sensor in what 8 bits do not show."""
    rng = np.random.default_rng(1)
    out = np.asarray(picture).astype(np.int32) * 256
    for row in out:
        row += rng.normal(128, 100, row.shape).astype(np.int32)
    return np.clip(out, 0, 65535).astype(np.uint16)[:, :, ::-1]  # OpenCV's order


def pillow(name, picture, file, **how):
    picture.save(file, name, **how)


def opencv16(_, picture, file, *how):
    if not cv2.imwrite(str(file), sixteen_bits(picture), how):
        raise OSError(f"OpenCV did not write {file}")


DEFLATE, LZW = 8, 5
# name: how it is saved
KINDS = {
    "jpeg-baseline.jpg": lambda p, f: pillow("JPEG", p, f, quality=80),
    "jpeg-progressive.jpg": lambda p, f: pillow("JPEG", p, f, quality=80, progressive=True),
    "png-rgb8.png": lambda p, f: pillow("PNG", p, f),
    "png-grey8.png": lambda p, f: pillow("PNG", p.convert("L"), f),
    "png-rgba8.png": lambda p, f: pillow("PNG", p.convert("RGBA"), f),
    "png-palette.png": lambda p, f: pillow("PNG", p.convert("P"), f),
    "png-rgb16.png": lambda p, f: opencv16("PNG", p, f, cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_DEFAULT),
    "webp-lossy.webp": lambda p, f: pillow("WEBP", p, f, quality=80, method=2),
    "webp-lossless.webp": lambda p, f: pillow("WEBP", p, f, lossless=True, quality=0, method=0),
    "tiff-none.tif": lambda p, f: pillow("TIFF", p, f),
    "tiff-deflate.tif": lambda p, f: pillow("TIFF", p, f, compression="tiff_adobe_deflate"),
    "tiff-deflate-predictor.tif": lambda p, f: pillow("TIFF", p, f, compression="tiff_adobe_deflate", tiffinfo={317: 2}),
    "tiff-lzw-predictor.tif": lambda p, f: pillow("TIFF", p, f, compression="tiff_lzw", tiffinfo={317: 2}),
    "tiff16-deflate-predictor.tif": lambda p, f: opencv16("TIFF", p, f, cv2.IMWRITE_TIFF_COMPRESSION, DEFLATE, cv2.IMWRITE_TIFF_PREDICTOR, 2),
    "tiff16-lzw-predictor.tif": lambda p, f: opencv16("TIFF", p, f, cv2.IMWRITE_TIFF_COMPRESSION, LZW, cv2.IMWRITE_TIFF_PREDICTOR, 2),
    "gif.gif": lambda p, f: pillow("GIF", p.convert("P"), f),
    "bmp.bmp": lambda p, f: pillow("BMP", p, f),
}


class Ours:
    """The project's own decoder, in a process."""

    def __init__(self):
        self.process = subprocess.Popen(["build/bench/decodetime"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __call__(self, file):
        self.process.stdin.write(f"{file}\n".encode())
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def by_pillow(data, clock):
    start = clock()
    with Image.open(io.BytesIO(data)) as image:
        # As the network needs it.
        (image if image.mode in ("RGB", "L") else image.convert("RGB")).load()
    return (clock() - start) * 1e3


def by_opencv(data, clock):
    array = np.frombuffer(data, np.uint8)
    start = clock()
    if cv2.imdecode(array, cv2.IMREAD_COLOR) is None:
        return None
    return (clock() - start) * 1e3


def measure(file, rounds, wall):
    data, ours = file.read_bytes(), Ours()
    times, peak = {"ours": [], "Pillow": [], "OpenCV": []}, 0
    for _ in range(rounds):
        a = ours(file)
        times["ours"].append(a["wall_ns" if wall else "cpu_ns"] / 1e6)
        peak = max(peak, a["peak_mib"])
        for name, read in (("Pillow", by_pillow), ("OpenCV", by_opencv)):
            try:
                ms = read(data, time.perf_counter if wall else time.process_time)
            except OSError:  # Pillow does not read it
                ms = None
            if ms is not None:
                times[name].append(ms)
    ours.process.stdin.close()
    ours.process.wait()
    return {name: statistics.median(ms) if ms else None for name, ms in times.items()}, peak


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megapixels", type=float, default=40)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="kinds whose name has this in it, and the JPEG")
    parser.add_argument("--cpus", help="like 0, or 0,1: where all of it runs")
    parser.add_argument("--wall", action="store_true", help="tell the time of the clock")
    parser.add_argument("photo", type=pathlib.Path)
    args = parser.parse_args()
    if args.cpus:
        os.sched_setaffinity(0, {int(cpu) for cpu in args.cpus.split(",")})
        cv2.setNumThreads(len(args.cpus.split(",")))
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
    height = int((args.megapixels * 3e6 / 4) ** 0.5)
    size = (int(args.megapixels * 1e6 / height), height)
    folder = pathlib.Path("build/bench/decode", f"{args.megapixels:g}mp-{args.photo.stem}")
    folder.mkdir(parents=True, exist_ok=True)
    picture, jpeg = None, None
    print("| file | MB | ours, ms | Pillow | OpenCV | ratio | of JPEG | peak, MiB |\n|---|---|---|---|---|---|---|---|")
    for name, save in KINDS.items():
        if args.only not in name and jpeg is not None:
            continue
        file = folder / name
        if not file.exists():
            if picture is None:
                picture = camera(Image.open(args.photo).convert("RGB"), size)
            save(picture, file)
        times, peak = measure(file, args.rounds, args.wall)
        jpeg = jpeg or times["ours"]
        cell = {key: "–" if ms is None else f"{ms:.0f}" for key, ms in times.items()}
        faster = min(ms for key, ms in times.items() if key != "ours" and ms is not None)
        print(f"| {name} | {file.stat().st_size / 1e6:.1f} | {cell['ours']} | {cell['Pillow']} | {cell['OpenCV']} "
              f"| {times['ours'] / faster:.2f} | {times['ours'] / jpeg:.1f} | {peak:.0f} |", flush=True)


if __name__ == "__main__":
    main()
