"""Runs the steps of a job of .github/workflows here, one by one, in a clean clone of HEAD.

    build/checks-venv/bin/python integration/workflow/run.py ci.yml synth

Steps that use an action are left out; STAND_INS says what is there in place of each. It ends with
the first step that fails, or that wants what this machine does not have. Nothing runs as another
user: sudo and chown are stood in for, and what wants root fails where this is not run as root. Of the
environment only what INHERITED names reaches the steps, and no credentials of AWS or GitHub.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]

# What stands in for each action: a command that checks or makes what the action would have,
# {NAME} being its inputs. None: nothing does, and the job ends there.
STAND_INS = {
    "actions/checkout": "git status --short",  # the clone
    "actions/setup-go": "go version",
    "actions/setup-node": "node --version",
    "actions/setup-python": 'python3 -m venv "$RUNNER_TEMP/python" && "$RUNNER_TEMP/python/bin/python" --version',
    "actions/upload-artifact": "test -e '{path}'",
    "aws-actions/configure-aws-credentials": None,
}

# Steps that change the machine, and what stands in for them, by name.
PREPARED = {"Install what the tests use": "for tool in curl ffmpeg openssl strace shellcheck qemu-aarch64 chromium; do command -v $tool; done"}

# The variables of the caller's that the steps get: where programs and caches are, and the way to
# the network.
INHERITED = re.compile(
    r"PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_\w+|TERM|TZ|TMPDIR"
    r"|GO(CACHE|ENV|FLAGS|MODCACHE|NOSUMDB|PATH|PRIVATE|PROXY|ROOT|SUMDB|TOOLCHAIN)|CGO_\w+|CC"
    r"|PIP_\w+|(npm|NPM)_(config|CONFIG)_\w+|SSL_CERT_\w+|(REQUESTS|CURL)_CA_BUNDLE|NODE_EXTRA_CA_CERTS|GIT_SSL_CAINFO"
    r"|(?i:(https?|all|no)_proxy)"
)

# In place of the machine's own: all is of whoever runs this, and nothing is given back.
SUDO = '#!/bin/bash\nwhile [[ $1 == -* ]]; do shift; done\nexec "$@"\n'


class Wanting(Exception):
    """This machine lacks what a step asks for."""


def fill(text, known):
    """Puts what is known in place of ${{ expressions }}."""

    def value(match):
        if match[1] not in known:
            raise Wanting(f"{match[1]} is not known: --set {match[1]}=VALUE")
        return known[match[1]]

    return re.sub(r"\$\{\{\s*([^}\s]+)\s*\}\}", value, str(text))


def command_of(step, known):
    """Is what to run for a step, and why it is not the step's own command, if so."""
    if "uses" in step:
        action = step["uses"].split("@")[0]
        if STAND_INS.get(action) is None:
            raise Wanting(f"nothing stands in for {action}")
        inputs = {name: fill(value, known) for name, value in step.get("with", {}).items()}
        return re.sub(r"\{([\w-]+)\}", lambda m: inputs[m[1]], STAND_INS[action]), f"stands in for {action}"
    if step.get("name") in PREPARED:
        return PREPARED[step["name"]], f"stands in for {step['name']}"
    return fill(step["run"], known), ""


def applies(step):
    """Judges a step's condition, of which the workflows have one kind."""
    condition = step.get("if")
    if condition is None:
        return True
    system = re.fullmatch(r"runner\.os == '(\w+)'", condition)
    if not system:
        raise Wanting(f"the condition {condition} is not understood")
    return system[1] == "Linux"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workflow", help="a file of .github/workflows")
    parser.add_argument("job")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="of an expression, such as matrix.target=linux-amd64")
    parser.add_argument("--skip", action="append", default=[], type=int, metavar="NUMBER", help="a step to leave out")
    parser.add_argument("--list", action="store_true", help="show what would run, and run nothing")
    args = parser.parse_args()
    text = subprocess.run(["git", "show", f"HEAD:.github/workflows/{args.workflow}"], cwd=ROOT, check=True, capture_output=True)
    workflow = yaml.safe_load(text.stdout)  # as the clone has it
    job = workflow["jobs"][args.job]
    known = dict(pair.split("=", 1) for pair in args.set)

    with tempfile.TemporaryDirectory(prefix="workflow-") as temp:
        clone, programs = pathlib.Path(temp, "clone"), pathlib.Path(temp, "bin")
        programs.mkdir()
        (programs / "sudo").write_text(SUDO)
        (programs / "sudo").chmod(0o755)
        (programs / "chown").symlink_to("/bin/true")
        if not args.list:
            subprocess.run(["git", "clone", "--quiet", "--local", ROOT, clone], check=True)
        base = {name: value for name, value in os.environ.items() if INHERITED.fullmatch(name)}
        base |= {"CI": "true", "RUNNER_TEMP": temp, "GITHUB_WORKSPACE": str(clone)}
        # HOME is the caller's for the caches, not for the keys there.
        base |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "GH_CONFIG_DIR": f"{temp}/gh"}
        base["PATH"] = os.pathsep.join([f"{temp}/python/bin", str(programs), base["PATH"]])
        for number, step in enumerate(job["steps"], 1):
            title = step.get("name") or step.get("run", step.get("uses")).splitlines()[0]
            try:
                if number in args.skip or not applies(step):
                    print(f"--- {number} skipped: {title}", flush=True)
                    continue
                command, why = command_of(step, known)
                env = {name: fill(value, known) for part in (workflow, job, step) for name, value in part.get("env", {}).items()}
            except Wanting as wanting:
                sys.exit(f"--- {number} not run: {title}: {wanting}")
            print(f"--- {number} {title}" + (f" ({why})" if why else ""), flush=True)
            if args.list:
                continue
            script = pathlib.Path(temp, f"step{number}.sh")
            script.write_text(command)
            done = subprocess.run(["bash", "-e", script], cwd=clone, env={**base, **env}, check=False)
            if done.returncode:
                sys.exit(f"--- {number} failed with {done.returncode}: {title}")
        if not args.list:
            print(f"--- every step of {args.workflow} {args.job} passed, or was named as skipped")


if __name__ == "__main__":
    main()
