"""Graphs whose weights are more than one ONNX file holds: they lie beside it, in files that begin with its name."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import onnx

EXTERNAL = 1 << 30
"""Bytes of weights from which on they lie beside the graph; a file of ONNX ends at 2 GB."""


def graph_files(folder: Path, name: str) -> list[Path]:
    """Return a graph's file and what lies beside it, the graph first."""
    return [folder / name, *sorted(folder.glob(f"{name}.*"))]


def graph_bytes(folder: Path, name: str) -> int:
    """Return how large a graph is, with its weights.

    Raises:
        OSError: it is not there.
    """
    return sum(file.stat().st_size for file in graph_files(folder, name))


def copy_graph(source: Path, target: Path, name: str) -> None:
    """Copy a graph and its weights from folder to folder, in the place of what has its name."""
    remove_graph(target, name)
    for file in graph_files(source, name):
        shutil.copyfile(file, target / file.name)


def remove_graph(folder: Path, name: str) -> None:
    """Remove a graph and its weights where they are: an older one's would lie beside a newer graph."""
    for file in graph_files(folder, name):
        file.unlink(missing_ok=True)


def save_graph(model: onnx.ModelProto, file: Path) -> None:
    """Write a graph, with its weights beside it where they are too many."""
    # Not where models are only laid out.
    import onnx

    remove_graph(file.parent, file.name)
    beside = weight_bytes(model) > EXTERNAL
    onnx.save(model, file, save_as_external_data=beside, location=f"{file.name}.data" if beside else None)


def weight_bytes(model: onnx.ModelProto) -> int:
    """Return the bytes of all weights that a graph in memory has."""
    return sum(tensor.ByteSize() for tensor in model.graph.initializer)
