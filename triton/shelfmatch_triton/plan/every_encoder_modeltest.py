"""Every encoder's graph is quantised, linted, near its original, and taken by TensorRT-RTX's own parser and builder.

At reduced size with weights at random; EfficientNet-Lite0, all-MiniLM-L6-v2 and DINOv2 small at full size. Building
says that a graph is one that TensorRT takes, and nothing of its speed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from shelfmatch_triton.export.network import at_random, trained
from shelfmatch_triton.export.onnx_file import export
from shelfmatch_triton.export.samples import samples
from shelfmatch_triton.gates.measures import likeness
from shelfmatch_triton.plan.profiles import Profile, Range
from shelfmatch_triton.plan.tensorrt_build import Toolchain, build, find_toolchain
from shelfmatch_triton.quantise.feeds import Feed, open_graph
from shelfmatch_triton.quantise.make import Made, make
from shelfmatch_triton.quantise.precision import Calibration, Recipe, is_quantised
from shelfmatch_triton.sources.images import DINOV2_SMALL, EFFICIENTNET_LITE0
from shelfmatch_triton.sources.inputs import TextInput
from shelfmatch_triton.sources.kinds import Family, Precision, Size
from shelfmatch_triton.sources.model import SourceModel
from shelfmatch_triton.sources.registry import SOURCE_MODELS
from shelfmatch_triton.sources.texts import ALL_MINILM_L6_V2
from shelfmatch_triton.sources.weights import shipped

pytestmark = pytest.mark.filterwarnings("ignore")

RECIPES = [Recipe(Precision.FP16), Recipe(Precision.INT8), Recipe(Precision.FP8)]


@dataclass(frozen=True)
class Source:
    """An exported graph, what it is calibrated with, and what it is compared on."""

    model: SourceModel
    graph: Path
    calibration: list[Feed]
    held_out: Feed


def feeds(model: SourceModel, count: int, seed: int) -> Feed:
    """Return inputs at random."""
    return {name: tensor.numpy() for name, tensor in samples(model, count, tokens=40, seed=seed).items()}


def source(model: SourceModel, graph: Path, batches: int = 4) -> Source:
    """Return it with inputs."""
    return Source(model, graph, [feeds(model, 4, seed) for seed in range(batches)], feeds(model, 8, 99))


@pytest.fixture(scope="module", params=list(SOURCE_MODELS.values()), ids=list(SOURCE_MODELS))
def reduced(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Source:
    """Each encoder at reduced size."""
    model: SourceModel = request.param.at(Size.REDUCED)
    return source(model, export(at_random(model), tmp_path_factory.mktemp("reduced")).file)


@pytest.fixture(scope="module", params=[EFFICIENTNET_LITE0, ALL_MINILM_L6_V2, DINOV2_SMALL], ids=lambda each: each.name)
def full(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    """Those of full size: the shipped two with their weights, DINOv2 small at random."""
    model: SourceModel = request.param
    network = at_random(model) if model is DINOV2_SMALL else trained(model, shipped(model))
    file = export(network, tmp_path_factory.mktemp("full")).file
    yield source(model, file, batches=2)
    file.unlink()


@pytest.fixture(scope="module", name="tools")
def _tools() -> Toolchain:
    tools = find_toolchain()
    assert tools.is_rtx, "these tests are written for TensorRT-RTX: scripts/setup/tensorrt-rtx.mjs"
    return tools


def least_cosine(given: Source, recipe: Recipe) -> float:
    """Return the registry's, but where fifty convolutions at random add up what each of them loses."""
    wanted = given.model.tolerances[recipe.precision].least_cosine
    chaotic = given.model.family == Family.EFFICIENTNET_LITE and given.model.name.endswith("-reduced")
    return min(wanted, 0.8) if chaotic and is_quantised(recipe.precision) else wanted


def made_and_built(given: Source, recipe: Recipe, tools: Toolchain, folder: Path) -> Made:
    """Quantise (which lints), compare and build; return what was made."""
    graph = folder / f"{given.model.name}.{recipe.label}.onnx"
    made = make(given.graph, graph, recipe, given.calibration)
    reference, candidate = (
        open_graph(str(file)).run(["embedding"], dict(given.held_out))[0] for file in (given.graph, graph)
    )
    assert candidate.dtype == np.float32
    near = likeness(reference, candidate)
    assert near.least_cosine >= least_cosine(given, recipe), near
    assert (made.quantised_layers > 0) == is_quantised(recipe.precision)
    longest = given.model.text.max_tokens if isinstance(given.model.input, TextInput) else 256
    profile = Profile(Range(1, 8, 32), Range(2, min(64, longest), min(256, longest)))
    plan = graph.with_suffix(".plan")
    record = build(graph, plan, profile, tools, print)
    assert record.tensorrt.startswith("rtx-")
    assert plan.stat().st_size > 10_000
    return made


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.label)
def test_every_family_is_quantised_and_built(reduced: Source, recipe: Recipe, tools: Toolchain, tmp_path: Path) -> None:
    """Each in every precision that the registry has for it."""
    made_and_built(reduced, recipe, tools, tmp_path)


@pytest.mark.parametrize("recipe", RECIPES[:2], ids=lambda recipe: recipe.label)
def test_full_sizes_are_quantised_and_built(full: Source, recipe: Recipe, tools: Toolchain, tmp_path: Path) -> None:
    """FP16 and INT8."""
    made = made_and_built(full, recipe, tools, tmp_path)
    if full.model is DINOV2_SMALL and recipe.precision == Precision.INT8:
        # Two norms a block stand before linear layers.
        assert made.smoothed == 24


def test_entropy_gives_another_graph_under_another_name(tmp_path: Path) -> None:
    """And the same recipe gives the same graph, byte for byte: its fingerprint is by its bytes."""
    model = DINOV2_SMALL.at(Size.REDUCED)
    given = source(model, export(at_random(model), tmp_path).file)
    recipes = [
        Recipe(Precision.INT8, Calibration.ENTROPY),
        Recipe(Precision.INT8, Calibration.MAX),
        Recipe(Precision.INT8, Calibration.MAX),
    ]
    made = [
        make(given.graph, tmp_path / str(number) / "model.onnx", recipe, given.calibration)
        for number, recipe in enumerate(recipes)
    ]
    assert [one.label for one in made] == ["int8-entropy", "int8-max", "int8-max"]
    assert made[0].sha256 != made[1].sha256
    assert made[1].sha256 == made[2].sha256
