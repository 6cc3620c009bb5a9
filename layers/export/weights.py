"""Ultralytics' part: finds or downloads weights, exports them to ONNX, and says
what they see in a picture. The only file that imports ultralytics.

It runs without the network once the weights are there: Ultralytics is told to be
offline (no usage events, no search for updates), to install nothing, and to keep
its settings inside the virtual environment. Offline, it still downloads weights
that it is asked for.
"""

import difflib
import os
import shutil
import sys
from pathlib import Path

from problem import Problem

os.environ.update(
    YOLO_OFFLINE="true",
    YOLO_AUTOINSTALL="false",
    YOLO_CONFIG_DIR=sys.prefix,
    YOLO_VERBOSE=str(sys.stdout.isatty()),  # a download shows its progress on a terminal only
)
import ultralytics  # noqa: E402  reads the environment when it is imported
from ultralytics.utils import LOGGER  # noqa: E402
from ultralytics.utils.downloads import GITHUB_ASSETS_STEMS, attempt_download_asset  # noqa: E402

LOGGER.setLevel("WARNING")
VERSION = ultralytics.__version__


def find(model: str, folder: Path) -> Path:
    """Returns the .pt file that model names: a file, or one of Ultralytics' own
    weights such as yolov8n, which are downloaded to folder once."""
    if Path(model).is_file():
        return Path(model)
    name = Path(model).name.removesuffix(".pt")
    if name != model.removesuffix(".pt") or name not in GITHUB_ASSETS_STEMS:
        near = ", ".join(difflib.get_close_matches(name, GITHUB_ASSETS_STEMS))
        raise Problem(
            f"{model} is neither a file nor a name of Ultralytics' weights"
            + (f"; those have similar names: {near}" if near else " (such as yolov8n, yolo11s-seg, yolo26n)")
        )
    path = folder / f"{name}.pt"
    if not path.exists():
        print(f"{name}.pt is not in {folder} yet: downloading it from Ultralytics", flush=True)
        try:
            attempt_download_asset(path)
        except (OSError, RuntimeError) as error:
            raise Problem(
                f"download {name}.pt: {error}\n"
                f"Without a network, copy {name}.pt to {folder}/ from a machine that has one,"
                " or name a .pt file that is here: make model MODEL=path/to/best.pt"
            ) from error
    return path


def load(path: Path) -> ultralytics.YOLO:
    try:
        return ultralytics.YOLO(path)
    except Exception as error:  # unpickling a file can raise anything
        raise Problem(f"read {path}: {error}") from error


def export(path: Path, folder: Path, imgsz: list[int] | None, dynamic: bool, simplify: bool, nms: bool | None) -> Path:
    """Writes the ONNX file of the weights to folder and returns its path. imgsz is
    the side, or height and width, in pixels; by default what the weights were
    trained with. nms is Ultralytics' option of that name."""
    # Ultralytics writes beside the weights, where there may be a file of that name.
    weights = load(Path(shutil.copyfile(path, folder / path.name)))
    size = {} if imgsz is None else {"imgsz": imgsz}
    try:
        return Path(weights.export(format="onnx", device="cpu", dynamic=dynamic, simplify=simplify, nms=nms, **size))
    except Exception as error:
        raise Problem(f"export {path}: {error}") from error


def answers(
    path: Path, pictures: list[Path], imgsz: list[int], rect: bool, conf: float, iou: float
) -> list[list[dict]]:
    """Returns what PyTorch sees in each picture, as Ultralytics' Results.summary()."""
    weights = load(path)
    options = {"imgsz": imgsz, "rect": rect, "conf": conf, "iou": iou, "device": "cpu", "save": False, "verbose": False}
    # One at a time: in a batch, pictures of different shapes would be padded to squares.
    return [weights.predict(str(picture), **options)[0].summary() for picture in pictures]
