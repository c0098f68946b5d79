"""The measures are those of their definitions."""

import numpy as np
import pytest

from shelfmatch_triton.gates.measures import Answers, Floats, answer, auroc, interval, likeness, recall

RANDOM = np.random.default_rng(3)


def unit(count: int, width: int = 8) -> Floats:
    """Return rows of length 1."""
    rows = RANDOM.normal(size=(count, width)).astype(np.float32)
    normalised: Floats = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return normalised


def test_likeness_is_the_worst_and_the_mean() -> None:
    """One row turned round, one moved a little."""
    reference = unit(10)
    candidate = reference.copy()
    assert likeness(reference, candidate).least_cosine == pytest.approx(1)
    candidate[3] *= -1
    found = likeness(reference, candidate)
    assert found.least_cosine == pytest.approx(-1)
    assert found.mean_cosine == pytest.approx(0.8)
    assert found.largest_error == pytest.approx(2 * np.abs(reference[3]).max())


def test_a_product_is_as_similar_as_its_nearest_vector_and_absent_means_left_out() -> None:
    """Two products of two vectors; the query is the second vector of the second."""
    catalogue = np.eye(4, dtype=np.float32).reshape(2, 2, 4)
    query = np.array([[0.6, 0, 0, 0.8], [0.8, 0, 0, 0.6]], np.float32)
    found = answer(catalogue, query, [1, 1])
    assert found.found.tolist() == [True, False]
    assert found.present.tolist() == pytest.approx([0.8, 0.8])
    assert found.absent.tolist() == pytest.approx([0.6, 0.8])
    assert recall(found, np.arange(2)) == 0.5


def test_auroc_counts_pairs_and_ties_half() -> None:
    """Against the definition, pair by pair."""
    present = RANDOM.integers(0, 6, 40).astype(np.float32)
    absent = RANDOM.integers(0, 5, 40).astype(np.float32)
    answers = Answers(np.ones(40, bool), present, absent, np.arange(40))
    pairs = [1.0 if a > b else 0.5 if a == b else 0.0 for a in present for b in absent]
    assert auroc(answers, np.arange(40)) == pytest.approx(np.mean(pairs))


def test_intervals_hold_the_figure_and_resample_whole_products() -> None:
    """Queries that stand or fall together say less than as many independent ones."""
    hits = np.repeat(RANDOM.random(12) < 0.7, 20)
    together = np.repeat(np.arange(12), 20)
    wide = interval(lambda rows: float(hits[rows].mean()), together)
    narrow = interval(lambda rows: float(hits[rows].mean()), np.arange(240))
    assert wide.low <= wide.value <= wide.high
    assert wide.value == narrow.value == hits.mean()
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)
