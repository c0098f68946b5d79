"""Scores to a token."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shelfmatch_triton.describe.runtime.picture import Floats

Mask = npt.NDArray[np.bool_]


def probabilities(scores: Floats, temperature: float, top_p: float) -> npt.NDArray[np.float64]:
    """Return what is drawn from, float64 [vocabulary]: the most probable tokens that together reach ``top_p``.

    Args:
        scores: [vocabulary]; those of tokens that are not allowed are minus infinity.
        temperature: above 0.
        top_p: above 0, up to 1. The first token is always kept.
    """
    hot = scores.astype(np.float64) / temperature
    shares = np.exp(hot - hot.max())
    shares /= shares.sum()
    if top_p < 1:
        order = np.argsort(-shares, kind="stable")
        before = np.cumsum(shares[order]) - shares[order]
        shares[order[before >= top_p]] = 0
        shares /= shares.sum()
    return shares


def choose(scores: Floats, temperature: float, top_p: float, random: np.random.Generator, allowed: Mask | None) -> int:
    """Return a token's number: the most probable at temperature 0, else one that is drawn; an allowed one."""
    if allowed is not None:
        scores = np.where(allowed, scores, np.float32(-np.inf))
    if temperature == 0:
        return int(scores.argmax())
    shares = probabilities(scores, temperature, top_p)
    return int(random.choice(len(shares), p=shares))
