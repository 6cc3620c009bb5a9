"""Draws what codes lie on, and what is easily mistaken for a code."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from codes import characters

# The only photographs in the training data; both are CC0, see assets/README.md.
PHOTOS = [Path(__file__).parents[2] / "assets" / name for name in ("coffee.jpg", "cat.jpg")]


@cache
def photo(path):
    return cv2.imread(str(path))


def colour(rng):
    """BGR; greys are as frequent as colours."""
    if rng.random() < 0.5:
        return np.full(3, rng.uniform(0, 255))
    return rng.uniform(0, 255, 3)


def smooth_noise(rng, h, w, cells):
    """[h, w] float32 of mean 0 and some 1 at most; cells is how many bumps a side has."""
    small = rng.standard_normal((max(2, int(cells)), max(2, int(cells * w / h)))).astype(np.float32)
    return cv2.resize(small, (w, h), interpolation=cv2.INTER_CUBIC) * 0.5


@cache
def text_lines():
    """Lines of print: [rows, columns] float32, 1 where there is ink. Rendered once."""
    rng = np.random.default_rng(5)
    words = lambda: " ".join(characters(rng, int(rng.integers(1, 11)), "etaoinshrdlucmfwygpbvkETAOINSHRDLU0123456789").strip()
                             for _ in range(int(rng.integers(1, 6))))
    hershey = [cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_TRIPLEX]
    lines = []
    for i in range(400):
        text = words() if i % 3 else characters(rng, int(rng.integers(6, 16)), "0123456789 ")
        if i % 2:
            font = ImageFont.load_default(28)
            x0, y0, x1, y1 = font.getbbox(text)
            line = Image.new("L", (int(x1) + 4, int(y1) + 4), 0)
            ImageDraw.Draw(line).text((2, 2), text, 255, font=font, stroke_width=int(rng.integers(0, 2)))
            ink = np.array(line)
        else:
            font, thick = int(rng.choice(hershey)), int(rng.integers(1, 4))
            (w, h), base = cv2.getTextSize(text, font, 1, thick)
            ink = np.zeros((h + base + 4, w + 4), np.uint8)
            cv2.putText(ink, text, (2, h + 2), font, 1, 255, thick, cv2.LINE_AA)
        columns = np.flatnonzero(ink.any(0))
        if len(columns):
            lines.append(ink[:, columns[0]:columns[-1] + 1].astype(np.float32) / 255)
    return lines


def stamp(ink, piece, x, y):
    """Prints piece onto ink at x, y, cut at the borders."""
    h, w = ink.shape
    x0, y0 = max(x, 0), max(y, 0)
    x1, y1 = min(x + piece.shape[1], w), min(y + piece.shape[0], h)
    if x0 < x1 and y0 < y1:
        part = ink[y0:y1, x0:x1]
        np.maximum(part, piece[y0 - y:y1 - y, x0 - x:x1 - x], out=part)


def text_block(rng, ink, x, y, w, size, lines):
    """Prints lines of the given height from x, y on."""
    pool = text_lines()
    for i in range(lines):
        piece = pool[int(rng.integers(len(pool)))]
        width = int(min(piece.shape[1] * size / piece.shape[0], max(w, 8)))
        if width < 2 or size < 3:
            return
        piece = cv2.resize(piece, (width, size), interpolation=cv2.INTER_AREA)
        stamp(ink, piece, x, y + int(i * size * 1.25))


# Decoys: [h, w] ink in 0..1. They look like codes and are labelled as nothing.

def decoy_text(rng, h, w):
    ink = np.zeros((h, w), np.float32)
    size = int(rng.uniform(5, max(7, h / 4)))
    text_block(rng, ink, 2, 2, int(w * rng.uniform(0.6, 3)), size, int(h / size) + 1)
    return ink


def decoy_letters(rng, h, w):
    """A few large letters, as of a headline or a brand."""
    piece = text_lines()[int(rng.integers(len(text_lines())))]
    width = int(piece.shape[0] * rng.uniform(0.6, 3))
    x = int(rng.integers(max(1, piece.shape[1] - width)))
    return cv2.resize(piece[:, x:x + width], (w, h), interpolation=cv2.INTER_LINEAR)


def decoy_stripes(rng, h, w):
    """Blinds, fences, corrugated card: stripes of one rhythm."""
    period = rng.uniform(3, w / 3)
    wave = np.sin(np.arange(w) * 2 * np.pi / period) > rng.uniform(-0.8, 0.8)
    return np.tile(wave.astype(np.float32), (h, 1))


def decoy_checkers(rng, h, w):
    period = rng.uniform(4, w / 3)
    y, x = np.mgrid[:h, :w] * (2 * np.pi / period)
    return ((np.sin(x) * np.sin(y)) > 0).astype(np.float32)


def decoy_grid(rng, h, w):
    """Tables, tiles, keyboards, windows; sometimes with something in the cells."""
    ink = np.zeros((h, w), np.float32)
    rows, columns = int(rng.integers(2, 12)), int(rng.integers(2, 12))
    dy, dx = h / rows, w / columns
    line = max(1, int(min(dx, dy) * rng.uniform(0.02, 0.35)))
    fill, write = rng.random() * 0.5, rng.random() < 0.6
    for i in range(rows):
        for j in range(columns):
            x0, y0, x1, y1 = int(j * dx), int(i * dy), int((j + 1) * dx) - line, int((i + 1) * dy) - line
            if rng.random() < fill:
                ink[y0:y1, x0:x1] = 1
            elif write and min(dx, dy) > 8:
                text_block(rng, ink, x0 + line, y0 + line, int(dx - line) // int(rng.integers(1, 4)), int(dy * 0.5), 1)
            cv2.rectangle(ink, (x0, y0), (x1, y1), 1, line if line < 4 else 1)
    return ink


def decoy_halftone(rng, h, w):
    period = rng.uniform(3, 14)
    y, x = np.mgrid[:h, :w] * (2 * np.pi / period)
    return (np.sin(x) + np.sin(y) > 1.5 * smooth_noise(rng, h, w, 3)).astype(np.float32)


def decoy_blots(rng, h, w):
    """Leopard skin, marble, camouflage, terrazzo."""
    return (smooth_noise(rng, h, w, rng.uniform(4, 30)) > rng.uniform(-0.3, 0.4)).astype(np.float32)


def decoy_bricks(rng, h, w):
    ink = np.zeros((h, w), np.float32)
    rows = int(rng.integers(3, 14))
    dy, dx, line = h / rows, h / rows * rng.uniform(1.5, 4), int(rng.integers(1, 4))
    for i in range(rows):
        cv2.line(ink, (0, int(i * dy)), (w, int(i * dy)), 1, line)
        for x in np.arange((i % 2) * dx / 2, w, dx):
            cv2.line(ink, (int(x), int(i * dy)), (int(x), int((i + 1) * dy)), 1, line)
    return ink


def decoy_squares(rng, h, w):
    """Logos and icons: squares in squares, rings, crosses."""
    ink = np.zeros((h, w), np.float32)
    for _ in range(int(rng.integers(1, 7))):
        s = int(rng.uniform(6, max(8, min(h, w) / 2)))
        x, y, n = int(rng.integers(0, w)), int(rng.integers(0, h)), int(rng.integers(1, 4))
        for k in range(n):
            r = int(s * (1 - k / n) / 2)
            shape, value = rng.integers(2), float(k % 2 == 0)
            if shape:
                cv2.rectangle(ink, (x - r, y - r), (x + r, y + r), value, -1)
            else:
                cv2.circle(ink, (x, y), r, value, -1, cv2.LINE_AA)
    return ink


DECOYS = [decoy_text, decoy_text, decoy_letters, decoy_letters, decoy_stripes, decoy_checkers, decoy_grid, decoy_grid,
          decoy_halftone, decoy_blots, decoy_bricks, decoy_squares, decoy_squares]


def decoy(rng, h, w):
    draw = DECOYS[int(rng.integers(len(DECOYS)))]
    return draw(rng, max(h, 16), max(w, 16))[:h, :w]


# Backgrounds: [h, w, 3] float32 BGR in 0..255.

def plain(rng, h, w):
    """A table, a wall, a sheet of paper."""
    shade = smooth_noise(rng, h, w, 2) * rng.uniform(0, 50) + smooth_noise(rng, h, w, rng.uniform(20, 90)) * rng.uniform(0, 12)
    return colour(rng).astype(np.float32) + shade[..., None]


def texture(rng, h, w):
    """Cloth, stone, wood: noise of several scales, longer one way."""
    out, cells = plain(rng, h, w), rng.uniform(4, 12)
    for _ in range(int(rng.integers(2, 5))):
        tint = rng.uniform(-30, 30, 3).astype(np.float32)
        out += smooth_noise(rng, h, w, cells)[..., None] * tint
        cells *= rng.uniform(1.5, 3)
        if cells > h / 2:
            break
    if rng.random() < 0.3:  # grain
        stretched = cv2.resize(out[:, :: int(rng.integers(4, 16))], (w, h))
        out = stretched if rng.random() < 0.5 else cv2.resize(stretched.transpose(1, 0, 2), (w, h))
    return out


def packaging(rng, h, w):
    """Shapes in a few colours, with print."""
    out = plain(rng, h, w)
    for _ in range(int(rng.integers(2, 10))):
        c, (x, y) = colour(rng).tolist(), (int(rng.integers(w)), int(rng.integers(h)))
        match int(rng.integers(4)):
            case 0:
                cv2.rectangle(out, (x, y), (int(rng.integers(w)), int(rng.integers(h))), c, -1)
            case 1:
                cv2.ellipse(out, (x, y), (int(rng.integers(3, w)), int(rng.integers(3, h))), rng.uniform(0, 180), 0, 360, c, -1, cv2.LINE_AA)
            case 2:
                cv2.fillPoly(out, [rng.integers(0, max(h, w), (int(rng.integers(3, 6)), 2)).astype(np.int32)], c, cv2.LINE_AA)
            case 3:
                cv2.line(out, (x, y), (int(rng.integers(w)), int(rng.integers(h))), c, int(rng.integers(1, 30)), cv2.LINE_AA)
    ink = np.zeros((h, w), np.float32)
    for _ in range(int(rng.integers(0, 6))):
        text_block(rng, ink, int(rng.integers(-w // 4, w)), int(rng.integers(-10, h)), w, int(rng.uniform(6, h / 5)), int(rng.integers(1, 4)))
    if rng.random() < 0.3:
        ink = np.ascontiguousarray(np.rot90(ink)) if h == w else ink
    return blend(out, ink, colour(rng))


def printed(rng, h, w):
    """A page, a keyboard, blinds: a decoy all over."""
    return blend(plain(rng, h, w), decoy(rng, h, w), colour(rng))


def photograph(rng, h, w):
    picture = photo(PHOTOS[int(rng.integers(len(PHOTOS)))])
    scale = rng.uniform(0.15, 1)
    ph, pw = max(8, int(picture.shape[0] * scale)), max(8, int(picture.shape[1] * scale))
    y, x = int(rng.integers(picture.shape[0] - ph + 1)), int(rng.integers(picture.shape[1] - pw + 1))
    out = cv2.resize(picture[y:y + ph, x:x + pw], (w, h), interpolation=cv2.INTER_AREA)
    return out[:, ::int(rng.choice([-1, 1]))].astype(np.float32) * rng.uniform(0.6, 1.1, 3).astype(np.float32)


def blend(picture, ink, c):
    return picture + (np.asarray(c, np.float32) - picture) * ink[..., None]


def background(rng, h, w):
    draw = rng.choice([plain, texture, packaging, printed, photograph], p=[0.32, 0.18, 0.28, 0.14, 0.08])
    return draw(rng, h, w)
