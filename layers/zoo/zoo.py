"""Compares every model that Ultralytics has, in every form that it exports, with the
function. `make zoo` runs it; docs/fidelity.md has its table.

What was compared is kept in build/zoo/results.jsonl and not compared again; the exports
are deleted. The weights are random, of a fixed seed, and spread (models.py).
"""

import argparse
import json
import os
import re
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "export")]
os.environ.update(YOLO_OFFLINE="true", YOLO_AUTOINSTALL="false", YOLO_CONFIG_DIR=sys.prefix, YOLO_VERBOSE="false")

import compare  # noqa: E402
import models  # noqa: E402  reads the environment when it is imported
import torch  # noqa: E402
from PIL import Image  # noqa: E402

SIDE = 192  # pixels: a multiple of every stride
FORMS = {
    "static": {},
    "dynamic": {"dynamic": True},
    "end2end": {"nms": False},
    "nms": {"nms": True},
    "half": {"quantize": 16},
    "128x192": {"imgsz": [128, SIDE]},
    "batch 2": {"batch": 2},
    "opset 12": {"opset": 12},
    "opset 20": {"opset": 20},
}
# Other backbones, strides and sizes of a family whose head has all forms: two say enough.
VARIANTS = re.compile(r"-p[26]|ghost|resnet|spp|v9|v10[^n]|rtdetr-|yolov3|yoloe-v8|world$")
START, END = "<!-- make zoo writes from here -->", "<!-- to here -->"


def applies(form: str, config: Path, task: str, head: torch.nn.Module) -> bool:
    if VARIANTS.search(config.stem) and form not in ("static", "dynamic", "end2end"):
        return False
    transformer = type(head).__name__ == "RTDETRDecoder"
    match form:
        case "end2end":
            return getattr(head, "one2one_cv2", None) is not None
        case "nms":
            return task in ("detect", "segment", "pose", "obb") and not transformer
        case "opset 12":
            return not transformer  # Ultralytics exports it with 16 at least
    return True


def draw_pictures(folder: Path, assets: Path) -> list[Path]:
    """Writes a wide and a high picture, without loss."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name, size in (("coffee.jpg", (320, 213)), ("everyday.jpg", (300, 333))):
        made.append(folder / name.replace("jpg", "png"))
        if not made[-1].exists():
            Image.open(assets / name).convert("RGB").resize(size, Image.Resampling.BILINEAR).save(made[-1])
    return made


def configurations() -> list[Path]:
    """Returns all, the small ones first: those that have scales."""
    every = sorted(models.CONFIGS.glob("*/*.yaml"))
    return sorted(every, key=lambda c: "scales:" not in c.read_text())


def one(args: argparse.Namespace, config: Path, forms: dict, pictures: list[Path]) -> Iterator[dict]:
    """Yields the comparison of each form of a configuration."""
    work = args.out / "work" / config.stem
    try:
        model = models.build(config, work, pictures, SIDE)
    except Exception as error:
        yield {"model": config.stem, "form": "static", "error": f"not built: {sentence(error)}"}
        return
    task, head = model.task, model.model.model[-1]
    for form, options in forms.items():
        if not applies(form, config, task, head):
            continue
        begun = time.monotonic()
        row = {"model": models.smallest(config), "task": task, "head": type(head).__name__, "form": form}
        try:
            path = models.export(model, work, **({"imgsz": SIDE} | options))
            theirs = models.answers(path, pictures, options.get("imgsz", SIDE))
            thresholds = ["--conf", str(models.CONF), "--max-det", str(models.MOST)]
            if form not in ("end2end", "nms") and row["head"] != "RTDETRDecoder":
                thresholds += ["--iou", str(models.IOU)]
            row |= vars(compare.compare(args.yolambda, path, task, pictures, theirs, thresholds))
            row["megabytes"] = round(path.stat().st_size / 1e6, 1)
        except Exception as error:
            row["error"] = sentence(error)
        row["seconds"] = round(time.monotonic() - begun, 1)
        yield row
    shutil.rmtree(work)


def sentence(error: Exception) -> str:
    first, *others = (str(error) or type(error).__name__).strip().splitlines()
    return f"{first} {others[0]}"[:300] if others and first.endswith(":") else first.split(". ")[0][:300]


def table(rows: list[dict]) -> str:
    """Returns the table of docs/fidelity.md."""
    lines = ["| model | head | form | compared | matched | extra |", "|---|---|---|---|---|---|"]
    for row in sorted(rows, key=lambda r: (r["model"], list(FORMS).index(r["form"]))):
        if "error" in row:
            lines.append(f"| {row['model']} | {row.get('head', '')} | {row['form']} | {row['error']} | | |")
        else:
            lines.append("| {model} | {head} | {form} | {compared} | {matched} | {extra} |".format(**row))
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("build/zoo"))
    parser.add_argument("--yolambda", type=Path, default=Path("bin/yolambda"))
    parser.add_argument("--docs", type=Path, default=Path("docs/fidelity.md"))
    parser.add_argument("--only", default="", help="a part of the configurations' names")
    parser.add_argument("--forms", default=",".join(FORMS), help="some of the forms")
    args = parser.parse_args()
    torch.set_num_threads(1)
    models.plain_runtime()
    pictures = draw_pictures(args.out / "pictures", Path("assets"))
    results = args.out / "results.jsonl"
    for form in args.forms.split(","):
        for config in configurations():
            if args.only not in config.stem or (config.stem, form) in {(r["config"], r["form"]) for r in read(results)}:
                continue
            for row in one(args, config, {form: FORMS[form]}, pictures):
                with results.open("a") as file:
                    file.write(json.dumps(row | {"config": config.stem}) + "\n")
                print(json.dumps(row), flush=True)
    rewrite(args.docs, table(read(results)))


def rewrite(docs: Path, table: str) -> None:
    before, _, rest = docs.read_text().partition(START)
    docs.write_text(f"{before}{START}\n\n{table}\n\n{END}{rest.partition(END)[2]}")


def read(results: Path) -> list[dict]:
    """Returns what was compared so far."""
    return [json.loads(line) for line in results.read_text().splitlines()] if results.exists() else []


if __name__ == "__main__":
    main()
