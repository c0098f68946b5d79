"""LLaVA-OneVision (https://arxiv.org/abs/2408.03326): a picture alone in tiles, several each as a whole."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image

from shelfmatch_triton.describe.runtime.families.tiles import scaled, square, tile_settings, tiles_of
from shelfmatch_triton.describe.runtime.picture import Floats
from shelfmatch_triton.describe.runtime.settings import Settings, TileSettings
from shelfmatch_triton.describe.runtime.shown import Grid, Shown

Ints = npt.NDArray[np.int64]
MUCH_TOO_MANY = 1.1
"""Beyond the most tiles by this share of a side, features are made fewer."""


class LlavaOnevision:
    """As ``runtime.families.family.Family`` has it."""

    def cut(self, pictures: Sequence[Image.Image], settings: Settings) -> list[Shown]:
        """Return each picture's tiles, and how their features become tokens."""
        cut = tile_settings(settings)
        return [(_alone if len(pictures) == 1 else _beside_others)(picture, cut) for picture in pictures]

    def write(self, settings: Settings, prompt: str, system: str, shown: Sequence[Shown]) -> list[int | str | Shown]:
        """Return a turn of the user, pictures first, behind one of the system's where that says something."""
        marks = settings.tokens
        told: list[int | str | Shown] = [marks.turn_start, f"system \n{system}", marks.turn_end] if system else []
        told += [marks.turn_start, "user ", *shown, f"\n{prompt}", marks.turn_end]
        return [*told, marks.turn_start, "assistant\n"]


def _beside_others(picture: Image.Image, cut: TileSettings) -> Shown:
    """Return it as one tile, padded to a square with the mean colour, and a line's end."""
    longest = max(picture.size)
    padded = Image.new("RGB", (longest, longest), tuple(int(value * 255) for value in cut.mean))
    padded.paste(picture, ((longest - picture.width) // 2, (longest - picture.height) // 2))
    index = np.arange(cut.features + 1)
    return _packed(scaled([square(padded, cut)], cut), *_as_they_are(index))


def _alone(picture: Image.Image, cut: TileSettings) -> Shown:
    """Return the whole and its tiles; of the tiles' features those that show it, row by row, with a line's end each."""
    size = picture.height, picture.width
    resolution = best_resolution(size, cut.resolutions)
    height, width = fitted(size, resolution)
    canvas = Image.new("RGB", (resolution[1], resolution[0]))
    resized = picture.resize((width, height), Image.Resampling.BICUBIC)
    canvas.paste(resized, ((resolution[1] - width) // 2, (resolution[0] - height) // 2))
    pixels = scaled([square(picture, cut), *tiles_of(canvas, cut)], cut)
    index, weight = _as_they_are(np.arange(cut.features))
    more = _features(size, (resolution[0] // cut.side, resolution[1] // cut.side), cut)
    return _packed(pixels, np.concatenate([index, more[0]]), np.concatenate([weight, more[1]]))


def _packed(pixels: Floats, index: Ints, weight: Floats) -> Shown:
    return Shown({"tiles": pixels, "feature_index": index, "feature_weight": weight}, len(index), None)


def _as_they_are(features: Ints) -> tuple[Ints, Floats]:
    """Return features as tokens: each is all of one feature, and nothing of three others."""
    index = np.zeros((len(features), 4), np.int64)
    index[:, 0] = features
    weight = np.zeros((len(features), 4), np.float32)
    weight[:, 0] = 1
    return index, weight


def _features(size: Grid, tiles: Grid, cut: TileSettings) -> tuple[Ints, Floats]:
    """Return which of the tiles' features are how much of each token: int64 and float32 [tokens, 4].

    The features of all tiles lie behind those of the whole, and a line's end behind them all.
    """
    side = round(cut.features**0.5)
    rows, columns = np.meshgrid(np.arange(tiles[0] * side), np.arange(tiles[1] * side), indexing="ij")
    tile = (rows // side) * tiles[1] + columns // side
    place = cut.features * (1 + tile) + (rows % side) * side + columns % side
    place = _unpadded(place, size)
    height, width = place.shape
    ratio = math.sqrt(height * width / (cut.most_tiles * side**2))
    line_end = cut.features * (1 + tiles[0] * tiles[1])
    if ratio > MUCH_TOO_MANY:
        index, weight = _fewer(place, (int(height // ratio), int(width // ratio)))
    else:
        flat_index, flat_weight = _as_they_are(place.ravel())
        index, weight = flat_index.reshape(height, width, 4), flat_weight.reshape(height, width, 4)
    end_index, end_weight = _as_they_are(np.full(len(index), line_end))
    with_ends = np.concatenate([index, end_index[:, np.newaxis]], axis=1)
    their_weights = np.concatenate([weight, end_weight[:, np.newaxis]], axis=1)
    return with_ends.reshape(-1, 4).astype(np.int64), their_weights.reshape(-1, 4).astype(np.float32)


def _unpadded(place: Ints, size: Grid) -> Ints:
    """Return the features without the rows or columns that show nothing but padding."""
    height, width = place.shape
    if size[1] / size[0] > width / height:
        padding = (height - int(round(size[0] * (width / size[1]), 7))) // 2
        return place[padding : height - padding]
    padding = (width - int(round(size[1] * (height / size[0]), 7))) // 2
    return place[:, padding : width - padding]


def _fewer(place: Ints, size: Grid) -> tuple[Ints, Floats]:
    """Return four features around each of fewer ones, and how much of each: bilinear, as PyTorch interpolates."""
    low, high, part = [], [], []
    for old, new in zip(place.shape, size, strict=True):
        # In float32, as PyTorch computes it.
        scale = np.float32(old) / np.float32(new)
        at = np.maximum((np.arange(new, dtype=np.float32) + np.float32(0.5)) * scale - np.float32(0.5), 0)
        floor = at.astype(np.int64)
        low.append(floor)
        high.append(np.minimum(floor + 1, old - 1))
        part.append((at - floor).astype(np.float32))
    rows, columns = (low[0], high[0]), (low[1], high[1])
    row_parts, column_parts = (1 - part[0], part[0]), (1 - part[1], part[1])
    corners = [(row, column) for row in (0, 1) for column in (0, 1)]
    index = [place[rows[row]][:, columns[column]] for row, column in corners]
    weight = [row_parts[row][:, np.newaxis] * column_parts[column][np.newaxis] for row, column in corners]
    return np.stack(index, axis=-1), np.stack(weight, axis=-1)


def best_resolution(size: Grid, resolutions: Sequence[Grid]) -> Grid:
    """Return the resolution that shows most of a picture of this height and width, and wastes least of itself."""

    def shows(resolution: Grid) -> tuple[int, int]:
        height, width = resolution
        scale = min(width / size[1], height / size[0])
        shown = min(int(size[1] * scale) * int(size[0] * scale), size[0] * size[1])
        return shown, shown - width * height

    # The first of equal ones.
    return max(resolutions, key=shows)


def fitted(size: Grid, resolution: Grid) -> Grid:
    """Return the height and width of a picture that keeps its shape within a resolution."""
    by_height, by_width = resolution[0] / size[0], resolution[1] / size[1]
    if by_width < by_height:
        return min(math.ceil(size[0] * by_width), resolution[0]), resolution[1]
    return resolution[0], min(math.ceil(size[1] * by_height), resolution[1])
