"""Where patches and tokens stand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shelfmatch_triton.describe.runtime.picture import Floats
from shelfmatch_triton.describe.runtime.shown import Grid

Ints = npt.NDArray[np.int64]


def coordinates(grid: Grid, merge: int) -> Ints:
    """Return the row and column of each patch, int64 [patches, 2], in blocks of ``merge`` x ``merge``."""
    rows, columns = grid
    places = np.stack(np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij"), axis=-1)
    blocks = places.reshape(rows // merge, merge, columns // merge, merge, 2).transpose(0, 2, 1, 3, 4)
    return np.ascontiguousarray(blocks.reshape(-1, 2), np.int64)


def learned_places(grid: Grid, merge: int, side: int) -> tuple[Ints, Floats]:
    """Return which learned places lie around each patch, int64 [patches, 4], and how much of each, float32.

    The learned ones are a square of ``side`` x ``side`` that is stretched over the picture, its corners on the corners.
    """
    at = coordinates(grid, merge)
    low: list[Ints] = []
    parts: list[tuple[Floats, Floats]] = []
    for axis, size in enumerate(grid):
        # In float32, as the publishers compute it.
        place = at[:, axis].astype(np.float32) * np.float32(side - 1) / np.float32(max(size - 1, 1))
        floor = np.floor(place)
        low.append(floor.astype(np.int64))
        # The second is not the first taken from 1, to the last bit.
        parts.append((1 - np.abs(place - floor), 1 - np.abs(place - floor - 1)))
    corners = [(row, column) for row in (0, 1) for column in (0, 1)]
    index = [
        np.clip(low[0] + row, 0, side - 1) * side + np.clip(low[1] + column, 0, side - 1) for row, column in corners
    ]
    weight = [parts[0][row] * parts[1][column] for row, column in corners]
    return np.stack(index, axis=1), np.stack(weight, axis=1).astype(np.float32)


def token_positions(pieces: Sequence[int | Grid]) -> tuple[Ints, int]:
    """Return M-RoPE's positions by time, row and column, int64 [3, tokens], and the one behind them all.

    Args:
        pieces: a number of text's tokens, or the grid of a picture's tokens, in their order.
    """
    parts: list[Ints] = []
    begin = 0
    for piece in pieces:
        if isinstance(piece, int):
            parts.append(np.broadcast_to(np.arange(begin, begin + piece), (3, piece)))
            begin += piece
        else:
            rows, columns = np.meshgrid(np.arange(piece[0]), np.arange(piece[1]), indexing="ij")
            parts.append(np.stack([np.zeros(rows.size, np.int64), rows.ravel(), columns.ravel()]) + begin)
            begin += max(piece)
    return np.concatenate(parts, axis=1).astype(np.int64), begin
