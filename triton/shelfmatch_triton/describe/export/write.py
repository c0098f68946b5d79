"""Writes a network's graphs, and what the runtime has to know of them, into a folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import onnx
import torch
from tokenizers import Tokenizer
from torch import nn
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

from shelfmatch_triton.describe import files
from shelfmatch_triton.describe.export.exporter import Exporter, Traced
from shelfmatch_triton.describe.export.internvl import InternVlExporter
from shelfmatch_triton.describe.export.llava_onevision import LlavaOnevisionExporter
from shelfmatch_triton.describe.export.qwen3_vl import Qwen3VlExporter
from shelfmatch_triton.describe.runtime.settings import (
    DECODER,
    TOKENIZER,
    VISION,
    Settings,
    TokenSettings,
)
from shelfmatch_triton.describe.source import DescriberSource, Family
from shelfmatch_triton.export.network import SPREAD
from shelfmatch_triton.export.onnx_file import OPSET
from shelfmatch_triton.export.quiet import quiet
from shelfmatch_triton.sources.kinds import Precision
from shelfmatch_triton.sources.weights import WeightsError

EXPORTERS: Mapping[Family, Exporter] = {
    Family.QWEN3_VL: Qwen3VlExporter(),
    Family.LLAVA_ONEVISION: LlavaOnevisionExporter(),
    Family.INTERNVL: InternVlExporter(),
}
TYPES = {Precision.FP32: torch.float32, Precision.FP16: torch.float16}


@dataclass(frozen=True)
class Describer:
    """A network, with the numbers of its tokenizer's marks."""

    source: DescriberSource
    network: nn.Module
    token_ids: Mapping[str, int]

    @property
    def exporter(self) -> Exporter:
        """Return its family's."""
        return EXPORTERS[self.source.family]

    @property
    def settings(self) -> Settings:
        """Return what the runtime has to know, of the FP32 graphs."""
        return settings_of(self.source, self.token_ids)


def settings_of(source: DescriberSource, token_ids: Mapping[str, int]) -> Settings:
    """Return what the runtime has to know of a network, with the numbers of its tokenizer's marks."""
    ids, marks, exporter = token_ids, source.tokens, EXPORTERS[source.family]
    text = source.text
    return Settings(
        name=source.name,
        family=source.family.value,
        precision=Precision.FP32.value,
        vocabulary=int(text["vocab_size"]),
        hidden=int(text["hidden_size"]),
        layers=int(text["num_hidden_layers"]),
        cache_heads=int(text["num_key_value_heads"]),
        head_width=int(text.get("head_dim", int(text["hidden_size"]) // int(text["num_attention_heads"]))),
        deepstack_layers=exporter.deepstack_layers(source),
        positions=source.positions,
        pictures=exporter.pictures(source),
        tokens=TokenSettings(
            turn_start=ids[marks.turn_start],
            turn_end=ids[marks.turn_end],
            picture=ids[marks.picture],
            ends=tuple(ids[end] for end in marks.ends),
            picture_start=ids[marks.picture_start] if marks.picture_start else -1,
            picture_end=ids[marks.picture_end] if marks.picture_end else -1,
        ),
    )


def at_random(source: DescriberSource, token_ids: Mapping[str, int], seed: int = 0) -> Describer:
    """Return the network with weights at random, the same for the same seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        with quiet():
            network = EXPORTERS[source.family].build(source, token_ids)
        with torch.no_grad():
            for parameter in network.parameters():
                if parameter.dim() < 2:
                    # Norms begin as ones and biases as zeros: a graph that forgot one would go unnoticed.
                    parameter.add_(SPREAD * torch.randn_like(parameter))
                else:
                    parameter.normal_(std=parameter[0].numel() ** -0.5)
    return Describer(source, network, token_ids)


def marks_of(tokenizer: Tokenizer) -> dict[str, int]:
    """Return the numbers of a tokenizer's marks by what they say."""
    return {token.content: number for number, token in tokenizer.get_added_tokens_decoder().items()}


def trained(source: DescriberSource, folder: Path) -> tuple[Describer, Tokenizer]:
    """Return the network of the published files in a folder (``config.json``, weights, ``tokenizer.json``).

    Raises:
        WeightsError: a file is missing, damaged or another network's.
    """
    missing = [name for name in ("config.json", TOKENIZER) if not (folder / name).is_file()]
    if missing:
        raise WeightsError(f"{folder} lacks {' and '.join(missing)}: get all files of {source.repository}")
    stated = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    for part, wanted in (("vision_config", source.vision), ("text_config", source.text)):
        for name, value in wanted.items():
            found = stated.get(part, {}).get(name, value)
            # Written by older versions under another name, and checked by what comes out.
            if name != "rope_parameters" and found != value:
                raise WeightsError(f"{folder} is not {source.name}: its {name} is {found}, not {value}")
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    with quiet():
        network = EXPORTERS[source.family].load(source, folder)
    return Describer(source, network, marks_of(tokenizer)), tokenizer


def export(describer: Describer, tokenizer: str, target: Path, precision: Precision = Precision.FP32) -> Settings:
    """Write ``vision.onnx``, ``decoder.onnx``, ``tokenizer.json`` and ``describer.json`` to the folder ``target``.

    Sides that vary: a picture's patches; texts at once, their tokens, what is kept of them, and all pictures' tokens.

    Args:
        describer: stays as it is, but for FP16, which its weights are rounded to.
        tokenizer: the file's content.
        target: is made.
        precision: FP32 or FP16; sums of squares and softmax stay FP32 in either.

    Raises:
        ValueError: a graph was not exported as it should be.
    """
    target.mkdir(parents=True, exist_ok=True)
    network: Any = describer.network.to(TYPES[precision])
    for part in network.modules():
        if hasattr(part, "original_inv_freq"):
            # Positions' frequencies are computed in FP32, whatever the weights are.
            part.inv_freq = part.original_inv_freq = _frequencies(part)
    _write(describer.exporter.vision(describer.source, network), target / VISION)
    _write_decoder(describer, network, target / DECODER)
    (target / TOKENIZER).write_text(tokenizer, encoding="utf-8")
    settings = replace(describer.settings, precision=precision.value)
    settings.write(target)
    return settings


def _frequencies(part: Any) -> torch.Tensor:  # noqa: ANN401
    """Return a rotation's frequencies, which halving a network has rounded, as its configuration says."""
    own = {"default": "compute_default_rope_parameters", "axial": "compute_axial_rope_parameters"}
    compute = getattr(part, own[part.rope_type]) if part.rope_type in own else ROPE_INIT_FUNCTIONS[part.rope_type]
    found: torch.Tensor = compute(part.config)[0]
    return found.to(torch.float32)


def _write_decoder(describer: Describer, network: Any, file: Path) -> None:  # noqa: ANN401
    graph = describer.exporter.decoder(describer.source, network)
    hidden, deep = int(describer.source.text["hidden_size"]), graph.deepstack_layers
    # No two of them alike: the exporter would take them for one.
    count, length, held, shown = 2, 5, 7, 11
    past = torch.zeros(count, graph.shared, held, graph.width, dtype=next(network.parameters()).dtype)
    inputs = (
        torch.zeros(count, length, dtype=torch.int64),
        torch.zeros(3, count, length, dtype=torch.int64),
        torch.full((count,), held),
        torch.zeros(count, dtype=torch.int64),
        torch.zeros(shown, hidden),
        torch.zeros(count, length, dtype=torch.int64),
        *([torch.zeros(deep, shown, hidden)] if deep > 0 else []),
        *(past.clone() for _ in range(2 * graph.layers)),
    )
    n, tokens = torch.export.Dim("n"), torch.export.Dim("new", max=describer.source.positions)
    kept, visual = torch.export.Dim("past", min=0, max=describer.source.positions), torch.export.Dim("visual")
    sides: tuple[Any, ...] = (
        {0: n, 1: tokens},
        {1: n, 2: tokens},
        {0: n},
        {0: n},
        {0: visual},
        {0: n, 1: tokens},
        (*([{1: visual}] if deep > 0 else []), *({0: n, 2: kept} for _ in range(2 * graph.layers))),
    )
    _write(Traced(graph, inputs, sides), file)


def _write(traced: Traced, file: Path) -> None:
    graph = traced.graph.eval()
    with torch.no_grad(), quiet():
        program = torch.onnx.export(
            graph,
            traced.inputs,
            input_names=list(graph.inputs),
            output_names=list(graph.outputs),
            dynamic_shapes=traced.sides,
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
    if program is None:
        raise ValueError(f"{file.name} was not exported")
    size = sum(tensor.nbytes for tensor in graph.state_dict().values())
    files.remove_graph(file.parent, file.name)
    program.save(str(file), external_data=size > files.EXTERNAL)
    onnx.checker.check_model(str(file), full_check=size <= files.EXTERNAL)
    described = onnx.load(str(file), load_external_data=False).graph
    names = [each.name for each in described.input], [each.name for each in described.output]
    if names != (list(graph.inputs), list(graph.outputs)):
        raise ValueError(f"{file} takes {names[0]} and gives {names[1]}, not what was asked for")
