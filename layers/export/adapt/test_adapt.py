"""Tests the rewriting without PyTorch, with made graphs of each kind. From the root of the project,
after `make build`:

    build/onnx-venv/bin/python -m unittest discover -s layers/export/adapt -t layers/export
"""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import onnx
from PIL import Image

from agreement import function_answers
from problem import Problem

from . import adapted, check, detr, made, plain, table
from .facts import Facts, coco_names, named

ROOT = Path(__file__).resolve().parents[3]
YOLAMBDA = ROOT / "bin/yolambda"
PICTURES = [ROOT / "lambda/yolotest/squares.png", ROOT / "assets/coffee.jpg"]


class TestAdapt(unittest.TestCase):
    truths: dict[tuple, list[list[dict]]] = {}

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def facts(self, model: onnx.ModelProto, names: list[str] | None = made.NAMES, pixels: str | None = None) -> Facts:
        path = self.folder / "foreign.onnx"
        onnx.save(model, path)
        return Facts(path, PICTURES, names, None, pixels)

    def adapted(self, case: made.Case) -> adapted.Adapted:
        facts = self.facts(case.make(), pixels=case.pixels)
        if case.told:
            with self.assertRaisesRegex(Problem, f"KIND={case.kind}\\b"):
                adapted.kind_of(facts, None)
        return adapted.adapt(facts, adapted.kind_of(facts, case.kind if case.told else None), None, self.folder / "adapted.onnx")

    def test_every_kind_is_made(self):
        self.assertEqual({case.kind for case in made.MADE.values()}, {k.name for k in table.KINDS})

    def test_kinds(self):
        """Each made graph is of one kind, and the function answers with it what a plain reading of the
        graph says and, but for classifiers, what the detector that it was made of answers."""
        for name, case in made.MADE.items():
            with self.subTest(name):
                result = self.adapted(case)
                self.assertEqual(result.kind.name, case.kind)
                held = check.Check(result, YOLAMBDA, PICTURES)
                self.assertTrue(held.equal, f"\n{held}")
                if result.kind.task == "classify":
                    continue
                for expected, got in zip(self.truth(result.kind.stretch, case), held.answers, strict=True):
                    self.same(expected, got)

    def truth(self, stretch: bool, case: made.Case) -> list[list[dict]]:
        """What the function sees with the detector itself."""
        key = stretch, case.strides, case.suppressed
        if key not in self.truths:
            path = self.folder / "truth.onnx"
            onnx.save(made.truth(stretch, case.strides), path)
            self.truths[key] = function_answers(YOLAMBDA, path, PICTURES, check.CONF, check.IOU if case.suppressed else 1, "corner")
        return self.truths[key]

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
            (made.yolov8(), ["a", "b"], "for 2 classes"),
            (made.counted(made.EFFICIENT), None, "what its 3 classes are: NAMES=FILE"),
            (made.classifier(lambda m, x: x), made.NAMES, "say it with INPUT="),
            (made.mmdet("rgb"), made.NAMES, "KIND=rtmdet) or"),
        ):
            self.refused(model, names, sentence)

    def test_no_sense_in_numbers(self):
        """Numbers that a softmax or a sigmoid would make probabilities of which they are not."""
        for model, names, sentence in (
            (made.classifier(lambda m, x: m.op("Sigmoid", x)), made.NAMES, "a score of each class by itself"),
            (made.classifier(lambda m, x: m.op("LpNormalization", m.op("Sub", x, m.const(np.float32(5))), axis=1)), made.NAMES, "an embedding"),
            (made.classifier(lambda m, x: m.op("ReduceMax", x, axes=[1])), ["one"], "two classes at least"),
            (made.detr_softmax(), [*made.NAMES, "nothing"], "of a softmax"),
        ):
            self.refused(model, names, sentence, "imagenet")

    def refused(self, model: onnx.ModelProto, names: list[str] | None, sentence: str, pixels: str | None = None):
        with self.subTest(sentence), self.assertRaises(Problem) as raised:
            facts = self.facts(model, names, pixels)
            adapted.adapt(facts, adapted.kind_of(facts, None), None, self.folder / "a.onnx")
        self.assertIn(sentence, str(raised.exception))

    def test_sequence(self):
        image = onnx.helper.make_tensor_value_info("images", onnx.TensorProto.FLOAT, [1, 3, 64, 64])
        rows = onnx.helper.make_tensor_sequence_value_info("rows", onnx.TensorProto.FLOAT, None)
        graph = onnx.helper.make_graph([onnx.helper.make_node("SequenceConstruct", ["images"], ["rows"])], "g", [image], [rows])
        with self.assertRaisesRegex(Problem, "output rows is a seq.*want a tensor"):
            self.facts(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=10))

    def test_pixels_of_whole_numbers(self):
        with self.assertRaisesRegex(Problem, "INPUT=rgb255 or bgr255"):
            self.facts(made.yolov8(uint8=True), pixels="rgb")

    def test_told_wrongly(self):
        """KIND= of another kind is a sentence, or is found out by the answers."""
        for kind in table.KINDS:
            with self.subTest(kind.name):
                facts = self.facts(made.detr_official(), pixels="rgb")
                if kind.name == "rtdetr-official":
                    continue
                with self.assertRaises(Problem):
                    adapted.adapt(facts, kind, None, self.folder / "a.onnx")

    def test_names(self):
        """COCO's are for files that name none, and an empty line would shift the rest."""
        for text, want in (
            ('{"0": "a", "1": "b"}', ["a", "b"]),
            ("{0: 'a', 1: 'b'}", ["a", "b"]),
            ("['a']", ["a"]),
            ("{0: 'a', 2: 'c'}", None),
            ("{'a': 0}", None),
            ("?", None),
        ):
            self.assertEqual(named({"names": text}), want, text)
        self.assertEqual((len(coco_names()), coco_names()[0]), (80, "person"))
        path = self.folder / "names.txt"
        path.write_text("a\n\nb\n")
        with self.assertRaisesRegex(Problem, "empty line"):
            adapted.read_names(path)

    def test_nothing_found(self):
        """Rows after NMS may be none at all."""
        result = self.adapted(made.MADE["YOLOv7 end2end"])
        grey = self.folder / "grey.png"
        Image.new("RGB", (200, 100), (114, 114, 114)).save(grey)
        held = check.Check(result, YOLAMBDA, [grey])
        self.assertTrue(held.equal)
        self.assertEqual(held.answers, [[]])

    def test_coco_of_91_columns(self):
        """COCO's category numbers leave some out: 1 is person, 90 toothbrush."""
        self.assertEqual((len(detr.COCO_IDS), detr.COCO_IDS[0], detr.COCO_IDS[11], detr.COCO_IDS[-1]), (80, 1, 13, 90))

    def test_make_model(self):
        """The whole way, of a file whose weights lie in a second one and that names no classes."""
        source, names, results = self.folder / "helmets.onnx", self.folder / "names.txt", self.folder / "results"
        model = made.yolox()
        onnx.save(model, source, save_as_external_data=True, location="helmets.onnx.data", size_threshold=0)
        names.write_text("\n".join(made.NAMES))
        command = [sys.executable, ROOT / "layers/export/make_model.py", source, "--models", results, "--image", PICTURES[0]]
        refused = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        self.assertEqual((refused.returncode, list(results.iterdir())), (1, []))
        self.assertIn("NAMES=FILE", refused.stderr)
        for options in [], ["--half", "1"]:
            done = subprocess.run([*command, "--names", names, "--license", "MIT", *options], cwd=ROOT, capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("pixels are BGR from 0 to 255", done.stdout)
            self.assertRegex(done.stdout, r"squares\.png +(\d+) +\1 +0 ")
        one = onnx.load(results / "helmets.onnx", load_external_data=False)
        self.assertEqual([t.name for t in one.graph.initializer if t.data_location == onnx.TensorProto.EXTERNAL], [])
        self.assertEqual({p.key: p.value for p in one.metadata_props}["license"], "MIT")
        self.assertTrue((results / "helmets-half.onnx").is_file())


    def test_no_model(self):
        """What is neither weights nor ONNX by its name is named, and nothing is imported for it."""
        tflite, renamed, folder = (self.folder / name for name in ("best.tflite", "best.bin", "best.mlpackage"))
        tflite.write_bytes(b"\x1c\0\0\0TFL3" + bytes(60))
        onnx.save(made.truth(False), renamed)
        folder.mkdir()
        for source, sentence in ((tflite, "TensorFlow Lite model: export the model again"), (renamed, "is ONNX: rename it"), (folder, "is a folder")):
            command = [sys.executable, ROOT / "layers/export/make_model.py", source, "--models", self.folder / "made", "--image", PICTURES[0]]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
            self.assertEqual(done.returncode, 1)
            self.assertIn(sentence, done.stderr)
            self.assertNotIn("Traceback", done.stderr)


class TestPlain(unittest.TestCase):
    def test_nms(self):
        seen = plain.Seen(np.array([[0, 0, 10, 10], [0, 0, 10, 9], [0, 0, 10, 9], [50, 0, 60, 10]], float), np.array([0.9, 0.8, 0.7, 0.005]), np.array([0, 0, 1, 0]))
        kept = plain.suppressed(seen, 0.01, 0.7, 300)
        self.assertEqual(kept.scores.tolist(), [0.9, 0.7])


if __name__ == "__main__":
    unittest.main()
