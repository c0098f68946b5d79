"""What descriptions are worth: whether words that a network found for a photo help to find its product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from shelfmatch_triton.gates.evaluation_set import EvaluationSet, token_feeds
from shelfmatch_triton.gates.measures import Floats, Interval, Places, interval
from shelfmatch_triton.identity import hash_files
from shelfmatch_triton.registry import SERVED_MODELS, ServedModel

WEIGHTS = tuple(round(0.05 * step, 2) for step in range(21))
"""Of the words' similarity beside the pictures': from not at all to as much."""
RECALL_LOSS = 0.005
"""That words may cost: where they find nothing, they must not do harm."""
WORDS_LOSS = 0.05
"""Of recall@1 by words alone, that fewer bits may cost against the first precision."""
IMAGE, TEXT = "efficientnet-lite0", "all-minilm-l6-v2"


@dataclass(frozen=True)
class Retrieval:
    """Recall@1 of the same photos, with 95 % bootstrap intervals over products."""

    pictures: Interval
    """Text off: by the product's own image encoder alone."""
    words: Interval
    """By the description alone."""
    both: Interval
    """Text on."""
    weight: tuple[float, ...]
    """Of the words beside the pictures: chosen by each half of the products for the other."""
    queries: int

    def faults(self, before: Retrieval | None) -> list[str]:
        """Return what is beyond the tolerances, against text off and against the first precision's words."""
        found = []
        if self.both.value < self.pictures.value - RECALL_LOSS - 1e-9:
            found.append(f"with words recall@1 falls by {100 * (self.pictures.value - self.both.value):.1f} points")
        if before is not None and self.words.value < before.words.value - WORDS_LOSS - 1e-9:
            lost = 100 * (before.words.value - self.words.value)
            found.append(f"its words find {lost:.1f} points less than the first precision's")
        return found

    @staticmethod
    def read(told: Mapping[str, Any]) -> Retrieval:
        """Return what ``asdict`` and JSON made of one."""
        intervals = {name: Interval(**told[name]) for name in ("pictures", "words", "both")}
        return Retrieval(**intervals, weight=tuple(told["weight"]), queries=int(told["queries"]))


class Product:
    """The app's own encoders, as it ships them, and the photos that are asked by."""

    def __init__(self, evaluation: EvaluationSet, weights: Path, each: int) -> None:
        """Take so many photos of each product, of another transformation each.

        Args:
            evaluation: with the photos' files.
            weights: folder of the app's own weights.
            each: photos a product.
        """
        self.evaluation = evaluation
        self.weights = weights
        rows: dict[int, list[int]] = {}
        for row, product in enumerate(evaluation.queries):
            rows.setdefault(product, []).append(row)
        # Product after product another transformation comes first, so that few photos are of all of them.
        turned = [(own[product % len(own) :] + own[: product % len(own)])[:each] for product, own in rows.items()]
        self.rows = [row for own in turned for row in own]
        self.own: Places = np.array([evaluation.queries[row] for row in self.rows], np.int64)

    @property
    def photos(self) -> list[Path]:
        """Return the photos' files."""
        return [self.evaluation.picture(row) for row in self.rows]

    @property
    def key(self) -> str:
        """Return a hash of all that is asked, and of what it is encoded by."""
        models = [self.weights / name for model in (IMAGE, TEXT) for name in SERVED_MODELS[model].hashed]
        return hash_files([self.evaluation.folder / "set.json", *self.photos, *models])

    @cached_property
    def by_pictures(self) -> Floats:
        """Return how similar each photo is to each product's pictures, [photos, products]."""
        session = self._open(SERVED_MODELS[IMAGE])
        catalogue = np.stack([_embed(session, {"views": views}) for views in self.evaluation.catalogue()])
        pictures = self.evaluation.query_pictures()
        photos = np.stack([_embed(session, {"views": pictures[row]}).mean(axis=0) for row in self.rows])
        photos /= np.linalg.norm(photos, axis=1, keepdims=True)
        similar: Floats = np.einsum("qw,pvw->qpv", photos, catalogue, optimize=True).max(axis=2)
        return similar

    def by_words(self, texts: Sequence[str]) -> Floats:
        """Return how similar each photo's description is to each product's text, [photos, products]."""
        session, model = self._open(SERVED_MODELS[TEXT]), SERVED_MODELS[TEXT]
        assert model.tokenizer is not None

        def encode(lines: Sequence[str]) -> Floats:
            feeds = token_feeds(self.weights / model.tokenizer, [line or "-" for line in lines])  # type: ignore[operator]
            return np.concatenate([_embed(session, feed) for feed in feeds])

        similar: Floats = encode(texts) @ encode(self.evaluation.texts).T
        return similar

    def worth(self, texts: Sequence[str]) -> Retrieval:
        """Return what the photos' descriptions find."""
        return worth(self.by_pictures, self.by_words(texts), self.own)

    def _open(self, model: ServedModel) -> ort.InferenceSession:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        assert model.graph is not None
        return ort.InferenceSession(model.graph.wrap((self.weights / model.hashed[0]).read_bytes()), options)


def _embed(session: ort.InferenceSession, feed: Mapping[str, npt.NDArray[Any]]) -> Floats:
    rows: Floats = session.run(["embedding"], {name: np.ascontiguousarray(each) for name, each in feed.items()})[0]
    return rows


def worth(by_pictures: Floats, by_words: Floats, own: Places) -> Retrieval:
    """Return the recall of both kinds of similarity [photos, products], alone and together.

    How much the words count is chosen on every other product and used for the rest, both ways round, so that no photo
    is judged by a weight that it took part in choosing.
    """
    halves = [own % 2 == half for half in (0, 1)]
    chosen = [_weight(by_pictures[half], by_words[half], own[half]) for half in halves]
    weights = np.where(halves[0], chosen[1], chosen[0])[:, np.newaxis]
    ways = {"pictures": by_pictures, "words": by_words, "both": by_pictures + weights * by_words}
    found = {name: np.asarray(similar).argmax(axis=1) == own for name, similar in ways.items()}
    intervals = {name: interval(lambda rows, of=hit: float(of[rows].mean()), own) for name, hit in found.items()}  # type: ignore[misc]
    return Retrieval(**intervals, weight=tuple(chosen), queries=len(own))


def _weight(by_pictures: Floats, by_words: Floats, own: Places) -> float:
    def recall(weight: float) -> float:
        return float(((by_pictures + weight * by_words).argmax(axis=1) == own).mean()) if len(own) > 0 else 0.0

    # The first of the best: words count no more than they must.
    return max(WEIGHTS, key=recall)
