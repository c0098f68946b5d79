"""The sizes that a plan is made for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace


@dataclass(frozen=True)
class Range:
    """A side that varies: the least, the one that kernels are chosen for, the largest."""

    least: int
    usual: int
    largest: int

    def __post_init__(self) -> None:
        """Check the order."""
        if not 1 <= self.least <= self.usual <= self.largest:
            raise ValueError(f"{self.least}, {self.usual}, {self.largest} do not ascend from 1")


@dataclass(frozen=True)
class Profile:
    """The sizes of every input: how many at once, and of texts how long."""

    batch: Range = Range(1, 8, 32)
    tokens: Range = Range(1, 64, 256)

    def within(self, most_tokens: int | None) -> Profile:
        """Return it with texts no longer than an encoder reads; None: as it is."""
        if most_tokens is None:
            return self
        return replace(self, tokens=Range(*(min(side, most_tokens) for side in astuple(self.tokens))))

    def shapes(self, shape: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
        """Return an input's least, usual and largest shape; -1 marks the sides that vary.

        Raises:
            ValueError: the batch does not vary, or more than tokens do.
        """
        if not shape or shape[0] != -1:
            raise ValueError(f"its first side must be the batch and vary, and it is of {tuple(shape)}")
        varying = [place for place, side in enumerate(shape) if side == -1]
        if len(varying) > 2:
            raise ValueError(f"only the batch and the tokens may vary, and it is of {tuple(shape)}")

        def at(batch: int, tokens: int) -> tuple[int, ...]:
            return (batch, *(tokens if side == -1 else side for side in shape[1:]))

        batch, tokens = self.batch, self.tokens
        return at(batch.least, tokens.least), at(batch.usual, tokens.usual), at(batch.largest, tokens.largest)
