"""All rows of one model."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import onnxruntime as ort
import torch

from shelfmatch_triton.bench.in_onnx_runtime import graph_runners
from shelfmatch_triton.bench.in_torch import torch_runners
from shelfmatch_triton.bench.in_triton import triton_runners
from shelfmatch_triton.bench.pace import Case, Runner, rows_of
from shelfmatch_triton.bench.row import Row, with_ratios
from shelfmatch_triton.export.network import Network
from shelfmatch_triton.export.samples import samples
from shelfmatch_triton.sources.kinds import Precision

COMPARED = 8
"""Inputs of a batch whose embeddings are looked at."""


@dataclass(frozen=True)
class Asked:
    """What to measure."""

    batches: Sequence[int]
    tokens: int
    seconds: float
    """That each row is measured for."""
    precisions: Sequence[Precision]
    ways: Sequence[str]
    """Of running it in PyTorch."""
    graphs: Path
    """Folder of ONNX graphs; those that are not there are made in it."""
    threads: int = 0
    """Of the CPU; 0 is each library's own choice."""
    triton_url: str | None = None


def device() -> str:
    """Return where PyTorch and ONNX Runtime run here."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def device_name() -> str:
    """Return it with its versions, for the head of a table."""
    versions = f"PyTorch {torch.__version__}, ONNX Runtime {ort.__version__}"
    if torch.cuda.is_available():
        return f"{torch.cuda.get_device_name()}, {versions}"
    return f"CPU ({platform.machine()}), {os.cpu_count()} cores, {torch.get_num_threads()} threads, {versions}"


def measure(network: Network, asked: Asked, tell: Callable[[Row], None]) -> list[Row]:
    """Measure one way after the other, one row told as it comes; return all, beside the mark of their batch."""
    on = device()
    if asked.threads > 0:
        torch.set_num_threads(asked.threads)
    # What a person would run without an engine: FP16 where a GPU has it in hardware.
    mark = Precision.FP16 if on == "cuda" and Precision.FP16 in asked.precisions else Precision.FP32
    cases = {batch: case_of(network, batch, asked.tokens) for batch in asked.batches}
    rows: list[Row] = []
    for runner in _runners(network, on, asked):
        for row in rows_of(network.model.name, runner, cases, asked.seconds):
            tell(row)
            rows.append(row)
    return list(with_ratios(rows, mark.value))


def _runners(network: Network, on: str, asked: Asked) -> Iterator[Runner]:
    yield from torch_runners(network, on, asked.precisions, asked.ways)
    yield from graph_runners(network, on, asked.precisions, asked.graphs, asked.threads)
    if asked.triton_url is not None:
        yield from triton_runners(asked.triton_url, network.model)


def case_of(network: Network, batch: int, tokens: int) -> Case:
    """Return a batch at random, texts of ``tokens`` at the longest, and what the published network makes of it."""
    inputs = samples(network.model, batch, tokens)
    few = {name: tensor[: min(COMPARED, batch)] for name, tensor in inputs.items()}
    with torch.inference_mode():
        wanted = network.exporter.reference(network.model, network.module, few)["embedding"]
    return Case(inputs, wanted.numpy())
