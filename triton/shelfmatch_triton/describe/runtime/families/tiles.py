"""What families that cut pictures into square tiles have in common."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from shelfmatch_triton.describe.runtime.picture import Floats
from shelfmatch_triton.describe.runtime.settings import Settings, TileSettings


def tile_settings(settings: Settings) -> TileSettings:
    """Return how pictures are cut.

    Raises:
        TypeError: not into tiles.
    """
    if not isinstance(settings.pictures, TileSettings):
        raise TypeError(f"{settings.name} does not cut pictures into tiles")
    return settings.pictures


def scaled(tiles: Sequence[Image.Image], cut: TileSettings) -> Floats:
    """Return float32 [tiles, 3, side, side], as the publishers' processors compute it to the last bit."""
    pixels = np.stack([np.asarray(tile) for tile in tiles])
    parts = (pixels.astype(np.float64) * (1 / 255)).astype(np.float32)
    mean, std = np.asarray(cut.mean, np.float32), np.asarray(cut.std, np.float32)
    return np.ascontiguousarray(((parts - mean) / std).transpose(0, 3, 1, 2))


def square(picture: Image.Image, cut: TileSettings) -> Image.Image:
    """Return the whole picture as one tile."""
    return picture.resize((cut.side, cut.side), Image.Resampling.BICUBIC)


def tiles_of(canvas: Image.Image, cut: TileSettings) -> list[Image.Image]:
    """Return the tiles of a picture that is of whole ones, row by row."""
    return [
        canvas.crop((left, top, left + cut.side, top + cut.side))
        for top in range(0, canvas.height, cut.side)
        for left in range(0, canvas.width, cut.side)
    ]
