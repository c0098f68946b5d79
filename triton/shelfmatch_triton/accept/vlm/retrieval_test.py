"""What words are worth is told apart from what pictures find."""

import numpy as np

from shelfmatch_triton.accept.vlm.retrieval import WORDS_LOSS, Retrieval, worth
from shelfmatch_triton.gates.measures import Floats, Interval

PRODUCTS = 200
OWN = np.arange(PRODUCTS)


def similar(right: float, random: np.random.Generator) -> Floats:
    """Return similarities of which about this share is highest at the photo's own product."""
    noise = random.random((PRODUCTS, PRODUCTS), np.float32) * 0.5
    hit = random.random(PRODUCTS) < right
    noise[OWN[hit], OWN[hit]] = 0.6
    return noise


def test_words_that_find_help_and_others_count_for_nothing() -> None:
    """Each half of the products chooses for the other."""
    random = np.random.default_rng(4)
    pictures, good = similar(0.5, random), similar(0.9, random)
    found = worth(pictures, good, OWN)
    assert found.queries == PRODUCTS
    assert found.both.value > found.pictures.value + 0.1
    assert all(weight > 0 for weight in found.weight)
    assert found.faults(None) == []
    silent = worth(pictures, np.zeros_like(pictures), OWN)
    assert silent.weight == (0.0, 0.0)
    assert silent.both == silent.pictures


def test_what_words_cost_is_refused() -> None:
    """Against text off, and against what the first precision's words find."""

    def of(pictures: float, words: float, both: float) -> Retrieval:
        one, two, three = (Interval(value, value, value) for value in (pictures, words, both))
        return Retrieval(one, two, three, (0.5, 0.5), 54)

    assert of(0.9, 0.5, 0.895).faults(None) == []
    assert of(0.9, 0.5, 0.88).faults(None) == ["with words recall@1 falls by 2.0 points"]
    first = of(0.9, 0.5, 0.95)
    assert of(0.9, 0.5 - WORDS_LOSS, 0.95).faults(first) == []
    assert of(0.9, 0.4, 0.95).faults(first) == ["its words find 10.0 points less than the first precision's"]
    assert (
        Retrieval.read(
            {"pictures": vars(first.pictures), "words": vars(first.words), "both": vars(first.both)}
            | {
                "weight": [0.5, 0.5],
                "queries": 54,
            }
        )
        == first
    )
