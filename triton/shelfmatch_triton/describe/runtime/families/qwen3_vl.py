"""Qwen3-VL: pictures of any shape in patches, behind each other in ChatML."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy.typing as npt
from PIL import Image

from shelfmatch_triton.describe.runtime.families.chatml import chat
from shelfmatch_triton.describe.runtime.picture import patches
from shelfmatch_triton.describe.runtime.positions import coordinates, learned_places
from shelfmatch_triton.describe.runtime.settings import PictureSettings, Settings
from shelfmatch_triton.describe.runtime.shown import Shown


class Qwen3Vl:
    """As ``runtime.families.family.Family`` has it."""

    def cut(self, pictures: Sequence[Image.Image], settings: Settings) -> list[Shown]:
        """Return each picture's patches, with the learned places around them."""
        cut = settings.pictures
        if not isinstance(cut, PictureSettings):
            raise TypeError(f"{settings.name} does not cut pictures into patches")
        return [self._shown(picture, cut) for picture in pictures]

    def _shown(self, picture: Image.Image, cut: PictureSettings) -> Shown:
        pixels, grid = patches(picture, cut)
        index, weight = learned_places(grid, cut.merge, cut.grid_side)
        feed: dict[str, npt.NDArray[Any]] = {
            "patches": pixels,
            "position_index": index,
            "position_weight": weight,
            "coordinates": coordinates(grid, cut.merge),
        }
        rows, columns = grid[0] // cut.merge, grid[1] // cut.merge
        return Shown(feed, rows * columns, (rows, columns))

    def write(self, settings: Settings, prompt: str, system: str, shown: Sequence[Shown]) -> list[int | str | Shown]:
        """Return a turn of the user, pictures first, behind one of the system's where that says something."""
        return chat(settings, prompt, system, shown)
