"""Keys and values of the texts that are being written, kept in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from shelfmatch_triton.describe.runtime.settings import Settings

BLOCK = 128
"""Tokens that the buffers grow by: what a step reads beyond the longest text is masked, and less than this."""

Array = npt.NDArray[Any]


class Cache:
    """A buffer a layer and kind, [rows, heads, capacity, width]; the texts lie in the first rows, without a gap.

    ONNX Runtime reads the buffers where they lie, and a step writes one token a text into them. They are copied when
    the longest text outgrows them, a block at a time, and a row when a text before it leaves.
    """

    def __init__(self, settings: Settings, rows: int, kind: npt.DTypeLike) -> None:
        """Make room for nothing yet."""
        self.settings = settings
        self.rows = rows
        self.kind = kind
        self.lengths = np.zeros(rows, np.int64)
        self.count = 0
        self.names = [f"past_{which}.{layer}" for layer in range(settings.layers) for which in ("key", "value")]
        self.buffers = [self._room(rows, 0) for _ in self.names]

    def _room(self, rows: int, capacity: int) -> Array:
        return np.zeros((rows, self.settings.cache_heads, capacity, self.settings.head_width), self.kind)

    @property
    def capacity(self) -> int:
        """Return how many tokens a row holds."""
        return int(self.buffers[0].shape[2])

    @property
    def nbytes(self) -> int:
        """Return how much memory it takes."""
        return sum(buffer.nbytes for buffer in self.buffers)

    def nothing(self, count: int) -> dict[str, Array]:
        """Return the inputs of so many texts that nothing is known of yet."""
        empty = self._room(count, 0)
        return dict.fromkeys(self.names, empty)

    def views(self) -> dict[str, Array]:
        """Return the inputs of all texts: parts of the buffers, not copies."""
        return {name: buffer[: self.count] for name, buffer in zip(self.names, self.buffers, strict=True)}

    def _reach(self, length: int) -> None:
        """Make room for texts of this length, and give back what was needed by longer ones that have left."""
        wanted = -(-length // BLOCK) * BLOCK
        if self.capacity >= wanted and (self.count > 0 or self.capacity == wanted):
            return
        held = min(self.capacity, wanted)
        for place, buffer in enumerate(self.buffers):
            larger = self._room(self.rows, wanted)
            larger[: self.count, :, :held] = buffer[: self.count, :, :held]
            self.buffers[place] = larger

    def join(self, new: Sequence[Array], lengths: Sequence[int]) -> range:
        """Put texts' keys and values, each [texts, heads, longest, width], into the next rows; return these.

        Raises:
            IndexError: there are not as many rows left.
        """
        rows = range(self.count, self.count + len(lengths))
        if rows.stop > self.rows:
            raise IndexError(f"{self.rows - self.count} of {self.rows} rows are left, not {len(lengths)}")
        self._reach(max(lengths))
        for buffer, values in zip(self.buffers, new, strict=True):
            for row, own, length in zip(rows, values, lengths, strict=True):
                buffer[row, :, :length] = own[:, :length]
        self.lengths[rows.start : rows.stop] = lengths
        self.count = rows.stop
        return rows

    def append(self, new: Sequence[Array]) -> None:
        """Put one token's keys and values, each [count, heads, 1, width], behind each text."""
        self._reach(int(self.lengths[: self.count].max()) + 1)
        rows = np.arange(self.count)
        for buffer, values in zip(self.buffers, new, strict=True):
            buffer[rows, :, self.lengths[: self.count]] = values[:, :, 0]
        self.lengths[: self.count] += 1

    def leave(self, row: int) -> int:
        """Free a row; return which row's text lies there now (the last one's, or its own where it was the last)."""
        last = self.count - 1
        if row != last:
            length = self.lengths[last]
            for buffer in self.buffers:
                buffer[row, :, :length] = buffer[last, :, :length]
            self.lengths[row] = length
        self.count = last
        return last
