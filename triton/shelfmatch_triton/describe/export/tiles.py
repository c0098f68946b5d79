"""What exporters of families that cut pictures into square tiles have in common."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from shelfmatch_triton.describe.runtime.settings import TileSettings
from shelfmatch_triton.describe.source import DescriberSource, TileInput

Grid = tuple[int, int]


def tiles_of(source: DescriberSource) -> TileInput:
    """Return how a network's pictures are cut.

    Raises:
        TypeError: not into tiles.
    """
    if not isinstance(source.pictures, TileInput):
        raise TypeError(f"{source.name} does not cut pictures into tiles")
    return source.pictures


def tile_settings(cut: TileInput, side: int, features: int, grids: list[Grid]) -> TileSettings:
    """Return what the runtime has to know of tiles of ``side`` pixels, in grids of rows and columns."""
    return TileSettings(
        side=side,
        mean=cut.mean,
        std=cut.std,
        features=features,
        resolutions=tuple((side * rows, side * columns) for rows, columns in grids),
        most_tiles=cut.most_tiles,
    )


def attended(attention: Any, out: Any, states: Tensor, heads: int) -> Tensor:  # noqa: ANN401
    """Return what a tower's attention says to [tiles, tokens, width], its softmax in FP32.

    Args:
        attention: with ``q_proj``, ``k_proj``, ``v_proj`` and ``scale``.
        out: its last projection.
        states: of tiles, which do not see each other.
        heads: number of them.
    """
    count, length, width = states.shape

    def split(projected: Tensor) -> Tensor:
        return projected.view(count, length, heads, -1).transpose(1, 2)

    query, key, value = (split(each(states)) for each in (attention.q_proj, attention.k_proj, attention.v_proj))
    scores = (query * attention.scale) @ key.transpose(2, 3)
    weights = scores.to(torch.float32).softmax(dim=-1).to(query.dtype)
    turned: Tensor = out((weights @ value).transpose(1, 2).reshape(count, length, width))
    return turned
