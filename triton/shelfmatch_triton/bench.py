"""Pace of the networks in plain PyTorch, eager and compiled, on the device at hand: the mark for an engine.

Weights are random where none are given: a network's pace does not depend on them. ``python -m shelfmatch_triton.bench
[MODEL...]`` prints one line per model, way and batch, and a table as JSON where ``--json`` names a file.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import nn

from shelfmatch_triton.export.exporter import TransformersExporter
from shelfmatch_triton.export.network import EXPORTERS
from shelfmatch_triton.sources.model import SourceModel
from shelfmatch_triton.sources.registry import SOURCE_MODELS

BATCHES = (1, 8, 32, 128)
TOKENS = 32
"""Tokens a text: a product's name, category and first sentence."""
WARM_UP = 10
LEAST_SECONDS = 0.5
LEAST_RUNS = 20

Network = Callable[[torch.Tensor], torch.Tensor]


@dataclass(frozen=True)
class Pace:
    """One figure."""

    model: str
    way: str
    precision: str
    batch: int
    milliseconds: float
    """Median of one batch."""
    per_second: float
    """Pictures or texts."""
    least_cosine: float
    """Against the same network in FP32, eager."""


class Encoder(nn.Module):
    """A network of transformers and what makes one vector of length 1 out of its output."""

    def __init__(self, network: nn.Module, image: bool) -> None:
        """Keep the network."""
        super().__init__()
        self.network = network
        self.image = image

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Return the vectors, [n, dimensions]."""
        output = self.network(pixel_values=values) if self.image else self.network(input_ids=values)
        for name in ("image_embeds", "text_embeds", "pooler_output"):
            vectors = getattr(output, name, None)
            if vectors is not None:
                break
        else:
            vectors = output.last_hidden_state.mean(dim=1)
        return nn.functional.normalize(vectors.float(), dim=-1)


def build(model: SourceModel) -> Encoder | None:
    """Return the published network with random weights; None for one that is not of transformers."""
    exporter = EXPORTERS[model.family]
    if not isinstance(exporter, TransformersExporter):
        return None
    torch.manual_seed(0)
    return Encoder(exporter.build(model), model.inputs[0].name == "views").eval()


def feed(model: SourceModel, batch: int, device: str, dtype: torch.dtype) -> torch.Tensor:
    """Return a batch as the network takes it: fresh random pixels, or token ids."""
    if model.inputs[0].name == "views":
        side = model.image.side
        return torch.randn(batch, 3, side, side, device=device, dtype=dtype)
    vocabulary = int(model.configuration["vocab_size"])
    tokens = torch.randint(3, vocabulary, (batch, min(TOKENS, model.text.max_tokens)), device=device)
    # Where a tower pools at the end mark, every text needs one; it is the largest id.
    tokens[:, -1] = vocabulary - 1
    return tokens


def seconds_of(run: Callable[[], object], device: str) -> list[float]:
    """Return the seconds of each run, after a warm-up; the device is waited for."""
    wait = torch.cuda.synchronize if device == "cuda" else (lambda: None)
    for _ in range(WARM_UP):
        run()
    wait()
    times: list[float] = []
    while len(times) < LEAST_RUNS or sum(times) < LEAST_SECONDS:
        begun = time.perf_counter()
        run()
        wait()
        times.append(time.perf_counter() - begun)
    return times


def least_cosine(vectors: torch.Tensor, reference: torch.Tensor) -> float:
    """Return the least cosine of two sets of vectors of length 1."""
    return float((vectors.double() * reference.double()).sum(dim=-1).min())


def measure(model: SourceModel, ways: list[str], batches: list[int], device: str) -> list[Pace]:
    """Return the model's figures, each printed as it comes."""
    network = build(model)
    if network is None:
        print(f"{model.name}: not run, transformers has no such network", flush=True)
        return []
    reference = network.to(device)
    figures: list[Pace] = []
    dtype = torch.float16 if device == "cuda" else torch.float32
    with torch.inference_mode():
        feeds = {batch: feed(model, batch, device, torch.float32) for batch in batches}
        wanted = {batch: reference(values) for batch, values in feeds.items()}
        half = build(model)
        assert half is not None
        fast = half.to(device=device, dtype=dtype)
        for way in ways:
            torch._dynamo.reset()
            run: Network = fast if way == "eager" else torch.compile(fast, mode=way, dynamic=False)
            for batch in batches:
                values = feeds[batch]
                values = values.to(dtype) if values.is_floating_point() else values
                vectors = run(values).clone()
                middle = statistics.median(seconds_of(lambda run=run, values=values: run(values), device))  # type: ignore[misc]
                precision = str(dtype).removeprefix("torch.")
                cosine = least_cosine(vectors, wanted[batch])
                figures.append(Pace(model.name, way, precision, batch, middle * 1000, batch / middle, cosine))
                last = figures[-1]
                print(
                    f"{last.model:20} {last.way:16} {last.precision:8} batch {batch:4} {last.milliseconds:8.3f} ms "
                    f"{last.per_second:10.0f} a second, least cosine {last.least_cosine:.7f}",
                    flush=True,
                )
    return figures


def main() -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m shelfmatch_triton.bench", description=__doc__)
    parser.add_argument("models", nargs="*", metavar="MODEL", help=", ".join(SOURCE_MODELS))
    modes = ["eager", "default", "reduce-overhead", "max-autotune"]
    parser.add_argument("--ways", nargs="+", choices=modes, default=["eager", "reduce-overhead"])
    parser.add_argument("--batches", nargs="+", type=int, default=list(BATCHES))
    parser.add_argument("--json", type=Path, help="file for the figures")
    args = parser.parse_args()
    unknown = [name for name in args.models if name not in SOURCE_MODELS]
    if unknown:
        parser.error(f"there is no model {', '.join(unknown)}")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    print(f"PyTorch {torch.__version__} on {torch.cuda.get_device_name() if device == 'cuda' else 'a processor'}")
    figures = [
        figure
        for name in args.models or SOURCE_MODELS
        for figure in measure(SOURCE_MODELS[name], args.ways, args.batches, device)
    ]
    if args.json is not None:
        args.json.write_text(json.dumps([asdict(figure) for figure in figures], indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
