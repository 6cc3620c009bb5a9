"""Tests the rewriting without PyTorch, with made graphs of each kind. From the root of the project,
after `make build`:

    build/onnx-venv/bin/python -m unittest discover -s layers/export/adapt -t layers/export
"""

import tempfile
import unittest
from pathlib import Path

import numpy as np
import onnx

from agreement import function_answers
from problem import Problem

from . import adapted, check, made, table
from .facts import Facts

ROOT = Path(__file__).resolve().parents[3]
YOLAMBDA = ROOT / "bin/yolambda"
PICTURES = [ROOT / "lambda/yolotest/squares.png", ROOT / "assets/coffee.jpg"]
AMBIGUOUS = {"NanoDet"}  # wants KIND=


class TestAdapt(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def facts(self, model: onnx.ModelProto, names: list[str] | None = made.NAMES, imgsz: list[int] | None = None) -> Facts:
        path = self.folder / "foreign.onnx"
        onnx.save(model, path)
        return Facts(path, PICTURES, names, imgsz)

    def test_every_kind_is_made(self):
        self.assertEqual({kind for kind, _ in made.MADE.values()}, {k.name for k in table.KINDS})

    def test_kinds(self):
        """Each made graph is of one kind, and the function answers with it what a plain reading of the
        graph says and what the detector that it was made of answers."""
        truths = {}
        for stretch in (False, True):
            for strides in (made.STRIDES, (*made.STRIDES, 64)):
                path = self.folder / "truth.onnx"
                onnx.save(made.truth(stretch, strides), path)
                truths[stretch, len(strides)] = [function_answers(YOLAMBDA, path, PICTURES, check.CONF, iou, "corner") for iou in (0.7, 1)]
        for name, (kind, make) in made.MADE.items():
            with self.subTest(name):
                facts = self.facts(make())
                result = adapted.adapt(facts, adapted.kind_of(facts, kind if name in AMBIGUOUS else None), None, self.folder / "a.onnx")
                self.assertEqual(result.kind.name, kind)
                held = check.Check(result, YOLAMBDA, PICTURES)
                self.assertTrue(held.equal, f"\n{held}")
                self.assertGreater(min(c.detections for c in held.compared), 5)
                answers = function_answers(YOLAMBDA, result.path, PICTURES, check.CONF, check.IOU, "corner")
                levels = 4 if kind == "nanodet-plus" else 3
                for expected, got in zip(truths[result.kind.stretch, levels][0], answers, strict=True):
                    self.same(expected, got)

    def same(self, expected: list[dict], got: list[dict]):
        """Both are cut at 300, where equal confidences may come in any order."""
        first, second = check.answered(expected), check.answered(got)
        edge = max(first.scores.min(), second.scores.min()) + 1e-3 if len(first.scores) == check.MOST else check.CONF + 1e-3
        first, second = first[first.scores > edge], second[second.scores > edge]
        pairs = check.matched(first, second, 0.5, 1e-3)
        self.assertGreater(len(pairs), 5)
        self.assertEqual((len(first.scores), len(second.scores)), (len(pairs), len(pairs)))

    def test_refused(self):
        """Each is one sentence that says what is missing and what to write."""
        for model, names, sentence in (
            (made.nanodet(made.STRIDES, 0.5), made.NAMES, "KIND=nanodet) or NanoDet-Plus (KIND=nanodet-plus)"),
            (made.yolox(), None, "names no classes: NAMES=FILE"),
        ):
            with self.subTest(sentence), self.assertRaises(Problem) as raised:
                facts = self.facts(model, names)
                adapted.adapt(facts, adapted.kind_of(facts, None), None, self.folder / "a.onnx")
            self.assertIn(sentence, str(raised.exception))


class TestPlain(unittest.TestCase):
    def test_nms(self):
        from . import plain

        seen = plain.Seen(np.array([[0, 0, 10, 10], [0, 0, 10, 9], [0, 0, 10, 9], [50, 0, 60, 10]], float), np.array([0.9, 0.8, 0.7, 0.005]), np.array([0, 0, 1, 0]))
        kept = plain.suppressed(seen, 0.01, 0.7, 300)
        self.assertEqual(kept.scores.tolist(), [0.9, 0.7])


if __name__ == "__main__":
    unittest.main()
