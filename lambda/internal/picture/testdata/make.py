"""Write the pictures that Go's standard library cannot write.

    python3 -m venv venv && venv/bin/pip install pillow==13.0.0 numpy==2.4.6 simplejpeg==1.9.0
    venv/bin/python make.py

The motif is drawn here: a gradient with four coloured blocks of different
sizes, so that no mirroring or rotation maps it onto itself. 61x45 pixels: odd,
so that no chroma sample and no block fits exactly. motif.png is the reference
the tests compare with.
"""
import io
import os
import struct
import zlib

import numpy as np
import simplejpeg
from PIL import Image, ImageDraw

os.chdir(os.path.dirname(os.path.abspath(__file__)))
W, H = 61, 45


def motif(w=W, h=H):
    y, x = np.mgrid[0:h, 0:w]
    rgb = np.stack([60 + x * 150 // w, 70 + y * 130 // h, 200 - (x + y) * 110 // (w + h)], -1)
    image = Image.fromarray(rgb.astype(np.uint8), "RGB")
    draw = ImageDraw.Draw(image)
    draw.rectangle([4, 4, w // 2, 12], fill=(210, 40, 40))
    draw.rectangle([4, 12, 11, h - 6], fill=(40, 170, 60))
    draw.rectangle([w - 14, h - 18, w - 5, h - 6], fill=(50, 70, 200))
    draw.ellipse([w - 24, 4, w - 10, 18], fill=(235, 225, 120))
    return image


def exif(orientation, order="<"):
    tiff = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    # A tag before and one after the orientation, as cameras write them.
    entries = [(0x0100, 3, W), (0x0112, 3, orientation), (0x0213, 3, 1)]
    tiff += struct.pack(order + "H", len(entries))
    for tag, kind, value in entries:
        tiff += struct.pack(order + "HHIHH", tag, kind, 1, value, 0)
    return b"Exif\0\0" + tiff + struct.pack(order + "I", 0)


def stored(image, orientation):
    """The picture as a camera would store it: the orientation's inverse."""
    T = Image.Transpose
    turn = [None, None, T.FLIP_LEFT_RIGHT, T.ROTATE_180, T.FLIP_TOP_BOTTOM,
            T.TRANSPOSE, T.ROTATE_90, T.TRANSVERSE, T.ROTATE_270][orientation]
    return image if turn is None else image.transpose(turn)


def segments(data):
    """The marker segments of a JPEG: (marker, body); a scan's body ends with its entropy-coded data."""
    i = 2
    while data[i + 1] != 0xD9:
        end = i + 2 + struct.unpack(">H", data[i + 2:i + 4])[0]
        if data[i + 1] == 0xDA:
            while data[end] != 0xFF or data[end + 1] in (0, *range(0xD0, 0xD8)):
                end += 1
        yield data[i + 1], data[i + 4:end]
        i = end


def planar(image, sampling, progressive):
    """A JPEG of any sampling, one component a scan: three grey JPEGs put together."""
    hmax, vmax = max(h for h, v in sampling), max(v for h, v in sampling)
    tables, frame, scans = b"", b"", b""
    size = lambda n: struct.pack(">H", n + 2)
    for i, (plane, (h, v)) in enumerate(zip(image.convert("YCbCr").split(), sampling, strict=True)):
        plane = plane.resize((-(-W * h // hmax), -(-H * v // vmax)), Image.Resampling.BOX)
        buffer = io.BytesIO()
        plane.save(buffer, "JPEG", quality=92, progressive=progressive)
        for marker, body in segments(buffer.getvalue()):
            if marker == 0xDB:
                tables += b"\xff\xdb" + size(65) + bytes([i]) + body[1:65]
            elif marker == 0xC4:
                scans += b"\xff\xc4" + size(len(body)) + body
            elif marker == 0xDA:
                scans += b"\xff\xda" + size(6) + bytes([1, i + 1]) + body[2:]
        frame += bytes([i + 1, h << 4 | v, i])
    frame = struct.pack(">BHHB", 8, H, W, 3) + frame
    sof = b"\xff\xc2" if progressive else b"\xff\xc0"
    return b"\xff\xd8" + tables + sof + size(len(frame)) + frame + scans + b"\xff\xd9"


def cmyk(image):
    rgb = 255 - np.asarray(image).astype(int)
    k = rgb.min(-1, keepdims=True) // 2
    cmy = (rgb - k) * 255 // (255 - k)
    return Image.fromarray(np.concatenate([cmy, k], -1).astype(np.uint8), "CMYK")


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def add_png_exif(path, orientation, after_data):
    data = open(path, "rb").read()
    at = data.index(b"IEND") - 4 if after_data else 33
    body = exif(orientation, ">")[6:]
    open(path, "wb").write(data[:at] + chunk(b"eXIf", body) + data[at:])


m = motif()
m.save("motif.png")
m.quantize(32).save("palette.png")
m.convert("L").convert("1").save("bilevel.png")

# JPEG
for o in range(1, 9):
    stored(m, o).save(f"orientation{o}.jpg", quality=92, subsampling=0, exif=exif(o, "<>"[o % 2]))
stored(motif(64, 48), 6).save("orientation6_420.jpg", quality=92, subsampling=2, exif=exif(6))
stored(motif(64, 48), 6).save("orientation6_422.jpg", quality=92, subsampling=1, exif=exif(6))
m.save("progressive.jpg", quality=92, progressive=True, subsampling=2)
m.save("progressive444.jpg", quality=92, progressive=True, subsampling=0)
m.convert("L").save("gray.jpg", quality=92)
m.convert("L").save("gray_progressive.jpg", quality=92, progressive=True)
m.save("restart.jpg", quality=92, restart_marker_blocks=2)
m.save("rgb.jpg", quality=92, keep_rgb=True)
cmyk(m).save("cmyk.jpg", quality=92)
for name, sampling in (("410", [(4, 2), (1, 1), (1, 1)]), ("441", [(1, 4), (1, 1), (1, 1)]),
                       ("420", [(2, 2), (1, 1), (1, 1)]), ("uneven", [(2, 2), (1, 2), (2, 1)])):
    for progressive in (False, True):
        kind = "progressive" if progressive else "baseline"
        open(f"planar{name}_{kind}.jpg", "wb").write(planar(m, sampling, progressive))
for s in ("444", "422", "420", "440", "411"):
    open(f"sampling{s}.jpg", "wb").write(
        simplejpeg.encode_jpeg(np.ascontiguousarray(m), quality=92, colorsubsampling=s))
# YCCK: Pillow reads but does not write it. What Adobe stores is the YCbCr of C, M, Y
# and 255 - K; Pillow inverts what it writes as CMYK. Byte 11 is the transform.
c = np.asarray(cmyk(m))
ycc = np.asarray(Image.fromarray(c[..., :3].copy(), "RGB").convert("YCbCr"))
Image.fromarray(np.concatenate([255 - ycc, c[..., 3:]], -1), "CMYK").save("ycck.jpg", quality=92)
data = open("ycck.jpg", "rb").read()
i = data.index(b"Adobe")
open("ycck.jpg", "wb").write(data[:i + 11] + b"\x02" + data[i + 12:])

# PNG with its orientation before and after the pixels
for name, late in (("orientation6_early.png", False), ("orientation8_late.png", True)):
    stored(m, 8 if late else 6).save(name)
    add_png_exif(name, 8 if late else 6, late)

# WebP
m.save("lossy.webp", quality=92)
m.save("lossless.webp", lossless=True)
alpha = m.copy()
alpha.putalpha(Image.linear_gradient("L").resize(m.size))
alpha.save("alpha.webp", quality=92)
alpha.save("alpha_lossless.webp", lossless=True, exact=True)
stored(m, 6).save("orientation6.webp", quality=92, exif=exif(6)[6:])
black = Image.new("RGB", m.size)
m.save("animated.webp", save_all=True, append_images=[black], quality=92, duration=50)

# GIF: the first of two frames
pal = m.quantize(32)
pal.save("animated.gif", save_all=True, append_images=[black.quantize(2)], duration=50)

# TIFF; the horizontal predictor (tag 317) keeps them small
m.save("lzw.tif", compression="tiff_lzw", tiffinfo={317: 2})
m.save("deflate.tif", compression="tiff_adobe_deflate", tiffinfo={317: 2})
m.save("jpeg.tif", compression="jpeg", quality=92)
m.convert("L").save("jpeg_gray.tif", compression="jpeg", quality=92)
m.convert("L").convert("1").save("group4.tif", compression="group4")
g16 = np.asarray(m.convert("L")).astype(np.uint16) * 257
Image.fromarray(g16).save("gray16.tif", compression="tiff_lzw")
stored(m, 6).save("orientation6.tif", compression="tiff_lzw", tiffinfo={274: 6, 317: 2})
