"""What is known of a graph that ``export`` or ``quantise`` wrote: its record, beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from shelfmatch_triton.identity import hash_files


def record_of(graph: Path) -> dict[str, Any]:
    """Return the record, ``<name>.onnx.json`` of ``quantise`` or ``<name>.json`` of ``export``; empty without one.

    Raises:
        OSError, ValueError: it can't be read.
    """
    for file in (graph.with_name(f"{graph.name}.json"), graph.with_suffix(".json")):
        if file.is_file():
            read: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            return read
    return {}


def recorded_parameters(graph: Path) -> dict[str, str]:
    """Return what the record says of the graph's vectors, as the served model's parameters; empty without a record.

    Raises:
        OSError: a file can't be read.
        ValueError: the record is of another graph.
    """
    record = record_of(graph)
    if not {"parameters", "sha256"} <= record.keys():
        return {}
    if hash_files([graph]) != record["sha256"]:
        raise ValueError(f"{graph} is not the graph that its record speaks of: export it again")
    return dict(record["parameters"])
