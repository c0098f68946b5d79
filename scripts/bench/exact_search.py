"""Exact float32 search with numpy: what the index is measured against, in truth and in time.

Standard input: a line of JSON, then float32 vectors [products, views, dimensions], int32 categories [products], float32
prices [products] and float32 queries [queries, dimensions]. Standard output: JSON, the best products of each query and
the milliseconds of a search, for each filter.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T", bound=np.generic)
Mask = NDArray[np.bool_]


def read(count: int, dtype: type[T]) -> NDArray[T]:
    """The next values of standard input."""
    return np.frombuffer(sys.stdin.buffer.read(count * np.dtype(dtype).itemsize), dtype)


def main() -> None:
    head = json.loads(sys.stdin.buffer.readline())
    products, views, dimensions = head["products"], head["views"], head["dimensions"]
    vectors = read(products * views * dimensions, np.float32).reshape(-1, dimensions)
    categories = read(products, np.int32)
    prices = read(products, np.float32)
    queries = read(head["queries"] * dimensions, np.float32).reshape(-1, dimensions)
    low, high = head["price"]
    passing: dict[str, Callable[[int], Mask | None]] = {
        "none": lambda _: None,
        "category": lambda query: categories == head["categories"][query],
        "price": lambda _: (prices >= low) & (prices <= high),
    }
    answer = {}
    for name, passes in passing.items():
        best, milliseconds = [], []
        for number, query in enumerate(queries):
            started = time.perf_counter()
            similarity = (vectors @ query).reshape(products, views).max(axis=1)
            mask = passes(number)
            if mask is not None:
                similarity = np.where(mask, similarity, -2)
            top = np.argpartition(similarity, -head["top"])[-head["top"] :]
            top = top[np.argsort(-similarity[top])]
            milliseconds.append((time.perf_counter() - started) * 1000)
            best.append([int(product) for product in top if similarity[product] > -2])
        answer[name] = {"best": best, "milliseconds": milliseconds}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
