"""Installs what `make model` runs on: install.py REQUIREMENTS.txt

pip keeps every archive until the last one is unpacked, for PyTorch 3 GB beside what they
become. Here pip decides which packages there will be, with their hashes, and then each
large archive is dropped before the next is fetched. Two packages that PyTorch names, and
imports on a GPU only, are left out: 1.3 GB.
"""

import json
import subprocess
import sys

PIP = [sys.executable, "-m", "pip", "--quiet", "--no-cache-dir", "--disable-pip-version-check", "install"]
LARGE = ("nvidia-", "torch")
ON_A_GPU_ONLY = ("triton", "nvidia-cusolver")


def wanted(requirements: str) -> dict[str, str]:
    """What pip would install on this machine: an address with a hash by name."""
    report = subprocess.run(
        [*PIP, "--dry-run", "--report", "-", "--requirement", requirements], check=True, stdout=subprocess.PIPE
    ).stdout
    packages = {package["metadata"]["name"]: package["download_info"] for package in json.loads(report)["install"]}
    return {
        name: f"{archive['url']}#sha256={archive['archive_info']['hashes']['sha256']}"
        for name, archive in packages.items()
        if name not in ON_A_GPU_ONLY
    }


def install(archives: dict[str, str]) -> None:
    large = {name: address for name, address in archives.items() if name.startswith(LARGE)}
    small = [address for name, address in archives.items() if name not in large]
    if small:  # a second time, what is there already is not wanted again
        subprocess.run([*PIP, "--no-deps", *small], check=True)
    for number, (name, address) in enumerate(large.items(), 1):
        if sys.stderr.isatty():
            print(f"\r\033[K{number} of {len(large)}: {name} ", end="", file=sys.stderr, flush=True)
        subprocess.run([*PIP, "--no-deps", address], check=True)
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)


if __name__ == "__main__":
    try:
        install(wanted(sys.argv[1]))
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
