"""What happens around the network, on plain arrays: scaling, pooling, normalising, classes."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


def scale_views(views: npt.NDArray[np.uint8]) -> Floats:
    """Return uint8 [n, side, side, 3] as float32 [n, 3, side, side], (value - 127) / 128.

    Exact: the differences are whole and 128 is a power of two, so that the engine's own scaling gives the same bits.
    """
    n, height, width, channels = views.shape
    pixels = np.empty((n, channels, height, width), np.float32)
    np.subtract(views.transpose(0, 3, 1, 2), np.float32(127), out=pixels, dtype=np.float32)
    pixels *= np.float32(1 / 128)
    return pixels


def normalise_rows(rows: Floats) -> Floats:
    """Return float32 [n, width] with each row divided by its Euclidean length; a row of zeros stays."""
    lengths = np.sqrt(np.sum(np.square(rows, dtype=np.float64), axis=1, keepdims=True))
    normalised = np.zeros(rows.shape, np.float64)
    np.divide(rows, lengths, out=normalised, where=lengths > 0)
    return normalised.astype(np.float32)


def top_classes(logits: Floats, k: int) -> tuple[npt.NDArray[np.int32], Floats]:
    """Return the places and probabilities (softmax) of the ``k`` most probable of float32 [n, classes], best first."""
    # The largest is taken off first: exp() of a large logit would overflow.
    exponentials = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    probabilities = exponentials / exponentials.sum(axis=1, keepdims=True)
    places = np.argsort(-probabilities, axis=1, kind="stable")[:, :k]
    return places.astype(np.int32), np.take_along_axis(probabilities, places, axis=1).astype(np.float32)


def mean_pool(hidden: Floats, mask: Ints) -> Floats:
    """Return the mean of the hidden states [n, length, width] over each text's own tokens, float32 [n, width]."""
    weights = mask[:, :, np.newaxis].astype(np.float32)
    # A warm-up has texts without a token.
    counts = np.maximum(weights.sum(axis=1), 1)
    pooled: Floats = (hidden * weights).sum(axis=1) / counts
    return pooled


def pad_rows(blocks: Sequence[Ints]) -> Ints:
    """Return blocks int64 [n_i, length_i] as one [sum of n, longest], zeros behind the shorter ones."""
    padded = np.zeros((sum(len(block) for block in blocks), max(block.shape[1] for block in blocks)), np.int64)
    row = 0
    for block in blocks:
        padded[row : row + len(block), : block.shape[1]] = block
        row += len(block)
    return padded


def salt_rows(count: int) -> npt.NDArray[np.int32]:
    """Return int32 [count, 1] of numbers that were hardly there before."""
    return np.frombuffer(os.urandom(4 * count), np.int32).reshape(count, 1).copy()


def split_rows(rows: npt.NDArray[np.generic], counts: Sequence[int]) -> list[npt.NDArray[np.generic]]:
    """Return ``rows`` cut into as many blocks as there are ``counts``, in order."""
    ends = np.cumsum(counts)
    return [rows[end - count : end] for end, count in zip(ends, counts, strict=True)]
