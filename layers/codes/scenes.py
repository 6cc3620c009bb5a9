"""Composes a picture: codes on labels on a background, as a camera would see them.

Boxes are x0, y0, x1, y1 in pixels of the picture, around the symbol's ink: quiet
zone, human-readable digits and label are outside of them.
"""

import cv2
import numpy as np

from backgrounds import background, blend, colour, decoy, smooth_noise, text_block
from codes import BARCODE, PDF417, render

# A code that is cut off, or covered, beyond this share can't be read: it stays in
# the picture and is not labelled.
LEAST_VISIBLE = 0.6
# Pixels that a module takes at least in a photograph, before blur. With fewer, one
# kind of 2-D symbol looks like another.
LEAST_MODULE = 1.8


def ink_of(rng, label, modules, long_side):
    """Scales a symbol to long_side pixels: [h, w] float32."""
    rows, columns = modules.shape
    if label == BARCODE:
        rows = columns * rng.uniform(0.12, 1.0)
    elif label == PDF417:
        rows *= rng.uniform(0.8, 1.25)
    else:
        rows *= rng.uniform(0.97, 1.03)
    scale = long_side / max(rows, columns)
    h, w = max(3, round(rows * scale)), max(3, round(columns * scale))
    if label == BARCODE:  # the bars that guard an EAN reach lower than the others: keep that
        modules = np.repeat(modules, 2, axis=0)
    # Shrinking averages; growing keeps modules sharp.
    return cv2.resize(modules.astype(np.float32), (w, h), interpolation=cv2.INTER_AREA)


def spread(rng, ink):
    """Ink that ran, or too little of it."""
    if rng.random() < 0.15 and min(ink.shape) > 60:
        kernel = np.ones((2, 2), np.uint8)
        return cv2.dilate(ink, kernel) if rng.random() < 0.6 else cv2.erode(ink, kernel)
    return ink


def label_with_code(rng, long_side, ink_of=ink_of, least_module=LEAST_MODULE):
    """A flat label: its ink [h, w], the class and the symbol's box in it. The symbol
    is long_side pixels long."""
    label, modules = render(rng)
    while long_side < least_module * max(modules.shape):
        label, modules = render(rng)
    module = long_side / max(modules.shape)
    symbol = spread(rng, ink_of(rng, label, modules, long_side))
    h, w = symbol.shape
    # Margins of 0 to 3 quiet zones, then maybe room for print.
    quiet = max(1, int(module * rng.choice([0, 1, 2, 4, 4, 8, 12], p=[0.05, 0.08, 0.17, 0.25, 0.2, 0.15, 0.1])))
    room = lambda p, most: int(long_side * rng.uniform(0.05, most)) if rng.random() < p else 0
    top, bottom, left, right = room(0.3, 0.5), room(0.3, 0.6), room(0.2, 0.6), room(0.2, 0.6)
    digits = int(rng.uniform(0.07, 0.16) * w) if label == BARCODE and rng.random() < 0.8 else 0
    ink = np.zeros((h + 2 * quiet + digits + top + bottom, w + 2 * quiet + left + right), np.float32)
    x0, y0 = left + quiet, top + quiet
    ink[y0:y0 + h, x0:x0 + w] = symbol
    if digits:
        inset = int(rng.uniform(-0.05, 0.25) * w)
        text_block(rng, ink, x0 + inset, y0 + h + int(digits * 0.1), w - 2 * inset, int(digits * 0.85), 1)
        if rng.random() < 0.25:  # ISBN and the like above
            text_block(rng, ink, x0, y0 - int(digits * 1.1), w, int(digits * 0.8), 1)
    size = lambda: int(rng.uniform(0.04, 0.2) * long_side)
    neighbours = [(0, 0, ink.shape[1], top), (0, y0 + h + quiet + digits, ink.shape[1], bottom),
                  (0, y0, left, h), (x0 + w + quiet, y0, right, h)]
    for x, y, room_w, room_h in neighbours:
        if min(room_w, room_h) < 8:
            continue
        s = min(size(), room_h)
        if rng.random() < 0.15:
            d = decoy(rng, room_h, room_w)
            ink[y:y + d.shape[0], x:x + d.shape[1]] = d[:ink.shape[0] - y, :ink.shape[1] - x]
        elif s > 4:
            block = np.zeros((room_h, room_w), np.float32)
            text_block(rng, block, int(rng.integers(0, max(1, room_w // 3))), 1, room_w * 2, s, room_h // s)
            ink[y:y + block.shape[0], x:x + block.shape[1]] = block[:ink.shape[0] - y, :ink.shape[1] - x]
    if rng.random() < 0.12:
        pad = int(rng.integers(0, 4))
        cv2.rectangle(ink, (pad, pad), (ink.shape[1] - 1 - pad, ink.shape[0] - 1 - pad), 1, int(rng.integers(1, 4)))
    return ink, label, (x0, y0, x0 + w, y0 + h)


def inks_and_paper(rng):
    """Two BGR colours that a scanner could tell apart; ink is the darker, but for 6 %."""
    paper = np.full(3, rng.uniform(150, 255)) + rng.uniform(-12, 12, 3)
    ink = np.full(3, rng.uniform(0, 70)) + rng.uniform(-8, 8, 3)
    if rng.random() < 0.15:
        paper = rng.uniform(120, 255, 3)
    if rng.random() < 0.15:
        ink = rng.uniform(0, 110, 3)
    if rng.random() < 0.15:  # low contrast
        ink = ink + (paper - ink) * rng.uniform(0.2, 0.6)
    return (paper, ink) if rng.random() < 0.06 else (ink, paper)


class Bend:
    """A label's shape: flat, round a can, or wavy. Maps points of the flat label
    to the bent one, and back."""

    def __init__(self, rng, h, w):
        self.h, self.w = h, w
        self.arc = rng.uniform(0.3, 1.25) if rng.random() < 0.22 else 0  # half of the visible angle, in radians
        self.upright = rng.random() < 0.3  # the can's axis runs along x
        self.wave = rng.uniform(0.004, 0.02) * max(h, w) if rng.random() < 0.22 else 0  # pixels
        self.length = rng.uniform(0.25, 1.2) * max(h, w)
        self.phase = rng.uniform(0, 2 * np.pi, 2)

    def flat(self):
        return self.arc == 0 and self.wave == 0

    def _can(self, x, y, inverse):
        if self.arc == 0:
            return x, y
        u, side = (y, self.h) if self.upright else (x, self.w)
        half = side / 2
        t = (u - half) / half
        t = np.arcsin(np.clip(t * np.sin(self.arc), -1, 1)) / self.arc if inverse else np.sin(t * self.arc) / np.sin(self.arc)
        u = half + t * half
        return (x, u) if self.upright else (u, y)

    def _waves(self, x, y, sign):
        k = 2 * np.pi / self.length
        shift_y = lambda x: self.wave * np.sin(k * x + self.phase[0])
        shift_x = lambda y: self.wave * np.sin(k * y + self.phase[1])
        if sign > 0:
            y = y + shift_y(x)
            return x + shift_x(y), y
        x = x - shift_x(y)
        return x, y - shift_y(x)

    def forward(self, x, y):
        return self._waves(*self._can(x, y, False), 1)

    def apply(self, image, border):
        y, x = np.mgrid[:self.h, :self.w].astype(np.float32)
        sx, sy = self._waves(x, y, -1)
        sx, sy = self._can(sx, sy, True)
        return cv2.remap(image, sx.astype(np.float32), sy.astype(np.float32), cv2.INTER_LINEAR,
                         borderMode=cv2.BORDER_CONSTANT, borderValue=border)


def pose(rng, h, w, box, long_side, frame, steep=0.25):
    """A homography that puts the label before the camera, so that the symbol's box
    is about long_side pixels long and its centre somewhere in the frame. steep is the
    share of labels that are seen from far aside."""
    x0, y0, x1, y1 = box
    centre = np.array([(x0 + x1) / 2, (y0 + y1) / 2])
    choice = rng.random()
    turn = np.radians(rng.normal(0, 6) if choice < 0.6 else rng.uniform(-180, 180) if choice < 0.8
                      else rng.choice([90, 180, 270]) + rng.normal(0, 6))
    tilt = rng.normal(0, 0.5 if rng.random() < steep else 0.18, 2).clip(-0.95, 0.95)  # radians
    (sx, cx), (sy, cy), (sz, cz) = [(np.sin(a), np.cos(a)) for a in (*tilt, turn)]
    rotation = (np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]]) @ np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
                @ np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]]))
    distance = rng.uniform(1.5, 4) * max(h, w)
    corners = np.array([[0, 0], [w, 0], [w, h], [0, h]], float)
    p = np.c_[corners - centre, np.zeros(4)] @ rotation.T
    seen = p[:, :2] * (distance / np.maximum(p[:, 2:] + distance, 0.2 * distance))
    scale = long_side / max(x1 - x0, y1 - y0)
    fh, fw = frame
    # Between the middle and where the symbol is partly outside.
    spare = np.maximum(np.array([fw, fh]) - long_side * 0.9, 0.08 * min(fh, fw))
    at = np.array([fw, fh]) / 2 + rng.uniform(-0.5, 0.5, 2) * spare
    return cv2.getPerspectiveTransform(corners.astype(np.float32), (seen * scale + at).astype(np.float32))


def box_in_frame(points, frame):
    """The bounding box of points cut at the frame, and the share that is visible."""
    h, w = frame
    lo, hi = points.min(0), points.max(0)
    cut_lo, cut_hi = lo.clip(0, [w, h]), hi.clip(0, [w, h])
    share = np.prod(cut_hi - cut_lo) / max(np.prod(hi - lo), 1e-6)
    return [*cut_lo, *cut_hi], share


def overlap(a, b):
    w, h = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return max(w, 0) * max(h, 0)


def paste(rng, picture, ink, box, long_side, used, steep=0.25):
    """Puts a label into the picture; returns the symbol's box in it and the share
    that is visible, or None where it would cover another code."""
    h, w = ink.shape
    frame = picture.shape[:2]
    bend = Bend(rng, h, w)
    matrix = pose(rng, h, w, box, long_side, frame, steep)
    x0, y0, x1, y1 = box
    t = np.linspace(0, 1, 9)
    edge = np.concatenate([np.c_[x0 + (x1 - x0) * t, np.full(9, y0)], np.c_[x0 + (x1 - x0) * t, np.full(9, y1)],
                           np.c_[np.full(9, x0), y0 + (y1 - y0) * t], np.c_[np.full(9, x1), y0 + (y1 - y0) * t]])
    points = cv2.perspectiveTransform(np.stack(bend.forward(edge[:, 0], edge[:, 1]), 1)[None].astype(np.float64), matrix)[0]
    seen, share = box_in_frame(points, frame)
    label_box, _ = box_in_frame(cv2.perspectiveTransform(np.array([[[0, 0], [w, 0], [w, h], [0, h]]], float), matrix)[0], frame)
    if any(overlap(label_box, other) > 0 for other in used):
        return None
    used.append(label_box)

    dark, paper = inks_and_paper(rng)
    direct = rng.random() < 0.12  # printed on what lies below, without a label
    cover = np.ones((h, w), np.float32)
    if not direct and rng.random() < 0.15:  # round corners
        cover[:] = 0
        r = int(min(h, w) * rng.uniform(0.03, 0.12))
        cv2.rectangle(cover, (r, 0), (w - 1 - r, h - 1), 1, -1)
        cv2.rectangle(cover, (0, r), (w - 1, h - 1 - r), 1, -1)
        for cx, cy in ((r, r), (w - 1 - r, r), (r, h - 1 - r), (w - 1 - r, h - 1 - r)):
            cv2.circle(cover, (cx, cy), r, 1, -1, cv2.LINE_AA)
    flat = np.dstack([ink, cover])
    if not bend.flat():
        flat = bend.apply(flat, (0, 0))
    flat = cv2.warpPerspective(flat, matrix, frame[::-1], flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    if direct:  # thin the background's own pattern where the code must be legible
        near = cv2.GaussianBlur(flat[..., 1], (0, 0), 3)
        picture[:] = blend(picture, near * rng.uniform(0.7, 1), paper)
    else:
        if rng.random() < 0.3:  # the label's shadow
            shift = rng.integers(-6, 7, 2)
            shadow = np.roll(cv2.GaussianBlur(flat[..., 1], (0, 0), rng.uniform(1, 5)), shift, (0, 1))
            picture *= 1 - shadow[..., None] * rng.uniform(0.1, 0.5)
        picture[:] = blend(picture, flat[..., 1], paper)
    picture[:] = blend(picture, flat[..., 0] * rng.uniform(0.85, 1), dark)
    return seen, share


def paste_decoy(rng, picture, used):
    frame = picture.shape[:2]
    side = max(12, int(min(frame) * rng.choice([rng.uniform(0.08, 0.3), rng.uniform(0.15, 0.9)])))
    h, w = side, int(side * rng.uniform(0.4, 2.5))
    margin = int(rng.uniform(0, 0.2) * side)
    paste(rng, picture, np.pad(decoy(rng, h, w), margin), (0, 0, w + 2 * margin, h + 2 * margin), max(h, w), used)


def finger(rng, picture, boxes):
    """Something smooth at the edge of the first code, as the hand that holds it:
    it covers a corner of it at most."""
    h, w = picture.shape[:2]
    cover = np.zeros((h, w), np.float32)
    angle = rng.uniform(0, 360)
    if boxes:
        x0, y0, x1, y1 = boxes[0]
        side, t = int(rng.integers(4)), rng.uniform(0, 1)
        at = [(x0, y0 + t * (y1 - y0)), (x1, y0 + t * (y1 - y0)), (x0 + t * (x1 - x0), y0), (x0 + t * (x1 - x0), y1)][side]
        thick = rng.uniform(0.06, 0.2) * min(x1 - x0, y1 - y0) + 4
        away = [(-1, 0), (1, 0), (0, -1), (0, 1)][side]
        angle = np.degrees(np.arctan2(away[1], away[0])) + rng.normal(0, 25)
    else:
        at, thick = rng.uniform(0, [w, h]), rng.uniform(0.05, 0.2) * min(h, w)
    far = np.array(at) + 2 * max(h, w) * np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    cv2.line(cover, tuple(int(v) for v in at), tuple(int(v) for v in far.clip(-4000, 4000)), 1, int(2 * thick), cv2.LINE_AA)
    cover = cv2.GaussianBlur(cover, (0, 0), rng.uniform(0.7, 2.5))
    skin = np.array([rng.uniform(60, 170), rng.uniform(90, 190), rng.uniform(140, 240)]) if rng.random() < 0.7 else colour(rng)
    shade = 1 + 0.3 * smooth_noise(rng, h, w, 5)
    picture[:] = picture + (skin.astype(np.float32) * shade[..., None] - picture) * cover[..., None]


def light(rng, picture):
    """Shading, shadows, glare, in place."""
    h, w = picture.shape[:2]
    y, x = np.mgrid[:h, :w].astype(np.float32)
    x, y = x / w - 0.5, y / h - 0.5
    if rng.random() < 0.6:
        a = rng.uniform(0, 2 * np.pi)
        picture *= (1 + rng.uniform(0, 0.6) * (np.cos(a) * x + np.sin(a) * y))[..., None]
    if rng.random() < 0.2:
        picture *= (1 - rng.uniform(0.2, 1.2) * (x * x + y * y))[..., None]
    if rng.random() < 0.2:
        a, edge = rng.uniform(0, 2 * np.pi), rng.uniform(-0.3, 0.3)
        side = np.clip((np.cos(a) * x + np.sin(a) * y - edge) * rng.uniform(3, 60), 0, 1)
        picture *= (1 - side * rng.uniform(0.2, 0.6))[..., None]
    if rng.random() < 0.12:
        gx, gy, s = rng.uniform(-0.5, 0.5), rng.uniform(-0.5, 0.5), rng.uniform(0.03, 0.25)
        spot = np.exp(-((x - gx) ** 2 + (y - gy) ** 2 * rng.uniform(0.5, 6)) / (2 * s * s))
        picture += (spot * rng.uniform(40, 230))[..., None]
    picture *= rng.uniform(0.6, 1.2)
    np.clip(picture, 0, 255, out=picture)
    if rng.random() < 0.4:
        picture[:] = 255 * (picture / 255) ** rng.uniform(0.6, 1.6)


def motion_kernel(length, angle):
    n = int(length) | 1
    kernel = np.zeros((n, n), np.float32)
    c, d = n // 2, np.array([np.cos(angle), np.sin(angle)]) * n / 2
    cv2.line(kernel, (int(round(c - d[0])), int(round(c - d[1]))), (int(round(c + d[0])), int(round(c + d[1]))), 1, 1)
    return kernel / max(kernel.sum(), 1)


def camera(rng, picture):
    """Blur, resolution, noise and JPEG: float32 to uint8."""
    h, w = picture.shape[:2]
    if rng.random() < 0.5:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.3, 1 + 1.6 * rng.random()))
    if rng.random() < 0.12:
        picture = cv2.filter2D(picture, -1, motion_kernel(rng.uniform(3, 9), rng.uniform(0, np.pi)))
    if rng.random() < 0.45:  # a small picture, enlarged by the letterbox
        scale = rng.uniform(0.35, 1)
        small = cv2.resize(picture, (max(8, int(w * scale)), max(8, int(h * scale))), interpolation=cv2.INTER_AREA)
        small += rng.standard_normal(small.shape, np.float32) * rng.uniform(0, 6)
        picture = cv2.resize(small, (w, h), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.5:
        picture = picture.mean(2, keepdims=True).repeat(3, 2)
    if rng.random() < 0.5:
        noise = rng.standard_normal((h, w, 1 if rng.random() < 0.5 else 3), np.float32)
        picture = picture + noise * rng.uniform(0, 10)
    if rng.random() < 0.2:  # sharpened, as phones do
        picture = picture + (picture - cv2.GaussianBlur(picture, (0, 0), 1.5)) * rng.uniform(0.3, 1.5)
    return np.clip(picture, 0, 255).astype(np.uint8)


def code_image(rng, side):
    """No photograph but the bare symbol, as a program writes it: crisp, on white,
    cut close. The picture's longer side is side pixels long."""
    label, modules = render(rng)
    symbol = ink_of(rng, label, modules, max(modules.shape) * int(rng.choice([1, 2, 3, 4]))) > 0.5
    module = max(symbol.shape) / max(modules.shape)
    margin = int(module * rng.choice([0, 0, 1, 2, 4, 8, max(modules.shape) // 3]))
    below = int(symbol.shape[0] * rng.uniform(0.1, 0.5)) if rng.random() < 0.2 else 0
    ink = np.pad(symbol.astype(np.float32), ((margin, margin + below), (margin, margin)))
    if below > 6:
        text_block(rng, ink, int(rng.integers(0, ink.shape[1] // 2 + 1)), symbol.shape[0] + margin + 2, ink.shape[1], int(below * 0.7), 1)
    gain = side / max(ink.shape)
    h, w = max(1, round(ink.shape[0] * gain)), max(1, round(ink.shape[1] * gain))
    ink = cv2.resize(ink, (w, h), interpolation=cv2.INTER_AREA if gain < 1 else cv2.INTER_LINEAR)
    dark, bright = (0, 255) if rng.random() < 0.8 else (rng.uniform(0, 110), rng.uniform(150, 255))
    grey = (bright + (dark - bright) * ink).astype(np.uint8)
    box = np.array([margin, margin, margin + symbol.shape[1], margin + symbol.shape[0]]) * gain
    return cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), [(label, box.tolist())]


def scene(rng, h, w):
    """A photograph, [h, w, 3] uint8 BGR, and its (class, box) list."""
    picture = np.array(background(rng, h, w), np.float32)
    codes = int(rng.choice([0, 1, 2, 3, 4], p=[0.14, 0.62, 0.14, 0.06, 0.04]))
    objects, used = [], []
    for _ in range(codes):
        most = 0.97 if codes == 1 else 0.5
        long_side = min(max(h, w), 1.6 * min(h, w)) * rng.uniform(0.1 if codes > 1 or rng.random() < 0.3 else 0.3, most)
        ink, label, box = label_with_code(rng, int(max(28, long_side)))
        placed = paste(rng, picture, ink, box, max(28, long_side), used)
        if placed and placed[1] >= LEAST_VISIBLE:
            objects.append((label, [float(v) for v in placed[0]]))
    for _ in range(int(rng.choice([0, 1, 2, 3, 4, 5], p=[0.4, 0.22, 0.14, 0.1, 0.08, 0.06]))):
        paste_decoy(rng, picture, used)
    if rng.random() < 0.15:
        finger(rng, picture, [box for _, box in objects])
    light(rng, picture)
    return camera(rng, picture), objects
