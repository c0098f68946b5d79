"""The page: what each describer is, says, finds and costs. What was not run says why, and is never guessed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from shelfmatch_triton.accept.table import NotRun
from shelfmatch_triton.accept.vlm.retrieval import Retrieval
from shelfmatch_triton.describe.figures import Row as Speed
from shelfmatch_triton.describe.gate import Measured, Tolerance
from shelfmatch_triton.gates.measures import Interval

AIM = 0.5
"""Of what the memory allows, by TensorRT on a GPU, one text alone."""
EXAMPLES = 8


@dataclass(frozen=True)
class Gate:
    """How far graphs lie from the FP32 graphs'; those from transformers'."""

    mean_cosine: float | None
    """Of the scores; None, as the next, of the FP32 graphs, of which tokens alone are compared."""
    mean_divergence: float | None
    agreement: float
    steps: int
    faults: tuple[str, ...]

    def against(self, tolerance: Tolerance) -> Gate:
        """Return it with what lies outside of the tolerance."""
        assert self.mean_cosine is not None and self.mean_divergence is not None
        measured = Measured(self.mean_cosine, 0.0, self.mean_divergence, self.agreement, self.steps)
        return replace(self, faults=tuple(measured.faults(tolerance)))


@dataclass(frozen=True)
class Row:
    """A describer in one precision."""

    model: str
    label: str
    bytes: int | None
    gate: Gate | NotRun
    worth: Retrieval | NotRun
    speed: tuple[Speed, ...] | NotRun
    limit: float | None
    """Tokens a second that the memory allows one text alone: each reads all of the decoder's weights."""
    memory: int | NotRun
    """Bytes of the model's process, at its largest."""
    plans: int | NotRun
    """Bytes of TensorRT's plans."""
    faults: tuple[str, ...] = ()
    examples: tuple[tuple[str, str], ...] = ()
    """Products and what was said of their photos."""

    @property
    def missing(self) -> list[NotRun]:
        """Return what was not run."""
        return [
            part for part in (self.gate, self.worth, self.speed, self.memory, self.plans) if isinstance(part, NotRun)
        ]

    def told(self) -> dict[str, object]:
        """Return it with values that JSON has."""
        parts: dict[str, object] = {}
        for name in ("gate", "worth", "speed", "memory", "plans"):
            part = getattr(self, name)
            if isinstance(part, NotRun):
                parts[name] = {"not_run": part.reason, "broken": part.broken}
            elif isinstance(part, tuple):
                parts[name] = [asdict(each) for each in part]
            else:
                parts[name] = part if isinstance(part, int) else asdict(part)
        own = {"model": self.model, "precision": self.label, "bytes": self.bytes, "limit": self.limit}
        return {**own, **parts, "faults": list(self.faults), "examples": [list(each) for each in self.examples]}


def write_page(
    rows: Sequence[Row], marks: Mapping[str, Sequence[Speed]], about: Mapping[str, str], folder: Path
) -> Path:
    """Write ``accept-vlm.json`` and ``accept-vlm.md``; return the latter.

    Args:
        rows: in the order of the table.
        marks: transformers' own pace, by the model's name.
        about: what it was run with and on.
        folder: where to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    told = {
        "about": dict(about),
        "rows": [row.told() for row in rows],
        "transformers": {name: [asdict(each) for each in speeds] for name, speeds in marks.items()},
    }
    (folder / "accept-vlm.json").write_text(f"{json.dumps(told, indent=1)}\n", encoding="utf-8")
    page = folder / "accept-vlm.md"
    page.write_text(_markdown(rows, marks, about), encoding="utf-8")
    return page


HEAD = """Graphs are compared with the FP32 graphs on the same tokens, and these with transformers' `generate`. A recall
is of photos that were described through Triton over HTTP, as the app asks and by what the app reads of the answer, with
its own image and text encoders, and 95 % bootstrap intervals over products; how much words count beside pictures is
chosen by the other half of the products. Tokens a second are of all requests together; the limit is the memory's pace
over the decoder's bytes."""


def _markdown(rows: Sequence[Row], marks: Mapping[str, Sequence[Speed]], about: Mapping[str, str]) -> str:
    lists = "\n".join(f"- {name}: {value}" for name, value in about.items())
    parts = ["# Describers, accepted or not", lists, HEAD, _quality(rows), _pace(rows, marks)]
    faults = [f"- {row.model} {row.label}: {why}." for row in rows for why in row.faults]
    reasons: dict[str, list[str]] = {}
    for row in rows:
        for part in row.missing:
            reasons.setdefault(part.reason, []).append(f"{row.model} {row.label}")
    absent = [f"- {'; '.join(dict.fromkeys(which))}: {reason}." for reason, which in reasons.items()]
    said = [
        f"- {row.model} {row.label}, {product}: {text}" for row in rows for product, text in row.examples[:EXAMPLES]
    ]
    for title, found in (("Refused", faults), ("Not run", absent), ("Said of photos", said)):
        if found:
            parts.append(f"{title}:\n\n" + "\n".join(found))
    return "\n\n".join(parts) + "\n"


def _table(names: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    head = [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]
    return "\n".join([*head, *(f"| {' | '.join(cells)} |" for cells in lines)])


def _quality(rows: Sequence[Row]) -> str:
    names = ["model", "decoder", "MB", "mean cosine", "divergence, nats", "next token agrees"]
    names += ["recall@1, text off", "words alone", "text on", "plans, MB", "process, MB", ""]
    return _table(names, [_cells(row) for row in rows])


def _cells(row: Row) -> list[str]:
    gate = ["not run"] * 3
    if isinstance(row.gate, Gate):
        gate = [_number(row.gate.mean_cosine, 5), _number(row.gate.mean_divergence, 5), f"{row.gate.agreement:.1%}"]
    worth = row.worth
    finds = ["not run"] * 3
    if isinstance(worth, Retrieval):
        finds = [_percent(each) for each in (worth.pictures, worth.words, worth.both)]
    state = "**refused**" if row.faults else "**failed**" if any(part.broken for part in row.missing) else "passes"
    return [
        row.model,
        row.label,
        _megabytes(row.bytes),
        *gate,
        *finds,
        _megabytes(row.plans),
        _megabytes(row.memory),
        state,
    ]


def _pace(rows: Sequence[Row], marks: Mapping[str, Sequence[Speed]]) -> str:
    lines = []
    for name in dict.fromkeys(row.model for row in rows):
        own = [row for row in rows if row.model == name]
        for row in own:
            for each in () if isinstance(row.speed, NotRun) else row.speed:
                lines.append([name, row.label, *_timed(each, row.limit)])
        lines += [[name, "", *_timed(each, None)] for each in marks.get(name, ())]
    names = ["model", "decoder", "way", "at once", "first piece, ms", "tokens/s", "limit", "of it"]
    return f"{_table(names, lines)}\n\nAim for TensorRT on a GPU, one text alone: {AIM:.0%} of the limit."


def _timed(speed: Speed, limit: float | None) -> list[str]:
    alone = limit is not None and speed.at_once == 1
    share = [f"{limit:.0f}", f"{speed.tokens_per_s / limit:.0%}"] if limit is not None and alone else ["", ""]
    return [speed.way, str(speed.at_once), f"{speed.first_ms:.0f}", f"{speed.tokens_per_s:.1f}", *share]


def _megabytes(value: int | NotRun | None) -> str:
    return "not run" if isinstance(value, NotRun) else "" if value is None else f"{value / 1e6:.1f}"


def _number(value: float | None, places: int) -> str:
    return "" if value is None else f"{value:.{places}f}"


def _percent(figure: Interval) -> str:
    value, low, high = (100 * number for number in (figure.value, figure.low, figure.high))
    return f"{value:.1f} ({low:.1f} to {high:.1f})"
