"""How far a graph's outputs lie from those of the published network."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
import torch

from shelfmatch_triton.export.exporter import Tensors
from shelfmatch_triton.export.network import Network
from shelfmatch_triton.sources.kinds import Precision
from shelfmatch_triton.sources.model import Tolerance

Array = npt.NDArray[np.generic]


@dataclass(frozen=True)
class Parity:
    """One output, over all rows."""

    output: str
    least_cosine: float
    largest_error: float
    alike: float
    """The mean cosine of the reference's rows with one another: near 1, the comparison says little."""

    def within(self, tolerance: Tolerance) -> bool:
        """Return whether it is as exact as asked for; what is not a number is not."""
        return self.least_cosine >= tolerance.least_cosine and self.largest_error <= tolerance.largest_error


def parity(network: Network, graph: Path, inputs: Tensors) -> list[Parity]:
    """Compare the graph, run by ONNX Runtime, with the published network on the same inputs; one entry an output."""
    with torch.no_grad():
        reference = network.exporter.reference(network.model, network.module, inputs)
    session = ort.InferenceSession(str(graph), providers=["CPUExecutionProvider"])
    names = [tensor.name for tensor in network.model.outputs]
    found = session.run(names, {name: tensor.numpy() for name, tensor in inputs.items()})
    return [compare(name, reference[name].numpy(), rows) for name, rows in zip(names, found, strict=True)]


def compare(output: str, reference: Array, found: Array) -> Parity:
    """Compare rows [n, width], computed in float64.

    Raises:
        ValueError: shapes differ.
    """
    if reference.shape != found.shape:
        raise ValueError(f"{output} has the shape {found.shape}, not {reference.shape}")
    a, b = reference.astype(np.float64), found.astype(np.float64)
    lengths = np.linalg.norm(a, axis=1), np.linalg.norm(b, axis=1)
    cosines = (a * b).sum(axis=1) / (lengths[0] * lengths[1])
    among = (a / lengths[0][:, np.newaxis]) @ (a / lengths[0][:, np.newaxis]).T
    others = among[~np.eye(len(a), dtype=bool)]
    alike = float(others.mean()) if others.size else 0.0
    return Parity(output, float(cosines.min()), float(np.abs(a - b).max()), alike)


def faults(network: Network, results: list[Parity], precision: Precision = Precision.FP32) -> list[str]:
    """Return what lies outside the registry's tolerance, each in half a sentence."""
    tolerance = network.model.tolerances[precision]
    return [
        f"{each.output} is off: least cosine {each.least_cosine:.7f}, largest error {each.largest_error:.2e}"
        for each in results
        if not each.within(tolerance)
    ]
