"""Vectors and times of a model that Triton serves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from shelfmatch_triton.accept.table import NotRun, Speed
from shelfmatch_triton.accept.triton_http import Array, Triton
from shelfmatch_triton.bench.pace import Case, rows_of
from shelfmatch_triton.bench.pace import Runner as Pacer
from shelfmatch_triton.gates.gate import Runner
from shelfmatch_triton.quantise.feeds import Feed

CLIENTS = 8
"""Requests at once, which Triton gathers into batches: an import of the engine's sends more."""


def served_runner(triton: Triton, name: str) -> Runner:
    """Return what runs batches by a served model, several at once, as the engine does."""
    largest = int(triton.config(name)["max_batch_size"])

    def one(feed: Feed) -> Array:
        rows = len(next(iter(feed.values())))
        parts = [{key: block[at : at + largest] for key, block in feed.items()} for at in range(0, rows, largest)]
        return np.concatenate([triton.infer(name, part) for part in parts])

    def run(feeds: Sequence[Feed]) -> list[Array]:
        with ThreadPoolExecutor(CLIENTS) as pool:
            return list(pool.map(one, feeds))

    return run


def speed_of(model: str, pacers: Iterable[Pacer], cases: dict[int, Case], seconds: float) -> Speed | NotRun:
    """Time the first of the benchmark's ways of running a model, batch by batch.

    Args:
        model: its name.
        pacers: of ``shelfmatch_triton.bench``.
        cases: batches by size.
        seconds: that each is measured for, at least.
    """
    pacer = next(iter(pacers), None)
    if pacer is None:
        return NotRun(f"{model} is not served", broken=True)
    rows = list(rows_of(model, pacer, cases, seconds))
    times = {row.batch: row.median_ms for row in rows if row.median_ms is not None}
    absent = {row.batch: row.not_run for row in rows if row.not_run is not None}
    if not times:
        return NotRun("; ".join(dict.fromkeys(absent.values())), broken=True)
    largest = max(times)
    return Speed(times, 1000 * largest / times[largest], absent)
