"""What is made of one describer: its graphs, those of fewer bits, their plans, and its folder in the repository."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import onnxruntime
import torch
from tokenizers import Tokenizer

from shelfmatch_triton.accept.ledger import Ledger
from shelfmatch_triton.accept.vlm.page import Gate
from shelfmatch_triton.describe.export.write import Describer, at_random, export, marks_of, trained
from shelfmatch_triton.describe.files import graph_bytes, graph_files
from shelfmatch_triton.describe.gate import TOLERANCES, measure
from shelfmatch_triton.describe.layout import Room, lay_out_describer
from shelfmatch_triton.describe.plan import build_plans, sizes_of
from shelfmatch_triton.describe.published import Reference, reference_of
from shelfmatch_triton.describe.quantise import Bits, Recipe, quantise
from shelfmatch_triton.describe.runtime.settings import DECODER, TOKENIZER, VISION, read_settings
from shelfmatch_triton.describe.samples import Describing, Sample
from shelfmatch_triton.describe.source import DescriberSource
from shelfmatch_triton.describe.weights import Published, from_folder, from_hub
from shelfmatch_triton.identity import hash_files
from shelfmatch_triton.plan.tensorrt_build import Toolchain
from shelfmatch_triton.sources.kinds import Precision

LEAST_AGREEMENT = 0.99
"""Of the FP32 graphs' next tokens with transformers'. Level scores of two words are the only reason to differ."""
RECIPES = {
    "int8": Recipe(Bits.INT8, Bits.INT8),
    "fp8": Recipe(Bits.FP8, Bits.FP8),
    "int4-awq": Recipe(Bits.FP16, Bits.INT4),
}
"""By the decoder's bits. INT4 is of weights alone, and nothing for the tower, which reads its own once a picture."""


@dataclass
class Steps:
    """One describer on its way. Steps raise OSError, ValueError or BuildError, with the reason."""

    source: DescriberSource
    args: argparse.Namespace
    ledger: Ledger
    calibration: Sequence[Sample]
    held_out: Sequence[Sample]
    """What it is measured by."""

    @cached_property
    def published(self) -> Published | None:
        """Return its files; None of weights at random."""
        if self.args.weights == "random":
            return None
        if self.args.weights == "hub":
            return from_hub(self.source, self.args.downloads)
        return from_folder(self.source, Path(self.args.weights))

    def folder(self, label: str) -> Path:
        """Return the folder of a precision's graphs."""
        folder: Path = self.args.target / "describers" / self.source.name / label
        return folder

    def size(self, label: str) -> int:
        """Return the bytes of a precision's graphs."""
        return sum(graph_bytes(self.folder(label), name) for name in (VISION, DECODER))

    def network(self) -> tuple[Describer, Tokenizer]:
        """Return the published network in FP32: gigabytes, so it is had anew where it is needed."""
        if self.published is not None:
            return trained(self.source, self.published.folder)
        if self.args.tokenizer is None:
            raise ValueError("weights at random need a tokenizer: name its file with --tokenizer")
        tokenizer = Tokenizer.from_file(str(self.args.tokenizer))
        return at_random(self.source, marks_of(tokenizer), self.args.seed), tokenizer

    def reference(self) -> Reference:
        """Return transformers' own way from a prompt to an answer."""
        return reference_of(*self.network())

    def export(self) -> Gate:
        """Write the FP32 and FP16 graphs; return how often the FP32 graphs' next token is transformers'."""
        made = [file for label in (Precision.FP32, Precision.FP16) for file in self._files(label)]
        told = self.ledger.once(f"{self.source.name} export", self._origin(), self._export, made)
        share, count = float(told["agreement"]), int(told["steps"])
        faults = () if share >= LEAST_AGREEMENT else (f"{share:.1%} of the tokens are transformers'",)
        return Gate(None, None, share, count, faults)

    def _origin(self) -> dict[str, object]:
        found = self.published
        weights = [] if found is None else sorted(found.folder.glob("*.safetensors"))
        return {
            "weights": hash_files(weights) if weights else f"random, seed {self.args.seed}",
            "model": repr(self.source),
            "torch": torch.__version__,
            "samples": repr(self.held_out),
            "steps": self.args.steps,
        }

    def _export(self) -> dict[str, object]:
        describer, tokenizer = self.network()
        folder = self.folder(Precision.FP32)
        export(describer, tokenizer.to_str(), folder)
        graphs, reference = Describing(folder), reference_of(describer, tokenizer)
        same = count = 0
        for sample in self.held_out:
            (wanted,) = reference.generate([reference.inputs(sample.prompt, sample.pictures)], self.args.steps)
            scores = graphs.tell(sample, len(wanted), wanted).scores
            same += sum(int(row.argmax()) == token for row, token in zip(scores, wanted, strict=True))
            count += len(wanted)
        # Last: to halve a network changes it.
        export(describer, tokenizer.to_str(), self.folder(Precision.FP16), Precision.FP16)
        return {"agreement": same / count, "steps": count}

    def quantise(self, label: str) -> None:
        """Write the graphs of fewer bits."""
        recipe, source = RECIPES[label], self.folder(Precision.FP16)
        samples = repr(self.calibration)
        key = {"source": self._hash(Precision.FP16), "recipe": asdict(recipe), "samples": samples}

        def work() -> dict[str, object]:
            feeds = Describing(source).feeds(self.calibration, steps=1)
            quantise(source, self.folder(label), recipe, feeds)
            return {}

        self.ledger.once(f"{self.source.name} {label} quantise", key, work, self._files(label))

    def gate(self, label: str) -> Gate:
        """Compare the scores of the same tokens with the FP32 graphs'."""
        key = {"graphs": [self._hash(each) for each in (Precision.FP32, label)], "samples": repr(self.held_out)}
        key = {**key, "steps": self.args.steps, "onnxruntime": onnxruntime.__version__}

        def work() -> dict[str, object]:
            folders = self.folder(Precision.FP32), self.folder(label)
            return asdict(measure(*folders, self.held_out, self.args.steps))

        told = self.ledger.once(f"{self.source.name} {label} gate", key, work)
        tolerance = TOLERANCES[Bits(label)]
        found = Gate(told["mean_cosine"], told["mean_divergence"], told["agreement"], told["steps"], ())
        return found.against(tolerance)

    def plan(self, label: str, tools: Toolchain, progress: Callable[[str], None]) -> int:
        """Build TensorRT's plans for the GPU at hand; return their bytes.

        Raises:
            BuildError: TensorRT refuses a graph.
        """
        target: Path = self.args.target / "plans" / self.source.name / label
        sizes = sizes_of(read_settings(self.folder(label)))
        key = {"graphs": self._hash(label), "TensorRT": tools.version, "GPU": tools.device, "sizes": repr(sizes)}
        plans = [target / name for name in ("vision.plan", "decoder.plan")]

        def work() -> dict[str, object]:
            built = build_plans(self.folder(label), target, sizes, tools, progress)
            return {"bytes": sum(plan.stat().st_size for plan in built)}

        return int(self.ledger.once(f"{self.source.name} {label} plans", key, work, plans)["bytes"])

    def lay_out(self, label: str, repository: Path) -> None:
        """Write the model ``describe`` of a precision's graphs into the repository."""
        room = Room(together=max(self.args.requests), threads=self.args.threads)
        lay_out_describer(self.folder(label), repository, room)

    def served(self, label: str) -> str:
        """Return a hash of what is served."""
        return self._hash(label)

    def _files(self, label: str) -> list[Path]:
        return [self.folder(label) / name for name in (VISION, DECODER, TOKENIZER)]

    def _hash(self, label: str) -> str:
        folder = self.folder(label)
        return hash_files([file for name in (VISION, DECODER) for file in graph_files(folder, name)])
