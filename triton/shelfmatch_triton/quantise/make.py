"""Makes a graph of another precision out of an FP32 one."""

from __future__ import annotations

import json
import logging
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import onnx

from shelfmatch_triton.exported import record_of
from shelfmatch_triton.identity import EncoderIdentity, hash_files
from shelfmatch_triton.quantise.feeds import Feed, FeedReader
from shelfmatch_triton.quantise.graph import (
    GraphError,
    depthwise_convolutions,
    is_transformer,
    linear_layers,
    load_folded,
    names,
    pixel_convolutions,
)
from shelfmatch_triton.quantise.lint import check
from shelfmatch_triton.quantise.precision import Recipe, is_quantised
from shelfmatch_triton.quantise.sensitivity import signal_to_noise
from shelfmatch_triton.quantise.smooth import smooth
from shelfmatch_triton.sources.kinds import Precision

KEPT_IN_FP32 = ["LpNormalization"]
"""The length of a vector: the sum of a thousand squares leaves FP16's range."""


@dataclass(frozen=True)
class Made:
    """A graph that was made, and of what."""

    file: str
    sha256: str
    source_sha256: str
    label: str
    quantised_layers: int
    """Matrix products and convolutions that compute in 8 bits."""
    smoothed: int
    feeds: int
    modelopt: str


def _parameters(exported: Mapping[str, str], made: Made) -> dict[str, str]:
    """Return the parameters of the graph that was made: its vectors are its own."""
    identity = EncoderIdentity(
        model=exported["model"],
        weights=made.sha256,
        precision=made.label,
        preprocessing=exported["preprocessing"],
        dimensions=int(exported["dimensions"]),
    )
    changed = {"weights_sha256": made.sha256, "precision": made.label, "fingerprint": identity.fingerprint}
    return {**exported, **changed}


def make(source: Path, target: Path, recipe: Recipe, feeds: Sequence[Feed] = ()) -> Made:
    """Write the graph in another precision, and ``target``'s name with ``.json`` beside it, which says how.

    Args:
        source: an FP32 graph with the inputs and outputs of triton/README.md.
        target: nothing is written to it unless all went well.
        recipe: what to make.
        feeds: calibration inputs; a quantised graph needs some.

    Raises:
        GraphError: the graph can't be made so; the message says why.
        OSError: a file can't be read or written.
    """
    if recipe.precision == Precision.FP32:
        raise GraphError(f"{source} is FP32 as it is; ask for fp16, int8 or fp8")
    if is_quantised(recipe.precision) and not feeds:
        raise GraphError(f"{recipe.precision} needs calibration inputs: give an evaluation set")
    # They write on the log of the whole process, at length.
    logging.getLogger("modelopt").setLevel(logging.ERROR)
    model = load_folded(str(source))
    smoothed = 0
    if recipe.precision == Precision.INT8 and recipe.smoothing > 0 and is_transformer(model):
        smoothed = smooth(model, feeds, recipe.smoothing)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        fresh = Path(folder) / "made.onnx"
        made = _quantise(model, Path(folder), recipe, feeds) if is_quantised(recipe.precision) else _halve(model)
        _restore_interface(made, model)
        check(made, recipe.precision, str(source))
        onnx.save(made, fresh)
        fresh.replace(target)
    record = Made(
        file=target.name,
        sha256=hash_files([target]),
        source_sha256=hash_files([source]),
        label=recipe.label,
        quantised_layers=_quantised_layers(made),
        smoothed=smoothed,
        feeds=len(feeds),
        modelopt=version("nvidia-modelopt"),
    )
    exported = record_of(source)
    if exported:
        exported["parameters"] = _parameters(exported["parameters"], record)
    # With what is known of the source, so that the graph can be used wherever that one can.
    text = json.dumps({**exported, **asdict(record)}, indent=1)
    Path(f"{target}.json").write_text(f"{text}\n", encoding="utf-8")
    return record


def _halve(model: onnx.ModelProto) -> onnx.ModelProto:
    from modelopt.onnx.autocast.convert import convert_to_f16

    made: onnx.ModelProto = convert_to_f16(model, keep_io_types=True, op_block_list=KEPT_IN_FP32)
    return made


def _quantise(model: onnx.ModelProto, folder: Path, recipe: Recipe, feeds: Sequence[Feed]) -> onnx.ModelProto:
    from modelopt.onnx.quantization import quantize

    source, target = folder / "source.onnx", folder / "target.onnx"
    onnx.save(model, source)
    transformer = is_transformer(model)
    # In a transformer the layers with weights, and those alone: with attention's own products quantised as well,
    # TensorRT falls back from its fused attention (NVIDIA/TensorRT issue 4273: INT8 slower than FP16). In a network of
    # convolutions the quantiser's own choice, which also follows TensorRT's fusion of residual sums.
    chosen = _exactly(_worth_quantising(model, recipe, feeds)) if transformer else None
    quantize(
        str(source),
        quantize_mode=recipe.precision.value,
        calibration_method=recipe.calibration.value,
        calibration_data_reader=FeedReader(feeds),
        calibration_eps=["cpu"],
        high_precision_dtype="fp16",
        op_types_to_quantize=["MatMul", "Gemm"] if transformer else None,
        op_types_to_exclude_fp16=KEPT_IN_FP32,
        nodes_to_quantize=chosen,
        nodes_to_exclude=_exactly(names([*pixel_convolutions(model), *depthwise_convolutions(model)])),
        disable_mha_qdq=transformer,
        enable_gemv_detection_for_trt=False,
        output_path=str(target),
        log_level="ERROR",
    )
    return onnx.load(target)


def _worth_quantising(model: onnx.ModelProto, recipe: Recipe, feeds: Sequence[Feed]) -> list[str]:
    layers = linear_layers(model)
    if recipe.precision != Precision.INT8 or recipe.least_signal <= 0:
        return names(layers)
    decibels = signal_to_noise(model, layers, feeds)
    return [name for name in names(layers) if decibels[name] >= recipe.least_signal]


def _exactly(nodes: Sequence[str]) -> list[str]:
    """Return names as the quantiser takes them, which reads patterns."""
    return [f"^{re.escape(name)}$" for name in nodes]


def _restore_interface(made: onnx.ModelProto, source: onnx.ModelProto) -> None:
    """Put back the inputs and outputs as they were described, and drop the shapes that conversion guessed wrong."""
    for described, wanted in ((made.graph.input, source.graph.input), (made.graph.output, source.graph.output)):
        del described[:]
        described.extend(wanted)
    del made.graph.value_info[:]


def _quantised_layers(model: onnx.ModelProto) -> int:
    given = {output: node.op_type for node in model.graph.node for output in node.output}
    return sum(
        node.op_type in ("Conv", "MatMul", "Gemm")
        and all(given.get(name) == "DequantizeLinear" for name in node.input[:2])
        for node in model.graph.node
    )
