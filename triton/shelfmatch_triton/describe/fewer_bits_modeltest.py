"""The reduced describer in fewer bits: made by ModelOpt, near its original, served, and taken by TensorRT-RTX."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest

from shelfmatch_triton.describe.export.write import Describer
from shelfmatch_triton.describe.gate import TOLERANCES, Tolerance, compare, measure
from shelfmatch_triton.describe.plan import Sizes, build_plans
from shelfmatch_triton.describe.quantise import Bits, Recipe, quantise, quantised_layers
from shelfmatch_triton.describe.runtime.batcher import Batcher, Limits
from shelfmatch_triton.describe.runtime.settings import DECODER, VISION, read_settings
from shelfmatch_triton.describe.runtime.testing import ONE_FAMILY, Ear, ask
from shelfmatch_triton.describe.samples import Describing, Feed, Sample
from shelfmatch_triton.describe.source import Family
from shelfmatch_triton.describe.testing import pictures
from shelfmatch_triton.plan.profiles import Range
from shelfmatch_triton.plan.tensorrt_build import BuildError, Toolchain, find_toolchain
from shelfmatch_triton.quantise.graph import GraphError

pytestmark = pytest.mark.filterwarnings("ignore")

RECIPES = (
    Recipe(Bits.FP16, Bits.FP16),
    Recipe(Bits.INT8, Bits.INT8),
    Recipe(Bits.FP8, Bits.FP8),
    # A search of three steps rather than eleven: what it finds is no matter here.
    Recipe(Bits.FP16, Bits.INT4, awq_step=0.5),
)
AT_RANDOM = {
    Bits.FP16: TOLERANCES[Bits.FP16],
    Bits.INT8: replace(TOLERANCES[Bits.INT8], agreement=0.7),
    Bits.FP8: replace(TOLERANCES[Bits.FP8], agreement=0.5),
    Bits.INT4: Tolerance(0.9, 0.15, 0.3),
}
"""A network at random is hardly surer of a token than of the next; its weights lose more than trained ones."""
SMALL = Sizes(
    together=Range(1, 2, 4),
    new=Range(1, 1, 256),
    past=Range(1, 128, 512),
    shown=Range(1, 1, 129),
    picture=Range(4, 16, 25),
)
STEPS = 16
LAYERS = {
    Family.QWEN3_VL: {VISION: 4 * 4 + 4 * 2, DECODER: 4 * 7},
    Family.LLAVA_ONEVISION: {VISION: 2 * 6 + 2, DECODER: 2 * 7},
    Family.INTERNVL: {VISION: 2 * 6 + 2, DECODER: 2 * 7},
}
"""Blocks of four products or six, mergers or a projector of two; layers of seven. Without what reads the pixels and
scores the words."""


def samples(first: int, count: int) -> list[Sample]:
    """Return questions about pictures of the catalogue."""
    files = pictures(first + 2 * count)
    return [
        Sample(f"Say what picture {n} shows.", (files[first + 2 * n], files[first + 2 * n + 1])) for n in range(count)
    ]


@pytest.fixture(scope="module", name="feeds")
def _feeds(halved: Path) -> tuple[list[Feed], list[Feed]]:
    return Describing(halved).feeds(samples(0, 2), steps=1)


@pytest.fixture(scope="module", name="tools")
def _tools() -> Toolchain:
    return find_toolchain()


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.label)
def test_fewer_bits_are_near_and_are_built(
    describer: Describer,
    graphs: Path,
    halved: Path,
    feeds: tuple[list[Feed], list[Feed]],
    recipe: Recipe,
    tools: Toolchain,
    tmp_path: Path,
) -> None:
    """Each recipe: every layer, the gate on what calibration has not seen, an answer, and both plans."""
    made = tmp_path / "made"
    quantise(halved, made, recipe, feeds)
    assert read_settings(made).precision == recipe.label
    for name, bits in ((VISION, recipe.vision), (DECODER, recipe.decoder)):
        check_layers(halved / name, made / name, bits, LAYERS[describer.source.family][name])
    measured = measure(graphs, made, [*samples(8, 2), Sample("Describe a chair.")], STEPS)
    assert measured.steps == 3 * STEPS
    assert not measured.faults(AT_RANDOM[recipe.decoder]), measured
    batcher = Batcher(made, Limits())
    try:
        answer = ask(batcher, Ear(), pictures=(pictures(1)[0].read_bytes(),), max_tokens=8).wait()
        assert len(answer.tokens) == 8
    finally:
        batcher.close()
    told: list[str] = []
    for plan in build_plans(made, tmp_path / "plans", SMALL, tools, told.append):
        assert plan.stat().st_size > 100_000
    assert told


def check_layers(source: Path, made: Path, bits: Bits, layers: int) -> None:
    """Check that every layer but the network's ends is of these bits, and that sums of squares are FP32."""
    model = onnx.load(made)
    assert quantised_layers(model, weights_alone=bits == Bits.INT4) == (0 if bits == Bits.FP16 else layers)
    if bits == Bits.INT4:
        stored = [tensor for tensor in model.graph.initializer if tensor.data_type == onnx.TensorProto.INT4]
        assert len(stored) == layers
        # 4 bits and a scale a block, for 16.
        weights = sum(int(np.prod(tensor.dims)) for tensor in stored)
        assert made.stat().st_size < source.stat().st_size - 2 * weights * 0.6
    kinds = {
        value.name: value.type.tensor_type.elem_type
        for value in onnx.shape_inference.infer_shapes(model).graph.value_info
    }
    squares = [node for node in model.graph.node if node.op_type in ("Pow", "ReduceMean")]
    assert all(kinds[node.output[0]] == onnx.TensorProto.FLOAT for node in squares)
    assert (len(squares) > 0) == (made.name == DECODER)


@ONE_FAMILY
def test_the_gate_tells_another_network(graphs: Path, describer: Describer, halved: Path, tmp_path: Path) -> None:
    """A decoder whose last norm is another's is refused in every figure; the original passes."""
    assert not measure(graphs, graphs, samples(8, 1), 4).faults(Tolerance(1 - 1e-9, 1e-9, 1))
    spoiled = tmp_path / "spoiled"
    quantise(halved, spoiled, Recipe(Bits.FP16, Bits.FP16), ([], []))
    model = onnx.load(spoiled / DECODER)
    for tensor in model.graph.initializer:
        if len(tensor.dims) == 1 and tensor.name.endswith("norm.weight"):
            values = onnx.numpy_helper.to_array(tensor).copy()
            values[: len(values) // 2] = 0
            tensor.CopyFrom(onnx.numpy_helper.from_array(values, tensor.name))
    onnx.save(model, spoiled / DECODER)
    assert len(measure(graphs, spoiled, samples(8, 2), 8).faults(TOLERANCES[Bits.INT4])) == 3
    broken = np.full((2, 5), np.nan, np.float32)
    assert len(compare(broken, broken).faults(TOLERANCES[Bits.INT4])) >= 2


def test_what_can_not_be_made_is_refused(graphs: Path, halved: Path, tools: Toolchain, tmp_path: Path) -> None:
    """With the reason."""
    with pytest.raises(ValueError, match="INT4 is for the decoder"):
        Recipe(Bits.INT4, Bits.INT4)
    with pytest.raises(GraphError, match="is fp32: export it with --precision fp16"):
        quantise(graphs, tmp_path, RECIPES[1], ([], []))
    with pytest.raises(GraphError, match="can't be calibrated without inputs"):
        quantise(halved, tmp_path, RECIPES[1], ([], []))
    with pytest.raises(BuildError, match="more than the 1024 positions"):
        build_plans(graphs, tmp_path, Sizes(), tools, print)
