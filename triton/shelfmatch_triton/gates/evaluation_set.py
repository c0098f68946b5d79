"""Reads what ``scripts/evaluation-set.ts`` wrote: the sample catalogue and queries, as the engine prepares them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shelfmatch_triton.quantise.feeds import Feed

Views = npt.NDArray[np.uint8]
RULES: Mapping[str, str] = {"max_tokens": "256"}
"""Of a text encoder that nothing is known of."""


@dataclass(frozen=True)
class EvaluationSet:
    """Products with their pictures, texts and queries. Every other product's are for calibration alone."""

    folder: Path
    skus: tuple[str, ...]
    texts: tuple[str, ...]
    text_queries: tuple[tuple[str, int], ...]
    """Text and the index of its product."""
    queries: tuple[int, ...]
    """The index of each made picture's product."""
    side: int
    views: int
    query_views: int

    def catalogue(self) -> Views:
        """Return uint8 [products, views, side, side, 3]."""
        return self._read("catalogue.bin", len(self.skus), self.views)

    def query_pictures(self) -> Views:
        """Return uint8 [queries, views, side, side, 3]."""
        return self._read("queries.bin", len(self.queries), self.query_views)

    def picture(self, query: int) -> Path:
        """Return the file of a query's picture, where the set was made with ``--pictures``."""
        return self.folder / "pictures" / f"{query}.jpg"

    def calibration_views(self) -> list[Feed]:
        """Return the pictures of every other product, a batch a product."""
        return [{"views": views} for views in self.catalogue()[::2]]

    def calibration_texts(self) -> list[str]:
        """Return the texts of every other product."""
        return list(self.texts[::2])

    def held_out(self, products: Sequence[int]) -> npt.NDArray[np.bool_]:
        """Return which of these products calibration has not seen."""
        unseen: npt.NDArray[np.bool_] = np.asarray(products) % 2 == 1
        return unseen

    def _read(self, name: str, count: int, views: int) -> Views:
        shape = (count, views, self.side, self.side, 3)
        file = self.folder / name
        if file.stat().st_size != int(np.prod(shape)):
            raise ValueError(f"{file} is not of the size that set.json says; write the set again")
        return np.memmap(file, np.uint8, "r", shape=shape)


def read_evaluation_set(folder: Path) -> EvaluationSet:
    """Return the set in a folder.

    Raises:
        OSError: there is none.
        ValueError: it is not whole.
    """
    read = json.loads((folder / "set.json").read_text(encoding="utf-8"))
    products = read["products"]
    skus = tuple(product["sku"] for product in products)
    places = {sku: index for index, sku in enumerate(skus)}
    return EvaluationSet(
        folder=folder,
        skus=skus,
        texts=tuple(product["text"] for product in products),
        text_queries=tuple((text, place) for place, product in enumerate(products) for text in product["textQueries"]),
        queries=tuple(places[query["sku"]] for query in read["queries"]),
        side=read["side"],
        views=len(read["catalogueViews"]),
        query_views=len(read["queryViews"]),
    )


def token_feeds(tokenizer: Path, texts: Sequence[str], rules: Mapping[str, str] = RULES) -> list[Feed]:
    """Return each text's tokens as a batch of its own, int64 [1, tokens]: nothing is padded.

    Args:
        tokenizer: ``tokenizer.json``.
        texts: what is to be read.
        rules: a text encoder's ``parameters``.
    """
    from shelfmatch_triton.serving.text_ids import TextIds

    read = TextIds(tokenizer, rules)
    rows = [np.array([read(text)], np.int64) for text in texts]
    return [{"input_ids": row, "attention_mask": np.ones_like(row)} for row in rows]
