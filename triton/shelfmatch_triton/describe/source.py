"""What is known of a published network that describes pictures, checked when it is written down."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from shelfmatch_triton.model_config import NAME
from shelfmatch_triton.sources.kinds import Size

Configuration = Mapping[str, Any]
"""Arguments of a configuration class in transformers."""


class Family(StrEnum):
    """Networks that one exporter knows."""

    QWEN3_VL = "qwen3-vl"
    LLAVA_ONEVISION = "llava-onevision"
    INTERNVL = "internvl"


@dataclass(frozen=True)
class PictureInput:
    """How pictures are cut: (value / 255 - mean) / std, in patches, of which ``merge`` x ``merge`` make a token."""

    patch: int
    merge: int
    frames: int
    """Pictures of a video that share a patch; a single picture stands for all of them."""
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    fewest_pixels: int
    most_pixels: int
    """As published; a served model may ask for fewer, and so for fewer tokens a picture."""

    def __post_init__(self) -> None:
        """Check the sides."""
        if min(self.patch, self.merge, self.frames) < 1 or not 0 < self.fewest_pixels <= self.most_pixels:
            raise ValueError("a patch has pixels, and a picture has fewer pixels at the least than at the most")


@dataclass(frozen=True)
class TileInput:
    """How pictures are cut: (value / 255 - mean) / std, in square tiles of the tower's side."""

    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    grid: int
    """Tiles in a row or a column, at the most."""
    most_tiles: int
    """Whose features are kept: a picture is cut into no more, or the features of more are made fewer."""

    def __post_init__(self) -> None:
        """Check the numbers."""
        if min(self.grid, self.most_tiles) < 1:
            raise ValueError("a picture is of one tile or more")


@dataclass(frozen=True)
class SpecialTokens:
    """Marks of the prompt, as the tokenizer writes them."""

    turn_start: str
    turn_end: str
    picture: str
    """Stands for one token of a picture."""
    ends: tuple[str, ...]
    """Any of them ends an answer."""
    picture_start: str = ""
    """Where the family has one; so too the end."""
    picture_end: str = ""


@dataclass(frozen=True)
class DescriberSource:
    """A published network."""

    name: str
    family: Family
    repository: str
    """On the model hub."""
    licence: str
    """SPDX."""
    vision: Configuration
    text: Configuration
    pictures: PictureInput | TileInput
    tokens: SpecialTokens
    reduced_vision: Configuration
    reduced_text: Configuration
    """What a small network of the same kind has otherwise."""
    reduced_pictures: PictureInput | TileInput
    positions: int
    """Tokens of prompt and answer together that the graphs are made for."""
    reduced_positions: int

    def __post_init__(self) -> None:
        """Check names, and that what is reduced is configured."""
        if NAME.fullmatch(self.name) is None:
            raise ValueError(f"{self.name!r} is no name")
        if re.fullmatch(r"[\w.-]+/[\w.-]+", self.repository) is None:
            raise ValueError(f"{self.repository} is no repository")
        for part, reduced in ((self.vision, self.reduced_vision), (self.text, self.reduced_text)):
            if not set(reduced) <= set(part):
                raise ValueError(f"{self.name}: reduces what is not configured")
        if self.positions > int(self.text["max_position_embeddings"]):
            raise ValueError(f"{self.name}: knows no {self.positions} positions")

    def at(self, size: Size, vocabulary: int | None = None) -> DescriberSource:
        """Return it at this size; with a vocabulary of this many tokens where that is not None."""
        sized = self
        if size == Size.REDUCED:
            sized = replace(
                self,
                name=f"{self.name}-reduced",
                vision={**self.vision, **self.reduced_vision},
                text={**self.text, **self.reduced_text},
                pictures=self.reduced_pictures,
                positions=self.reduced_positions,
            )
        return sized if vocabulary is None else replace(sized, text={**sized.text, "vocab_size": vocabulary})
