"""NanoDet and NanoDet-Plus, [1, n, classes + 4 bins]: scores, then for each side of the box the
distribution of its distance from the cell. NanoDet has three grids and counts from the middle of a
cell; NanoDet-Plus has four, but may be trained with three, and counts from a cell's corner."""

import numpy as np

from .facts import Facts
from .graph import Graph
from .kind import Kind, centres, columns_fit, grids
from .plain import Seen, best, cells, softmax, strides_of

BINS = 8, 11  # a distance is the mean of 0..7 or 0..10 strides


def bins(f: Facts) -> int | None:
    known = len(f.names) if f.names else 80
    return next((n for n in BINS if f.shapes[0][-1] == known + 4 * n), None)


def fits(f: Facts, levels: tuple[int, ...]) -> bool:
    n = bins(f)
    return n is not None and columns_fit(f, 4 * n) and len(grids(f, f.shapes[0][1])) in levels


def classes(f: Facts) -> int | None:
    n = bins(f)
    return n and f.shapes[0][2] - 4 * n


def rewrite(g: Graph, f: Facts, shift: float) -> str:
    _, rows, columns = f.shapes[0]
    n = bins(f)
    x = g.float(f.output_names[0])
    shares = g.op("Softmax", g.reshape(g.columns(x, columns - 4 * n, columns), -1, n), axis=1)
    distances = g.reshape(g.op("MatMul", shares, g.const(np.arange(n).reshape(n, 1))), 1, rows, 4)
    near, far = g.columns(distances, 0, 2), g.columns(distances, 2, 4)
    places, steps = centres(f, grids(f, rows), shift)
    middle = g.op("Add", g.scaled(g.op("Sub", far, near), 0.5), g.const(places))
    boxes = g.scaled(g.beside(middle, g.op("Add", near, far)), steps)
    return g.raw(boxes, g.columns(x, 0, columns - 4 * n))


def read(f: Facts, outputs: list[np.ndarray], shift: float) -> Seen:
    out, n = outputs[0][0], bins(f)
    grid = cells(f.size, strides_of(len(out), f.size))
    left, top, right, bottom = (softmax(out[:, -4 * n :].reshape(-1, 4, n)) @ np.arange(n)).T
    x, y, stride = (grid + [shift, shift, 0]).T
    boxes = np.stack([x - left, y - top, x + right, y + bottom], 1) * stride[:, None]
    return best(boxes, out[:, : -4 * n])


def row(name: str, title: str, levels: tuple[int, ...], shift: float, stretch: bool) -> Kind:
    return Kind(
        name, title, "bgr-imagenet", lambda f: fits(f, levels), classes,
        lambda g, f: rewrite(g, f, shift), lambda f, outputs: read(f, outputs, shift), stretch=stretch,
    )  # fmt: skip


NANODET = row("nanodet", "NanoDet", (3,), 0.5, False)
NANODET_PLUS = row("nanodet-plus", "NanoDet-Plus", (3, 4), 0, True)
