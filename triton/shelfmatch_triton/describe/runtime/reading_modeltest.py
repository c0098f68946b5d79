"""Prompts that are read together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from shelfmatch_triton.describe.export.write import Describer
from shelfmatch_triton.describe.published import Reference, reference_of
from shelfmatch_triton.describe.runtime.batcher import Batcher, Limits
from shelfmatch_triton.describe.runtime.graphs import Seen
from shelfmatch_triton.describe.runtime.picture import Floats
from shelfmatch_triton.describe.runtime.prompt import Prompt
from shelfmatch_triton.describe.runtime.testing import PATIENCE_S, Ear, ask
from shelfmatch_triton.describe.testing import pictures

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module", name="reference")
def _reference(describer: Describer, tokenizer: Tokenizer) -> Reference:
    return reference_of(describer, tokenizer)


def until(holds: Callable[[], bool]) -> None:
    """Wait for something that comes."""
    ends = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.001)


class Reading:
    """Sees which prompts are read together, and holds the reading up until it is let go."""

    def __init__(self, batcher: Batcher, monkeypatch: pytest.MonkeyPatch, spoiled: int = -1) -> None:
        self.read = batcher.decoder.prefill
        self.sizes: list[int] = []
        self.go_on = threading.Event()
        self.spoiled = spoiled
        """A prompt of so many tokens can't be read."""
        monkeypatch.setattr(batcher.decoder, "prefill", self)

    def __call__(self, prompts: Sequence[Prompt], seen: Sequence[Seen]) -> tuple[range, Floats]:
        self.sizes.append(len(prompts))
        assert self.go_on.wait(PATIENCE_S)
        if any(len(prompt.ids) == self.spoiled for prompt in prompts):
            raise RuntimeError("out of memory")
        return self.read(prompts, seen)


@pytest.mark.parametrize(("reading", "sizes"), [(2048, [1, 4]), (1, [1, 1, 1, 1, 1])])
def test_who_waits_is_read_together(
    graphs: Path, reference: Reference, monkeypatch: pytest.MonkeyPatch, reading: int, sizes: list[int]
) -> None:
    """Prompts of different lengths, with no, one and two pictures: as many as may be read between two tokens."""
    batcher = Batcher(graphs, Limits(together=5, reading=reading))
    held = Reading(batcher, monkeypatch)
    files = pictures(12)
    try:
        ears = [ask(batcher, Ear(), "First", max_tokens=20)]
        until(lambda: bool(held.sizes))
        asked = [("What is this?", 1), ("Are these two the same, or not at all?", 2), ("x", 0), ("Colours?", 1)]
        for number, (prompt, shown) in enumerate(asked):
            contents = tuple(file.read_bytes() for file in files[number : number + shown])
            ears.append(ask(batcher, Ear(), prompt, pictures=contents, max_tokens=20))
            until(lambda: len(batcher.waiting) == len(ears) - 1)
        held.go_on.set()
        found = [list(ear.wait().tokens) for ear in ears]
    finally:
        held.go_on.set()
        batcher.close()
    assert held.sizes == sizes
    given = [[], *(files[number : number + shown] for number, (_, shown) in enumerate(asked))]
    for tokens, prompt, own in zip(found, ["First", *(each[0] for each in asked)], given, strict=True):
        assert tokens == reference.generate([reference.inputs(prompt, own)], 20)[0], prompt


def test_a_prompt_that_can_not_be_read_fails_alone(graphs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of four that are read together, three are answered."""
    batcher = Batcher(graphs, Limits(together=4))
    try:
        tokens = ask(batcher, Ear(), "This one", max_tokens=1).wait().prompt_tokens
        held = Reading(batcher, monkeypatch, spoiled=tokens)
        ears = [
            ask(batcher, Ear(), prompt, max_tokens=3)
            for prompt in ("Some other, and longer", "This one", "And one more that is longer still")
        ]
        until(lambda: bool(held.sizes) and held.sizes[0] + len(batcher.waiting) == 3)
        held.go_on.set()
        assert "out of memory" in str(ears[1].refusal())
        assert all(len(ear.wait().tokens) == 3 for ear in (ears[0], ears[2]))
    finally:
        batcher.close()
