"""Composes pictures that are hard: what real photographs have and scenes.py draws rarely.
Screens, dark rooms, glare, lenses out of focus, styled and tiny symbols, sheets of many,
and small things that are taken for codes. Boxes are as in scenes.py."""

from pathlib import Path

import cv2
import numpy as np

from backgrounds import PHOTOS, background, blend, decoy, photo, smooth_noise, text_block
from codes import BARCODE, NAMES, PDF417, QR_CODE, render
from scenes import LEAST_VISIBLE, box_in_frame, camera, ink_of, inks_and_paper, label_with_code, light, paste, pose

# Pixels of a module in these pictures of 640, most of which are halved in training.
LEAST_MODULE = 2.2
# A sheet of three photographs, one of them of a face; see assets/README.md.
PRINTED = [*PHOTOS, Path(__file__).parents[2] / "assets" / "everyday.jpg"]


def styled_ink(rng, label, modules, long_side):
    """A symbol as ink_of makes it, or one that somebody designed: of dots, with round
    corners or with a logo in its middle; a long and low PDF417."""
    module = long_side / max(modules.shape)
    square = label not in (BARCODE, PDF417)
    if label == PDF417 and rng.random() < 0.25:  # long and low, as on licences and tickets
        return cv2.resize(ink_of(rng, label, modules, long_side), None, fx=1, fy=rng.uniform(0.4, 0.8), interpolation=cv2.INTER_AREA)
    if not square or module < 4 or rng.random() < 0.6:
        return ink_of(rng, label, modules, long_side)
    if rng.random() < 0.5:  # dots: printed, drilled or peened one by one
        cell = np.zeros((16, 16), np.float32)
        cv2.circle(cell, (8, 8), int(rng.integers(5, 9)), 1, -1, cv2.LINE_AA)
        ink = np.kron(modules.astype(np.float32), cell)
        if label == QR_CODE and min(modules.shape) > 20 and rng.random() < 0.7:  # its eyes stay whole
            n = 7 * 16
            whole = np.kron(modules.astype(np.float32), np.ones((16, 16), np.float32))
            ink[:n, :n], ink[:n, -n:], ink[-n:, :n] = whole[:n, :n], whole[:n, -n:], whole[-n:, :n]
    else:  # round corners
        ink = np.kron(modules.astype(np.float32), np.ones((16, 16), np.float32))
        ink = np.clip((cv2.GaussianBlur(ink, (0, 0), rng.uniform(3, 6)) - 0.5) * 4 + 0.5, 0, 1)
    scale = long_side / max(ink.shape)
    ink = cv2.resize(ink, (round(ink.shape[1] * scale), round(ink.shape[0] * scale)), interpolation=cv2.INTER_AREA)
    if label == QR_CODE and rng.random() < 0.5:
        n = int(min(ink.shape) * rng.uniform(0.12, 0.3))
        y, x = (ink.shape[0] - n) // 2, (ink.shape[1] - n) // 2
        ink[y:y + n, x:x + n] = 0
        edge = max(1, n // 10)
        mark = small_thing(rng, n, n)[:n - 2 * edge, :n - 2 * edge]
        ink[y + edge:y + edge + mark.shape[0], x + edge:x + edge + mark.shape[1]] = mark * rng.uniform(0.5, 1)
    return ink


def emblem(rng, h, w):
    """A round seal: rings, a filled disc, something within."""
    ink = np.zeros((h, w), np.float32)
    r = min(h, w) / 2 - 1
    at, radius = (w // 2, h // 2), lambda share: max(1, int(r * share))
    cv2.circle(ink, at, radius(1), 1, -1 if rng.random() < 0.5 else max(1, int(r * 0.08)), cv2.LINE_AA)
    inner = rng.uniform(0.4, 0.9)
    cv2.circle(ink, at, radius(inner), float(rng.integers(2)), -1 if rng.random() < 0.6 else 1, cv2.LINE_AA)
    inside = np.zeros((h, w), np.float32)
    cv2.circle(inside, at, radius(inner * 0.9), 1, -1)
    what = decoy(rng, h, w) if rng.random() < 0.6 else smooth_noise(rng, h, w, rng.uniform(4, 12)) > 0
    return np.abs(ink - np.asarray(what, np.float32) * inside)


def print_of_photo(rng, h, w):
    """A small photograph in one ink: a portrait on a card, a picture on a package."""
    picture = photo(PRINTED[int(rng.integers(len(PRINTED)))])
    n = int(rng.uniform(0.1, 0.5) * min(picture.shape[:2]))
    y, x = int(rng.integers(picture.shape[0] - n)), int(rng.integers(picture.shape[1] - n))
    grey = cv2.resize(picture[y:y + n, x:x + n].mean(2).astype(np.float32), (w, h), interpolation=cv2.INTER_AREA)
    return np.clip((grey.max() - grey) / max(float(np.ptp(grey)), 1), 0, 1)


def perforations(rng, h, w):
    """Rows of holes, every other one shifted: a grille, a loudspeaker."""
    ink, period = np.zeros((h, w), np.float32), rng.uniform(5, max(6, min(h, w) / 3))
    radius, shift = max(1, int(period * rng.uniform(0.2, 0.48))), rng.integers(2) * period / 2
    for i, y in enumerate(np.arange(period / 2, h, period)):
        for x in np.arange(period / 2 + (i % 2) * shift, w, period):
            cv2.circle(ink, (int(x), int(y)), radius, 1, -1, cv2.LINE_AA)
    return ink


def small_print(rng, h, w):
    ink = np.zeros((h, w), np.float32)
    size = int(rng.uniform(4, 12))
    text_block(rng, ink, 1, 1, int(w * rng.uniform(0.7, 1.5)), size, int(h / size))
    return ink


def small_thing(rng, h, w):
    """[h, w] ink of something that is no code."""
    draw = [emblem, print_of_photo, perforations, small_print, decoy][rng.choice(5, p=[0.25, 0.25, 0.1, 0.2, 0.2])]
    return draw(rng, max(h, 16), max(w, 16))[:h, :w]


def paste_small_thing(rng, picture, used):
    side = max(16, int(min(picture.shape[:2]) * rng.uniform(0.05, 0.3)))
    h, w = side, int(side * rng.choice([1, rng.uniform(0.4, 2.5)]))
    margin = int(rng.uniform(0, 0.2) * side)
    paste(rng, picture, np.pad(small_thing(rng, h, w), margin), (0, 0, w + 2 * margin, h + 2 * margin), max(h, w), used)


def sheet(rng, picture):
    """A page of codes in rows, put into the picture; returns its objects."""
    frame = picture.shape[:2]
    rows, columns = int(rng.integers(1, 5)), int(rng.integers(2, 6))
    cell = int(1.6 * max(frame) / max(rows, columns))
    gap = int(cell * rng.uniform(0.1, 0.5))
    ink, found = np.zeros((rows * (cell + gap) + gap, columns * (cell + gap) + gap), np.float32), []
    kinds = np.arange(len(NAMES)) if rng.random() < 0.5 else rng.integers(0, len(NAMES), 1)
    for i in range(rows * columns):
        if rng.random() < 0.1:
            continue
        label, modules = render(rng, int(rng.choice(kinds)))
        while max(modules.shape) > cell / (2 if label in (PDF417, BARCODE) else 5):
            label, modules = render(rng, label)
        symbol = ink_of(rng, label, modules, cell * rng.uniform(0.7, 1))[:cell]
        y, x = gap + i // columns * (cell + gap), gap + i % columns * (cell + gap)
        h, w = symbol.shape
        if label == BARCODE or rng.random() < 0.3:
            text_block(rng, ink, x, y + h + 2, w, max(4, int(gap * 0.4)), 1)
        ink[y:y + h, x:x + w] = symbol
        found.append((label, (x, y, x + w, y + h)))
    h, w = ink.shape
    matrix = pose(rng, h, w, (0, 0, w, h), max(frame) * rng.uniform(0.8, 1.3), frame)
    dark, paper = inks_and_paper(rng)
    warped = cv2.warpPerspective(np.dstack([ink, np.ones_like(ink)]), matrix, frame[::-1], flags=cv2.INTER_AREA)
    picture[:] = blend(blend(picture, warped[..., 1], paper), warped[..., 0], dark)
    objects = []
    for label, (x0, y0, x1, y1) in found:
        corners = np.array([[[x0, y0], [x1, y0], [x1, y1], [x0, y1]]], float)
        box, share = box_in_frame(cv2.perspectiveTransform(corners, matrix)[0], frame)
        if share >= LEAST_VISIBLE and max(box[2] - box[0], box[3] - box[1]) > 28:
            objects.append((label, [float(v) for v in box]))
        elif share > 0:  # neither a code that must be found nor one that must not: cover it
            a, b, c, d = (int(v) for v in (box[0] - 1, box[1] - 1, box[2] + 2, box[3] + 2))
            picture[max(b, 0):d, max(a, 0):c] = paper
    return objects


# Conditions: float32 pictures in 0..255, in place.

def screen(rng, picture):
    """A display: its pixels, the waves they make with the camera's, black that glows."""
    h, w = picture.shape[:2]
    y, x = np.mgrid[:h, :w].astype(np.float32)
    picture[:] = rng.uniform(5, 60) + picture * rng.uniform(0.6, 0.95)
    a, period = rng.uniform(-0.3, 0.3), rng.uniform(1.8, 5)
    bend = smooth_noise(rng, h, w, 3) * rng.uniform(0, 6)
    for depth, p, angle in [(rng.uniform(0, 0.25), period, a), (rng.uniform(0, 0.25), period, a + np.pi / 2),
                            (rng.uniform(0, 0.2), rng.uniform(8, 70), rng.uniform(0, np.pi))]:
        phase = (np.cos(angle) * x + np.sin(angle) * y + bend) * (2 * np.pi / p)
        for channel, shift in enumerate([0, 2.1, 4.2] if rng.random() < 0.5 else [0, 0, 0]):
            picture[..., channel] *= 1 - depth * (0.5 + 0.5 * np.cos(phase + shift))
    picture *= np.array([rng.uniform(0.95, 1.15), 1, rng.uniform(0.8, 1)], np.float32)  # bluish


def glare(rng, picture):
    """A lamp in a glossy surface: streaks and spots, burnt out in their middle."""
    h, w = picture.shape[:2]
    y, x = np.mgrid[:h, :w].astype(np.float32)
    for _ in range(int(rng.integers(1, 4))):
        a, cx, cy = rng.uniform(0, np.pi), rng.uniform(0, w), rng.uniform(0, h)
        along, across = (x - cx) * np.cos(a) + (y - cy) * np.sin(a), (y - cy) * np.cos(a) - (x - cx) * np.sin(a)
        across = across + smooth_noise(rng, h, w, 4) * rng.uniform(0, 0.05) * w
        long, thin = rng.uniform(0.03, 0.5) * w, rng.uniform(0.01, 0.06) * w
        spot = np.exp(-(along / long) ** 2 - (across / thin) ** 2)
        picture += (spot * rng.uniform(60, 350))[..., None]


def dark_room(rng, picture):
    """Little light: what is left is dim, coloured and noisy, and smeared by the phone."""
    h, w = picture.shape[:2]
    picture *= rng.uniform(0.12, 0.5) * rng.uniform(0.75, 1.1, 3).astype(np.float32)
    noise = rng.standard_normal((h, w, 3), np.float32)
    picture += cv2.GaussianBlur(noise, (0, 0), rng.uniform(0.5, 1.5)) * rng.uniform(3, 14)
    if rng.random() < 0.4:
        picture[:] = cv2.medianBlur(np.clip(picture, 0, 255).astype(np.uint8), 3)
    if rng.random() < 0.6:  # brightened afterwards, noise and all
        picture *= rng.uniform(1.2, 3)


def defocus(rng, picture, least):
    """A disc for every point, of a radius in proportion to the smallest code's side."""
    r = rng.uniform(0.3, 1) * (0.8 + 0.01 * least)
    n = int(np.ceil(r)) * 2 + 1
    y, x = np.mgrid[:n, :n] - n // 2
    disc = np.clip(r + 0.5 - np.hypot(x, y), 0, 1).astype(np.float32)
    picture[:] = cv2.filter2D(picture, -1, disc / disc.sum())


def place(rng, picture, used, share):
    """Puts one code of this share of the longer side; returns its class and box, or None."""
    h, w = picture.shape[:2]
    long_side = max(28, share * min(max(h, w), 1.6 * min(h, w)))
    ink, label, box = label_with_code(rng, int(long_side), styled_ink, LEAST_MODULE)
    placed = paste(rng, picture, ink, box, long_side, used, steep=0.5)
    if placed and placed[1] >= LEAST_VISIBLE:
        return label, [float(v) for v in placed[0]]
    return None


def hard_scene(rng, h, w):
    """A photograph, [h, w, 3] uint8 BGR, and its (class, box) list."""
    picture = np.array(background(rng, h, w), np.float32)
    used, objects = [], []
    if min(h, w) > 300 and rng.random() < 0.15:
        objects = sheet(rng, picture)
    else:
        size = rng.choice(["none", "tiny", "usual", "filling"], p=[0.15, 0.25, 0.35, 0.25])
        shares = {"none": [], "tiny": rng.uniform(0.08, 0.2, rng.integers(1, 5)), "usual": rng.uniform(0.18, 0.7, rng.integers(1, 3)),
                  "filling": rng.uniform(0.75, 1, 1)}[size]
        placed = [place(rng, picture, used, share) for share in shares]
        objects = [p for p in placed if p]
        for _ in range(int(rng.integers(0, 6))):
            paste_small_thing(rng, picture, used)
    least = min((max(b[2] - b[0], b[3] - b[1]) for _, b in objects), default=100)
    if rng.random() < 0.2:
        screen(rng, picture)
    if rng.random() < 0.25:
        glare(rng, picture)
    light(rng, picture)
    if rng.random() < 0.3:
        defocus(rng, picture, least)
    if rng.random() < 0.2:
        dark_room(rng, picture)
    return camera(rng, picture), objects
