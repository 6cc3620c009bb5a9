"""The function on this machine, asked by `yolambda predict --local`."""

import json
import subprocess
from pathlib import Path

from problem import Problem


def ask(yolambda: Path, model: Path, pictures: list[Path], *flags, environment: dict[str, str] | None = None) -> list[dict]:
    """Returns its replies, one for each picture. The environment may name an emulated build of it, of
    which one process is enough."""
    alone = ["-j", 1] if environment else []
    command = [yolambda, "predict", "--local", "--model", model, "--json", *flags, *alone, "--", *pictures]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        raise Problem(f"the function does not answer:\n{done.stdout.strip()}\n{done.stderr.strip()}".replace("\n\n", "\n"))
    return [json.loads(line) for line in done.stdout.splitlines()]
