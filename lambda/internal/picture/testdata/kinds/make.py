"""Write a small picture in the kinds of TIFF, BMP, JPEG and GIF that the function reads,
and what Pillow makes of each.

    python3 -m venv venv && venv/bin/pip install pillow==13.0.0 numpy==2.4.6 tifffile==2026.3.3 imagecodecs==2026.3.6
    venv/bin/python make.py

golden.json holds, by file, the SHA-256 of the pixels R, G, B. Where Pillow is known to
misread a kind, the digest is that of the picture that was written, or of OpenCV's rule
for 16 bits (the high byte).
"""
import glob
import hashlib
import io
import json
import os
import struct

import numpy as np
import tifffile
from PIL import Image, ImageOps

os.chdir(os.path.dirname(os.path.abspath(__file__)))
for old in glob.glob("*.tif") + glob.glob("*.bmp") + glob.glob("*.jpg") + glob.glob("*.gif"):
    if not old.startswith("arithmetic"):
        os.remove(old)
W, H = 21, 15
random = np.random.default_rng(7)
golden = {}


def picture(samples, dtype=np.uint8):
    """Ramps on the left, noise on the right."""
    y, x = np.mgrid[0:H, 0:W]
    ramps = np.stack([(x * 12 + c * 40) % 256 if c % 2 == 0 else (y * 17 + c * 30) % 256 for c in range(samples)], -1)
    full = np.where((x > W // 2)[..., None], random.integers(0, 256, (H, W, samples)), ramps)
    return (full * (np.iinfo(dtype).max // 255)).astype(dtype)


def digest(pixels):
    return hashlib.sha256(np.ascontiguousarray(pixels).tobytes()).hexdigest()


def pillow(name):
    with Image.open(name) as image:
        golden[name] = digest(np.array(ImageOps.exif_transpose(image).convert("RGB")))


def tiff(name, data, want=None, **options):
    name += ".tif"
    tifffile.imwrite(name, data, metadata=None, software="", **options)
    if want is None:
        pillow(name)
    else:
        golden[name] = digest(want)


def grey(pixels):
    return np.repeat(pixels[..., None], 3, -1)


rgb, one, four = picture(3), picture(1)[..., 0], picture(4)
for codec in (None, "lzw", "zlib", "packbits"):
    for order, end in (("<", "le"), (">", "be")):
        for tile in (None, (16, 16)):
            options = dict(compression=codec, byteorder=order, tile=tile)
            label = f"{codec or 'raw'}_{end}_{'tiles' if tile else 'strips'}"
            tiff(f"rgb_{label}", rgb, photometric="rgb", rowsperstrip=None if tile else 4, **options)
            if tile is None:
                deep = picture(1, np.uint16)[..., 0]
                tiff(f"grey16_{label}", deep, grey((deep >> 8).astype(np.uint8)), photometric="minisblack", **options)
                tiff(f"rgb16_{label}", picture(3, np.uint16), photometric="rgb", **options)
                tiff(f"planes_{label}", np.moveaxis(rgb, -1, 0), photometric="rgb", planarconfig="separate", **options)
for codec in ("lzw", "zlib"):
    for order, end in (("<", "le"), (">", "be")):
        options = dict(compression=codec, byteorder=order, predictor=True)
        tiff(f"rgb_{codec}_{end}_predictor", rgb, photometric="rgb", **options)
        tiff(f"rgb16_{codec}_{end}_predictor", picture(3, np.uint16), photometric="rgb", **options)
        level = (picture(1)[..., 0] * 1.2 - 20).astype(np.float32)
        tiff(f"float_{codec}_{end}_predictor", level, grey(np.clip(level, 0, 255).astype(np.uint8)), photometric="minisblack", **options)
        planes = picture(4)
        tiff(f"cmyk_{codec}_{end}_predictor", planes, photometric="separated", **options)
tiff("big", rgb, photometric="rgb", bigtiff=True, tile=(16, 16))
tiff("big_be", rgb, rgb, photometric="rgb", bigtiff=True, byteorder=">", rowsperstrip=4, compression="zlib")
tiff("white_is_zero", one, photometric="miniswhite")
tiff("palette", one, photometric="palette", colormap=random.integers(0, 65536, (3, 256)).astype(np.uint16))
tiff("cmyk", four, photometric="separated")
tiff("cmyk_planes", np.moveaxis(four, -1, 0), photometric="separated", planarconfig="separate", compression="zlib")
tiff("band4", four, photometric="rgb", extrasamples=["unspecified"])
tiff("band4_planes", np.moveaxis(four, -1, 0), four[..., :3], photometric="rgb", planarconfig="separate", extrasamples=["unspecified"])
tiff("band6", picture(6), photometric="rgb", extrasamples=["unspecified"] * 3)
tiff("band4_16", picture(4, np.uint16), photometric="rgb", extrasamples=["unspecified"])
tiff("alpha", four, photometric="rgb", extrasamples=["unassalpha"])
tiff("premultiplied", four, photometric="rgb", extrasamples=["assocalpha"])
tiff("premultiplied16", picture(4, np.uint16), photometric="rgb", extrasamples=["assocalpha"])
tiff("grey_alpha", picture(2), photometric="minisblack", extrasamples=["unassalpha"])
tiff("float", (one * 1.2 - 20).astype(np.float32), photometric="minisblack")
tiff("int32", one.astype(np.int32) * 3 - 100, photometric="minisblack")
tiff("int16", one.astype(np.int16) * 3 - 100, photometric="minisblack")
for subsampling in ((1, 1), (2, 1), (2, 2), (4, 1)):
    options = dict(photometric="ycbcr", compression="jpeg", subsampling=subsampling)
    tiff(f"jpeg_{subsampling[0]}{subsampling[1]}_tiles", rgb, tile=(32, 32), **options)
    tiff(f"jpeg_{subsampling[0]}{subsampling[1]}_strips", rgb, rowsperstrip=16, **options)
tiff("jpeg_rgb", rgb, photometric="rgb", compression="jpeg", compressionargs={"outcolorspace": "rgb"})
tiff("jpeg_grey", one, photometric="minisblack", compression="jpeg", tile=(16, 16))

photo = Image.fromarray(rgb)
for mode, codec in (("1", None), ("1", "group3"), ("1", "group4"), ("1", "tiff_ccitt"), ("1", "packbits"), ("1", "tiff_lzw"),
                    ("L", "jpeg"), ("CMYK", "jpeg"), ("YCbCr", None), ("YCbCr", "tiff_lzw"), ("P", None), ("PA", None), ("LA", None)):
    name = f"pillow_{mode}_{codec or 'raw'}.tif"
    photo.convert(mode).save(name, compression=codec)
    pillow(name)
noise = Image.fromarray(random.integers(0, 2, (40, 131)).astype(np.uint8) * 255).convert("1")
runs = Image.fromarray((np.mgrid[0:9, 0:6000][1] // 2600 % 2 * 255).astype(np.uint8)).convert("1")
for label, image in (("noise", noise), ("runs", runs)):
    for codec in ("group3", "group4", "tiff_ccitt"):
        for options in (0, 1, 4, 5) if codec == "group3" else (0,):
            name = f"fax_{label}_{codec}_{options}.tif"
            image.save(name, compression=codec, tiffinfo={292: options, 278: 5, 266: 2 if options == 1 else 1})
            pillow(name)
for orientation in range(2, 9):
    name = f"orientation{orientation}.tif"
    photo.save(name, compression="tiff_lzw", tiffinfo={274: orientation})
    pillow(name)


def packed(values, bits):
    """Numbers of so many bits one after the other, each row from a byte on."""
    text = ["".join(format(v, f"0{bits}b") for v in row) for row in values]
    return b"".join(int(t.ljust(-(-len(t) // 8) * 8, "0"), 2).to_bytes(-(-len(t) // 8), "big") for t in text)


def bare(name, tags, pixels):
    """A TIFF of nothing but these tags, in any order, and one strip."""
    tags = {256: W, 257: H, 259: 1, 273: 0, 278: H, 279: len(pixels), **tags}
    data, at = b"", 8 + 2 + 12 * len(tags) + 4
    entries = b""
    for tag, value in tags.items():
        values = value if isinstance(value, tuple) else (value,)
        body = struct.pack(f"<{len(values)}H", *values)
        if tag == 273:
            entries += struct.pack("<HHII", tag, 4, 1, 0xdeadbeef)
        elif len(body) > 4:
            entries += struct.pack("<HHII", tag, 3, len(values), at + len(data))
            data += body
        else:
            entries += struct.pack("<HHI", tag, 3, len(values)) + body.ljust(4, b"\0")
    entries = entries.replace(struct.pack("<I", 0xdeadbeef), struct.pack("<I", at + len(data)))
    with open(name, "wb") as f:
        f.write(b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + entries + bytes(4) + data + pixels)


for bits in (1, 2, 4):
    levels = random.integers(0, 1 << bits, (H, W))
    for photometric in (0, 1):
        for fill in (1, 2):
            pixels = packed(levels, bits)
            if fill == 2:
                pixels = bytes(int(format(b, "08b")[::-1], 2) for b in pixels)
            name = f"grey{bits}_{photometric}_fill{fill}.tif"
            bare(name, {258: bits, 262: photometric, 266: fill, 277: 1}, pixels)
            pillow(name)
    colours = tuple(int(v) for v in random.integers(0, 65536, 3 << bits))
    bare(f"palette{bits}.tif", {258: bits, 262: 3, 320: colours}, packed(levels, bits))
    pillow(f"palette{bits}.tif")
twelve = random.integers(0, 4096, (H, W))
bare("grey12.tif", {258: 12, 262: 1}, packed(twelve, 12))
golden["grey12.tif"] = digest(grey((twelve >> 4).astype(np.uint8)))
bare("unsorted.tif", {277: 3, 262: 2, 258: (8, 8, 8), 256: W}, rgb.tobytes())
pillow("unsorted.tif")


def bmp(name, header, bits, pixels, compression=0, palette=b"", masks=b"", gap=0, height=H, width=W, start=None):
    if header == 12:
        info = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        info = struct.pack("<IiiHHIIIIII", header, width, height, 1, bits, compression, len(pixels), 0, 0, len(palette) // 4, 0)
        info += masks
        info = info.ljust(header, b"\0") if header > 40 else info
    start = start if start is not None else 14 + len(info) + len(palette) + gap
    with open(name + ".bmp", "wb") as f:
        f.write(b"BM" + struct.pack("<IHHI", start + len(pixels), 0, 0, start) + info + palette + bytes(gap) + pixels)
    return name + ".bmp"


def rows(array):
    """Rows of bytes from the bottom, filled up to 4 bytes."""
    return b"".join(bytes(r).ljust(-(-len(r) // 4) * 4, b"\0") for r in array[::-1])


colours = random.integers(0, 256, (256, 4)).astype(np.uint8)
colours[:, 3] = 0
bgr = rgb[..., ::-1].reshape(H, -1)
for header in (12, 40, 52, 56, 64, 108, 124):
    pillow(bmp(f"header{header}", header, 24, rows(bgr)))
    palette = colours[:, :3].tobytes() if header == 12 else colours.tobytes()
    pillow(bmp(f"palette{header}", header, 8, rows(one), palette=palette))
for bits in (1, 4):
    levels = random.integers(0, 1 << bits, (H, W))
    text = [packed([r], bits) for r in levels]
    pillow(bmp(f"palette_{bits}", 40, bits, rows(text), palette=colours[:1 << bits].tobytes()))
pillow(bmp("few_colours", 40, 8, rows(one % 5), palette=colours[:5].tobytes()))
pillow(bmp("gap", 40, 24, rows(bgr), gap=37))
pillow(bmp("top_down", 40, 24, b"".join(bytes(r).ljust(64, b"\0") for r in bgr), height=-H))
pillow(bmp("no_start", 40, 24, rows(bgr), start=0))
words = random.integers(0, 65536, (H, W)).astype("<u2")
pillow(bmp("bits16", 40, 16, rows([r.tobytes() for r in words])))
for label, masks in (("565", (0xF800, 0x7E0, 0x1F)), ("555", (0x7C00, 0x3E0, 0x1F))):
    pillow(bmp(f"masks_{label}", 40, 16, rows([r.tobytes() for r in words]), 3, masks=struct.pack("<III", *masks)))
longs = random.integers(0, 1 << 32, (H, W)).astype("<u4")
pillow(bmp("bits32", 40, 32, rows([r.tobytes() for r in longs])))
for i, masks in enumerate(((0xFF0000, 0xFF00, 0xFF, 0), (0xFF000000, 0xFF0000, 0xFF00, 0), (0xFF000000, 0xFF0000, 0xFF00, 0xFF),
                           (0xFF, 0xFF00, 0xFF0000, 0xFF000000), (0xFF0000, 0xFF00, 0xFF, 0xFF000000), (0, 0, 0, 0))):
    pillow(bmp(f"masks32_{i}", 56, 32, rows([r.tobytes() for r in longs]), 3, masks=struct.pack("<IIII", *masks)))
ten = np.stack([longs >> 20 & 1023, longs >> 10 & 1023, longs & 1023], -1)
golden[bmp("masks32_10bits", 56, 32, rows([r.tobytes() for r in longs]), 3, masks=struct.pack("<IIII", 1023 << 20, 1023 << 10, 1023, 0))] = \
    digest((ten * 255 // 1023).astype(np.uint8))


def rle(levels, bits):
    """Runs, pixels as they are, ends of lines, and the end."""
    out = b""
    for row in levels[::-1]:
        row, at = [int(v) for v in row], 0
        while at < W:
            n = 1
            while at + n < W and row[at + n] == row[at] and n < 255:
                n += 1
            if n < 3 and at + 4 <= W:
                n = min(W - at, 7)
                body = packed([row[at:at + n]], bits)
                out += bytes((0, n)) + body + bytes(len(body) % 2)
            else:
                out += bytes((n, row[at] * (0x11 if bits == 4 else 1)))
            at += n
        out += b"\0\0"
    return out + b"\0\1"


for bits in (4, 8):
    levels = np.where(np.mgrid[0:H, 0:W][1] < 9, 3, random.integers(0, 1 << bits, (H, W)))
    pillow(bmp(f"rle{bits}", 40, bits, rle(levels, bits), {4: 2, 8: 1}[bits], palette=colours[:1 << bits].tobytes()))
moved = b"\x05\x07\0\2\4\2" + b"\x03\x01" + b"\0\0" + b"\0\2\0\5" + b"\x15\x02" + b"\0\2\0\7" + b"\x15\x09" * 3
pillow(bmp("rle8_moves", 40, 8, moved, 1, palette=colours.tobytes()))

# JPEG. The files in arithmetic codes are no work of this script: Pillow does not write them.
for name in ("arithmetic.jpg", "arithmetic_progressive.jpg"):
    pillow(name)


def segments(data):
    """The marker segments of a JPEG, each with the data behind it."""
    starts, at = [], 2
    while data[at + 1] != 0xD9:
        starts.append(at)
        scan = data[at + 1] == 0xDA
        at += 2 + int.from_bytes(data[at + 2:at + 4], "big")
        while scan and not (data[at] == 0xFF and data[at + 1] not in (0, *range(0xD0, 0xD8))):
            at += 1
    return [data[a:b] for a, b in zip(starts, starts[1:] + [at], strict=True)]


def jpeg(name, keep, **options):
    """A JPEG of those segments that keep, called with them and the number of scans before, keeps."""
    buffer = io.BytesIO()
    photo.resize((77, 53)).save(buffer, "JPEG", quality=70, **options)
    out, scans = b"\xff\xd8", 0
    for segment in segments(buffer.getvalue()):
        if keep(segment, scans):
            out += segment
        scans += segment[1] == 0xDA
    name += ".jpg"
    with open(name, "wb") as f:
        f.write(out + b"\xff\xd9")
    pillow(name)
    return name


jpeg("without_tables", lambda segment, scans: segment[1] != 0xC4)
for n in (1, 2, 3, 5, 6, 8):  # the rest is estimated
    jpeg(f"first_{n}_scans", lambda segment, scans, n=n: segment[1] != 0xDA or scans < n, progressive=True)
jpeg("no_scan_of_cr", lambda segment, scans: segment[1] != 0xDA or segment[5] != 3 or segment[4] > 1, progressive=True)

# Damage that an earlier transfer did: what is left is read as libjpeg reads it.
with open(jpeg("restarts", lambda segment, scans: True, restart_marker_blocks=3, subsampling=2), "rb") as f:
    whole = f.read()
damage = np.random.default_rng(11)
for name in ("restarts.jpg", "first_8_scans.jpg", "arithmetic.jpg", "without_tables.jpg"):
    with open(name, "rb") as f:
        whole = f.read()
    start = whole.index(b"\xff\xda") + 14
    kept = 0
    while kept < 4:
        data = bytearray(whole)
        for _ in range(3):
            data[damage.integers(start, len(data) - 2)] = damage.integers(0, 256)
        file = f"damaged{kept}_{name}"
        with open(file, "wb") as f:
            f.write(data)
        try:
            pillow(file)
            kept += 1
        except OSError:
            os.remove(file)

def gif(name, screen, frame, shared=b"", own=b"", transparent=None, size=4, count=None, interlaced=0, between=b"", end=b";"):
    """A GIF whose codes are all as long as the shortest."""
    flags = lambda colours: 0x80 | (len(colours) // 3).bit_length() - 2 if colours else 0
    count, bits, codes = count or frame[2] * frame[3], 0, 0
    for i, index in enumerate(random.integers(0, 1 << size, count)):
        if i % ((1 << size) - 2) == 0:
            codes |= (1 << size) << bits
            bits += size + 1
        codes |= int(index) << bits
        bits += size + 1
    codes |= ((1 << size) + 1) << bits
    codes = codes.to_bytes((bits + size) // 8 + 1, "little")
    blocks = b"".join(bytes([len(codes[i:i + 255])]) + codes[i:i + 255] for i in range(0, len(codes), 255)) + b"\0"
    control = b"" if transparent is None else bytes((0x21, 0xF9, 4, 1, 0, 0, transparent, 0))
    with open(name + ".gif", "wb") as f:
        f.write(b"GIF89a" + struct.pack("<HHBBB", *screen, flags(shared), 3, 0) + shared + control + between + b","
                + struct.pack("<HHHHB", *frame, flags(own) | interlaced << 6) + own + bytes([size]) + blocks + end)
    pillow(name + ".gif")


sixteen = colours[:16, :3].tobytes()
small = (5, 4, 11, 9)
gif("small_frame", (30, 20), small, sixteen)
gif("small_frame_own_colours", (30, 20), small, own=sixteen)
gif("small_frame_transparent", (30, 20), small, sixteen, transparent=7)
gif("small_frame_interlaced", (30, 20), small, sixteen, interlaced=1)
gif("frame_outside", (8, 8), small, sixteen)
gif("no_screen", (0, 0), small, sixteen)
gif("no_colours", (30, 20), small)
gif("few_colours", (11, 9), (0, 0, 11, 9), sixteen[:12])
gif("much_data", (11, 9), (0, 0, 11, 9), sixteen, count=200)
gif("bytes_between", (11, 9), (0, 0, 11, 9), sixteen, between=b"\0\1abc")
gif("no_end", (11, 9), (0, 0, 11, 9), sixteen, end=b"")
gif("comment", (30, 20), small, sixteen, transparent=2, between=b"!\xfe\3abc\0")

with open("golden.json", "w") as f:
    json.dump(golden, f, indent=1)
    f.write("\n")
print(len(golden), "kinds")
