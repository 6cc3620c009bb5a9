"""What a row of the table says of one kind of file."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .facts import Facts
from .graph import Graph
from .plain import Seen, strides_of


@dataclass(frozen=True)
class Kind:
    """name: what KIND= takes. title: for people. pixels: a key of PIXELS, None where nothing about
    the kind says it. fits: whether the facts show it. classes: their number, None where the outputs
    do not show it. rewrite: appends the end of the graph and returns the name of its output. read:
    the original's outputs in numpy, in pixels of the network's input. rows: the new output is that
    of an end2end head, so that nothing is suppressed any more. stretch: the picture fills the input.
    families: how LibreYOLO calls it in its metadata."""

    name: str
    title: str
    pixels: str | None
    fits: Callable[[Facts], bool]
    classes: Callable[[Facts], int | None]
    rewrite: Callable[[Graph, Facts], str]
    read: Callable[[Facts, list[np.ndarray]], Seen]
    rows: bool = False
    stretch: bool = False
    task: str = "detect"
    families: tuple[str, ...] = ()


def columns_fit(f: Facts, beside: int) -> bool:
    """Tells whether the only output is [1, n, beside + classes] with a row for each cell of the
    grids, where the number of classes is that of the names, or of COCO."""
    if len(f.shapes) != 1 or len(f.shapes[0]) != 3 or f.plugin:
        return False
    _, rows, columns = f.shapes[0]
    known = len(f.names) if f.names else 80
    return columns - beside == known and grids(f, rows) is not None


def grids(f: Facts, rows: int) -> tuple[int, ...] | None:
    """Returns the strides of the grids that have so many cells together, each grid's sides rounded up."""
    return strides_of(rows, f.size)


def centres(f: Facts, strides: tuple[int, ...], shift: float) -> tuple[np.ndarray, np.ndarray]:
    """Returns for each cell of the grids x and y of its place in cells, [1, n, 2], and its stride
    [1, n, 1]. shift: 0.5 for the middle of a cell."""
    places, steps = [], []
    for stride in strides:
        height, width = (-(-side // stride) for side in f.size)
        y, x = np.mgrid[:height, :width]
        places.append(np.stack([x, y], -1).reshape(-1, 2) + shift)
        steps.append(np.full((height * width, 1), stride))
    return np.concatenate(places)[None].astype(np.float32), np.concatenate(steps)[None].astype(np.float32)
