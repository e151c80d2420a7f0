#!/usr/bin/env python3
"""`vtk eval det` beside pycocotools on the same boxes: every figure must agree to 1e-4.

    evaluate.py VTK INSTANCES.json MODEL [MODEL ...]

vtk writes the boxes that it measures (`--results`); pycocotools measures them again. Prints a line for each model, and exits with 1 where
a figure differs.
"""
import contextlib
import io
import json
import pathlib
import subprocess
import sys
import tempfile

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

FIGURES = ("ap", "ap50", "ap75", "ap_small", "ap_medium", "ap_large")
TOLERANCE = 1e-4


def measured(vtk, data, model, boxes):
    command = [vtk, "eval", "det", "--data", data, "--model", model, "--results", boxes, "--json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


def reference(data, boxes):
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(data)
        evaluation = COCOeval(truth, truth.loadRes(boxes), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return dict(zip(FIGURES, evaluation.stats))


def main():
    vtk, data, *models = sys.argv[1:]
    worst = 0.0
    print("model", *FIGURES, "largest difference", sep=" | ")
    for model in models:
        with tempfile.TemporaryDirectory() as folder:
            boxes = str(pathlib.Path(folder, "boxes.json"))
            ours, theirs = measured(vtk, data, model, boxes), reference(data, boxes)
        difference = max(abs((-1 if ours[f] is None else ours[f]) - theirs[f]) for f in FIGURES)
        worst = max(worst, difference)
        print(pathlib.Path(model).name, *(f"{ours[f]:.4f}" for f in FIGURES), f"{difference:.1e}", sep=" | ")
    sys.exit(int(worst > TOLERANCE))


if __name__ == "__main__":
    main()
