"""What TensorRT's parser and builder refuse, or run slowly, found in a graph before they see it.

ONNX Runtime takes graphs that TensorRT does not: unsigned and shifted integers, biases quantised to INT32. TensorRT's
documentation, "Working with Quantized Types", has the rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

from shelfmatch_triton.quantise.graph import GraphError, pixel_convolutions
from shelfmatch_triton.quantise.precision import is_quantised
from shelfmatch_triton.sources.kinds import Precision

QUANTISED_TYPES = {Precision.INT8: TensorProto.INT8, Precision.FP8: TensorProto.FLOAT8E4M3FN}
PRODUCTS = ("Conv", "MatMul", "Gemm")
KEPT_IN_FP16 = ("Softmax", "LayerNormalization", "LpNormalization", "ReduceMean")


@dataclass(frozen=True)
class Finding:
    """Something in a graph that is wrong for TensorRT."""

    node: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        """Return it as one line."""
        return f"{self.node}: {self.problem}; {self.remedy}"


class _Graph:
    """Who makes each tensor, and of what type it is."""

    def __init__(self, model: onnx.ModelProto) -> None:
        self.model = model
        self.weights = {tensor.name: tensor for tensor in model.graph.initializer}
        for node in model.graph.node:
            if node.op_type == "Constant" and node.attribute[0].name == "value":
                self.weights[node.output[0]] = node.attribute[0].t
        self.maker = {output: node for node in model.graph.node for output in node.output}

    def quantised(self, tensor: str) -> onnx.NodeProto | None:
        """Return the DequantizeLinear that gives ``tensor``; None where it is not quantised."""
        node = self.maker.get(tensor)
        return node if node is not None and node.op_type == "DequantizeLinear" else None

    def stored(self, dequantize: onnx.NodeProto) -> onnx.TensorProto | None:
        """Return the weights behind a DequantizeLinear (and a QuantizeLinear); None of an activation."""
        source = dequantize.input[0]
        quantize = self.maker.get(source)
        if quantize is not None and quantize.op_type == "QuantizeLinear":
            source = quantize.input[0]
        return self.weights.get(source)


def lint(model: onnx.ModelProto, precision: Precision) -> list[Finding]:
    """Return all that is wrong with a graph of this precision; an empty list where TensorRT has nothing to refuse."""
    graph = _Graph(model)
    found = [*_inputs_and_outputs(model), *_products(graph)]
    if is_quantised(precision):
        found += [*_parameters(graph, precision), *_kept(graph), *_amount(graph)]
    elif any(node.op_type in ("QuantizeLinear", "DequantizeLinear") for node in model.graph.node):
        found.append(Finding("graph", f"{precision} has no quantised parts, and this has", "make it of the FP32 graph"))
    return found


def check(model: onnx.ModelProto, precision: Precision, name: str) -> None:
    """Refuse a graph that TensorRT would refuse.

    Raises:
        GraphError: with every finding.
    """
    found = lint(model, precision)
    if found:
        raise GraphError(f"{name} is not fit for TensorRT in {precision}:\n" + "\n".join(f"- {one}" for one in found))


def _inputs_and_outputs(model: onnx.ModelProto) -> Iterator[Finding]:
    allowed = (TensorProto.UINT8, TensorProto.INT64, TensorProto.INT32, TensorProto.FLOAT)
    for tensor in (*model.graph.input, *model.graph.output):
        if tensor.type.tensor_type.elem_type not in allowed:
            kind = TensorProto.DataType.Name(tensor.type.tensor_type.elem_type)
            yield Finding(tensor.name, f"the engine sends and reads no {kind}", "keep the types of inputs and outputs")


def _products(graph: _Graph) -> Iterator[Finding]:
    """A strongly typed network computes in the types that the graph says: FP32 left over is slow for ever."""
    for node in graph.model.graph.node:
        if node.op_type not in PRODUCTS:
            continue
        tensor = graph.weights.get(node.input[1])
        if tensor is not None and tensor.data_type == TensorProto.FLOAT:
            yield Finding(node.name, "its weights are FP32", "convert the graph to FP16 before it is compiled")
        bias = graph.quantised(node.input[2]) if len(node.input) > 2 else None
        if bias is not None:
            yield Finding(
                node.name,
                "its bias is quantised, which TensorRT's parser refuses",
                "leave biases in FP16 (no DequantizeLinear of INT32)",
            )


def _parameters(graph: _Graph, precision: Precision) -> Iterator[Finding]:
    wanted = QUANTISED_TYPES[precision]
    for node in graph.model.graph.node:
        if node.op_type not in ("QuantizeLinear", "DequantizeLinear"):
            continue
        zero = graph.weights.get(node.input[2]) if len(node.input) > 2 else None
        scale = graph.weights.get(node.input[1])
        if zero is None and node.op_type == "QuantizeLinear":
            yield Finding(node.name, "has no zero point, so quantises to UINT8", f"give it one of {precision}, 0")
        if zero is not None and zero.data_type != wanted:
            kind = TensorProto.DataType.Name(zero.data_type)
            yield Finding(node.name, f"quantises to {kind}", f"TensorRT takes symmetric {precision} alone here")
        elif zero is not None and np.any(numpy_helper.to_array(zero).astype(np.float32) != 0):
            yield Finding(node.name, "its zero point is not 0", "quantise symmetrically")
        if scale is None:
            yield Finding(node.name, "its scale is computed", "quantise with constants: calibrate")
            continue
        values = numpy_helper.to_array(scale).astype(np.float32)
        if not np.all(np.isfinite(values)) or np.any(values <= 0):
            yield Finding(node.name, "a scale is not above 0", "calibrate with inputs that reach this tensor")
        if values.size > 1 and node.op_type == "DequantizeLinear" and graph.stored(node) is None:
            yield Finding(node.name, "an activation has a scale a channel", "TensorRT takes one for the whole tensor")


def _kept(graph: _Graph) -> Iterator[Finding]:
    """Parts that lose much in 8 bits, and gain nothing."""
    first = {node.name for node in pixel_convolutions(graph.model)}
    for node in graph.model.graph.node:
        quantised = any(graph.quantised(name) is not None for name in node.input)
        if quantised and node.op_type in KEPT_IN_FP16:
            yield Finding(node.name, f"{node.op_type} reads a quantised tensor", "leave it in FP16")
        if node.op_type == "Conv" and (node.name in first or _reads_pixels(graph, node)) and quantised:
            yield Finding(node.name, "the layer that reads the picture is quantised", "leave it in FP16")


def _reads_pixels(graph: _Graph, conv: onnx.NodeProto) -> bool:
    dequantize = graph.quantised(conv.input[1])
    weights = None if dequantize is None else graph.stored(dequantize)
    return weights is not None and len(weights.dims) == 4 and weights.dims[1] == 3


def _amount(graph: _Graph) -> Iterator[Finding]:
    learned = 0
    for node in graph.model.graph.node:
        if node.op_type not in PRODUCTS:
            continue
        left, right = graph.quantised(node.input[0]), graph.quantised(node.input[1])
        weights = None if right is None else graph.stored(right)
        if weights is not None and right is not None:
            learned += 1
            scale = graph.weights.get(right.input[1])
            if scale is not None and int(np.prod(scale.dims)) <= 1 < max(weights.dims):
                yield Finding(node.name, "its weights have one scale for all", "quantise weights channel by channel")
        if (left is None) != (right is None):
            side = "inputs" if left is None else "weights"
            yield Finding(
                node.name, f"its {side} are not quantised", "TensorRT runs it in FP16: quantise both, or none"
            )
    if learned == 0:
        yield Finding("graph", "no layer with weights is quantised", "quantise linear layers and convolutions")
