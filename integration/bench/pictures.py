"""Makes the pictures that `make bench` sends, and those of growth.py, from one photo.

The photo is laid out like tiles, each the mirror image of its neighbour, until the
size is reached: a scaled photo would be smoother than a camera's, and its file
easier to decode.

    python pictures.py photo.jpg build/bench/pictures
    python pictures.py --growth photo.jpg build/bench/growth
"""

import argparse
import pathlib

from PIL import Image, ImageOps

HD = (1280, 720)

# name: size and how it is saved
BENCH = {
    "progressive-720p": (HD, dict(quality=85, progressive=True)),
    "baseline-720p": (HD, dict(quality=85)),
    "12mp": ((4000, 3000), dict(quality=80)),
}
# Every size with the same quality, low enough for 40 megapixels in Lambda's 6 MB.
GROWTH = {f"{mp}mp": ((round((mp * 4e6 / 3) ** 0.5), round((mp * 3e6 / 4) ** 0.5)), dict(quality=35)) for mp in (0.3, 1, 3, 6, 12, 24, 39.9)}
# The HD picture in files of so many bytes: comments fill them up.
PAYLOADS = [250_000, 500_000, 1_000_000, 2_000_000, 4_000_000]


def tiled(photo, size):
    """The photo's mirrored tiles in a picture of that size."""
    out = Image.new("RGB", size)
    for row, y in enumerate(range(0, size[1], photo.height)):
        for column, x in enumerate(range(0, size[0], photo.width)):
            tile = ImageOps.mirror(photo) if column % 2 else photo
            out.paste(ImageOps.flip(tile) if row % 2 else tile, (x, y))
    return out


def save(photo, out, pictures):
    for name, (size, how) in pictures.items():
        tiled(photo, size).save(out / f"{name}.jpg", "JPEG", subsampling="4:2:0", **how)


def fill(jpeg, length):
    """The JPEG with comments behind its first marker that bring it to that length."""
    comments = b""
    while len(jpeg) + len(comments) < length:
        n = min(length - len(jpeg) - len(comments), 65_000)
        comments += b"\xff\xfe" + (n + 2).to_bytes(2, "big") + b" " * n
    return jpeg[:2] + comments + jpeg[2:]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--growth", action="store_true", help="make those of growth.py")
    parser.add_argument("photo", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    args = parser.parse_args()
    if not args.photo.is_file():
        parser.error(f"there is no file {args.photo}: name a photo: IMAGE=photo.jpg")
    args.out.mkdir(parents=True, exist_ok=True)
    photo = Image.open(args.photo).convert("RGB")
    if not args.growth:
        save(photo, args.out, BENCH)
        return
    save(photo, args.out, GROWTH)
    tiled(photo, HD).save(args.out / "payload.jpg", "JPEG", quality=90)
    hd = (args.out / "payload.jpg").read_bytes()
    for length in PAYLOADS:
        (args.out / f"payload-{length}.jpg").write_bytes(fill(hd, length))


if __name__ == "__main__":
    main()
