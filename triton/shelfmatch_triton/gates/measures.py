"""Measures of vectors and of what is found by them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]
ROUNDS = 1000


@dataclass(frozen=True)
class Interval:
    """A figure with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Likeness:
    """How near vectors are to those of the original."""

    least_cosine: float
    mean_cosine: float
    largest_error: float
    count: int


@dataclass(frozen=True)
class Answers:
    """What each query finds."""

    found: npt.NDArray[np.bool_]
    """Whether the first product is the query's own."""
    present: Floats
    """Similarity of the best product."""
    absent: Floats
    """The same with the query's own product left out of the catalogue."""
    products: Places
    """The query's own product."""


def likeness(reference: Floats, candidate: Floats) -> Likeness:
    """Compare embeddings [n, width] of length 1, row by row."""
    cosines = (reference.astype(np.float64) * candidate.astype(np.float64)).sum(axis=1)
    error = float(np.abs(reference - candidate).max())
    return Likeness(float(cosines.min()), float(cosines.mean()), error, len(cosines))


def answer(catalogue: Floats, queries: Floats, products: Sequence[int]) -> Answers:
    """Search as the engine does: a product is as similar as the most similar of its vectors.

    Args:
        catalogue: [products, vectors, width].
        queries: [n, width].
        products: the query's own product, n of them.
    """
    similar = np.einsum("qw,pvw->qpv", queries, catalogue, optimize=True).max(axis=2)
    own = np.asarray(products, np.int64)
    others = similar.copy()
    others[np.arange(len(own)), own] = -np.inf
    return Answers(
        found=similar.argmax(axis=1) == own,
        present=similar.max(axis=1),
        absent=others.max(axis=1),
        products=own,
    )


def recall(answers: Answers, rows: Places) -> float:
    """Return the share of the queries at ``rows`` that find their product first."""
    return float(answers.found[rows].mean())


def auroc(answers: Answers, rows: Places) -> float:
    """Return how well similarity tells present products from absent ones: the area under the ROC curve.

    Mann and Whitney's U, ties counting half, as ``engine/evaluate/metrics.ts`` has it.
    """
    present, absent = answers.present[rows], np.sort(answers.absent[rows])
    below = np.searchsorted(absent, present, "left")
    upto = np.searchsorted(absent, present, "right")
    return float((below + upto).sum() / (2 * len(present) * len(absent)))


def interval(statistic: Callable[[Places], float], products: Places, seed: int = 1) -> Interval:
    """Return a statistic of rows with its percentile bootstrap interval; a product's queries are drawn together."""
    groups = [np.flatnonzero(products == product) for product in np.unique(products)]
    random = np.random.default_rng(seed)
    drawn = [
        statistic(np.concatenate([groups[one] for one in random.integers(0, len(groups), len(groups))]))
        for _ in range(ROUNDS)
    ]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Interval(statistic(np.arange(len(products))), float(low), float(high))
