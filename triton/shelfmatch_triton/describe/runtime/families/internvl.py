"""InternVL3 (https://arxiv.org/abs/2504.10479): each picture stretched over a grid of tiles, the whole behind them."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from shelfmatch_triton.describe.runtime.families.chatml import chat
from shelfmatch_triton.describe.runtime.families.tiles import scaled, square, tile_settings, tiles_of
from shelfmatch_triton.describe.runtime.settings import Settings, TileSettings
from shelfmatch_triton.describe.runtime.shown import Grid, Shown


class InternVl:
    """As ``runtime.families.family.Family`` has it."""

    def cut(self, pictures: Sequence[Image.Image], settings: Settings) -> list[Shown]:
        """Return each picture's tiles, each of which becomes as many tokens."""
        cut = tile_settings(settings)
        return [self._shown(picture, cut) for picture in pictures]

    def _shown(self, picture: Image.Image, cut: TileSettings) -> Shown:
        height, width = nearest_shape((picture.height, picture.width), cut)
        tiles = tiles_of(picture.resize((width, height), Image.Resampling.BICUBIC), cut)
        if len(tiles) > 1:
            tiles.append(square(picture, cut))
        return Shown({"tiles": scaled(tiles, cut)}, len(tiles) * cut.features, None)

    def write(self, settings: Settings, prompt: str, system: str, shown: Sequence[Shown]) -> list[int | str | Shown]:
        """Return a turn of the user, a line a picture first, behind one of the system's where that says something."""
        return chat(settings, prompt, system, shown, behind_picture="\n")


def nearest_shape(size: Grid, cut: TileSettings) -> Grid:
    """Return the resolution that is nearest in shape to a picture of this height and width.

    Of equal ones the largest that the picture has more than half the pixels of, or else the smallest. The resolutions
    come from the fewest tiles to the most.
    """
    shape = size[1] / size[0]
    best, least = cut.resolutions[0], float("inf")
    for height, width in cut.resolutions:
        # Of whole tiles, as the publishers compute it.
        difference = abs(shape - (width // cut.side) / (height // cut.side))
        if difference < least or (difference == least and size[0] * size[1] > 0.5 * height * width):
            best, least = (height, width), difference
    return best
