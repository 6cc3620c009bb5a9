"""The function for arm64, which is what a deployment runs as a rule, emulated by qemu on a
machine of another kind. 8-bit and float16 answers may differ from CPU to CPU."""

import os
import platform
import shlex
import shutil
import subprocess
from pathlib import Path

BUNDLE = Path("build/bundle/arm64")  # what `make bundle` makes
SYSROOT = Path("/usr/aarch64-linux-gnu")

# Hides the list of CPUs, as Lambda's arm64 machines do. (With the host's list in
# sight ONNX Runtime crashes under emulation.)
QEMU = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs none /sys/devices/system/cpu && exec "$@"', "sh",
        "qemu-aarch64", "-cpu", "neoverse-n1", "-L", str(SYSROOT)]  # fmt: skip


def lacks(bundle: Path = BUNDLE) -> str:
    """Returns why the function for arm64 can't be asked here, "" where it can."""
    if platform.machine() in ("aarch64", "arm64"):
        return "this machine is one, and was asked above"
    for program in ("qemu-aarch64", "unshare"):
        if not shutil.which(program):
            return f"{program} is not installed"
    for path in (bundle / "task/bootstrap", bundle / "opt/lib/libonnxruntime.so"):
        if not path.exists():
            return f"{path} is missing: make bundle"
    if not (SYSROOT / "lib/libstdc++.so.6").exists():
        return "libstdc++6-arm64-cross is not installed"
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode != 0:
        return "hiding the list of CPUs needs root"
    return ""


def environment(work: Path, bundle: Path = BUNDLE) -> dict[str, str]:
    """Returns the environment in which `yolambda predict --local` starts the function for
    arm64, by a script in the folder work."""
    start = work.resolve() / "graviton"
    start.write_text(f"#!/bin/sh\nexec {shlex.join([*QEMU, str((bundle / 'task/bootstrap').resolve())])}\n")
    start.chmod(0o755)
    library = (bundle / "opt/lib/libonnxruntime.so").resolve()
    return {**os.environ, "YOLAMBDA_BOOTSTRAP": str(start), "YOLAMBDA_LIBRARY": str(library)}
