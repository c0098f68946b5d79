"""What is made of one encoder: its graph, the narrower ones, their plans, and their folders in the repository."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path

import onnxruntime
import torch

from shelfmatch_triton.accept.ledger import Ledger
from shelfmatch_triton.accept.material import Material, Quality, evaluation_of, material_at_random, material_of_seed
from shelfmatch_triton.accept.table import NotRun
from shelfmatch_triton.bench.measure import case_of
from shelfmatch_triton.bench.pace import Case
from shelfmatch_triton.export.network import Network
from shelfmatch_triton.export.onnx_file import export
from shelfmatch_triton.export_command import compared, network_of, tokenizer_for
from shelfmatch_triton.gates.gate import Encoded, graph_runner
from shelfmatch_triton.gates.measures import Likeness
from shelfmatch_triton.graph_layout import ServedGraph
from shelfmatch_triton.identity import hash_files
from shelfmatch_triton.plan.layout import Planned
from shelfmatch_triton.plan.profiles import Profile, Range
from shelfmatch_triton.plan.tensorrt_build import BuildError, Toolchain, build, find_toolchain, gpu_at_hand
from shelfmatch_triton.quantise.make import make
from shelfmatch_triton.quantise.precision import Recipe
from shelfmatch_triton.sources.inputs import TextInput
from shelfmatch_triton.sources.kinds import Precision
from shelfmatch_triton.sources.model import SourceModel, tokenizer_file
from shelfmatch_triton.tokenizer import tokenizer_of

NO_GPU = "no GPU"
TIMED_TOKENS = 64
"""Of a text that is timed, at the longest: a product's name and description."""


@dataclass(frozen=True)
class Folders:
    """Where everything lies, below ``--target``."""

    target: Path
    repository: Path

    @property
    def graphs(self) -> Path:
        """Return the folder of ONNX graphs: what the compose file's profile ``gpu`` builds plans of."""
        return self.target / "graphs"

    @property
    def plans(self) -> Path:
        """Return the folder of plans."""
        return self.target / "plans"


@dataclass
class Encoder:
    """One encoder on its way. Steps raise OSError, ValueError or BuildError, with the reason."""

    model: SourceModel
    args: argparse.Namespace
    folders: Folders
    ledger: Ledger
    weights: Path
    """Folder of the app's own weights, for tokenizers."""
    parity: Likeness | None = None

    @property
    def graph(self) -> Path:
        """Return the FP32 graph."""
        return self.folders.graphs / f"{self.model.name}.onnx"

    def graph_of(self, label: str) -> Path:
        """Return the graph of a precision."""
        return self.graph if label == Precision.FP32 else self.folders.graphs / f"{self.model.name}.{label}.onnx"

    def export(self) -> None:
        """Write the FP32 graph, and compare it with the published network.

        Raises:
            ValueError: the weights can't be had, or the graph is not exact enough.
        """
        files = [self.graph, self.graph.with_suffix(".json")]
        if isinstance(self.model.input, TextInput) and self.args.weights != "random":
            files.append(tokenizer_file(self.folders.graphs, self.model))
        key = {name: str(getattr(self.args, name)) for name in ("weights", "size", "seed")}
        key |= {"torch": torch.__version__, "model": repr(self.model)}
        told = self.ledger.once(f"{self.model.name} export", key, self._export, files)
        if told["faults"]:
            raise ValueError("; ".join(told["faults"]))
        self.parity = Likeness(**told["parity"])

    @cached_property
    def network(self) -> Network:
        """Return the published network with its weights."""
        return network_of(self.model, self.args)

    @cached_property
    def cases(self) -> dict[int, Case]:
        """Return the batches that are timed."""
        return {batch: case_of(self.network, batch, TIMED_TOKENS) for batch in self.args.batches}

    def release(self) -> None:
        """Forget what takes memory; it is had again when it is needed."""
        for name in ("network", "cases", "material", "reference"):
            vars(self).pop(name, None)

    def _export(self) -> dict[str, object]:
        network = self.network
        exported = export(network, self.folders.graphs, tokenizer_for(network, self.args.tokenizer))
        found, missed = compared(network, exported.file)
        least, error = min(each.least_cosine for each in found), max(each.largest_error for each in found)
        return {"parity": asdict(Likeness(least, least, error, len(found))), "faults": missed}

    @cached_property
    def material(self) -> Material:
        """Return what it is measured with; an error of it is raised when it is first needed."""
        if self.args.weights == "random":
            return material_at_random(self.model)
        text = isinstance(self.model.input, TextInput)
        side = 224 if isinstance(self.model.input, TextInput) else self.model.input.side
        tokenizer = tokenizer_of(self.model, self.folders.graphs, self.weights) if text else None
        evaluation = evaluation_of(side, self.args.set, self.folders.target / "sets", self.args.node)
        return material_of_seed(self.model, tokenizer, evaluation)

    @cached_property
    def reference(self) -> Encoded:
        """Return the FP32 graph's vectors."""
        return self.material.encode(graph_runner(self.graph))

    def quantise(self, recipe: Recipe) -> None:
        """Write the graph in another precision."""
        key = {"source": hash_files([self.graph]), "recipe": asdict(recipe), "material": self.material.key}
        target = self.graph_of(recipe.label)

        def work() -> dict[str, object]:
            return asdict(make(self.graph, target, recipe, self.material.calibration()))

        self.ledger.once(f"{self.model.name} {recipe.label} quantise", key, work, [target])

    def measured(
        self, label: str, precision: Precision, step: str, key: dict[str, str], encode: Callable[[], Encoded]
    ) -> Quality:
        """Return what vectors are worth, measured once for the same graph, inputs and tolerance.

        Args:
            label: of the graph.
            precision: whose tolerance counts.
            step: the measurement's name.
            key: what it depends on beside the graphs.
            encode: gives the vectors.
        """
        tolerance = self.model.tolerances[precision]
        graphs = {"graphs": hash_files([self.graph, self.graph_of(label)]), "tolerance": repr(tolerance)}
        key = {**key, **graphs, "material": self.material.key, "onnxruntime": onnxruntime.__version__}

        def work() -> dict[str, object]:
            return asdict(self.material.judge(self.reference, encode(), tolerance))

        return Quality.read(self.ledger.once(f"{self.model.name} {label} {step}", key, work))

    def gate(self, label: str, precision: Precision) -> Quality:
        """Measure a graph on this machine, before it is served; of FP32, beside the published network."""

        def encode() -> Encoded:
            return self.reference if graph == self.graph else self.material.encode(graph_runner(graph))

        graph = self.graph_of(label)
        quality = self.measured(label, precision, "gate", {}, encode)
        if label == Precision.FP32 and self.parity is not None:
            quality = replace(quality, likeness=self.parity)
        return quality

    def plan(self, label: str, tools: Toolchain, progress: Callable[[str], None]) -> Planned:
        """Build the plan of a precision's graph for the GPU at hand.

        Raises:
            BuildError: TensorRT refuses the graph.
        """
        graph = self.graph_of(label)
        longest = self.model.input.max_tokens if isinstance(self.model.input, TextInput) else None
        largest = max(self.args.batches)
        profile = Profile(Range(1, min(8, largest), largest)).within(longest)
        plan = self.folders.plans / f"{graph.stem}.plan"
        record = build(graph, plan, profile, tools, progress)
        return Planned(self.model, label, graph, plan, record)

    def served_graph(self, label: str) -> ServedGraph:
        """Return what is laid out of a precision's graph."""
        return ServedGraph(self.model, label, self.graph_of(label))


def toolchain() -> Toolchain | NotRun:
    """Return the TensorRT that builds plans here, or why there is none."""
    if gpu_at_hand() is None:
        return NotRun(NO_GPU)
    try:
        tools = find_toolchain()
    except BuildError as error:
        return NotRun(str(error))
    return NotRun("TensorRT-RTX is here, whose plans Triton does not run") if tools.is_rtx else tools
