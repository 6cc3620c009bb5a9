"""The kinds, a row each. The facts of a file must fit one alone."""

from .nanodet import NANODET, NANODET_PLUS
from .yolov8 import YOLOV8
from .yolox import YOLOV6, YOLOX, YOLOX_DECODED

KINDS = [YOLOX, YOLOX_DECODED, YOLOV6, NANODET, NANODET_PLUS, YOLOV8]
