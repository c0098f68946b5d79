"""Prompts as the publishers' chat template writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from shelfmatch_triton.describe.runtime.families.family import FAMILIES
from shelfmatch_triton.describe.runtime.positions import Ints, token_positions
from shelfmatch_triton.describe.runtime.settings import Settings
from shelfmatch_triton.describe.runtime.shown import Grid, Shown


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
    tokenizer: Tokenizer, settings: Settings, prompt: str, shown: Sequence[Shown] = (), system: str = ""
) -> Prompt:
    """Return a prompt as the decoder takes it.

    Args:
        tokenizer: of ``open_tokenizer``.
        settings: the network's.
        prompt: what the user asks.
        shown: the pictures, as its family cuts them.
        system: what the network is told to be.
    """
    ids: list[int] = []
    visual: list[int] = []
    pieces: list[int | Grid] = []
    pictures = 0
    for part in _joined(FAMILIES[settings.family].write(settings, prompt, system, shown)):
        if isinstance(part, Shown):
            ids += [settings.tokens.picture] * part.tokens
            visual += range(pictures + 1, pictures + part.tokens + 1)
            pictures += part.tokens
            pieces.append(part.tokens if part.grid is None else part.grid)
            continue
        tokens = [part] if isinstance(part, int) else list(tokenizer.encode(part, add_special_tokens=False).ids)
        ids += tokens
        visual += [0] * len(tokens)
        pieces.append(len(tokens))
    positions, behind = token_positions(pieces)
    return Prompt(np.asarray(ids, np.int64), np.asarray(visual, np.int64), positions, behind)


def _joined(parts: Sequence[int | str | Shown]) -> list[int | str | Shown]:
    """Put texts that stand together into one: spaces at a seam belong to one token or to the other."""
    joined: list[int | str | Shown] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    return joined
