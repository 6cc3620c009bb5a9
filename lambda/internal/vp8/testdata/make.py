"""Write pictures as libwebp encodes them with settings of many kinds, and golden.json: the SHA-256 of the planes, Y, Cb
and Cr, that libwebp decodes each to.

    python3 -m venv venv && venv/bin/pip install pillow==13.0.0
    venv/bin/python make.py

It calls the libwebp that comes with Pillow, since Pillow itself passes on few of the settings.
"""
import ctypes as c
import glob
import hashlib
import json
import os

import PIL
from PIL import Image

here = os.path.dirname(os.path.abspath(__file__))
PHOTO = os.path.join(here, "../../../../assets/everyday.jpg")
webp = c.CDLL(glob.glob(os.path.join(os.path.dirname(PIL.__file__), "../pillow.libs/libwebp-*.so*"))[0])
ABI = 0x0210  # of encode.h; libwebp looks at the upper half


class Config(c.Structure):  # WebPConfig
    _fields_ = [
        ("lossless", c.c_int), ("quality", c.c_float), ("method", c.c_int), ("image_hint", c.c_int), ("target_size", c.c_int),
        ("target_PSNR", c.c_float), ("segments", c.c_int), ("sns_strength", c.c_int), ("filter_strength", c.c_int),
        ("filter_sharpness", c.c_int), ("filter_type", c.c_int), ("autofilter", c.c_int), ("alpha", c.c_int * 3),
        ("passes", c.c_int), ("show_compressed", c.c_int), ("preprocessing", c.c_int), ("partitions", c.c_int),
        ("others", c.c_int * 32),
    ]


WRITER = c.CFUNCTYPE(c.c_int, c.c_void_p, c.c_size_t, c.c_void_p)


class Picture(c.Structure):  # WebPPicture
    _fields_ = [
        ("use_argb", c.c_int), ("colorspace", c.c_int), ("width", c.c_int), ("height", c.c_int),
        ("y", c.c_void_p), ("u", c.c_void_p), ("v", c.c_void_p), ("y_stride", c.c_int), ("uv_stride", c.c_int),
        ("a", c.c_void_p), ("a_stride", c.c_int), ("pad1", c.c_uint32 * 2), ("argb", c.c_void_p), ("argb_stride", c.c_int),
        ("pad2", c.c_uint32 * 3), ("writer", WRITER), ("custom", c.c_void_p), ("others", c.c_uint8 * 512),
    ]


def encode(image, **settings):
    config, picture, out = Config(), Picture(), bytearray()
    if not webp.WebPConfigInitInternal(c.byref(config), 0, c.c_float(settings.pop("quality", 75)), ABI):
        raise RuntimeError("another version of WebPConfig")
    if not webp.WebPPictureInitInternal(c.byref(picture), ABI):
        raise RuntimeError("another version of WebPPicture")
    for name, value in settings.items():
        setattr(config, name, value)

    def write(data, size, _):
        out.extend(c.string_at(data, size))
        return 1

    picture.width, picture.height = image.size
    picture.writer = WRITER(write)
    if not webp.WebPPictureImportRGB(c.byref(picture), image.tobytes(), 3 * image.width):
        raise MemoryError
    if not webp.WebPEncode(c.byref(config), c.byref(picture)):
        raise RuntimeError(f"libwebp refuses {settings}")
    webp.WebPPictureFree(c.byref(picture))
    return bytes(out)


def planes(data):
    """The digest of what libwebp decodes a file to."""
    width, height, stride, half = c.c_int(), c.c_int(), c.c_int(), c.c_int()
    u, v = c.c_void_p(), c.c_void_p()
    webp.WebPDecodeYUV.restype = c.c_void_p
    y = webp.WebPDecodeYUV(data, c.c_size_t(len(data)), c.byref(width), c.byref(height), c.byref(u), c.byref(v), c.byref(stride), c.byref(half))
    digest = hashlib.sha256()
    for plane, step, w, h in (
        (y, stride.value, width.value, height.value),
        (u.value, half.value, (width.value + 1) // 2, (height.value + 1) // 2),
        (v.value, half.value, (width.value + 1) // 2, (height.value + 1) // 2),
    ):
        for row in range(h):
            digest.update(c.string_at(plane + row * step, w))
    webp.WebPFree(c.c_void_p(y))
    return digest.hexdigest()


def main():
    photo = Image.open(PHOTO).convert("RGB")
    photo = photo.resize((photo.width // 4, photo.height // 4))
    made = {}
    for quality in (0, 30, 75, 95, 100):
        for method in (0, 4, 6):
            made[f"quality{quality}_method{method}"] = (61, 45), {"quality": quality, "method": method}
    for width, height in ((1, 1), (2, 3), (15, 16), (16, 16), (17, 15), (32, 1), (1, 33), (48, 32), (100, 7)):
        made[f"size{width}x{height}"] = (width, height), {}
    for sharpness in range(8):
        made[f"sharpness{sharpness}"] = (50, 39), {"quality": 20, "filter_strength": 100 if sharpness % 2 else 30, "filter_sharpness": sharpness}
    for strength in (0, 20, 100):
        made[f"simple_filter{strength}"] = (61, 45), {"quality": 20, "filter_type": 0, "filter_strength": strength}
        made[f"filter{strength}"] = (61, 45), {"quality": 20, "filter_strength": strength}
    for segments in (1, 2, 3, 4):
        made[f"segments{segments}"] = (80, 60), {"quality": 40, "segments": segments, "sns_strength": 100}
    for partitions in (1, 2, 3):
        made[f"partitions{partitions}"] = (61, 130), {"quality": 50, "method": 2, "partitions": partitions}
    golden = {}
    for name, ((width, height), settings) in made.items():
        data = encode(photo.crop((30, 40, 30 + width, 40 + height)), **settings)
        with open(os.path.join(here, f"{name}.webp"), "wb") as f:
            f.write(data)
        golden[name] = planes(data)
    with open(os.path.join(here, "golden.json"), "w") as f:
        json.dump(golden, f, indent=1)
        f.write("\n")


main()
