"""A picture as the graphs take it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

Grid = tuple[int, int]
"""Rows and columns."""


@dataclass(frozen=True)
class Shown:
    """What the vision graph is given for a picture, and what becomes of it."""

    feed: dict[str, npt.NDArray[Any]]
    tokens: int
    grid: Grid | None
    """Of its tokens, where their positions follow rows and columns; None where they follow one another as a text's."""
