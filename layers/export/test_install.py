"""What pip is asked for when some of it, or all, is there already."""

import unittest
from unittest import mock

import install

TORCH, NUMPY = {"torch": "torch.whl#sha256=1"}, {"numpy": "numpy.whl#sha256=2"}


class InstallTest(unittest.TestCase):
    def test_runs(self):
        for archives, want in [
            ({}, []),
            (TORCH, [["torch.whl#sha256=1"]]),
            (NUMPY, [["numpy.whl#sha256=2"]]),
            ({**TORCH, **NUMPY}, [["numpy.whl#sha256=2"], ["torch.whl#sha256=1"]]),
        ]:
            with self.subTest(archives), mock.patch.object(install.subprocess, "run") as run:
                install.install(archives)
                self.assertEqual([call.args[0][len(install.PIP) + 1 :] for call in run.call_args_list], want)

    def test_left_out(self):
        report = {
            "install": [
                {"metadata": {"name": name}, "download_info": {"url": name, "archive_info": {"hashes": {"sha256": "1"}}}}
                for name in ("numpy", "triton")
            ]
        }
        with mock.patch.object(install.subprocess, "run") as run:
            run.return_value.stdout = install.json.dumps(report)
            self.assertEqual(install.wanted("requirements.txt"), {"numpy": "numpy#sha256=1"})


if __name__ == "__main__":
    unittest.main()
