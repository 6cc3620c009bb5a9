"""Draws assets/codes.jpg, the picture of `make demo`: a parcel label with a QR code,
a barcode, a Data Matrix and an Aztec code, lying beside an espresso.

    python sample.py ../../assets/codes.jpg
"""

import sys
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont
from zxingcpp import BarcodeFormat as Format

from codes import modules

ASSETS = Path(__file__).parents[2] / "assets"
LABEL_W, LABEL_H = 1000, 640  # pixels of the flat label
INK, PAPER = (38, 34, 36), (246, 244, 240)


def print_symbol(label, text, kind, x, y, module, **options):
    """Prints a symbol whose modules are module pixels wide and high."""
    ink = np.kron(modules(text, kind, **options), np.ones((module, module), bool))
    label.paste(INK, (x, y), Image.fromarray(ink.astype(np.uint8) * 255))
    return ink.shape


def parcel_label():
    label = Image.new("RGB", (LABEL_W, LABEL_H), PAPER)
    draw = ImageDraw.Draw(label)
    write = lambda x, y, text, size, **kw: draw.text((x, y), text, INK, font=ImageFont.load_default(size), **kw)
    draw.rectangle((14, 14, LABEL_W - 15, LABEL_H - 15), outline=INK, width=4)
    write(50, 40, "YOLambda", 76, stroke_width=1)
    write(52, 132, "one picture in, its objects out", 27)
    draw.line((14, 185, 620, 185), INK, 4)
    print_symbol(label, "https://github.com/yolambda/yolambda", Format.QRCode, 660, 44, 10, ec_level="M")
    write(50, 205, "TO  Lambda, arm64", 30)
    write(50, 245, "NO. 0042", 30)
    print_symbol(label, "YOLambda 0042", Format.DataMatrix, 410, 205, 10, force_square=True)
    _, w = print_symbol(label, "YOLAMBDA-0042", Format.Code128, 60, 400, 3)
    write(60 + w // 2, 558, "YOLAMBDA-0042", 30, anchor="mt")
    print_symbol(label, "YOLambda finds Aztec too", Format.Aztec, 690, 380, 8)
    write(655, 575, "keep dry, serve hot", 30)
    return np.array(label)[..., ::-1].astype(np.float32)


def main():
    cup = cv2.imread(str(ASSETS / "coffee.jpg"))
    h, w = 800, 1200
    picture = cv2.resize(cup, (w, h), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    label = parcel_label()
    flat = np.float32([[0, 0], [LABEL_W, 0], [LABEL_W, LABEL_H], [0, LABEL_H]])
    seen = np.float32([[30, 300], [790, 205], [930, 715], [55, 785]])
    warp = lambda image: cv2.warpPerspective(image, cv2.getPerspectiveTransform(flat, seen), (w, h), flags=cv2.INTER_AREA)
    cover = cv2.GaussianBlur(warp(np.ones((LABEL_H, LABEL_W), np.float32)), (0, 0), 0.8)[..., None]
    shadow = cv2.GaussianBlur(np.roll(cover[..., 0], (9, 6), (0, 1)), (0, 0), 9)[..., None]
    picture *= 1 - 0.55 * shadow
    light = np.linspace(0.82, 1.0, w, dtype=np.float32)[None, :, None] * np.float32([0.86, 0.93, 1.0])  # the lamp's warmth, BGR
    picture += cover * (cv2.GaussianBlur(warp(label), (0, 0), 0.7) * light - picture)
    picture += np.random.default_rng(42).normal(0, 2.5, picture.shape)
    cv2.imwrite(sys.argv[1], np.clip(picture, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 88])


if __name__ == "__main__":
    main()
