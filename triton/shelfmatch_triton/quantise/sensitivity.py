"""Which layers one INT8 scale for the whole input serves badly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import onnx

from shelfmatch_triton.quantise.feeds import Feed, collect

LEVELS = 127


def signal_to_noise(model: onnx.ModelProto, nodes: Sequence[onnx.NodeProto], feeds: Sequence[Feed]) -> dict[str, float]:
    """Return, by node, decibels between an input's power and the noise of rounding it to INT8 by its largest value.

    The noise of a step d is d^2 / 12. An input whose largest value stands far above the rest has few decibels: almost
    all of it falls onto the few levels around 0.
    """
    tensors = sorted({node.input[0] for node in nodes})
    found = collect(model, tensors, feeds, _largest_and_power)
    decibels = {}
    for tensor, parts in found.items():
        largest = max(float(part[0]) for part in parts)
        power = float(np.mean([part[1] for part in parts]))
        noise = (largest / LEVELS) ** 2 / 12
        decibels[tensor] = 10 * float(np.log10(power / noise)) if noise > 0 else np.inf
    return {node.name: decibels[node.input[0]] for node in nodes}


def _largest_and_power(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return np.array([np.abs(values).max(), np.mean(np.square(values, dtype=np.float64))], np.float32)
