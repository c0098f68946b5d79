"""The table: one row a model, precision and what runs it. What was not run says why, and is never guessed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from shelfmatch_triton.accept.material import MEANINGLESS, Quality
from shelfmatch_triton.bench.row import COMPILED
from shelfmatch_triton.gates.measures import Interval

LEAST_SPEED_UP = 1.5
"""Of INT8 and FP8 at batch 32 against compiled PyTorch's FP16: docs/decisions/0011."""
LEVEL = 0.95
"""Times that differ by less are level."""


@dataclass(frozen=True)
class NotRun:
    """Why a figure is not there."""

    reason: str
    broken: bool = False
    """Whether it should have been there: a step failed, rather than having nothing to run on."""


@dataclass(frozen=True)
class Speed:
    """Through Triton over HTTP, or of a call of PyTorch."""

    milliseconds: Mapping[int, float]
    """Median of one batch after the other, by the batch's size."""
    per_second: float
    """Pictures or texts, at the largest of these."""
    not_run: Mapping[int, str]
    """Why the other sizes are not there."""


@dataclass(frozen=True)
class Row:
    """One encoder in one precision, run by one thing."""

    model: str
    precision: str
    runtime: str
    bytes: int | None
    quality: Quality | NotRun | None
    """None where vectors are no question: PyTorch's pace."""
    speed: Speed | NotRun | None
    """None where speed is no question: the graph that is measured before it is served."""

    @property
    def failures(self) -> tuple[str, ...]:
        """Return what is beyond its tolerance."""
        return self.quality.failures if isinstance(self.quality, Quality) else ()

    @property
    def missing(self) -> list[NotRun]:
        """Return what was not run."""
        return [part for part in (self.quality, self.speed) if isinstance(part, NotRun)]

    def told(self) -> dict[str, object]:
        """Return it with values that JSON has."""

        def part(given: Quality | Speed | NotRun | None) -> object:
            if isinstance(given, NotRun):
                return {"not_run": given.reason, "broken": given.broken}
            return None if given is None else asdict(given)

        return {
            "model": self.model,
            "precision": self.precision,
            "runtime": self.runtime,
            "bytes": self.bytes,
            "quality": part(self.quality),
            "speed": part(self.speed),
            "failures": list(self.failures),
        }


TENSORRT = "TensorRT, in Triton"


def aims(rows: Sequence[Row]) -> list[dict[str, object]]:
    """Return, for each encoder, the aims of docs/decisions/0011 and whether a plan keeps them; "not run" else."""
    told: list[dict[str, object]] = []
    for row in rows:
        wanted = {"fp16": (1, LEVEL), "int8": (32, LEAST_SPEED_UP), "fp8": (32, LEAST_SPEED_UP)}
        aim = wanted.get(row.precision.partition("-")[0])
        if row.runtime != TENSORRT or aim is None:
            continue
        batch, least = aim
        mark = next((_at(one, batch) for one in rows if (one.model, one.runtime) == (row.model, COMPILED)), None)
        own = _at(row, batch)
        ratio = None if mark is None or own is None else mark / own
        kept = "not run" if ratio is None else "kept" if ratio >= least else "missed"
        told.append(
            {
                "model": row.model,
                "precision": row.precision,
                "batch": batch,
                "least": least,
                "times": ratio,
                "state": kept,
            }
        )
    return told


def _at(row: Row, batch: int) -> float | None:
    return row.speed.milliseconds.get(batch) if isinstance(row.speed, Speed) else None


def write_table(rows: Sequence[Row], about: Mapping[str, str], batches: Sequence[int], folder: Path) -> Path:
    """Write ``accept.json`` and ``accept.md``; return the latter.

    Args:
        rows: in the order of the table.
        about: what it was run with and on.
        batches: sizes that were timed.
        folder: where to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    told = {"about": dict(about), "rows": [row.told() for row in rows], "aims": aims(rows)}
    (folder / "accept.json").write_text(f"{json.dumps(told, indent=1)}\n", encoding="utf-8")
    page = folder / "accept.md"
    page.write_text(_markdown(rows, about, batches), encoding="utf-8")
    return page


def _markdown(rows: Sequence[Row], about: Mapping[str, str], batches: Sequence[int]) -> str:
    names = ["model", "precision", "runs in", "MB", "least cosine", "recall@1", "loss, points", "AUROC", "loss"]
    names += [f"ms, batch {batch}" for batch in batches] + ["a second", ""]
    lines = [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]
    lines += [f"| {' | '.join(_cells(row, batches))} |" for row in rows]
    failures = [f"- {_name(row)}: {why}." for row in rows for why in row.failures]
    reasons: dict[str, list[str]] = {}
    for row in rows:
        for part in row.missing:
            reasons.setdefault(part.reason, []).append(_name(row))
        for batch, reason in row.speed.not_run.items() if isinstance(row.speed, Speed) else ():
            reasons.setdefault(reason, []).append(f"{_name(row)}, batch {batch}")
    absent = [f"- {'; '.join(dict.fromkeys(which))}: {reason}." for reason, which in reasons.items()]
    if any(isinstance(row.quality, Quality) and row.quality.recall is None for row in rows):
        absent.append(f"- recall@1 and AUROC where they are not run: {MEANINGLESS}.")
    goals = [
        f"- {one['model']} {one['precision']}, batch {one['batch']}: {one['state']}"
        + (f" ({one['times']:.2f} times)" if isinstance(one["times"], float) else "")
        for one in aims(rows)
    ]
    parts = ["# Encoders, accepted or not", "\n".join(f"- {name}: {value}" for name, value in about.items()), HEAD]
    parts.append("\n".join(lines))
    for title, found in (("Refused", failures), ("Not run", absent), (f"Beside compiled PyTorch. {AIMS}", goals)):
        if found:
            parts.append(f"{title}:\n\n" + "\n".join(found))
    return "\n\n".join(parts) + "\n"


HEAD = """Vectors are compared with those of the FP32 graph, and that with the published network, on inputs that
calibration has not seen; a loss is of the same queries against the FP32 graph, with 95 % bootstrap intervals over
products. Rows "in Triton" are of vectors and times that came over HTTP, of a request with a batch of that size; "a
second" is at the largest batch, one after the other. The response cache never answers: no input is sent twice."""
AIMS = f"Aims: FP16 level at batch 1, INT8 and FP8 {LEAST_SPEED_UP} times as fast at batch 32"


def _name(row: Row) -> str:
    return f"{row.model} {row.precision} ({row.runtime})"


def _cells(row: Row, batches: Sequence[int]) -> list[str]:
    what = [row.model, row.precision, row.runtime, "" if row.bytes is None else f"{row.bytes / 1e6:.1f}"]
    return [*what, *_quality(row.quality), *_speed(row.speed, batches), _state(row)]


def _quality(quality: Quality | NotRun | None) -> list[str]:
    if not isinstance(quality, Quality):
        return ["" if quality is None else "not run"] * 5
    return [
        f"{quality.likeness.least_cosine:.5f}",
        _figure(quality.recall, 100, 1),
        _figure(quality.recall_loss, 100, 2),
        _figure(quality.auroc, 1, 4),
        _figure(quality.auroc_loss, 1, 4),
    ]


def _figure(figure: Interval | None, factor: float, places: int) -> str:
    if figure is None:
        return "not run"
    value, low, high = (factor * number for number in (figure.value, figure.low, figure.high))
    return f"{value:.{places}f} ({low:.{places}f} to {high:.{places}f})"


def _speed(speed: Speed | NotRun | None, batches: Sequence[int]) -> list[str]:
    if not isinstance(speed, Speed):
        return ["" if speed is None else "not run"] * (len(batches) + 1)
    times = [f"{speed.milliseconds[batch]:.2f}" if batch in speed.milliseconds else "not run" for batch in batches]
    return [*times, f"{speed.per_second:.0f}"]


def _state(row: Row) -> str:
    if row.failures:
        return "**refused**"
    if any(part.broken for part in row.missing):
        return "**failed**"
    return "passes" if isinstance(row.quality, Quality) else ""
