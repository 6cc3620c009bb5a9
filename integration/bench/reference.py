"""Times the first answer of a Python process: import, session, picture, run.

It does what the Python app that this project redoes did until its first answer,
less the app's own code, which would add to it: compare with the cold start of
`yolambda bench --cold`. Each start is a process of its own; the files are in the
page cache from the second on.

    pip install numpy==2.4.6 onnxruntime==1.27.0 pillow==13.0.0
    python reference.py yolov8n.onnx photo.jpg
"""

import statistics
import subprocess
import sys
import time

ANSWER = """
import sys
import numpy, onnxruntime
from PIL import Image
session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
picture = Image.open(sys.argv[2]).convert("RGB")
ratio = 640 / max(picture.size)
picture = picture.resize((round(picture.width * ratio), round(picture.height * ratio)), Image.BILINEAR)
padded = Image.new("RGB", (-(-picture.width // 32) * 32, -(-picture.height // 32) * 32), (114, 114, 114))
padded.paste(picture)
tensor = numpy.asarray(padded, numpy.float32).transpose(2, 0, 1)[None] / 255
output = session.run(None, {session.get_inputs()[0].name: tensor})[0][0]
scores = output[4:].max(0)
print(output[:, scores > 0.3].shape)
"""


def main():
    model, picture = sys.argv[1:]
    starts = []
    for _ in range(10):
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-c", ANSWER, model, picture], check=True, stdout=subprocess.DEVNULL)
        starts.append((time.perf_counter() - begin) * 1e3)
    print(f"first answer: {statistics.median(starts):.0f} ms (p50 of {len(starts)}, fastest {min(starts):.0f})")


if __name__ == "__main__":
    main()
