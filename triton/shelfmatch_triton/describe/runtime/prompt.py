"""Prompts as the publishers' chat template writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from shelfmatch_triton.describe.runtime.picture import Grid
from shelfmatch_triton.describe.runtime.positions import Ints, token_positions
from shelfmatch_triton.describe.runtime.settings import Settings


@dataclass(frozen=True)
class Prompt:
    """A prompt as the decoder takes it."""

    ids: Ints
    """[tokens]."""
    visual_index: Ints
    """[tokens]: the picture's token that takes its place, counted from 1 over all pictures; 0 of text."""
    positions: Ints
    """[3, tokens]."""
    next_position: int
    """Of the answer's first token."""


def open_tokenizer(file: Path) -> Tokenizer:
    """Return the tokenizer, which reads a text that looks like a mark as text: nobody can end a turn from inside it."""
    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.encode_special_tokens = True
    return tokenizer


def build_prompt(
    tokenizer: Tokenizer, settings: Settings, prompt: str, grids: Sequence[Grid] = (), system: str = ""
) -> Prompt:
    """Return a turn of the user, pictures first, behind one of the system's where that says something.

    Args:
        tokenizer: of ``open_tokenizer``.
        settings: the network's.
        prompt: what the user asks.
        grids: rows and columns of each picture's patches.
        system: what the network is told to be.
    """
    marks, merge = settings.tokens, settings.pictures.merge
    ids: list[int] = []
    visual: list[int] = []
    pieces: list[int | Grid] = []

    def say(tokens: Sequence[int]) -> None:
        ids.extend(tokens)
        visual.extend([0] * len(tokens))
        pieces.append(len(tokens))

    def read(text: str) -> list[int]:
        return list(tokenizer.encode(text, add_special_tokens=False).ids)

    if system:
        say([marks.turn_start, *read(f"system\n{system}"), marks.turn_end, *read("\n")])
    # What stands together is read together: spaces at a seam belong to one token or to the other.
    say([marks.turn_start, *read("user\n" if grids else f"user\n{prompt}")])
    shown = 0
    for rows, columns in grids:
        tokens = rows * columns // merge**2
        say([marks.picture_start])
        ids.extend([marks.picture] * tokens)
        visual.extend(range(shown + 1, shown + tokens + 1))
        shown += tokens
        pieces.append((rows // merge, columns // merge))
        say([marks.picture_end])
    say([*(read(prompt) if grids else []), marks.turn_end, *read("\n"), marks.turn_start, *read("assistant\n")])
    positions, behind = token_positions(pieces)
    return Prompt(np.asarray(ids, np.int64), np.asarray(visual, np.int64), positions, behind)
