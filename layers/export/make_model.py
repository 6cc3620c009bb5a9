"""Makes build/models/NAME.onnx, ready to deploy, of a model that was trained
elsewhere. `make model` runs it; docs/models.md tells how.

Weights (.pt) are exported by Ultralytics; an ONNX file is taken as it is where the
function reads it, otherwise adapted to it. Then it is made smaller if that is asked
for, checked, run, and asked for what it sees in a few pictures: the function must
answer what the original does. Nothing is left behind when a step fails. For an ONNX
file neither PyTorch nor Ultralytics is imported.
"""

import argparse
import contextlib
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

import onnx

import graviton
import optimized
from adapt import adapted, check
from adapt.facts import Facts
from agreement import CONF, IOU, Agreement, agreement, function_answers, metadata
from model_file import Model, run_times
from problem import Problem

ADAPTED = ".adapted.onnx"  # no file of anyone's
EMULATED = 4  # pictures
CALIBRATE = "calibrate with more pictures, and like these"
LARGEST = 4_500_000  # bytes of a picture that fits into a request
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="a .pt or .onnx file, or the name of Ultralytics' weights, such as yolov8n")
    parser.add_argument("--name", help="of the result; by default that of the file")
    parser.add_argument(
        "--imgsz", type=sides, help="side in pixels, or HEIGHTxWIDTH (what the weights were trained with)"
    )
    parser.add_argument(
        "--dynamic", type=switch, default=True, help="1: pictures of any size (default); 0: of imgsz only"
    )
    parser.add_argument("--simplify", type=switch, help="1: slim the graph with onnxslim (the default for .pt)")
    parser.add_argument("--nms", type=switch, help="1: NMS inside the graph; 0: the end2end head of YOLOv10 and 26")
    parser.add_argument("--half", type=switch, default=False, help="1: float16 weights")
    parser.add_argument("--int8", type=switch, default=False, help="1: 8-bit integers; wants --calibration")
    parser.add_argument(
        "--calibration", type=Path, metavar="DIR", help="pictures as the model will see them, 100 or more"
    )
    parser.add_argument("--kind", help="of an ONNX file of another tool chain, where its facts leave more than one")
    parser.add_argument("--names", type=Path, metavar="FILE", help="the class names of such a file, one a line")
    parser.add_argument("--input", help="how such a file wants its pixels, such as rgb, bgr255, imagenet")
    parser.add_argument("--license", help="of such a file's weights")
    parser.add_argument(
        "--image",
        type=Path,
        action="append",
        default=[],
        help="a picture, or a folder of them, to compare the answers on",
    )
    parser.add_argument("--models", type=Path, default=Path("build/models"), help="folder of the results")
    parser.add_argument(
        "--yolambda", type=Path, default=Path("bin/yolambda"), help="the client, to ask the function with"
    )
    args = parser.parse_args()
    if args.half and args.int8:
        parser.error("--half and --int8 exclude each other")
    if args.int8 and not args.calibration:
        parser.error("--int8 wants --calibration DIR: a folder of some hundred pictures as the model will see them")
    if args.model.endswith(".onnx") and (args.nms is not None or not args.dynamic):
        parser.error("an ONNX file has its head already: --dynamic and --nms are for .pt files")
    if not args.model.endswith(".onnx") and told(args):
        parser.error("--kind, --names, --input and --license are for ONNX files of other tool chains")
    if args.name and not re.fullmatch(r"[\w.-]+", args.name):
        parser.error(f"{args.name}: want a name of letters, digits, dots, hyphens and underscores")
    return args


def told(args: argparse.Namespace) -> bool:
    """Tells whether something is said of the file that it does not say itself."""
    return bool(args.kind or args.names or args.input or args.license)


def switch(text: str) -> bool:
    if text not in ("0", "1"):
        raise argparse.ArgumentTypeError(f"{text!r}: want 0 or 1")
    return text == "1"


def sides(text: str) -> list[int]:
    """Reads 640 or 384x640 (height, width)."""
    if not re.fullmatch(r"[1-9]\d{1,3}(x[1-9]\d{1,3})?", text):
        raise argparse.ArgumentTypeError(
            f"{text!r}: want a side in pixels, such as 640, or HEIGHTxWIDTH, such as 384x640"
        )
    return [int(side) for side in text.split("x")]


def pictures_of(path: Path) -> list[Path]:
    """Returns the picture itself, or those of a folder and its subfolders."""
    if path.is_dir():
        return sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES)
    if not path.is_file():
        raise Problem(f"{path}: no such picture or folder")
    return [path]


def step(text: str) -> None:
    print(text, flush=True)


def make(args: argparse.Namespace, work: Path) -> None:
    compared, calibrating = pictures(args)
    source, original = onnx_of(args, work, compared)
    made = smaller(args, original, calibrating, work)

    models = [Model(path) for path in dict.fromkeys((original, made))]
    step(f"the file: {models[-1].describe()}")
    step(f"licence, as the file says: {models[-1].metadata.get('license', 'nothing')}")
    for model in models:
        step(f"{optimized.check(model.path, compared)}")
    *before, now = run_times(models, compared[0])
    step(f"a run on this machine: {now:.0f} ms" + (f", {before[0]:.0f} ms before" if before else ""))

    if made.name == ADAPTED:
        return finish(args, source, made)  # held to the original when it was adapted
    answers = function_answers(args.yolambda, made, compared)
    if source.suffix == ".pt":
        import weights

        other, expected = "PyTorch", weights.answers(source, compared, models[0].size, models[0].dynamic, CONF, IOU)
    else:
        other, expected = source, function_answers(args.yolambda, original, compared)
    result = agreement(expected, answers)
    step(f"the function beside {other} (pictures: {len(compared)}): {result}")
    lost = "{} lose most of what the original finds{}; {}"
    if args.int8 and not result.half_found:
        raise Problem(lost.format("8 bits", "", CALIBRATE))
    if not args.int8 and not result.close:
        remedy = "leave out HALF=1" if args.half else "try SIMPLIFY=0, or DYNAMIC=0"
        raise Problem(f"the function's answers are not those of the original; {remedy}")
    # Graviton computes in float16, x86-64 in float32: what is close here may not be there.
    if (args.int8 or args.half) and not on_arm64(args, work, made, compared, expected).half_found:
        raise Problem(lost.format(*("8 bits", " on arm64", CALIBRATE) if args.int8 else ("16 bits", " on arm64", "leave out HALF=1")))

    finish(args, source, made)


def on_arm64(args: argparse.Namespace, work: Path, made: Path, compared: list[Path], expected: list[list[dict]]) -> Agreement:
    """Compares the answers of the function for arm64 on a few of the pictures, as qemu needs
    seconds for each, or says why it does not."""
    if reason := graviton.lacks():
        step(f"the function on arm64 was not compared: {reason}")
        return Agreement()
    few = compared[:EMULATED]
    try:
        answers = function_answers(args.yolambda, made, few, environment=graviton.environment(work))
    except Problem as problem:
        # Of no answer the emulator may be the reason, not the model.
        late = "deadline_exceeded" in str(problem)
        step(f"the function on arm64 was not compared: emulated, {'it takes more than a minute for a picture' if late else problem}")
        return Agreement()
    result = agreement(expected[:EMULATED], answers)
    step(f"the function on arm64, emulated (pictures: {len(few)}): {result}")
    return result


def finish(args: argparse.Namespace, source: Path, made: Path) -> None:
    """Moves what was made to where the results are."""
    name = args.name or source.stem + ("-half" if args.half else "-int8" if args.int8 else "")
    target = args.models / f"{name}.onnx"
    os.replace(made, target)
    step(f"\n{target} is ready. Next:\n  make demo MODEL={target} IMAGE=photo.jpg\n  make deploy MODEL={target}")


def pictures(args: argparse.Namespace) -> tuple[list[Path], list[Path]]:
    """Returns the pictures to compare the answers on, and those to calibrate with."""
    compared, calibrating = [p for image in args.image for p in pictures_of(image)], []
    if args.int8:
        found = pictures_of(args.calibration)
        if len(found) < 10:
            raise Problem(f"{args.calibration} has {len(found)} pictures; int8 wants 10 at least, better some hundred")
        # Judged by pictures that it was not calibrated with: every fifth is kept aside.
        compared += found[::5]
        calibrating = [p for i, p in enumerate(found) if i % 5]
    compared = [p for p in compared if p.stat().st_size <= LARGEST]
    if not compared:
        raise Problem("there is no picture of up to 4.5 MB to compare the answers on: IMAGE=photo.jpg")
    return compared, calibrating


def onnx_of(args: argparse.Namespace, work: Path, compared: list[Path]) -> tuple[Path, Path]:
    """Returns the file that args.model names, and an ONNX file of it in work that the function reads."""
    source = Path(args.model)
    if source.is_dir():
        raise Problem(f"{source} is a folder: name an .onnx file, or weights; what is a folder in other formats is exported again with format=onnx")
    if source.is_file() and source.suffix not in (".pt", ".onnx"):
        refused(args.yolambda, source, compared[:1])  # says what else it is
        raise Problem(f"{source} is ONNX: rename it, so that its name ends in .onnx")
    if not args.model.endswith(".onnx"):
        import weights  # slow, and only for weights

        source = weights.find(args.model, args.models)
        step(f"exporting {source} with Ultralytics {weights.VERSION}")
        return source, weights.export(source, work, args.imgsz, args.dynamic, args.simplify is not False, args.nms)
    if not source.is_file():
        raise Problem(f"{source}: no such file")
    original = one_file(source, work / source.name)
    if args.simplify:
        slim(original)
    refusal = refused(args.yolambda, original, compared[:1])
    if refusal or told(args) or "names" not in metadata(original):
        return source, adapt(args, source, original, compared, refusal)
    if args.imgsz:
        raise Problem("the file has its size already: IMGSZ= is for .pt files")
    return source, original


def one_file(source: Path, target: Path) -> Path:
    """Copies a file, with what it keeps in others."""
    shutil.copyfile(source, target)
    with contextlib.suppress(Exception):  # whatever is wrong with it, the function says better
        if any(t.data_location == onnx.TensorProto.EXTERNAL for t in onnx.load(source, load_external_data=False).graph.initializer):
            onnx.save(onnx.load(source), target)
            step("its weights, which lay in a file of their own, go into the one file")
    return target


def refused(yolambda: Path, path: Path, pictures: list[Path]) -> str:
    """Returns why the function does not serve a file, "" where it does."""
    try:
        function_answers(yolambda, path, pictures)
    except Problem as problem:
        words = str(problem).replace(str(path), path.name)
        if "not an ONNX file" in words:
            raise Problem(words) from problem
        return words
    return ""


def adapt(args: argparse.Namespace, source: Path, original: Path, compared: list[Path], refusal: str) -> Path:
    """Returns the file rewritten for the function, whose answers are those of the original."""
    names = adapted.read_names(args.names) if args.names else None
    facts = Facts(original, compared, names, args.imgsz, args.input)
    try:
        kind = adapted.kind_of(facts, args.kind)
    except Problem as problem:
        if refusal or told(args):
            raise Problem(f"{refusal}\n{problem}".strip()) from problem
        step("the function reads it, and assumes what the file does not say (yolambda doctor tells)")
        return original
    result = adapted.adapt(facts, kind, args.license, original.with_name(ADAPTED))
    step(f"{source} is {kind.title} (KIND={kind.name}): adapting it")
    for sentence in result.assumed:
        step(f"assumed: {sentence}")
    held = check.Check(result, args.yolambda, compared)
    step(f"the function beside a plain reading of {source}, detections above {check.CONF}:\n{held}")
    if not held.equal:
        raise Problem(f"the function's answers are not those of {source}: if it is another kind of file, say so with KIND=")
    if not held.seen:
        step(f"nothing is above {check.CLEAR} in these pictures: name one that shows what the model knows (IMAGE=photo.jpg)")
    return result.path


def smaller(args: argparse.Namespace, original: Path, calibrating: list[Path], work: Path) -> Path:
    """Returns the file with the numbers that args asks for: a new one, or original."""
    if not (args.half or args.int8):
        return original
    import quantize

    made = work / "smaller.onnx"
    if args.half:
        step("rounding the weights to float16")
        quantize.half(original, made)
    else:
        step(f"quantizing to 8 bits, calibrated with {len(calibrating)} pictures")
        quantize.int8(original, made, calibrating)
    return made


def slim(path: Path) -> None:
    import onnxslim

    step("simplifying the graph with onnxslim")
    onnx.save(onnxslim.slim(onnx.load(path)), path)


def main() -> None:
    args = arguments()
    args.models.mkdir(parents=True, exist_ok=True)
    try:
        # Beside the result, so that it is moved there in one step.
        with tempfile.TemporaryDirectory(dir=args.models, prefix=".making-") as work:
            make(args, Path(work))
    except Problem as problem:
        sys.exit(f"make model: {problem}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
