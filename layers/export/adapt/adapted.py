"""Finds out which kind a foreign file is, and rewrites it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from problem import Problem

from .facts import Facts, coco_names, opened
from .graph import Graph
from .kind import Kind
from .pixels import PIXELS, Pixels
from .table import KINDS

STRIDE = 32


@dataclass
class Adapted:
    """facts: of the original. path: the new file. assumed: sentences about what the file does not say."""

    facts: Facts
    kind: Kind
    pixels: Pixels
    names: list[str]
    path: Path
    assumed: list[str]

    @property
    def fit(self) -> str:
        return "crop" if self.kind.task == "classify" else "stretch" if self.kind.stretch else "letterbox"


def adapt(facts: Facts, kind: Kind, licence: str | None, target: Path) -> Adapted:
    """Writes the rewritten file to target."""
    assumed: list[str] = []
    pixels = pixels_of(facts, kind, assumed)
    try:
        names = names_of(facts, kind, assumed)
        graph = Graph(facts)
        graph.feed(pixels)
        output = graph.float(kind.rewrite(graph, facts))
        shape = [1, len(names)] if kind.task == "classify" else [1, "rows", 6] if kind.rows else [1, 4 + len(names), "anchors"]
        data = graph.finish(output, shape, metadata(facts, kind, pixels, names, licence)).SerializeToString(deterministic=True)
        opened(data).run(None, {graph.images: np.zeros((1, 3, *facts.size), np.float32)})
    except Problem:
        raise
    except Exception as error:  # anything, where a kind was told that it is not
        raise Problem(f"its outputs {facts.says} are not those of {kind.title} (KIND={kind.name})") from error
    target.write_bytes(data)
    return Adapted(facts, kind, pixels, names, target, assumed)


def kind_of(facts: Facts, name: str | None) -> Kind:
    known = {k.name: k for k in KINDS}
    if name:
        if name not in known:
            raise Problem(f"KIND={name}: known are {', '.join(known)}")
        return known[name]
    family, task = facts.props.get("model_family"), facts.props.get("task")
    candidates = [k for k in KINDS if (not family or family in k.families) and task in (None, k.task)]
    fitting = [k for k in candidates if k.fits(facts)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise Problem(
            "it may be " + " or ".join(f"{k.title} (KIND={k.name})" for k in fitting)
            + f": its outputs are {facts.says}, and nothing in the file tells which. Say it with KIND="
        )  # fmt: skip
    raise Problem(
        "it is of no kind that can be adapted"
        + (f" (LibreYOLO's {family})" if family else "")
        + (f", for the task {task}" if task else "")
        + f": its outputs are {facts.says}"
        + (f" for {len(facts.names)} classes" if facts.names else ", and it names no classes: NAMES=FILE, one a line, may settle it")
        + ". docs/models.md lists the kinds; where you know better, KIND= says it"
    )


def pixels_of(facts: Facts, kind: Kind, assumed: list[str]) -> Pixels:
    pixels = facts.pixels(kind.pixels)
    if pixels is None:
        choices = "; ".join(f"{n}: {p.says}" for n, p in PIXELS.items())
        raise Problem(f"nothing in the file says how it wants its pixels; say it with INPUT=, one of {choices}")
    if not facts.told:
        reason = "for the graph scales them itself" if facts.own else f"as is the custom of {kind.title}"
        assumed.append(f"its pixels are {pixels.says}, {reason}; INPUT= says otherwise")
    return pixels


def names_of(facts: Facts, kind: Kind, assumed: list[str]) -> list[str]:
    count = kind.classes(facts)
    if facts.names:
        if count not in (None, len(facts.names)):
            raise Problem(f"{len(facts.names)} classes are named, the file has {count}")
        return facts.names
    if count == 80 and "names" not in facts.props:
        assumed.append("its 80 classes are COCO's; NAMES= says otherwise")
        return coco_names()
    number = "how many classes it has" if count is None else f"what its {count} classes are"
    raise Problem(f"the file does not say {number}: NAMES=FILE, a file with a name in each line")


def metadata(facts: Facts, kind: Kind, pixels: Pixels, names: list[str], licence: str | None) -> dict[str, str]:
    kept = {key: facts.props[key] for key in ("author", "version", "docs", "license") if key in facts.props}
    said = {
        "description": f"{kind.title}, adapted by yolambda from {facts.path.name}; its input was {pixels.says}",
        "task": kind.task, "head": "Classify" if kind.task == "classify" else "Detect", "stride": str(STRIDE), "batch": "1",
        "imgsz": str(list(facts.size)), "names": str(dict(enumerate(names))), "end2end": str(kind.rows),
    }  # fmt: skip
    if kind.stretch:
        said["yolambda_resize"] = "stretch"
    if licence:
        said["license"] = licence
    return kept | said


def read_names(path: Path) -> list[str]:
    """Reads a name a line."""
    try:
        names = [line.strip() for line in path.read_text().rstrip().splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise Problem(f"read NAMES={path}: {error}") from error
    if not names or "" in names:
        raise Problem(f"NAMES={path} is empty or has an empty line; want a class name in each")
    return names
