"""What the Python tests share; lambda/yolotest is the same for Go. Tests run from the root of the project.

A test that needs something which a clone does not have is skipped where that is missing. In CI nothing may
be: with YOLAMBDA_REQUIRE_BUILD=1, YOLAMBDA_REQUIRE_SHARED=1 or YOLAMBDA_REQUIRE_TOOLS=1 the test fails instead.
"""

import enum
import os
import shutil
import subprocess
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"  # models, pictures and reference answers that are not part of the project
FIXTURES = ROOT / "lambda/internal/ort/testdata"  # models that find squares of pure colours
SQUARES = ROOT / "lambda/yolotest/squares.png"  # a picture of 480x270 pixels with a red and a blue one
SQUARES_OPTIONS = {"imgsz": 320, "conf": 0.8}  # what to ask of the models about it


class Need(enum.Enum):
    """A kind of thing that a test needs, and the environment variable which, set to 1, makes it a must."""

    BUILD = "YOLAMBDA_REQUIRE_BUILD"  # what make builds or fetches: the function, ONNX Runtime
    SHARED = "YOLAMBDA_REQUIRE_SHARED"  # the folder of models, pictures and reference answers next to the project
    TOOLS = "YOLAMBDA_REQUIRE_TOOLS"  # programs such as qemu-aarch64, and the rights to use them

    def required(self) -> bool:
        return os.environ.get(self.value) == "1"


def missing(test: unittest.TestCase, need: Need, what: str) -> None:
    """Skips the test, or fails it where what is missing is required."""
    if need.required():
        test.fail(what)
    test.skipTest(what)


def need_shared(test: unittest.TestCase) -> None:
    """For tests that read files of SHARED, which lies next to the project or is missing as a whole."""
    if not (SHARED / "models").is_dir():
        missing(test, Need.SHARED, "the folder shared, with models and pictures, is not next to the project")


def need_tool(test: unittest.TestCase, *names: str) -> None:
    for name in names:
        if not shutil.which(name):
            missing(test, Need.TOOLS, f"{name} is not installed")


def can_unshare(flag: str) -> bool:
    """Reports whether programs may run in a namespace of their own; the flag is one of unshare's."""
    return bool(shutil.which("unshare")) and subprocess.run(["unshare", flag, "true"], capture_output=True).returncode == 0
