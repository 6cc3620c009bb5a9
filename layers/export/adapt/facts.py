"""What a foreign file declares, and what its outputs show when it is run on pictures."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

from agreement import metadata
from model_file import function_options
from problem import Problem

from . import plain
from .pixels import ONES, PIXELS, Pixels
from .scaling import constants, scaling

# Inputs beside the picture, by name: what they are told when the network's input is the picture
# itself, so that boxes come out in pixels of that input. The size is height and width.
SIDE_INPUTS: dict[str, Callable[[tuple[int, int]], list]] = {
    "orig_target_sizes": lambda size: [[size[1], size[0]]],
    "scale_factor": lambda size: [[1, 1]],
    "im_shape": lambda size: [[size[0], size[1]]],
}
COCO = Path(__file__).resolve().parents[2] / "coco/coco.onnx"  # its metadata hold the 80 names


class Facts:
    """model: the graph, with its weights, as one file; size: height and width of its input in
    pixels; channels_last: whether the input is [1, height, width, 3]; names: of the classes, None
    where nobody says; shapes: of the outputs, on the first picture."""

    def __init__(self, path: Path, pictures: list[Path], names: list[str] | None = None, imgsz: list[int] | None = None, pixels: str | None = None):
        if pixels and pixels not in PIXELS:
            raise Problem(f"INPUT={pixels}: known are {', '.join(f'{n} ({p.says})' for n, p in PIXELS.items())}")
        self.path, self.model, self.told = path, load(path), pixels
        self.props = {p.key: p.value for p in self.model.metadata_props}
        self.plugin = cut_plugin(self.model)
        self.image, self.sides = self._inputs()
        self.dtype = helper.tensor_dtype_to_np_dtype(self.image.type.tensor_type.elem_type)
        if self.told and np.issubdtype(self.dtype, np.integer) and PIXELS[self.told].deviation != ONES:
            raise Problem(f"its input is of {self.dtype}, pixels from 0 to 255: INPUT=rgb255 or bgr255")
        self.names = names or named(self.props)
        self.session = opened(self.model.SerializeToString())
        for output in self.session.get_outputs():
            if not output.type.startswith("tensor("):
                raise Problem(f"its output {output.name} is a {output.type}, want a tensor: export the model without what makes it one")
        self.channels_last, self.size = self._layout(imgsz)
        self.own = scaling(self.model.graph, self.image.name, self.dtype)
        self._canvases = [plain.canvas(picture, self.size, "letterbox")[0] for picture in pictures[:4]]
        self._seen: dict[Pixels, list[list[np.ndarray]]] = {}
        self.shapes = [a.shape for a in self.seen("rgb")[0]]

    @property
    def output_names(self) -> list[str]:
        return [o.name for o in self.model.graph.output]

    @property
    def says(self) -> str:
        """The outputs' names and shapes."""
        return ", ".join(f"{n} {list(s)}" for n, s in zip(self.output_names, self.shapes, strict=True))

    def pixels(self, kinds: str | None) -> Pixels | None:
        """Returns how the network wants its pixels: as it was told, or as the graph itself scales
        them, or as is the custom of the kind. None where nothing tells."""
        if self.told:
            return PIXELS[self.told]
        custom = PIXELS[kinds or "rgb"]
        if self.own:
            return Pixels(f"{'BGR' if custom.bgr else 'RGB'} from 0 to {255 / self.own:.0f}", custom.bgr, deviation=(self.own,) * 3)
        return custom if kinds else None

    def tensor(self, canvas: np.ndarray, pixels: Pixels) -> np.ndarray:
        """The network's own input. canvas: [height, width, 3], RGB, uint8."""
        values = pixels.of(canvas)
        values = values if self.channels_last else values.transpose(2, 0, 1)
        return np.ascontiguousarray(values[None]).astype(self.dtype)

    def seen(self, kinds: str) -> list[list[np.ndarray]]:
        """Returns the outputs for each picture, with pixels as the kind has them."""
        pixels = self.pixels(kinds)
        if pixels not in self._seen:
            self._seen[pixels] = [self.run(self.tensor(c, pixels)) for c in self._canvases]
        return self._seen[pixels]

    def has(self, *endings: str) -> bool:
        """Tells whether for each ending there is an output whose name is or ends so."""
        return all(self.named(ending) is not None for ending in endings)

    def named(self, ending: str) -> str | None:
        """Returns the name of the output that is called so, or ends in _ and that."""
        return next((n for n in self.output_names if n == ending or n.endswith(("_" + ending, "/" + ending))), None)

    def index(self, ending: str) -> int:
        return self.output_names.index(self.named(ending))

    def run(self, tensor: np.ndarray) -> list[np.ndarray]:
        return self.session.run(None, {self.image.name: tensor, **self.side_values()})

    def side_values(self) -> dict[str, np.ndarray]:
        types = {i.name: helper.tensor_dtype_to_np_dtype(i.type.tensor_type.elem_type) for i in self.sides}
        return {name: np.array(SIDE_INPUTS[name](self.size), dtype) for name, dtype in types.items()}

    @cached_property
    def inner_classes(self) -> int | None:
        """The number of classes where the outputs no longer tell: what the graph's own NMS is
        handed, [1, classes, boxes], the axis of which the best is taken, or the number that an index
        of queries and classes is split by. None where these disagree or there are none."""
        initial = constants(self.model.graph)
        found = set()
        for node in self.model.graph.node:
            if node.op_type == "NonMaxSuppression":
                found.add(self.inner(node.input[1]).shape[1])
            if node.op_type == "ArgMax":
                axis = next((a.i for a in node.attribute if a.name == "axis"), 0)
                found.add(self.inner(node.input[0]).shape[axis])
            if node.op_type == "Mod" and node.input[1] in initial:
                found.add(int(numpy_helper.to_array(initial[node.input[1]]).reshape(-1)[0]))
        found.discard(1)  # NMS of the best scores, all classes together
        return found.pop() if len(found) == 1 else None

    @cached_property
    def inner_levels(self) -> int | None:
        """The number of grids whose cells the graph's own NMS is handed the boxes of."""
        for node in self.model.graph.node:
            if node.op_type == "NonMaxSuppression":
                strides = plain.strides_of(self.inner(node.input[0]).shape[1], self.size)
                return strides and len(strides)
        return None

    def inner(self, name: str) -> np.ndarray:
        """Returns a tensor from within the graph, on the first picture."""
        inside = onnx.ModelProto()
        inside.CopyFrom(self.model)
        del inside.graph.output[:]
        inside.graph.output.append(onnx.ValueInfoProto(name=name))
        session = opened(inside.SerializeToString())
        tensor = self.tensor(self._canvases[0], self.pixels("rgb"))
        return session.run(None, {self.image.name: tensor, **self.side_values()})[0]

    def _inputs(self) -> tuple[onnx.ValueInfoProto, list[onnx.ValueInfoProto]]:
        images = [i for i in self.model.graph.input if len(i.type.tensor_type.shape.dim) == 4]
        sides = [i for i in self.model.graph.input if i not in images]
        for side in sides:
            if side.name not in SIDE_INPUTS:
                raise Problem(f"it has an input {side.name}, and nothing here knows what it wants: export the model without it")
        if len(images) != 1:
            raise Problem(f"it has {len(images)} inputs of four axes, want one, the picture")
        return images[0], sides

    def _layout(self, imgsz: list[int] | None) -> tuple[bool, tuple[int, int]]:
        """Finds the axis of the channels and the input's height and width."""
        axes = [d.dim_value or None for d in self.image.type.tensor_type.shape.dim]
        if (axes[0] or 1) != 1:
            raise Problem(f"it takes {axes[0]} pictures at once: export it with a batch of 1")
        first, last = axes[1] in (3, None), axes[3] in (3, None)
        if not first and not last:
            raise Problem(f"its input has the shape {axes}, want three channels")
        sides = [(axes[2:4], False)] * first + [(axes[1:3], True)] * last
        if first and last and axes[1] != axes[3]:
            sides = [s for s in sides if s[1] == (axes[3] == 3)]
        if axes[1:3] == [3, 3] or axes[2:] == [3, 3]:
            raise Problem(f"its input has the shape {axes}: which axis are the channels?")
        works = [(last, size) for open_size, last in sides if (size := self._size(open_size, imgsz)) and self._runs_with(last, size)]
        if len(works) != 1:
            raise Problem(
                f"its input has the shape {['?' if a is None else a for a in axes]} and the graph runs {'in either order' if works else 'in neither order'} "
                "of the axes: fix [1, 3, height, width] or [1, height, width, 3] in the file"
            )
        return works[0]

    def _size(self, axes: list[int | None], imgsz: list[int] | None) -> tuple[int, int]:
        asked = imgsz or plain.numbers(self.props.get("imgsz", ""))
        asked = asked * 2 if len(asked) == 1 else asked
        if None in axes and len(asked) != 2:
            raise Problem("the file leaves the size of its input open: say it, IMGSZ=640 or HEIGHTxWIDTH")
        if imgsz and any(a not in (None, b) for a, b in zip(axes, asked, strict=True)):
            raise Problem(f"the file's input is {axes[0]} x {axes[1]} (height x width) and takes no other IMGSZ")
        return tuple(a or b for a, b in zip(axes, asked or axes, strict=True))

    def _runs_with(self, channels_last: bool, size: tuple[int, int]) -> bool:
        self.channels_last, self.size = channels_last, size
        try:
            self.run(self.tensor(np.full((*size, 3), 114, np.uint8), PIXELS["rgb255"]))
        except Exception:  # ONNX Runtime's own, of many kinds
            return False
        return True


def load(path: Path) -> onnx.ModelProto:
    """Reads a file with its external data, its initializers no inputs (as before IR 4)."""
    try:
        model = onnx.load(path)
    except Exception as error:  # of protobuf, of the file system, of onnx
        raise Problem(f"read {path}: {error}") from error
    initial = {i.name for i in model.graph.initializer}
    inputs = [i for i in model.graph.input if i.name not in initial]
    del model.graph.input[:]
    model.graph.input.extend(inputs)
    opset = next((o.version for o in model.opset_import if o.domain in ("", "ai.onnx")), 0)
    if opset < 11:
        raise Problem(f"it uses opset {opset}; export it with opset 11 or newer")
    model.ir_version = max(model.ir_version, 8)
    return model


def cut_plugin(model: onnx.ModelProto) -> dict | None:
    """Ends the graph before TensorRT's EfficientNMS, which ONNX Runtime does not have: its outputs
    are then that node's boxes [1, n, 4] and scores [1, n, classes]. Returns the node's attributes."""
    node = next((n for n in model.graph.node if n.op_type == "EfficientNMS_TRT"), None)
    if node is None:
        return None
    boxes, scores = (onnx.ValueInfoProto(name=name) for name in node.input[:2])
    del model.graph.output[:]
    model.graph.output.extend([boxes, scores])
    model.graph.node.remove(node)
    return {a.name: helper.get_attribute_value(a) for a in node.attribute}


def opened(data: bytes) -> onnxruntime.InferenceSession:
    try:
        return onnxruntime.InferenceSession(data, function_options(), providers=["CPUExecutionProvider"])
    except Exception as error:
        raise Problem(f"ONNX Runtime does not open it: {error}") from error


def named(props: dict[str, str]) -> list[str] | None:
    """Returns the class names of a file's metadata, as Ultralytics or LibreYOLO write them; None where
    some are left out."""
    names = plain.literal(props.get("names", ""))
    if isinstance(names, dict):
        ids = sorted(int(i) for i in names if str(i).isdecimal())
        names = [str(names.get(i, names.get(str(i)))) for i in ids] if ids == list(range(len(names))) else None
    return [str(n) for n in names] if isinstance(names, list) and names else None


def coco_names() -> list[str]:
    return named(metadata(COCO))
