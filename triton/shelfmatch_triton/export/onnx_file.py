"""Writes a network's graph as an ONNX file, with what is known of it beside it."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import onnx
import torch

from shelfmatch_triton.export.network import Network
from shelfmatch_triton.export.quiet import quiet
from shelfmatch_triton.export.samples import samples
from shelfmatch_triton.identity import EncoderIdentity, hash_files
from shelfmatch_triton.sources.inputs import TextInput
from shelfmatch_triton.sources.kinds import Precision
from shelfmatch_triton.sources.model import SourceModel

OPSET = 20
"""The newest that TensorRT 10 to 11 take whole: 17 has LayerNormalization, 19 FP8's Q/DQ, 20 Gelu."""


@dataclass(frozen=True)
class Exported:
    """A graph on disk."""

    model: SourceModel
    file: Path
    identity: EncoderIdentity
    """Of its vectors; the weights are the network's, whatever file they were written to."""
    space: str | None = None
    """Of a tower: vectors of one space may be compared."""
    tokenizer: Path | None = None
    """Of a text encoder: the file that makes its tokens, where it was there to be copied."""

    @property
    def parameters(self) -> dict[str, str]:
        """Return what the served model's configuration must state, by which the engine knows its vectors."""
        stated = self.identity.parameters
        if self.space is not None:
            stated["space"] = self.space
        if isinstance(self.model.input, TextInput):
            stated.update(self.model.text.parameters)
        if self.tokenizer is not None:
            stated["tokenizer_sha256"] = hash_files([self.tokenizer])
        return stated

    @property
    def inputs(self) -> tuple[str, ...]:
        """Return the inputs' names."""
        return tuple(tensor.name for tensor in self.model.inputs)


def export(network: Network, target: Path, tokenizer: Path | None = None) -> Exported:
    """Write ``<name>.onnx`` and ``<name>.json`` to the folder ``target``, and a copy of ``tokenizer`` beside them.

    The batch varies, and a text's length: names of the sides are ``n`` and ``tokens``.

    Raises:
        OSError: a file can't be read or written.
        ValueError: the graph is not as the registry says.
    """
    model = network.model
    target.mkdir(parents=True, exist_ok=True)
    file = target / f"{model.name}.onnx"
    names = [tensor.name for tensor in model.inputs]
    inputs = samples(model, count=2, tokens=7)
    graph = network.exporter.graph(model, network.module).eval()
    with torch.no_grad(), quiet():
        program = torch.onnx.export(
            graph,
            tuple(inputs[name] for name in names),
            input_names=names,
            dynamic_shapes=_varying_sides(model),
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
    if program is None:
        raise ValueError(f"{model.name} was not exported")
    _name_outputs(program.model.graph, [tensor.name for tensor in model.outputs])
    program.save(str(file), external_data=False)
    copied = None
    if tokenizer is not None:
        copied = target / f"{model.name}-tokenizer.json"
        shutil.copyfile(tokenizer, copied)
    exported = Exported(
        model,
        file,
        EncoderIdentity(
            model=model.name,
            weights=network.sha256,
            precision=Precision.FP32,
            preprocessing=model.input.preprocessing,
            dimensions=model.dimensions,
        ),
        network.space,
        copied,
    )
    check(exported)
    record = {
        "parameters": exported.parameters,
        # Who uses the file can tell that it is the one of which this is said.
        "sha256": hash_files([file]),
        "weights": network.origin,
        "opset": OPSET,
        "licence": model.licence,
    }
    text = json.dumps({**record, "source": asdict(model)}, indent=2)
    file.with_suffix(".json").write_text(text + "\n", encoding="utf-8")
    return exported


def _varying_sides(model: SourceModel) -> tuple[dict[int, Any], ...]:
    """Return which sides of the inputs vary. Named once: the exporter finds by itself that the others are equal."""
    text = isinstance(model.input, TextInput)
    first: dict[int, Any] = {0: torch.export.Dim("n")}
    if text:
        first[1] = torch.export.Dim("tokens", max=model.text.max_tokens)
    others: dict[int, Any] = dict.fromkeys(first, torch.export.Dim.DYNAMIC)
    return (first, *(others for _ in model.inputs[1:]))


def _name_outputs(graph: Any, names: list[str]) -> None:  # noqa: ANN401
    """Name the graph's outputs; what is called so inside of it (an embedding is) gets another name."""
    outputs = set(graph.outputs)
    inner = [value for node in graph for value in node.outputs if value not in outputs]
    for value in [*inner, *graph.initializers.values()]:
        if value.name in names:
            value.name = f"{value.name}.inner"
    for value, name in zip(graph.outputs, names, strict=True):
        value.name = name


def check(exported: Exported) -> None:
    """Check the file against ONNX's rules and the registry.

    Raises:
        ValueError: names, element types or sides are others.
    """
    onnx.checker.check_model(str(exported.file), full_check=True)
    graph = onnx.load(str(exported.file), load_external_data=False).graph
    for described, found in ((exported.model.inputs, graph.input), (exported.model.outputs, graph.output)):
        wanted = [(tensor.name, tensor.data_type.value.removeprefix("TYPE_"), tensor.dims) for tensor in described]
        given = []
        for tensor in found:
            kind = tensor.type.tensor_type
            name = onnx.TensorProto.DataType.Name(kind.elem_type).replace("FLOAT", "FP32")
            batch, *sides = kind.shape.dim
            if not batch.dim_param:
                raise ValueError(f"{exported.file}: the batch of {tensor.name} is fixed")
            given.append((tensor.name, name, tuple(side.dim_value or -1 for side in sides)))
        if wanted != given:
            raise ValueError(f"{exported.file} has {given}, not {wanted}")
