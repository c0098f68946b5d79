"""Where a text encoder's tokenizer lies."""

from __future__ import annotations

from pathlib import Path

from shelfmatch_triton.exported import record_of
from shelfmatch_triton.sources.inputs import TextInput
from shelfmatch_triton.sources.model import SourceModel, tokenizer_file


def tokenizer_of(model: SourceModel, graphs: Path, tokenizers: Path) -> Path | None:
    """Return a text encoder's tokenizer, of either folder; None for pictures, and where the weights are at random.

    Raises:
        ValueError: there is none.
    """
    if not isinstance(model.input, TextInput):
        return None
    here = next((file for folder in (graphs, tokenizers) if (file := tokenizer_file(folder, model)).is_file()), None)
    if here is None and not _at_random(graphs / f"{model.name}.onnx"):
        wanted = tokenizer_file(graphs, model)
        raise ValueError(f"{model.name} has no tokenizer; put its tokenizer.json there as {wanted}")
    return here


def _at_random(graph: Path) -> bool:
    return str(record_of(graph).get("weights", "")).startswith("random")
