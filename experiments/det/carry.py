#!/usr/bin/env python3
"""PicoDet-XS-416 as a native network: carries the weights of the official graph to the official checkpoint's keys.

    carry.py XS_320.onnx XS_320.safetensors XS_416.onnx OUT.safetensors [--check VTK]

The graphs of both sizes name their constants alike. The pair at 320 tells which constant stands for which key: every convolution's
weight and bias (its batch norm is folded in) occurs once in each file, so equal numbers are the map. The same constants of the graph at
416 then go under the same keys; batch norms are those of the file at 320: weight 1, mean 0, variance 1 - 1e-5, and the folded bias.

What the graph does not hold: `scale_reg`, which nothing uses, is 1; `distribution_project.project` is 0 ... 7, what every decoder outside
a network takes.

--check writes a reference case (the graph's outputs by ONNX Runtime, the written weights) and has VTK replay it.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import numpy_helper
from safetensors.numpy import load_file, save_file

STRIDES = (8, 16, 32, 64)


def constants(path):
    return {i.name: np.ascontiguousarray(numpy_helper.to_array(i)) for i in onnx.load(path).graph.initializer}


def carry(graph_320, weights_320, graph_416):
    """The weights at 416 in the order of the checkpoint at 320."""
    known = {}
    for name, values in constants(graph_320).items():
        known.setdefault(values.tobytes(), []).append(name)
    source = constants(graph_416)
    carried, taken = {}, set()
    for key, values in load_file(weights_320).items():
        names = known.get(values.tobytes(), [])
        if key == "head.distribution_project.project":
            carried[key] = np.arange(8, dtype=np.float32)
        elif len(names) == 1 and names[0] not in taken and source[names[0]].size == values.size:
            carried[key] = source[names[0]].reshape(values.shape)
            taken.add(names[0])
        elif key.endswith(("_mean", "_variance", "scale_reg")) or (key.endswith("weight") and values.ndim == 1):
            carried[key] = values
        else:
            sys.exit(f"{key}: {len(names)} constants of the graph have its numbers")
    left = [n for n, v in source.items() if n not in taken and v.size > 8 and v.dtype == np.float32]
    if left:
        sys.exit(f"constants that no key took: {left}")
    return carried


def check(vtk, graph, weights, tolerance):
    """Outputs of the graph by ONNX Runtime against those of the weights by vtk, on a smooth picture and on noise."""
    import onnxruntime

    onnxruntime.set_default_logger_severity(3)
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(416)
    ramp = np.linspace(-2, 2, 416, dtype=np.float32)
    inputs = {
        "noise": rng.uniform(-2, 2, (1, 3, 416, 416)).astype(np.float32),
        "waves": np.stack([np.sin(3 * f * ramp)[None, :] * np.cos(f * ramp)[:, None] * 2 for f in (1, 2, 3)])[None].astype(np.float32),
    }
    names = [f"score_{s}" for s in STRIDES] + [f"dfl_{s}" for s in STRIDES]
    with tempfile.TemporaryDirectory() as folder:
        for title, image in inputs.items():
            outputs = session.run(None, {"image": image})
            case = pathlib.Path(folder, title)
            case.mkdir()
            save_file({"image": image} | {f"expected.{n}": o for n, o in zip(names, outputs)}, case / "io.safetensors")
            (case / "weights.safetensors").write_bytes(pathlib.Path(weights).read_bytes())
            spec = {
                "arch": "picodet-xs-416", "generation": "current", "backbone": {"arch": "pplcnet-x0.35"},
                "neck": {"kind": "lcpan", "channels": 96},
                "head": {"kind": "picohead-v2", "num_convs": 2, "reg_max": 7, "strides": list(STRIDES)},
                "classes": 80, "outputs": names,
            }
            (case / "case.json").write_text(json.dumps({
                "format": 1, "kind": "network.det", "spec": spec, "weights": {"file": "weights.safetensors"},
                "inputs": [{"name": "image", "file": "io.safetensors"}],
                "expected": [{"name": f"expected.{n}", "file": "io.safetensors"} for n in names],
                "tolerance": {"rel": tolerance}, "made_with": f"ONNX Runtime {onnxruntime.__version__}",
            }))
        return subprocess.run([vtk, "golden", folder]).returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("graph_320")
    parser.add_argument("weights_320")
    parser.add_argument("graph_416")
    parser.add_argument("out")
    parser.add_argument("--check", metavar="VTK")
    parser.add_argument("--tolerance", type=float, default=4e-3, help="of the check: 4e-3 lets tiny scores' square roots pass")
    args = parser.parse_args()
    if not args.check or not pathlib.Path(args.out).exists():
        save_file(carry(args.graph_320, args.weights_320, args.graph_416), args.out, metadata={"arch": "picodet-xs-416"})
    if args.check:
        sys.exit(check(args.check, args.graph_416, args.out, args.tolerance))


if __name__ == "__main__":
    main()
