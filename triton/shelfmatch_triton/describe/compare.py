"""Whether a describer says on a GPU what it says on the processor, and how fast: of graphs, without a server."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shelfmatch_triton.describe.runtime.batcher import Batcher, Limits
from shelfmatch_triton.describe.runtime.executors.place import Place
from shelfmatch_triton.describe.runtime.request import Answer, Ask, RequestError

TOGETHER = 4
ASKED = (
    ("What is this?", 0, 1.0),
    ("Say what the picture shows.", 1, 0.25),
    ("Are these two the same product?", 2, 0.8),
    ("Colours?", 1, 0.02),
    ("Tell a long story of a chair, a camera and a plant.", 0, 1.0),
    ("And this?", 2, 0.4),
    ("What is it made of?", 1, 0.6),
)
"""Prompts, their pictures, and the share of all tokens: more than fit together, that join and leave one by one."""


class CompareError(RuntimeError):
    """A request that got no answer."""


class _Ear:
    """Waits for an answer."""

    def __init__(self) -> None:
        self.heard = threading.Event()
        self.answer: Answer | None = None
        self.error: RequestError | None = None

    def text(self, piece: str) -> None:
        return

    def done(self, answer: Answer) -> None:
        self.answer = answer
        self.heard.set()

    def failed(self, error: RequestError) -> None:
        self.error = error
        self.heard.set()

    def cancelled(self) -> bool:
        return False

    def wait(self) -> Answer:
        self.heard.wait()
        if self.answer is None:
            raise CompareError(str(self.error))
        return self.answer


def answers(folder: Path, place: Place, pictures: Sequence[bytes], tokens: int) -> list[tuple[int, ...]]:
    """Return the tokens of each answer at a place.

    Args:
        folder: of the graphs.
        place: what runs them, and where.
        pictures: files, two or more.
        tokens: of the longest answer, at the most.

    Raises:
        CompareError: a request was not answered.
        OSError: a file can't be read.
        ValueError: what is to run the graphs is not there.
    """
    batcher = Batcher(folder, Limits(together=TOGETHER), place)
    try:
        ears = []
        for number, (prompt, shown, share) in enumerate(ASKED):
            given = tuple(pictures[(number + each) % len(pictures)] for each in range(shown))
            ears.append(_Ear())
            batcher.submit(Ask(prompt, given, max_tokens=max(1, round(share * tokens))), ears[-1])
        return [ear.wait().tokens for ear in ears]
    finally:
        batcher.close()


@dataclass(frozen=True)
class Compared:
    """Answers of two places."""

    agreed: int
    """Tokens that are the same, up to the first of each answer that is not."""
    tokens: int
    """Of all answers at the first place."""


def compare(wanted: Sequence[tuple[int, ...]], found: Sequence[tuple[int, ...]]) -> Compared:
    """Compare answers, token by token."""
    agreed = 0
    for one, other in zip(wanted, found, strict=True):
        same = [left == right for left, right in zip(one, other, strict=False)]
        agreed += same.index(False) if False in same else len(same)
    return Compared(agreed, sum(map(len, wanted)))


@dataclass(frozen=True)
class Pace:
    """How fast texts are written, so many at once."""

    at_once: int
    first_ms: float
    """From asking until the prompts are read; pictures cut before."""
    tokens_per_s: float
    """Of all texts together, behind the first token of each."""


def pace(folder: Path, place: Place, picture: bytes, at_once: int, tokens: int) -> Pace:
    """Return how fast a picture is described at a place; the second of two rounds, as the first warms up.

    Raises:
        CompareError, OSError, ValueError: as ``answers`` has it.
    """
    batcher = Batcher(folder, Limits(together=at_once, reading=1 << 20), place)
    try:
        # A text may end where it likes, which a pace must not depend on.
        batcher.settings = batcher.settings.endless()
        best = Pace(at_once, 0.0, 0.0)
        for _ in range(2):
            best = _round(batcher, picture, at_once, tokens)
        return best
    finally:
        batcher.close()


def _round(batcher: Batcher, picture: bytes, at_once: int, tokens: int) -> Pace:
    read: list[float] = []
    prefill = batcher.decoder.prefill

    def timed(*given: object) -> object:
        told = prefill(*given)  # type: ignore[arg-type]
        read.append(time.perf_counter())
        return told

    batcher.decoder.prefill = timed  # type: ignore[method-assign, assignment]
    try:
        started = time.perf_counter()
        ears = [_Ear() for _ in range(at_once)]
        for ear in ears:
            batcher.submit(Ask("Say what the picture shows.", (picture,), max_tokens=tokens), ear)
        told = [ear.wait() for ear in ears]
        ended = time.perf_counter()
    finally:
        batcher.decoder.prefill = prefill  # type: ignore[method-assign]
    said = sum(len(answer.tokens) for answer in told) - len(told)
    return Pace(at_once, 1000 * (read[-1] - started), said / (ended - read[-1]))
