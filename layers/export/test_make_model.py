"""Tests `make model`, without a network. From the root of the project, after `make build`:

    build/export-venv/bin/python -m unittest discover -s layers/export

Weights, ONNX files and pictures are read from ../shared; without it those tests
are skipped (YOLAMBDA_REQUIRE_SHARED=1 makes them fail instead).
"""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import numpy as np
import onnx
from PIL import Image

import graviton
import make_model as program
import quantize
from agreement import agreement
from integration.yolotest import ROOT, SHARED, Need, can_unshare, need_shared
from model_file import Model
from problem import Problem

# Without a network: behind a proxy that is not there, and where it can be done in a
# network namespace that has the loopback device only.
NO_PROXY = {f"{scheme}_proxy": "http://127.0.0.1:1" for scheme in ("http", "https", "all")}
ALONE = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
if not (can_unshare("--net") and shutil.which("ip")):
    assert not Need.TOOLS.required(), "want root, unshare and ip"
    ALONE = []


class TestOnArm64(unittest.TestCase):
    def test_no_answer(self):
        """An emulator that fails refuses no model, and says why nothing was compared."""
        args, picture = mock.Mock(), Path("a.jpg")
        with (
            mock.patch.object(graviton, "lacks", return_value=""),
            mock.patch.object(graviton, "environment", return_value={}),
            mock.patch.object(program, "function_answers", side_effect=Problem("qemu: uncaught target signal 11")),
            mock.patch.object(program, "step") as said,
        ):
            result = program.on_arm64(args, Path(), Path("model.onnx"), [picture], [[{"confidence": 0.9}]])
        self.assertTrue(result.close and result.half_found)
        self.assertIn("not compared: emulated, qemu: uncaught target signal 11", said.call_args.args[0])


def make_model(folder: str, *arguments: object) -> subprocess.CompletedProcess:
    command = [*ALONE, sys.executable, ROOT / "layers/export/make_model.py", "--models", folder, *arguments]
    environment = {**os.environ, **NO_PROXY}
    return subprocess.run([str(word) for word in command], cwd=ROOT, env=environment, capture_output=True, text=True)


class TestMakeModel(unittest.TestCase):
    def setUp(self):
        need_shared(self)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def made(self, *arguments: object) -> tuple[Path, str]:
        """Returns the only file that was made, and what was printed."""
        done = make_model(self.folder, *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        (file,) = Path(self.folder).iterdir()
        return file, done.stdout

    def test_weights(self):
        """An export answers what the same weights answered when they were exported elsewhere."""
        file, printed = self.made(SHARED / "models/yolov8n.pt", "--image", SHARED / "images/real")
        self.assertEqual(file.name, "yolov8n.onnx")
        self.assertIn("licence, as the file says: AGPL-3.0", printed)
        self.assertIn("17 of 17 detections", printed)
        ours, theirs = Model(file), Model(SHARED / "models/yolov8n.onnx")
        for picture in (SHARED / "images/real").iterdir():
            (got,), (want,) = (model.run(model.tensor(picture)) for model in (ours, theirs))
            np.testing.assert_allclose(
                got[:, :4], want[:, :4], rtol=0, atol=0.05, err_msg=f"boxes of {picture}, pixels"
            )
            np.testing.assert_allclose(got[:, 4:], want[:, 4:], rtol=0, atol=0.001, err_msg=f"scores of {picture}")

    def test_options(self):
        file, printed = self.made(
            *(SHARED / "models/yolov8n.pt", "--image", SHARED / "images/real", "--name", "small"),
            *("--imgsz", "256x320", "--dynamic", "0", "--simplify", "0", "--nms", "1"),
        )
        self.assertEqual(file.name, "small.onnx")
        model = Model(file)
        self.assertEqual(model.input.shape, [1, 3, 256, 320])
        self.assertEqual(model.session.get_outputs()[0].shape, [1, 300, 6])
        self.assertRegex(printed, r"\b(\d+) of \1 detections")

    def test_smaller(self):
        source = SHARED / "models/yolo11-shapes.onnx"
        # Of the 16 pictures, 12 calibrate. float16 rounds to 11 bits, int8 to 8.
        for options, size, least in (
            (["--half", "1"], 0.7, 1.0),
            (["--int8", "1", "--calibration", SHARED / "images/shapes"], 0.7, 0.9),
        ):
            with self.subTest(options[0]):
                file, said = self.made(source, "--image", SHARED / "images/shapes", "--name", "smaller", *options)
                lacks = graviton.lacks()
                # A busy machine may take more than a minute for an emulated picture, which is said too.
                self.assertRegex(said, f"on arm64 was not compared: {lacks}" if lacks else r"on arm64(, emulated \(pictures: 4\)| was not compared: emulated)")
                self.assertLess(file.stat().st_size, size * source.stat().st_size)
                pictures = sorted((SHARED / "images/shapes").iterdir())
                (expected, got) = ([scores(Model(path), picture) for picture in pictures] for path in (source, file))
                kept = sum(np.sum((e > 0.5) & (g > 0.25)) for e, g in zip(expected, got, strict=True))
                self.assertGreaterEqual(kept / sum(np.sum(e > 0.5) for e in expected), least)

    def test_int8_that_finds_nothing(self):
        """Calibrated with black pictures, every activation's range is wrong."""
        with tempfile.TemporaryDirectory() as black:
            for i in range(10):
                Image.new("RGB", (320, 320)).save(Path(black) / f"{i}.png")
            done = make_model(
                *(self.folder, SHARED / "models/yolo11-shapes.onnx", "--image", SHARED / "images/shapes"),
                *("--int8", "1", "--calibration", black),
            )
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("8 bits lose most of what the original finds", done.stderr)
        self.assertEqual(list(Path(self.folder).iterdir()), [])

    def test_problems(self):
        """Each is one sentence and an exit status of 1 or 2, and leaves nothing behind."""
        weights, file = SHARED / "models/yolov8n.pt", SHARED / "models/yolov8n.onnx"
        picture = ["--image", SHARED / "images/real/bus.jpg"]
        for arguments, sentence in (
            (["yolov8n", *picture], "Without a network, copy yolov8n.pt to"),
            (["yolo8n", *picture], "those have similar names: yolov8n"),
            (["best.pt", *picture], "best.pt is neither a file nor a name of Ultralytics' weights"),
            (["best.onnx", *picture], "best.onnx: no such file"),
            ([ROOT / "README.md", *picture], "not an ONNX file but text"),
            ([ROOT / "layers", *picture], "is a folder: name an .onnx file"),
            ([weights, "--imgsz", "big"], "'big': want a side in pixels"),
            ([weights, "--half", "1", "--int8", "1"], "exclude each other"),
            ([weights, "--int8", "1"], "--int8 wants --calibration"),
            ([weights, "--int8", "1", "--calibration", SHARED / "images/real"], "has 2 pictures; int8 wants 10"),
            ([file, "--nms", "1"], "has its head already"),
            ([file, *picture, "--imgsz", "320"], "has its size already"),
            ([weights, "--kind", "yolox"], "are for ONNX files of other tool chains"),
            ([file, *picture, "--kind", "yolo"], "KIND=yolo: known are yolox"),
            ([file, *picture, "--input", "xyz"], "INPUT=xyz: known are rgb"),
            ([file, *picture, "--names", "nothing.txt"], "read NAMES=nothing.txt"),
            ([file], "there is no picture of up to 4.5 MB to compare"),
            ([file, "--image", "nothing.jpg"], "nothing.jpg: no such picture or folder"),
            ([file, *picture, "--name", "a/b"], "a/b: want a name of"),
        ):
            with self.subTest(sentence):
                done = make_model(self.folder, *arguments)
                self.assertIn(done.returncode, (1, 2), done.stdout)
                self.assertIn(sentence, done.stderr)
                self.assertNotIn("Traceback", done.stderr)
                self.assertEqual(list(Path(self.folder).iterdir()), [])

    def test_refused_by_the_function(self):
        """A file that ONNX Runtime runs and the function does not serve is a problem."""
        graph = onnx.load(SHARED / "models/const-v8-names-plain.onnx")
        next(p for p in graph.metadata_props if p.key == "task").value = "track"
        with tempfile.TemporaryDirectory() as elsewhere:
            path = Path(elsewhere) / "track.onnx"
            onnx.save(graph, path)
            done = make_model(self.folder, path, "--image", SHARED / "images/real/bus.jpg")
        self.assertEqual(done.returncode, 1)
        self.assertIn("unknown task", done.stderr)
        self.assertEqual(list(Path(self.folder).iterdir()), [])

    def test_no_onnx_file(self):
        """What is no ONNX file is named, as the function names it."""
        for content, sentence in (
            (b"PK\3\4" + bytes(60), "unpack it first: unzip"),
            (b"version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 3\n", "git lfs pull"),
            (b"\x1f\x8b\x08" + bytes(60), "gunzip"),
            (bytes(range(255, 0, -1)) * 9, "not an ONNX file"),
        ):
            with self.subTest(sentence), tempfile.TemporaryDirectory() as elsewhere:
                path = Path(elsewhere) / "model.onnx"
                path.write_bytes(content)
                done = make_model(self.folder, path, "--image", ROOT / "assets/coffee.jpg")
                self.assertEqual(done.returncode, 1)
                self.assertIn(sentence, done.stderr)
                self.assertNotIn("Traceback", done.stderr)
                self.assertEqual(list(Path(self.folder).iterdir()), [])

    def test_head(self):
        """The last convolutions and the decoding stay float, the rest does not."""
        stays = set(quantize.head(onnx.load(SHARED / "models/yolov8n.onnx").graph))
        for name, want in (
            ("/model.0/conv/Conv", False),
            ("/model.22/cv2.0/cv2.0.1/conv/Conv", False),
            ("/model.22/cv2.0/cv2.0.2/Conv", True),
            ("/model.22/cv3.2/cv3.2.2/Conv", True),
            ("/model.22/dfl/conv/Conv", True),
            ("/model.22/Sigmoid", True),
        ):
            self.assertEqual(name in stays, want, name)


def scores(model: Model, picture: Path) -> np.ndarray:
    """Returns the best score of each anchor of a raw head."""
    return model.run(model.tensor(picture))[0][0, 4:].max(axis=0)


class TestAgreement(unittest.TestCase):
    def test_agreement(self):
        def seen(x: float, confidence: float = 0.9, cls: int = 0) -> dict:
            return {"class": cls, "confidence": confidence, "box": {"x1": x, "y1": 0, "x2": x + 100, "y2": 100}}

        for name, first, second, compared, found, others, close in (
            ("nothing", [], [], 0, 0, 0, True),
            ("the same", [seen(0), seen(500)], [seen(500), seen(0)], 2, 2, 0, True),
            ("rounded", [seen(0, 0.90)], [seen(1, 0.88)], 1, 1, 0, True),
            ("moved", [seen(0)], [seen(20)], 1, 1, 0, False),
            ("less sure", [seen(0, 0.9)], [seen(0, 0.8)], 1, 1, 0, False),
            ("lost", [seen(0)], [], 1, 0, 0, False),
            ("more", [], [seen(0)], 0, 0, 1, False),
            ("another class", [seen(0)], [seen(0, cls=1)], 1, 0, 1, False),
            ("far away", [seen(0)], [seen(90)], 1, 0, 1, False),
            ("twice", [seen(0)], [seen(0), seen(0)], 1, 1, 1, False),
            ("too weak to count", [seen(0, 0.26)], [seen(500, 0.27)], 0, 0, 0, True),
            ("below the threshold in one", [seen(0, 0.31)], [seen(0, 0.29)], 1, 1, 0, True),
            ("no boxes", [{"class": 3, "confidence": 0.9}], [{"class": 3, "confidence": 0.9}], 1, 1, 0, True),
        ):
            with self.subTest(name):
                result = agreement([first], [second])
                self.assertEqual((result.compared, len(result.ious), result.others), (compared, found, others))
                self.assertEqual(result.close, close)

    def test_half_found(self):
        def seen(x: float) -> dict:
            return {"class": 0, "confidence": 0.9, "box": {"x1": x, "y1": 0, "x2": x + 100, "y2": 100}}

        four = [seen(0), seen(200), seen(400), seen(600)]
        for found, enough in ((0, False), (1, False), (2, True), (4, True)):
            self.assertEqual(agreement([four], [four[:found]]).half_found, enough, found)
        self.assertTrue(agreement([[]], [[]]).half_found)

    def test_oriented(self):
        square = {"x1": 10, "y1": 0, "x2": 20, "y2": 10, "x3": 10, "y3": 20, "x4": 0, "y4": 10}
        first, second = (
            {"class": 0, "confidence": 0.9, "box": box} for box in (square, dict(reversed(square.items())))
        )
        self.assertTrue(agreement([[first]], [[second]]).close)


if __name__ == "__main__":
    unittest.main()
