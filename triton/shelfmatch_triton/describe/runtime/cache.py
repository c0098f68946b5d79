"""Keys and values of the texts that are being written, kept in place in an executor's memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shelfmatch_triton.describe.runtime.executors.executor import Limits, Memory, Slices, Tensor, aligned_height
from shelfmatch_triton.describe.runtime.settings import Settings


@dataclass(frozen=True)
class New:
    """Room for what a run of the decoder gives: each layer's keys and values, [texts, heads, tokens, width]."""

    tensors: dict[str, Tensor]
    """By the outputs' names."""
    slices: Slices
    """All of them: a slice is a layer's keys or values, a row is what a head of a text has."""


class Cache:
    """One buffer [layers' keys and values, rows, heads, capacity, width]; texts lie in the first rows, without a gap.

    The decoder reads the buffer where it lies, and a step writes one token a text into it, of all layers at once. It is
    copied when the longest text outgrows it, a block at a time, and a row when a text before it leaves.
    """

    def __init__(self, settings: Settings, rows: int, kind: npt.DTypeLike, memory: Memory, limits: Limits) -> None:
        """Make room for nothing yet."""
        self.rows = rows
        self.kind = np.dtype(kind)
        self.memory = memory
        self.block = limits.block
        self.lengths = np.zeros(rows, np.int64)
        self.count = 0
        self.heads, self.width = settings.cache_heads, settings.head_width
        self.names = [f"{which}.{layer}" for layer in range(settings.layers) for which in ("key", "value")]
        self.capacity = 0
        """Tokens that a row holds."""
        self.buffer = self._room(0)
        empty = memory.make((1, rows, self.heads, limits.least_past, self.width), self.kind)
        self._nothing = empty.part(0, (rows, self.heads, limits.least_past, self.width))

    def _room(self, capacity: int) -> Tensor:
        return self.memory.make((len(self.names), self.rows, self.heads, capacity, self.width), self.kind)

    def _places(self, buffer: Tensor, row: int, token: int) -> Slices:
        """Return where a row's keys and values begin, so many tokens behind its first."""
        step = self.width * self.kind.itemsize
        pitch = buffer.shape[3] * step
        return Slices(buffer.address + row * self.heads * pitch + token * step, pitch, self.rows * self.heads)

    def _bytes(self, tokens: int) -> int:
        return tokens * self.width * self.kind.itemsize

    @property
    def nbytes(self) -> int:
        """Return how much memory it takes."""
        return self.buffer.nbytes

    def nothing(self, count: int) -> dict[str, Tensor]:
        """Return the inputs of so many texts that nothing is known of yet."""
        empty = self._nothing.part(0, (count, *self._nothing.shape[1:]))
        return {f"past_{name}": empty for name in self.names}

    def inputs(self) -> dict[str, Tensor]:
        """Return the inputs of all texts: parts of the buffer, not copies."""
        layer = self._bytes(self.capacity) * self.rows * self.heads
        shape = (self.count, self.heads, self.capacity, self.width)
        return {f"past_{name}": self.buffer.part(place * layer, shape) for place, name in enumerate(self.names)}

    def new(self, count: int, tokens: int) -> New:
        """Return room for so many new tokens of so many texts."""
        pitch = self._bytes(tokens)
        # Each layer's begins where TensorRT wants tensors to.
        height = aligned_height(pitch, count * self.heads)
        room = self.memory.make((len(self.names), height, tokens, self.width), self.kind)
        shape = (count, self.heads, tokens, self.width)
        tensors = {f"new_{name}": room.part(place * height * pitch, shape) for place, name in enumerate(self.names)}
        return New(tensors, Slices(room.address, pitch, height))

    def _copy(self, source: Slices, target: Slices, tokens: int, rows: int = 1) -> None:
        self.memory.copy(source, target, self._bytes(tokens), rows * self.heads, len(self.names))

    def _reach(self, length: int) -> None:
        """Make room for texts of this length, and give back what was needed by longer ones that have left."""
        wanted = -(-length // self.block) * self.block
        if self.capacity >= wanted and (self.count > 0 or self.capacity == wanted):
            return
        larger = self._room(wanted)
        held = min(self.capacity, wanted)
        self._copy(self._places(self.buffer, 0, 0), self._places(larger, 0, 0), held, self.count)
        self.buffer, self.capacity = larger, wanted

    def join(self, new: New, lengths: Sequence[int]) -> range:
        """Put texts' keys and values, of the longest's length, into the next rows; return these.

        Raises:
            IndexError: there are not as many rows left.
        """
        rows = range(self.count, self.count + len(lengths))
        if rows.stop > self.rows:
            raise IndexError(f"{self.rows - self.count} of {self.rows} rows are left, not {len(lengths)}")
        self._reach(max(lengths))
        for own, (row, length) in enumerate(zip(rows, lengths, strict=True)):
            self._copy(self._of(new, own), self._places(self.buffer, row, 0), length)
        self.lengths[rows.start : rows.stop] = lengths
        self.count = rows.stop
        return rows

    def _of(self, new: New, text: int) -> Slices:
        slices = new.slices
        return Slices(slices.address + text * self.heads * slices.pitch, slices.pitch, slices.height)

    def prepare(self) -> None:
        """Make room for one more token of each text: before a step, which then writes without moving anything."""
        self._reach(int(self.lengths[: self.count].max()) + 1)

    def append(self, new: New) -> None:
        """Put one token's keys and values behind each text."""
        for row in range(self.count):
            self._copy(self._of(new, row), self._places(self.buffer, row, int(self.lengths[row])), 1)
        self.lengths[: self.count] += 1

    def leave(self, row: int) -> int:
        """Free a row; return which row's text lies there now (the last one's, or its own where it was the last)."""
        last = self.count - 1
        if row != last:
            length = int(self.lengths[last])
            self._copy(self._places(self.buffer, last, 0), self._places(self.buffer, row, 0), length)
            self.lengths[row] = length
        self.count = last
        return last
