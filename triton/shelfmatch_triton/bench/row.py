"""A measured row, and the table that rows make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

EAGER = "PyTorch, eager"
COMPILED = "PyTorch, compiled"

HEAD = (
    "| model | run by | precision | batch | MB | least cosine "
    "| ms, median | ms, 95 % | ms of a core | a second | x PyTorch |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True)
class Row:
    """One way to run one model on batches of one size, or why it could not be run."""

    model: str
    runner: str
    precision: str
    batch: int
    bytes: int | None = None
    """Of the weights (PyTorch) or of the graph's file; None where a server has it."""
    least_cosine: float | None = None
    """Against the published network in FP32 on the CPU, over the first inputs of the batch."""
    median_ms: float | None = None
    p95_ms: float | None = None
    core_ms: float | None = None
    """Median of the processor's time a batch, where one thread of this process computes; else None. It says more than
    the clock where others use the machine as well."""
    per_second: float | None = None
    """Pictures or texts, one batch after the other."""
    ratio: float | None = None
    """The mark's median by this one: above 1 is faster than PyTorch. Of the processor's time where both have it."""
    not_run: str | None = None

    def line(self) -> str:
        """Return it as a line of the table."""
        size = "" if self.bytes is None else f"{self.bytes / 1e6:.1f}"
        begin = f"| {self.model} | {self.runner} | {self.precision} | {self.batch} | {size} |"
        if self.median_ms is None or self.p95_ms is None or self.least_cosine is None:
            return f"{begin} not run: {self.not_run} | | | | | |"
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        core = "" if self.core_ms is None else f"{self.core_ms:.2f}"
        times = f"{self.median_ms:.2f} | {self.p95_ms:.2f} | {core} | {self.per_second:.0f}"
        return f"{begin} {self.least_cosine:.5f} | {times} | {ratio} |"


def with_ratios(rows: Sequence[Row], mark_precision: str) -> Iterator[Row]:
    """Return one model's rows, each beside the mark of its batch: the fastest compiled PyTorch of that precision.

    Where nothing was compiled, the mark is eager PyTorch; where that did not run either, there is none.
    """
    for row in rows:
        marks = _marks(rows, row.batch, mark_precision, COMPILED) or _marks(rows, row.batch, mark_precision, EAGER)
        yield (
            row if row.median_ms is None or not marks else replace(row, ratio=min(_ratio(mark, row) for mark in marks))
        )


def _ratio(mark: Row, row: Row) -> float:
    if mark.core_ms and row.core_ms:
        return mark.core_ms / row.core_ms
    return (mark.median_ms or 0) / (row.median_ms or 1)


def _marks(rows: Iterable[Row], batch: int, precision: str, runner: str) -> list[Row]:
    return [
        row
        for row in rows
        if row.median_ms and (row.batch, row.precision) == (batch, precision) and row.runner.startswith(runner)
    ]
