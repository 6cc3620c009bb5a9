"""Ultralytics' part of the zoo: builds its configurations with weights that say something,
exports them, and asks what Ultralytics sees in a picture with the exported file."""

import contextlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import numpy as np
import onnxruntime
import torch
import torchvision
import ultralytics
import yaml
from torch import nn
from ultralytics.data.augment import LetterBox
from ultralytics.engine.model import Model
from ultralytics.engine.results import Results
from ultralytics.utils import LOGGER
from ultralytics.utils.patches import imread

LOGGER.setLevel("ERROR")
VERSION = ultralytics.__version__
CONFIGS = Path(ultralytics.__file__).parent / "cfg" / "models"
CLASSES = 4
CONF, IOU = 0.25, 0.7  # Ultralytics' own thresholds, and those of its embedded NMS
MOST = 1000  # detections of a picture: room for what the function drops


def plain_runtime() -> None:
    """Has Ultralytics run ONNX files without the optimizer of ONNX Runtime that changes
    answers (lambda/internal/ort/ort.go says which), and torchvision download nothing."""
    session, get_model = onnxruntime.InferenceSession, torchvision.models.get_model
    onnxruntime.InferenceSession = lambda *a, **k: session(*a, disabled_optimizers=["Pad_Fusion"], **k)
    torchvision.models.get_model = lambda name, weights=None, **k: get_model(name, weights=None, **k)


@contextlib.contextmanager
def stable_sorts() -> Iterator[None]:
    """Has torch leave equal scores in their order, as the function does: otherwise it is open which stay."""
    stable = lambda x, dim=-1, descending=False: torch.sort(x, dim=dim, descending=descending, stable=True).indices
    with mock.patch.object(torch, "argsort", stable), mock.patch.object(torch.Tensor, "argsort", stable):
        yield


def smallest(config: Path) -> str:
    """Returns the name of the configuration at its smallest scale: yolov8.yaml is yolov8n;
    the name as it is where there is but one."""
    scales = yaml.safe_load(config.read_text()).get("scales", {})
    if len(scales) < 2:
        return config.stem
    least = min(scales, key=lambda s: scales[s][:2])
    return re.sub(r"(\d+)", rf"\g<1>{least}", config.stem, count=1)


def build(config: Path, folder: Path, pictures: list[Path], side: int) -> Model:
    """Returns the configuration's model, of four classes, with weights from a fixed seed
    whose answers to the pictures are spread: boxes of all sizes, scores from 0 to 1."""
    torch.manual_seed(0)
    kind = ultralytics.YOLO
    for part, other in ("rtdetr", ultralytics.RTDETR), ("world", ultralytics.YOLOWorld), ("yoloe", ultralytics.YOLOE):
        kind = other if part in config.stem else kind
    text = yaml.safe_load(config.read_text())
    if kind is not ultralytics.YOLOWorld:  # is made with 80 classes, whatever the file says
        text["nc"] = CLASSES
    folder.mkdir(parents=True, exist_ok=True)
    (folder / config.name).write_text(yaml.safe_dump(text, sort_keys=False))
    model = kind(str(folder / f"{smallest(config)}.yaml"))
    if kind is ultralytics.YOLOWorld:
        model.model.txt_feats = torch.randn(1, CLASSES, 512)  # in place of those of a text model
        model.model.model[-1].nc = CLASSES
        model.model.names = {i: f"thing{i}" for i in range(CLASSES)}
    if kind is ultralytics.YOLOE:
        embeddings = nn.functional.normalize(torch.randn(1, CLASSES, 512), dim=-1)
        model.set_classes([f"thing{i}" for i in range(CLASSES)], embeddings)
    spread(model.model, torch.cat([tensor(picture, side) for picture in pictures]))
    return model


def tensor(picture: Path, side: int) -> torch.Tensor:
    pixels = LetterBox((side, side))(image=imread(str(picture)))
    return torch.from_numpy(np.ascontiguousarray(pixels[..., ::-1].transpose(2, 0, 1))[None]) / 255


@torch.no_grad()
def spread(network: nn.Module, pictures: torch.Tensor) -> None:
    """Gives every normalisation the statistics of the pictures, and the last layer of each
    branch of the head the mean and deviation of its kind."""
    network.eval()
    norms = [m for m in network.modules() if isinstance(m, nn.BatchNorm2d)]
    for norm in norms:
        norm.train()
        norm.reset_running_stats()
        norm.momentum = None  # the mean of all runs
    network(pictures)
    for norm in norms:
        norm.eval()
        norm.momentum = 0.03
    head = network.model[-1]
    hooks = [
        module.register_forward_hook(lambda m, _, out, target=target: shift(m, out, *target))
        for name, module in head.named_modules()
        if (target := target_of(name, module, head)) is not None
    ]
    network(pictures)
    for hook in hooks:
        hook.remove()


def target_of(name: str, module: nn.Module, head: nn.Module) -> tuple[float, float] | None:
    """Returns mean and deviation for a layer that ends a branch of the head."""
    scores = (-3.5, 1.6)  # logits: one in a hundred above 0.5
    contrast = type(module).__name__ in ("ContrastiveHead", "BNContrastiveHead")
    last = isinstance(module, nn.Conv2d | nn.Linear) and getattr(module, "bias", None) is not None
    if contrast or last and re.fullmatch(r"(one2one_)?cv3\.\d+\.\d|(enc|dec)_score_head(\.\d+)?", name):
        named = not contrast and module.weight.shape[0] != head.nc  # an embedding, whose contrast is the score
        return None if named else scores
    if not last:
        return None
    if re.fullmatch(r"(one2one_)?cv2\.\d+\.\d", name):
        return (0.0, 2.0) if head.reg_max > 1 else (5.0, 1.0)  # of a distribution, or the distance in cells: positive
    if re.fullmatch(r"(enc|dec)_bbox_head(\.\d+)?\.layers\.2", name):
        return 0.0, 0.4
    if re.fullmatch(r"(one2one_)?(cv4|cv5|cv4_kpts)\.\d+(\.\d)?", name) or name in ("linear", "classifier.1"):
        return 0.0, 1.5
    if name == "head.3":  # depth, as a logarithm of metres
        return 1.0, 0.7
    return None


def shift(module: nn.Module, out: torch.Tensor, mean: float, deviation: float) -> torch.Tensor:
    """Changes a layer so that its output, of which this is a sample, has them."""
    gain = deviation / out.std().clamp(min=1e-6)
    offset = mean - out.mean() * gain
    if hasattr(module, "logit_scale"):
        module.logit_scale += gain.log()
        module.bias.copy_(module.bias * gain + offset)
    else:
        module.weight *= gain
        module.bias.copy_(module.bias * gain + offset)
    return out * gain + offset


def export(model: Model, folder: Path, **form) -> Path:
    """Writes the ONNX file to folder, and returns its path. Ultralytics writes it to where
    the process is, as there are no weights beside which it would."""
    path = Path(model.export(format="onnx", device="cpu", verbose=False, **form))
    return Path(shutil.move(path, folder / path.name))


def answers(path: Path, pictures: list[Path], side: int) -> list[Results]:
    """Returns what Ultralytics sees in each picture with the exported file."""
    kind = ultralytics.RTDETR if "rtdetr" in path.stem else ultralytics.YOLO
    model = kind(str(path))
    batch = onnxruntime.InferenceSession(str(path)).get_inputs()[0].shape[0]
    batch = batch if isinstance(batch, int) else 1  # what does not fill a fixed batch is computed in vain
    options = {"conf": CONF, "iou": IOU, "max_det": MOST, "device": "cpu", "verbose": False, "save": False, "imgsz": side, "batch": batch}
    with stable_sorts():
        return [model.predict([str(picture)] * batch, **options)[0].cpu() for picture in pictures]
