"""Writes the cases of `cases/onnx`: two small graphs in the manner of PP-LCNet, run by ONNX Runtime.

    pip install numpy==2.4.6 safetensors==0.8.0 onnx==1.23.2 onnxruntime==1.32.0
    python make_onnx.py

`free-size` is as exporters write today: operators of opset 17, free batch, height and width. `old-form` is as files of 2019 are:
IR version 3, where every initializer is listed as an input too, opset 9, hard-swish spelled out, batch norms of their own, a Dropout
node, a Reshape to a constant shape.
"""
import os

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from golden import synthetic_input, weight_range, uniform, write_case

HERE = os.path.dirname(os.path.abspath(__file__))
CLASSES = 5


class Graph:
    """Nodes and initializers, as they come."""

    def __init__(self, seed):
        self.seed, self.nodes, self.initializers = seed, [], []

    def constant(self, name, array):
        self.initializers.append(numpy_helper.from_array(array, name))
        return name

    def weight(self, name, shape):
        return self.constant(name, uniform(name, shape, self.seed, *weight_range(name, shape)))

    def node(self, op, *inputs, **attributes):
        out = f"{op.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [out], **attributes))
        return out

    def conv(self, name, x, ins, outs, kernel, stride=1, group=1, bias=True):
        inputs = [x, self.weight(f"{name}.weight", [outs, ins // group, kernel, kernel])]
        if bias:
            inputs.append(self.weight(f"{name}.bias", [outs]))
        return self.node("Conv", *inputs, kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[(kernel - 1) // 2] * 4, group=group)

    def batch_norm(self, name, x, channels):
        parts = [self.weight(f"{name}.{part}", [channels]) for part in ("weight", "bias", "running_mean", "running_var")]
        return self.node("BatchNormalization", x, *parts, epsilon=1e-5)

    def squeeze_excite(self, name, x, channels):
        s = self.node("GlobalAveragePool", x)
        s = self.node("Relu", self.conv(f"{name}.reduce", s, channels, channels // 4, 1))
        s = self.node("HardSigmoid", self.conv(f"{name}.expand", s, channels // 4, channels, 1), alpha=1 / 6, beta=0.5)
        return self.node("Mul", x, s)


def free_size():
    g = Graph(seed=900)
    x = g.node("HardSwish", g.conv("stem", "x", 3, 8, 3, stride=2))
    x = g.node("HardSwish", g.conv("block1.dw", x, 8, 8, 3, group=8))
    x = g.node("HardSwish", g.conv("block1.pw", x, 8, 16, 1))
    x = g.node("HardSwish", g.conv("block2.dw", x, 16, 16, 5, stride=2, group=16))
    x = g.squeeze_excite("block2.se", x, 16)
    x = g.node("HardSwish", g.conv("block2.pw", x, 16, 32, 1))
    x = g.node("Flatten", g.node("GlobalAveragePool", x), axis=1)
    x = g.node("Gemm", x, g.weight("fc.weight", [32, CLASSES]), g.weight("fc.bias", [CLASSES]))
    g.nodes.append(helper.make_node("Softmax", [x], ["probabilities"], axis=1))
    image = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 3, "height", "width"])
    out = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", CLASSES])
    return finish(g, [image], out, opset=17, ir=8)


def old_form():
    g = Graph(seed=901)
    limits = [g.constant(name, np.array(value, np.float32)) for name, value in (("three", 3), ("six", 6))]

    def hard_swish(x):
        clipped = g.node("Clip", g.node("Add", x, limits[0]), min=0.0, max=6.0)
        return g.node("Div", g.node("Mul", x, clipped), limits[1])

    def conv_bn(name, x, *sizes, **options):
        return hard_swish(g.batch_norm(f"{name}.bn", g.conv(f"{name}.conv", x, *sizes, bias=False, **options), sizes[1]))

    x = conv_bn("stem", "x", 3, 8, 3, stride=2)
    x = conv_bn("block1.dw", x, 8, 8, 3, group=8)
    x = conv_bn("block1.pw", x, 8, 16, 1)
    x = conv_bn("block2.dw", x, 16, 16, 5, stride=2, group=16)
    x = conv_bn("block2.pw", x, 16, 32, 1)
    x = g.node("Reshape", g.node("GlobalAveragePool", x), g.constant("flat", np.array([1, 32], np.int64)))
    x = g.node("Dropout", x, ratio=0.2)
    x = g.node("MatMul", x, g.weight("fc.weight", [32, CLASSES]))
    x = g.node("Add", x, g.weight("fc.bias", [CLASSES]))
    g.nodes.append(helper.make_node("Softmax", [x], ["probabilities"], axis=1))
    image = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 32, 40])
    listed = [helper.make_tensor_value_info(t.name, t.data_type, t.dims) for t in g.initializers]
    out = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [1, CLASSES])
    return finish(g, [image, *listed], out, opset=9, ir=3)


def finish(g, inputs, output, opset, ir):
    graph = helper.make_graph(g.nodes, "small", inputs, [output], g.initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=ir, producer_name="vtk reference")
    onnx.checker.check_model(model, full_check=True)
    return model


def main():
    for name, model, shape, note in (
        ("free-size", free_size(), [2, 3, 37, 50], "opset 17; batch, height and width are free"),
        ("old-form", old_form(), [1, 3, 32, 40], "opset 9, IR version 3: every initializer is listed as an input too; hard-swish spelled out"),
    ):
        folder = os.path.join(HERE, "cases", "onnx", name)
        os.makedirs(folder, exist_ok=True)
        onnx.save(model, os.path.join(folder, "graph.onnx"))
        entry, x = synthetic_input("x", shape, 910)
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        (probabilities,) = session.run(None, {"x": x})
        print(name, probabilities)
        write_case(
            folder, "network.onnx", {"outputs": ["probabilities"]}, weights={"file": "graph.onnx"}, inputs=[entry],
            expected={"probabilities": probabilities}, tolerance={"abs": 1e-5},
            made_with=f"make_onnx.py: onnx {onnx.__version__}, ONNX Runtime {onnxruntime.__version__} (CPU)", note=note)


if __name__ == "__main__":
    main()
