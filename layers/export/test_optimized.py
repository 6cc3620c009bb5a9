"""Tests that a wrong optimisation of ONNX Runtime is found when a model is made."""

import re
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

import make_model
import model_file
import optimized
from adapt import made
from integration.yolotest import ROOT
from problem import Problem

PICTURE = ROOT / "assets/coffee.jpg"
SQUARES = ROOT / "lambda/internal/ort/testdata"


def all_optimizations() -> onnxruntime.SessionOptions:
    """Those of the function but for the one that it has switched off."""
    return onnxruntime.SessionOptions()


def padded(model: onnx.ModelProto, brightest: int = 1) -> onnx.ModelProto:
    """Has a model look at its picture through a padding of zeros and a MaxPool, on numbers below zero.
    brightest: what white is in the network's input."""
    nodes = [
        helper.make_node("Sub", ["images", "padded_white"], ["padded_below"]),
        helper.make_node("Pad", ["padded_below", "padded_pads"], ["padded_wide"]),
        helper.make_node("MaxPool", ["padded_wide"], ["padded_most"], kernel_shape=[3, 3], strides=[1, 1]),
        helper.make_node("Add", ["padded_most", "padded_white"], ["padded_images"]),
    ]
    for node in model.graph.node:
        node.input[:] = ["padded_images" if name == "images" else name for name in node.input]
    rest = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend(nodes + rest)
    model.graph.initializer.extend(
        [
            numpy_helper.from_array(np.array(brightest, np.float32), "padded_white"),
            numpy_helper.from_array(np.array([0, 0, 1, 1, 0, 0, 1, 1], np.int64), "padded_pads"),
        ]
    )
    return model


class TestOptimized(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_wrong_rewriting(self):
        """In every kind of output: places, rows, masks, classes. Nothing is found with the function's settings."""
        for name in "squares", "squares-static", "squares-end2end", "squares-seg", "squares-cls":
            with self.subTest(name):
                path = self.folder / f"{name}.onnx"
                onnx.save(padded(onnx.load(SQUARES / path.name)), path)
                self.assertLess(optimized.check(path, [PICTURE]).most, 1e-5)
                with self.assertRaisesRegex(Problem, r"computes another output\d when it optimises the graph"):
                    optimized.check(path, [PICTURE], all_optimizations())

    def test_normal_models(self):
        for path in sorted(SQUARES.glob("*.onnx")) + [ROOT / "layers/coco/coco.onnx", ROOT / "layers/codes/codes.onnx"]:
            with self.subTest(path.name):
                self.assertLess(optimized.check(path, [PICTURE], all_optimizations()).most, 1e-5)

    def test_make_model(self):
        """A file that is served as it is, and one that is adapted."""
        names = self.folder / "names.txt"
        names.write_text("\n".join(made.NAMES))
        for name, model, options in (
            ("squares", padded(onnx.load(SQUARES / "squares.onnx")), []),
            ("yolox", padded(made.yolox(), brightest=255), ["--names", str(names)]),
        ):
            source, results = self.folder / f"{name}.onnx", self.folder / f"{name}-made"
            onnx.save(model, source)
            command = ["make_model.py", str(source), "--models", str(results), "--image", str(PICTURE), *options]
            with self.subTest(name), mock.patch("sys.argv", command), mock.patch.object(make_model, "step") as said:
                with mock.patch.object(model_file, "function_options", all_optimizations), self.assertRaises(SystemExit) as end:
                    make_model.main()
                self.assertIn("when it optimises the graph", end.exception.code)
                self.assertEqual(list(results.iterdir()), [])
                make_model.main()
                self.assertRegex(" ".join(c.args[0] for c in said.call_args_list), r"its numbers differ by \S+ at most \(float32")
                self.assertEqual([p.name for p in results.iterdir()], [source.name])

    def test_settings_are_the_functions(self):
        """What the function asks of ONNX Runtime's optimisations is what is asked here."""
        text = (ROOT / "lambda/internal/ort/ort.go").read_text()
        faulty = re.search(r'^const faulty = "(\w+)"$', text, re.MULTILINE)[1]
        self.assertIn('"optimization.disable_specified_optimizers", strings.Join(append([]string{faulty}, leftOut...), ";")', text)
        options = model_file.function_options()
        self.assertEqual(options.get_session_config_entry("optimization.disable_specified_optimizers"), faulty)

    def test_difference(self):
        raw = np.zeros((1, 6, 9), np.float32)
        raw[0, 0], raw[0, 4] = 600, 0.5
        rows = np.array([[[0, 0, 10, 10, 0.9, 0], [50, 50, 600, 60, 0.9, 1], [0, 0, 0, 0, 0, 0], *[[0] * 6] * 5]], np.float32)
        maps = np.zeros((1, 10, 10), np.uint8)

        def changed(array: np.ndarray, place: tuple, by: float) -> np.ndarray:
            array = array.copy()
            array[place] += by
            return array

        for name, want, got, numbers, off in (
            ("places are a share of the side", raw, changed(raw, (0, 0, 3), 6), "float32", 0.01),
            ("scores count as they are", raw, changed(raw, (0, 4, 3), 0.25), "float32", 0.25),
            ("8 bits: the average", raw, changed(raw, (0, 4, 3), 0.27), "8-bit", 0.27 / 54),
            ("no number", raw, changed(raw, (0, 4, 3), np.nan), "float32", np.inf),
            ("another shape", raw, raw[:, :, :5], "float32", np.inf),
            ("rows in another order", rows, rows[:, [1, 0, *range(2, 8)]], "float32", 0),
            ("a row is gone", rows, changed(rows, (0, 0, 4), -0.9), "float32", 0.9),
            ("a row is new", changed(rows, (0, 0, 4), -0.9), rows, "float32", 0.9),
            ("rows below the least score", rows, changed(rows, (0, 2, 4), 0.009), "float32", 0),
            ("rows of half floats", rows, changed(rows, (0, 0, 4), -0.9), "float16", None),
            ("pixels of a class map", maps, changed(maps, (0, 5, 5), 1), "float32", 0.01),
        ):
            with self.subTest(name):
                result = optimized.difference(want, got, numbers)
                self.assertEqual(result, off) if off is None else self.assertAlmostEqual(result, off, places=5)


if __name__ == "__main__":
    unittest.main()
