"""Where a describer runs, and what runs it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Runtime(StrEnum):
    """What runs a describer; the parameter ``runtime`` of its configuration."""

    ONNX = "onnx"
    TENSORRT = "tensorrt"
    """Plans that were built on the GPU at hand; they lie beside the graphs."""
    TENSORRT_LLM = "tensorrt-llm"
    """Of a checkpoint as published: no graphs of ours."""


@dataclass(frozen=True)
class Place:
    """Where graphs run."""

    device: int | None = None
    """Number of a GPU; None: the processor."""
    threads: int = 1
    """Of the processor, an operator."""
    runtime: Runtime = Runtime.ONNX


ON_CPU = Place()


def plan_of(folder: Path, name: str) -> Path:
    """Return the file of a graph's TensorRT plan."""
    return (folder / name).with_suffix(".plan")
