"""What the graphs were made for, written beside them as ``describer.json``."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

FILE = "describer.json"
VISION = "vision.onnx"
DECODER = "decoder.onnx"
TOKENIZER = "tokenizer.json"


@dataclass(frozen=True)
class PictureSettings:
    """How pictures are cut into patches."""

    patch: int
    merge: int
    frames: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    fewest_pixels: int
    most_pixels: int
    grid_side: int
    """Learned positions a side; those of a picture lie between them."""


@dataclass(frozen=True)
class TileSettings:
    """How pictures are cut into square tiles."""

    side: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    features: int
    """That become of a tile."""
    resolutions: tuple[tuple[int, int], ...]
    """Heights and widths that a picture is fitted into, of whole tiles."""
    most_tiles: int
    """Whose features are kept."""


@dataclass(frozen=True)
class TokenSettings:
    """Numbers of the tokenizer's marks."""

    turn_start: int
    turn_end: int
    picture: int
    ends: tuple[int, ...]
    picture_start: int = -1
    """Where the family has one; so too the end."""
    picture_end: int = -1


@dataclass(frozen=True)
class Settings:
    """All that the runtime has to know of a network."""

    name: str
    family: str
    precision: str
    vocabulary: int
    hidden: int
    layers: int
    cache_heads: int
    head_width: int
    deepstack_layers: int
    positions: int
    """Tokens of prompt and answer together, at the most."""
    pictures: PictureSettings | TileSettings
    tokens: TokenSettings

    def endless(self) -> Settings:
        """Return it with no mark that ends an answer: what a pace is measured by."""
        return replace(self, tokens=replace(self.tokens, ends=()))

    def write(self, folder: Path) -> None:
        """Write the file."""
        (folder / FILE).write_text(f"{json.dumps(asdict(self), indent=1)}\n", encoding="utf-8")


def read_settings(folder: Path) -> Settings:
    """Return what the folder's file says.

    Raises:
        OSError: it can't be read.
        ValueError: it lacks something; the message names the file.
    """
    file = folder / FILE
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        pictures, tokens = told.pop("pictures"), told.pop("tokens")
        for name in ("mean", "std"):
            pictures[name] = tuple(pictures[name])
        tokens["ends"] = tuple(tokens["ends"])
        if "resolutions" in pictures:
            pictures["resolutions"] = tuple(tuple(each) for each in pictures["resolutions"])
        kind = TileSettings if "resolutions" in pictures else PictureSettings
        return Settings(pictures=kind(**pictures), tokens=TokenSettings(**tokens), **told)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{file} does not say what the graphs are: {error}; export them anew") from error
