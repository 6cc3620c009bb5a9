"""Measures how the time of a request grows, and draws it: docs/performance.md.

    python integration/bench/growth.py --model FILE.onnx --image photo.jpg [--n 20]

It wants `make bench` to have run before it, and runs from the project's root, in
build/venv. Linear growth shows as `grows` not above `times`: how many times the
greatest value on the x axis is that of the second greatest, and how many times
the time is.
"""

import argparse
import json
import pathlib
import re
import subprocess

import matplotlib.pyplot as plot

GROWTH = pathlib.Path("build/bench/growth")
BARE = "build/bench/barerun"


def run(*command):
    return subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True).stdout


def bench(args, pictures, *options, prefix=()):
    command = [*prefix, "bin/yolambda", "bench", "--local", "--model", args.model, "--json", "--form=json", "-n", args.n]
    return json.loads(run(*command, *options, *pictures))["series"]


def median(series, stage):
    return series["ms"][stage]["p50"]


def go_bench(name):
    """Milliseconds by the number in the benchmark's name."""
    text = run("go", "test", "-run=^$", f"-bench=^Benchmark{name}$", "-benchtime=200x", "./lambda/dialect")
    return {int(n): float(ns) / 1e6 for n, ns in re.findall(rf"Benchmark{name}/(\d+)\S*\s+\d+\s+([\d.]+) ns/op", text)}


def measure(args):
    """For each panel: the x axis, and lines of milliseconds over it."""
    run("build/venv/bin/python", "integration/bench/pictures.py", "--growth", args.image, GROWTH)
    sizes = sorted(GROWTH.glob("*mp.jpg"), key=lambda path: float(path.stem[:-2]))
    series = bench(args, sizes)
    yield "picture, megapixels", {
        line: {float(path.stem[:-2]): sum(median(s, stage) for stage in stages) for path, s in zip(sizes, series, strict=True)}
        for line, stages in {
            "request": ["request"], "decode": ["decode"], "preprocess": ["preprocess"], "inference": ["inference"],
        }.items()
    }
    payloads = sorted(GROWTH.glob("payload-*.jpg"), key=lambda path: path.stat().st_size)
    series = bench(args, payloads)
    yield "request, MB", {
        line: {round(s["bytes"] / 1e6, 2): sum(median(s, stage) for stage in stages) for s in series}
        for line, stages in {"parse": ["parse"], "parse and Runtime API": ["parse", "runtime api"]}.items()
    }
    yield "detections", {"output to reply": go_bench("Detections")}
    yield "classes", {"output to reply": go_bench("Classes")}
    threads = {"request": {}, "network alone": {}}
    for n in (1, 2):
        cpus = ",".join(map(str, range(n)))
        [s] = bench(args, [args.image], "--bare", BARE, prefix=("taskset", "-c", cpus))
        threads["request"][n], threads["network alone"][n] = median(s, "request"), median(s, "run")
    yield "threads", threads


def draw(panels, path):
    figure, all_axes = plot.subplots(1, len(panels), figsize=(4 * len(panels), 3.2), layout="constrained")
    for axes, (label, lines) in zip(all_axes, panels, strict=True):
        for name, points in lines.items():
            axes.plot(list(points), list(points.values()), marker="o", markersize=3, label=name)
        axes.set_xlabel(label)
        axes.set_ylabel("ms")
        axes.set_xlim(left=0)
        axes.set_ylim(bottom=0)
        axes.grid(alpha=0.3)
        axes.legend(frameon=False, fontsize="small")
    plot.rcParams["svg.hashsalt"] = "yolambda"  # the same figures give the same file
    figure.savefig(path, metadata={"Date": None})


def table(panels):
    for label, lines in panels:
        for name, points in lines.items():
            (x1, y1), (x2, y2) = list(points.items())[-2:]
            values = ", ".join(f"{x:g}: {y:.2f}" for x, y in points.items())
            print(f"| {label} | {name} | {values} | {x2 / x1:.2f} | {y2 / y1:.2f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--image", required=True)
    parser.add_argument("--n", type=int, default=20, help="requests a point")
    parser.add_argument("--out", default="docs/growth.svg")
    args = parser.parse_args()
    panels = list(measure(args))
    print("| over | what | ms | x times | grows |\n|---|---|---|---|---|")
    table(panels)
    draw(panels, args.out)


if __name__ == "__main__":
    main()
