"""A network in plain PyTorch: eager, and compiled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from transformers import PreTrainedModel

from shelfmatch_triton.bench.pace import Bind, Runner
from shelfmatch_triton.bench.row import COMPILED, EAGER
from shelfmatch_triton.export.exporter import Tensors
from shelfmatch_triton.export.network import Network
from shelfmatch_triton.sources.kinds import Precision

EAGERLY = "eager"
MODES = ("default", "reduce-overhead", "max-autotune", "max-autotune-no-cudagraphs")
"""Of torch.compile. ``reduce-overhead`` records CUDA graphs."""


def torch_runners(
    network: Network, device: str, precisions: Sequence[Precision], ways: Sequence[str]
) -> Iterator[Runner]:
    """Return one a precision and way. On a CPU there is FP32 alone: it computes FP16 by way of FP32."""
    for precision in (Precision.FP32, Precision.FP16):
        if precision not in precisions or (device == "cpu" and precision == Precision.FP16):
            continue
        for way in ways:
            name = EAGER if way == EAGERLY else f"{COMPILED} ({way})"

            def opener(precision: Precision = precision, way: str = way) -> Any:  # noqa: ANN401
                return _opened(network, device, precision, way)

            yield Runner(name, precision.value, opener)


@contextmanager
def _opened(network: Network, device: str, precision: Precision, way: str) -> Iterator[tuple[Bind, int]]:
    module = plain(network, precision).to(device)
    size = sum(part.numel() * part.element_size() for part in module.parameters())
    torch._dynamo.reset()
    call = module if way == EAGERLY else torch.compile(module, mode=way, dynamic=False)

    def bind(inputs: Tensors) -> Any:  # noqa: ANN401
        given = [inputs[tensor.name].to(device) for tensor in network.model.inputs]

        def run() -> torch.Tensor:
            with torch.inference_mode():
                outputs = call(*given)
            return outputs[0] if isinstance(outputs, tuple) else outputs

        return run

    yield bind, size


def plain(network: Network, precision: Precision) -> nn.Module:
    """Return the graph's module as one would run it in PyTorch: with its own fused attention, in FP32 or FP16."""
    graph: Any = network.exporter.graph(network.model, network.module).eval()
    for part in graph.modules():
        if isinstance(part, PreTrainedModel):
            part.set_attn_implementation("sdpa")
    if precision == Precision.FP32:
        return graph
    for part in graph.children():
        part.half()
    return graph
