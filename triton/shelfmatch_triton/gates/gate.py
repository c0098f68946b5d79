"""Compares a graph with its FP32 original, and says what is beyond the tolerance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from shelfmatch_triton.gates.evaluation_set import RULES, EvaluationSet, Views, token_feeds
from shelfmatch_triton.gates.measures import (
    Floats,
    Interval,
    Likeness,
    answer,
    auroc,
    interval,
    likeness,
    recall,
)
from shelfmatch_triton.quantise.feeds import Feed, open_graph
from shelfmatch_triton.sources.model import Tolerance

MEASURES = {"recall": recall, "auroc": auroc}

Runner = Callable[[Sequence[Feed]], list[Floats]]
"""Embeddings [n, width] of each batch, in order: by a graph on this machine, or by a server."""


@dataclass(frozen=True)
class Encoded:
    """An encoder's vectors of the whole evaluation set."""

    catalogue: Floats
    """[products, vectors, width]"""
    queries: Floats
    """[queries, width], of length 1"""
    products: tuple[int, ...]
    """The product of each query."""
    held_out: Floats
    """[n, width]: vectors, one an input, of what calibration has not seen."""


@dataclass(frozen=True)
class Outcome:
    """What a gate found. Losses are of the candidate against the original, on the same queries; negative is better."""

    model: str
    label: str
    bytes: int
    likeness: Likeness
    recall: Interval
    recall_loss: Interval
    auroc: Interval
    auroc_loss: Interval
    queries: int
    failures: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Return whether nothing is beyond its tolerance."""
        return not self.failures


def graph_runner(graph: Path) -> Runner:
    """Return what runs a graph on this machine's processor, one batch after the other."""
    session = open_graph(str(graph))
    return lambda feeds: [session.run(["embedding"], dict(feed))[0] for feed in feeds]


def encode_pictures(run: Runner, evaluation: EvaluationSet) -> Encoded:
    """Run an image encoder over the set; a query is the mean of its views, as the engine searches."""

    def encode(views: Iterable[Views]) -> Floats:
        return np.stack(run([{"views": np.ascontiguousarray(each)} for each in views]))

    catalogue, queries = encode(evaluation.catalogue()), encode(evaluation.query_pictures())
    held_out = queries[evaluation.held_out(evaluation.queries)].reshape(-1, queries.shape[-1])
    return Encoded(catalogue, _normalised(queries.mean(axis=1)), evaluation.queries, held_out)


def encode_texts(run: Runner, evaluation: EvaluationSet, tokenizer: Path, rules: Mapping[str, str] = RULES) -> Encoded:
    """Run a text encoder over the set, one text after the other: nothing is padded."""

    def encode(texts: Sequence[str]) -> Floats:
        return np.concatenate(run(token_feeds(tokenizer, texts, rules)))

    products = tuple(place for _, place in evaluation.text_queries)
    catalogue, queries = encode(evaluation.texts), encode([text for text, _ in evaluation.text_queries])
    unseen = evaluation.held_out(products), evaluation.held_out(range(len(evaluation.skus)))
    held_out = np.concatenate([queries[unseen[0]], catalogue[unseen[1]]])
    return Encoded(catalogue[:, np.newaxis], queries, products, held_out)


def compare(model: str, label: str, size: int, pair: tuple[Encoded, Encoded], tolerance: Tolerance) -> Outcome:
    """Measure a candidate against its original.

    Args:
        model: its name, for the report.
        label: what the candidate is.
        size: bytes of the candidate's file.
        pair: the original's vectors and the candidate's, of the same set.
        tolerance: how far they may be apart.
    """
    reference, candidate = pair
    near = likeness(reference.held_out, candidate.held_out)
    before, after = (answer(one.catalogue, one.queries, one.products) for one in pair)
    losses = {
        name: interval(lambda rows, of=of: of(before, rows) - of(after, rows), after.products)  # type: ignore[misc]
        for name, of in MEASURES.items()
    }
    own = {
        name: interval(lambda rows, of=of: of(after, rows), after.products)  # type: ignore[misc]
        for name, of in MEASURES.items()
    }
    return Outcome(
        model=model,
        label=label,
        bytes=size,
        likeness=near,
        recall=own["recall"],
        recall_loss=losses["recall"],
        auroc=own["auroc"],
        auroc_loss=losses["auroc"],
        queries=len(after.found),
        failures=tuple(_failures(near, losses, tolerance)),
    )


def likeness_failures(near: Likeness, tolerance: Tolerance) -> Iterable[str]:
    """Say what of the vectors themselves is beyond the tolerance, each in half a sentence."""
    if near.least_cosine < tolerance.least_cosine:
        yield f"the least cosine is {near.least_cosine:.7f}, below {tolerance.least_cosine}"
    if near.largest_error > tolerance.largest_error:
        yield f"the largest error is {near.largest_error:.4f}, above {tolerance.largest_error}"


def _failures(near: Likeness, losses: dict[str, Interval], tolerance: Tolerance) -> Iterable[str]:
    # Half a point of 378 queries is 1.9 of them: the rounding of a division must not decide.
    slack = 1e-9
    yield from likeness_failures(near, tolerance)
    if losses["recall"].value > tolerance.recall_loss + slack:
        yield f"recall@1 falls by {100 * losses['recall'].value:.2f} points, more than {100 * tolerance.recall_loss:g}"
    if losses["auroc"].value > tolerance.auroc_loss + slack:
        yield f"AUROC falls by {losses['auroc'].value:.4f}, more than {tolerance.auroc_loss:g}"


def _normalised(rows: Floats) -> Floats:
    normalised: Floats = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return normalised
