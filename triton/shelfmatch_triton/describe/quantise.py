"""Makes a describer of fewer bits out of its FP16 graphs, by NVIDIA's ModelOpt."""

from __future__ import annotations

import re
import shutil
import sys
import types
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnx

from shelfmatch_triton.describe import files
from shelfmatch_triton.describe.runtime.settings import DECODER, TOKENIZER, VISION, read_settings
from shelfmatch_triton.describe.samples import Feed
from shelfmatch_triton.quantise.feeds import FeedReader
from shelfmatch_triton.quantise.graph import GraphError, name_nodes, weights_of
from shelfmatch_triton.quantise.lint import lint
from shelfmatch_triton.sources.kinds import Precision

INT4_OPSET = 21
"""The first in which DequantizeLinear has blocks, and INT4."""
BLOCK = 64
"""Weights that share a scale, as TensorRT takes them (64 or 128)."""
KEPT_IN_FP32 = ["Pow", "ReduceMean", "Sqrt", "Reciprocal", "Softmax"]
"""Sums of squares leave FP16's range."""
EXTENSION = "modelopt.onnx.quantization.extensions"


class Bits(StrEnum):
    """What the matrix products of a graph compute in; the rest is FP16."""

    FP16 = "fp16"
    INT8 = "int8"
    FP8 = "fp8"
    INT4 = "int4-awq"
    """Weights alone, in blocks, scaled as AWQ (https://arxiv.org/abs/2306.00978) finds best; of the decoder."""


@dataclass(frozen=True)
class Recipe:
    """How a describer is made."""

    vision: Bits
    decoder: Bits
    awq_step: float = 0.1
    """Of AWQ's search between 0 and 1: how much of the inputs' strength goes into the weights."""

    def __post_init__(self) -> None:
        """Refuse what nothing gains: the tower reads its weights once for many patches."""
        if self.vision == Bits.INT4:
            raise ValueError("INT4 is for the decoder, which reads all its weights for each token: use fp16 or int8")

    @property
    def label(self) -> str:
        """Return the name in settings and files."""
        return f"{self.decoder}-vision-{self.vision}"


class _Reader(FeedReader):
    """Feeds as ModelOpt reads them: the first by itself, then all."""

    def get_first(self) -> dict[str, Any]:
        return dict(self.feeds[0])

    def rewind(self) -> None:
        self.left = iter(self.feeds)


def quantise(source: Path, target: Path, recipe: Recipe, feeds: tuple[Sequence[Feed], Sequence[Feed]]) -> None:
    """Write a describer of fewer bits.

    Args:
        source: folder of FP16 graphs.
        target: folder, is made.
        recipe: what each of the two graphs is made of.
        feeds: of the vision tower and of the decoder, to calibrate with; of prompts' beginnings, without a cache.

    Raises:
        GraphError: the graphs are others than expected.
        OSError: a file can't be read or written.
    """
    settings = read_settings(source)
    if settings.precision != Precision.FP16:
        raise GraphError(f"{source} is {settings.precision}: export it with --precision fp16 first")
    target.mkdir(parents=True, exist_ok=True)
    for name, bits, own in ((VISION, recipe.vision, feeds[0]), (DECODER, recipe.decoder, feeds[1])):
        if bits == Bits.FP16:
            files.copy_graph(source, target, name)
        elif not own:
            raise GraphError(f"{name} can't be calibrated without inputs: give pictures and prompts")
        else:
            _make(source / name, target / name, bits, own, recipe.awq_step)
    shutil.copyfile(source / TOKENIZER, target / TOKENIZER)
    replace(settings, precision=recipe.label).write(target)


def _make(source: Path, target: Path, bits: Bits, feeds: Sequence[Feed], awq_step: float) -> None:
    import onnxslim

    model: onnx.ModelProto = onnxslim.slim(onnx.load(source))
    name_nodes(model)
    layers = linear_layers(model)
    with _without_compiler():
        if bits == Bits.INT4:
            made = _int4(model, layers, feeds, awq_step)
        else:
            made = _eight(model, layers, bits, feeds, target.parent)
    for described, wanted in ((made.graph.input, model.graph.input), (made.graph.output, model.graph.output)):
        del described[:]
        described.extend(wanted)
    del made.graph.value_info[:]
    count = quantised_layers(made, weights_alone=bits == Bits.INT4)
    if count != len(layers):
        raise GraphError(f"{source} has {len(layers)} layers, and {count} of them were quantised: look at their names")
    if bits != Bits.INT4:
        # Of inputs and outputs it knows encoders' alone; a cache is FP16.
        ends = {tensor.name for tensor in (*made.graph.input, *made.graph.output)}
        found = [one for one in lint(made, Precision(bits.value)) if one.node not in ends]
        if found:
            raise GraphError(f"{source} is not fit for TensorRT in {bits}:\n" + "\n".join(f"- {one}" for one in found))
    files.save_graph(made, target)


def linear_layers(model: onnx.ModelProto) -> list[str]:
    """Return the names of the matrix products with learned weights, but for the ends of the network.

    The first of the tower reads pixels, the last of the decoder scores the vocabulary: little to gain, much to lose.
    """
    weights = weights_of(model)
    casts = [node for node in model.graph.node if node.op_type == "Cast"]
    pixels = {"patches", *(node.output[0] for node in casts if node.input[0] == "patches")}
    scores = {"logits", *(node.input[0] for node in casts if node.output[0] == "logits")}
    return [
        node.name
        for node in model.graph.node
        if node.op_type in ("MatMul", "Gemm")
        and node.input[1] in weights
        and node.input[0] not in pixels
        and node.output[0] not in scores
    ]


def quantised_layers(model: onnx.ModelProto, weights_alone: bool) -> int:
    """Return how many matrix products read quantised weights, and quantised inputs as well (or those in FP16)."""
    given = {output: node.op_type for node in model.graph.node for output in node.output}
    wanted = (weights_alone is False, True)
    return sum(
        node.op_type in ("MatMul", "Gemm")
        and tuple(given.get(name) == "DequantizeLinear" for name in node.input[:2]) == wanted
        for node in model.graph.node
    )


def _int4(model: onnx.ModelProto, layers: Sequence[str], feeds: Sequence[Feed], step: float) -> onnx.ModelProto:
    from modelopt.onnx.quantization.int4 import quantize

    others = [node.name for node in model.graph.node if node.name not in layers]
    made: onnx.ModelProto = quantize(
        model,
        calibration_method="awq_lite",
        calibration_data_reader=_of_one_length(feeds),
        calibration_eps=["cpu"],
        use_external_data_format=files.weight_bytes(model) > files.EXTERNAL,
        block_size=BLOCK,
        nodes_to_exclude=[f"^{re.escape(name)}$" for name in others],
        # Fused, ModelOpt 0.47 asks its arrays to leave a GPU that is not there.
        awqlite_fuse_nodes=False,
        awqlite_alpha_step=step,
        log_level="ERROR",
    )
    for opset in made.opset_import:
        if opset.domain == "":
            opset.version = INT4_OPSET
    return made


def _of_one_length(feeds: Sequence[Feed]) -> list[Feed]:
    """Return the ends of prompts, as long as the shortest: ModelOpt puts what it sees of all of them into one array."""
    shortest = min(feed["input_ids"].shape[1] for feed in feeds)
    ends = {name: slice(-shortest, None) for name in ("input_ids", "position_ids", "visual_index")}
    return [
        {
            **{name: values[..., ends[name]] if name in ends else values for name, values in feed.items()},
            "last": np.minimum(feed["last"], shortest - 1),
        }
        for feed in feeds
    ]


def _eight(
    model: onnx.ModelProto, layers: Sequence[str], bits: Bits, feeds: Sequence[Feed], folder: Path
) -> onnx.ModelProto:
    from modelopt.onnx.quantization import quantize

    with TemporaryDirectory(dir=folder) as work:
        source, target = Path(work) / "source.onnx", Path(work) / "made.onnx"
        files.save_graph(model, source)
        quantize(
            str(source),
            quantize_mode=bits.value,
            calibration_method="max",
            calibration_data_reader=_Reader(feeds),
            calibration_eps=["cpu"],
            high_precision_dtype="fp16",
            op_types_to_quantize=["MatMul", "Gemm"],
            op_types_to_exclude_fp16=KEPT_IN_FP32,
            nodes_to_quantize=[f"^{re.escape(name)}$" for name in layers],
            disable_mha_qdq=True,
            use_external_data_format=files.weight_bytes(model) > files.EXTERNAL,
            output_path=str(target),
            log_level="ERROR",
        )
        return onnx.load(target)


@contextmanager
def _without_compiler() -> Iterator[None]:
    """Let ModelOpt pack INT4 in Python: it compiles a module at its first use, and takes whatever lies about for it."""
    stub = types.ModuleType(EXTENSION)
    stub.round_and_pack_ext = None  # type: ignore[attr-defined]
    known = sys.modules.setdefault(EXTENSION, stub)
    try:
        yield
    finally:
        if known is stub:
            sys.modules.pop(EXTENSION, None)
