"""SmoothQuant (Xiao et al. 2022, https://arxiv.org/abs/2211.10438) on ONNX graphs.

A few channels of what a layer norm gives are far larger than the rest; one INT8 scale a tensor leaves the rest no
steps. Each channel is divided by a factor, and the weights behind are multiplied by it: the products stay the same.
NVIDIA's quantiser has this for PyTorch modules alone, not for ONNX graphs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

from shelfmatch_triton.quantise.feeds import Feed, collect
from shelfmatch_triton.quantise.graph import consumers_of, linear_layers, replace_weight, weights_of
from shelfmatch_triton.quantise.precision import ALPHA

LEAST = 1e-5
"""No factor is smaller: a channel that is always 0 has none."""

Floats = npt.NDArray[np.float32]


def smooth(model: onnx.ModelProto, feeds: Sequence[Feed], alpha: float = ALPHA) -> int:
    """Even out the channels between each layer norm and the linear layers that read it, in place.

    What comes out of GELU or attention stays as it is: its rare large values are no channels of their own, and moving
    them into the weights made all-MiniLM-L6-v2 worse (least cosine 0.82 for 0.975).

    Args:
        model: in FP32.
        feeds: calibration inputs.
        alpha: 0 leaves the activations as they are, 1 moves all into the weights.

    Returns:
        the number of layer norms that were smoothed.
    """
    norms = {node.output[0] for node in model.graph.node if node.op_type == "LayerNormalization"}
    readers: dict[str, list[onnx.NodeProto]] = {}
    for node in linear_layers(model):
        if node.op_type == "MatMul" and node.input[0] in norms:
            readers.setdefault(node.input[0], []).append(node)
    largest = collect(model, list(readers), feeds, _largest_of_channels)
    for tensor, nodes in readers.items():
        _smooth_one(model, tensor, nodes, np.max(largest[tensor], axis=0), alpha)
    return len(readers)


def _largest_of_channels(values: Floats) -> Floats:
    largest: Floats = np.abs(values).reshape(-1, values.shape[-1]).max(axis=0)
    return largest


def _smooth_one(
    model: onnx.ModelProto, tensor: str, readers: list[onnx.NodeProto], largest: Floats, alpha: float
) -> None:
    weights = weights_of(model)
    rows = np.max([np.abs(numpy_helper.to_array(weights[node.input[1]])).max(axis=1) for node in readers], axis=0)
    factors = np.maximum(largest, LEAST) ** alpha / np.maximum(rows, LEAST) ** (1 - alpha)
    factors = np.maximum(factors, LEAST).astype(np.float32)
    for weight in {node.input[1] for node in readers}:
        replace_weight(weights[weight], numpy_helper.to_array(weights[weight]) * factors[:, np.newaxis])
    norm = next(node for node in model.graph.node if tensor in node.output)
    if len(consumers_of(model, tensor)) == len(readers) and _fold(model, norm, factors):
        return
    # A residual reads it too (post-norm networks): the division stands before the linear layers alone, one more step of
    # an element-wise kernel.
    inverse, divided = f"{tensor}.smoothing", f"{tensor}.smoothed"
    model.graph.initializer.append(numpy_helper.from_array((1 / factors).astype(np.float32), inverse))
    place = next(i for i, node in enumerate(model.graph.node) if node.name == readers[0].name)
    name = f"{readers[0].name}.smooth"
    model.graph.node.insert(place, helper.make_node("Mul", [tensor, inverse], [divided], name=name))
    for node in readers:
        node.input[0] = divided


def _fold(model: onnx.ModelProto, norm: onnx.NodeProto, factors: Floats) -> bool:
    """Divide the norm's own scale and offset (pre-norm networks); False where they belong to another one as well."""
    weights = weights_of(model)
    own = [weights.get(name) for name in norm.input[1:]]
    if any(part is None or len(consumers_of(model, part.name)) > 1 for part in own):
        return False
    for part in own:
        if part is not None:
            replace_weight(part, (numpy_helper.to_array(part) / factors).astype(np.float32))
    return True
