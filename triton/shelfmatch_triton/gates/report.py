"""The gates' report: JSON for programs, a Markdown table for people."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from shelfmatch_triton.gates.gate import Outcome
from shelfmatch_triton.gates.measures import Interval

HEAD = """# Gates: graphs against their FP32 originals

ONNX Runtime on a CPU, every Q/DQ pair computed as it is written: what a precision's arithmetic does to vectors; not a
GPU's kernels, and nothing about speed. Queries are the sample catalogue's own pictures, spoiled, and its own
sentences; losses are of the same queries, with 95 % bootstrap intervals over products. Cosine and error are of inputs
that calibration has not seen.

| model | precision | MB | least cosine | mean cosine | largest error | recall@1 | loss, points | AUROC | loss | |
|---|---|---|---|---|---|---|---|---|---|---|
"""


def write_report(outcomes: Sequence[Outcome], folder: Path) -> Path:
    """Write ``gates.json`` and ``gates.md``; return the latter."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [{**asdict(outcome), "passed": outcome.passed} for outcome in outcomes]
    (folder / "gates.json").write_text(f"{json.dumps(rows, indent=1)}\n", encoding="utf-8")
    table = folder / "gates.md"
    failures = [f"- {one.model} {one.label}: {why}." for one in outcomes for why in one.failures]
    text = HEAD + "".join(f"{_row(outcome)}\n" for outcome in outcomes)
    table.write_text(text + ("\nRefused:\n\n" + "\n".join(failures) + "\n" if failures else ""), encoding="utf-8")
    return table


def _row(outcome: Outcome) -> str:
    near = outcome.likeness
    cells = [
        outcome.model,
        outcome.label,
        f"{outcome.bytes / 1e6:.1f}",
        f"{near.least_cosine:.5f}",
        f"{near.mean_cosine:.5f}",
        f"{near.largest_error:.4f}",
        _figure(outcome.recall, 100, 1),
        _figure(outcome.recall_loss, 100, 2),
        _figure(outcome.auroc, 1, 4),
        _figure(outcome.auroc_loss, 1, 4),
        "passes" if outcome.passed else "**refused**",
    ]
    return f"| {' | '.join(cells)} |"


def _figure(figure: Interval, factor: float, places: int) -> str:
    value, low, high = (factor * number for number in (figure.value, figure.low, figure.high))
    return f"{value:.{places}f} ({low:.{places}f} to {high:.{places}f})"
