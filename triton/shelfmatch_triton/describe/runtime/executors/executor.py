"""The interface of what runs a graph, and of the memory that its tensors lie in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

ALIGNED = 256
"""Bytes: what CUDA's own allocations begin at, and TensorRT wants its tensors to."""

Array = npt.NDArray[Any]
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Tensor:
    """An array in a memory: packed, the last side the quickest."""

    address: int
    shape: Shape
    kind: np.dtype[Any]
    owner: object = None
    """Keeps the memory from being given back."""

    @property
    def nbytes(self) -> int:
        """Return how much memory it takes."""
        return math.prod(self.shape) * self.kind.itemsize

    def part(self, offset: int, shape: Shape) -> Tensor:
        """Return the array of this shape that begins so many bytes behind this one's begin."""
        return replace(self, address=self.address + offset, shape=shape)


@dataclass(frozen=True)
class Slices:
    """Where a copy reads or writes: slices of rows, each row in one piece."""

    address: int
    """Of the first byte."""
    pitch: int
    """Bytes from row to row."""
    height: int
    """Rows from slice to slice."""


class Memory(Protocol):
    """A device's memory. What is asked of it happens in the order of asking, also beside what an executor runs."""

    def make(self, shape: Shape, kind: npt.DTypeLike) -> Tensor:
        """Return zeros.

        Raises:
            MemoryError: there is not as much.
        """
        ...

    def put(self, values: Array, tensor: Tensor) -> None:
        """Copy values of the tensor's type to it; as many as it has."""
        ...

    def get(self, tensor: Tensor) -> Array:
        """Return a copy of a tensor's values, when all that was asked before has happened."""
        ...

    def copy(self, source: Slices, target: Slices, width: int, rows: int, slices: int) -> None:
        """Copy within the memory: of each slice so many rows, of each row so many bytes."""
        ...


class Executor(Protocol):
    """One graph, opened."""

    @property
    def memory(self) -> Memory:
        """Return where its tensors lie."""
        ...

    @property
    def kinds(self) -> Mapping[str, np.dtype[Any]]:
        """Return the types of its inputs' and outputs' elements, by their names."""
        ...

    @property
    def limits(self) -> Limits:
        """Return what it can be given."""
        ...

    def run(self, inputs: Mapping[str, Tensor], outputs: Mapping[str, Tensor], again: bool = False) -> None:
        """Compute outputs out of inputs, which may be read until the memory is asked for a result.

        Args:
            inputs: all of the graph's.
            outputs: all of the graph's, of the shapes that come of the inputs'.
            again: whether these very tensors will be given again, with other values: what it takes to begin is kept.

        Raises:
            ValueError: a shape lies outside of what the graph was built for.
        """
        ...


@dataclass(frozen=True)
class Limits:
    """What a graph can be given."""

    least_past: int = 0
    """Tokens of the cache that it must be shown, be they masked."""
    block: int = 128
    """Tokens that the cache grows by: what a step reads beyond the longest text is masked, and less than this."""
    prompt: int | None = None
    """Tokens of a prompt, at the most; None, as of the next: as many as the network has positions."""
    text: int | None = None
    """Tokens of prompt and answer."""
    prompts: int | None = None
    """That are read together; None: as many as there are rows."""
    shown: int | None = None
    """Tokens of all pictures of what is read together."""


UNLIMITED = Limits()

StepKey = tuple[tuple[int, Shape], ...]


def step_key(inputs: Mapping[str, Tensor], outputs: Mapping[str, Tensor]) -> StepKey:
    """Return what tells one run's tensors from another's: where they lie, and their shapes."""
    return tuple((each.address, each.shape) for tensors in (inputs, outputs) for each in tensors.values())


def aligned_height(pitch: int, rows: int) -> int:
    """Return how many rows of ``pitch`` bytes, ``rows`` or more, end where an aligned address is."""
    step = ALIGNED // math.gcd(ALIGNED, pitch)
    return -(-rows // step) * step
