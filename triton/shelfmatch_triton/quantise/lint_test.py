"""The linter finds what TensorRT refuses, and nothing in a graph that is as it should be."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from shelfmatch_triton.quantise.graph import GraphError
from shelfmatch_triton.quantise.lint import check, lint
from shelfmatch_triton.sources.kinds import Precision

WIDTH = 4


def graph() -> onnx.ModelProto:
    """Return a linear layer in INT8: its input by one scale, its weights channel by channel, its bias in FP16."""
    weights: dict[str, npt.NDArray[Any]] = {
        "w": np.ones((WIDTH, WIDTH), np.float16),
        "b": np.ones(WIDTH, np.float16),
        "x.scale": np.array(0.1, np.float16),
        "x.zero": np.array(0, np.int8),
        "w.scale": np.full(WIDTH, 0.01, np.float16),
        "w.zero": np.zeros(WIDTH, np.int8),
    }
    nodes = [
        helper.make_node("Cast", ["views"], ["x"], to=TensorProto.FLOAT16, name="cast"),
        helper.make_node("QuantizeLinear", ["x", "x.scale", "x.zero"], ["x.q"], name="x.quantise"),
        helper.make_node("DequantizeLinear", ["x.q", "x.scale", "x.zero"], ["x.dq"], name="x.dequantise"),
        helper.make_node("QuantizeLinear", ["w", "w.scale", "w.zero"], ["w.q"], name="w.quantise", axis=1),
        helper.make_node("DequantizeLinear", ["w.q", "w.scale", "w.zero"], ["w.dq"], name="w.dequantise", axis=1),
        helper.make_node("Gemm", ["x.dq", "w.dq", "b"], ["y"], name="linear"),
        helper.make_node("Softmax", ["y"], ["z"], name="softmax"),
        helper.make_node("Cast", ["z"], ["embedding"], to=TensorProto.FLOAT, name="back"),
    ]
    views = helper.make_tensor_value_info("views", TensorProto.UINT8, ["n", WIDTH])
    embedding = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["n", WIDTH])
    initializers = [numpy_helper.from_array(values, name) for name, values in weights.items()]
    made = helper.make_graph(nodes, "g", [views], [embedding], initializers)
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 19)])


def node(model: onnx.ModelProto, name: str) -> onnx.NodeProto:
    """Return a node by name."""
    return next(one for one in model.graph.node if one.name == name)


def put(model: onnx.ModelProto, name: str, values: npt.NDArray[Any]) -> None:
    """Give an initializer other values."""
    tensor = next(one for one in model.graph.initializer if one.name == name)
    tensor.CopyFrom(numpy_helper.from_array(values, name))


def test_a_graph_that_is_right_has_no_findings() -> None:
    """It is valid, too."""
    onnx.checker.check_model(graph(), full_check=True)
    assert lint(graph(), Precision.INT8) == []
    check(graph(), Precision.INT8, "right")


def _unsigned(model: onnx.ModelProto) -> None:
    put(model, "x.zero", np.array(0, np.uint8))


def _shifted(model: onnx.ModelProto) -> None:
    put(model, "x.zero", np.array(3, np.int8))


def _no_zero_point(model: onnx.ModelProto) -> None:
    del node(model, "x.quantise").input[2]


def _dead_scale(model: onnx.ModelProto) -> None:
    put(model, "w.scale", np.array([0.1, 0, 0.1, 0.1], np.float16))


def _activation_by_channel(model: onnx.ModelProto) -> None:
    put(model, "x.scale", np.full(WIDTH, 0.1, np.float16))
    put(model, "x.zero", np.zeros(WIDTH, np.int8))


def _one_scale_for_all(model: onnx.ModelProto) -> None:
    put(model, "w.scale", np.array(0.1, np.float16))
    put(model, "w.zero", np.array(0, np.int8))


def _bias(model: onnx.ModelProto) -> None:
    put(model, "b", np.ones(WIDTH, np.int32))
    place = [one.name for one in model.graph.node].index("linear")
    dequantise = helper.make_node("DequantizeLinear", ["b", "w.scale"], ["b.dq"], name="b.dequantise")
    model.graph.node.insert(place, dequantise)
    node(model, "linear").input[2] = "b.dq"


def _softmax(model: onnx.ModelProto) -> None:
    node(model, "softmax").input[0] = "x.dq"


def _weights_alone(model: onnx.ModelProto) -> None:
    node(model, "linear").input[0] = "x"


def _nothing(model: onnx.ModelProto) -> None:
    node(model, "linear").input[0] = "x"
    node(model, "linear").input[1] = "w"


def _fp32(model: onnx.ModelProto) -> None:
    put(model, "w", np.ones((WIDTH, WIDTH), np.float32))
    node(model, "linear").input[1] = "w"


def _halved_output(model: onnx.ModelProto) -> None:
    model.graph.output[0].type.tensor_type.elem_type = TensorProto.FLOAT16


@pytest.mark.parametrize(
    ("spoil", "where", "words"),
    [
        (_unsigned, "x.quantise", "quantises to UINT8"),
        (_shifted, "x.quantise", "its zero point is not 0"),
        (_no_zero_point, "x.quantise", "has no zero point"),
        (_dead_scale, "w.quantise", "a scale is not above 0"),
        (_activation_by_channel, "x.dequantise", "an activation has a scale a channel"),
        (_one_scale_for_all, "linear", "its weights have one scale for all"),
        (_bias, "linear", "its bias is quantised"),
        (_softmax, "softmax", "Softmax reads a quantised tensor"),
        (_weights_alone, "linear", "its inputs are not quantised"),
        (_nothing, "graph", "no layer with weights is quantised"),
        (_fp32, "linear", "its weights are FP32"),
        (_halved_output, "embedding", "sends and reads no FLOAT16"),
    ],
)
def test_each_fault_is_found_where_it_is(spoil: Callable[[onnx.ModelProto], None], where: str, words: str) -> None:
    """And the message says what to do."""
    model = graph()
    spoil(model)
    found = lint(model, Precision.INT8)
    assert any(one.node == where and words in one.problem and one.remedy for one in found), found
    with pytest.raises(GraphError, match="is not fit for TensorRT in int8"):
        check(model, Precision.INT8, "spoiled")


def test_the_picture_s_first_layer_stays_in_fp16() -> None:
    """Three channels, whole numbers from 0 to 255: 8 bits of them would be all there is."""
    model = graph()
    put(model, "w", np.ones((WIDTH, 3, 2, 2), np.float16))
    convolution = node(model, "linear")
    convolution.op_type = "Conv"
    found = lint(model, Precision.INT8)
    assert any("reads the picture is quantised" in one.problem for one in found)


def test_a_graph_of_another_precision_is_not_taken_for_this_one() -> None:
    """FP16 has no quantised parts; FP8 has no INT8."""
    assert any(
        "has no quantised parts" in one.problem or "fp16" in one.problem for one in lint(graph(), Precision.FP16)
    )
    assert any("quantises to INT8" in one.problem for one in lint(graph(), Precision.FP8))
