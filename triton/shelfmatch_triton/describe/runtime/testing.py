"""A listener for tests."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from shelfmatch_triton.describe.runtime.batcher import Batcher
from shelfmatch_triton.describe.runtime.request import Answer, Ask, RequestError

pytestmark = pytest.mark.filterwarnings("ignore")


PATIENCE_S = 120
ONE_FAMILY = pytest.mark.parametrize("family", ["qwen3-vl-2b"], indirect=True)
"""Of what is the same code whatever network is behind it, and takes long."""


class Ear:
    """A listener that remembers."""

    def __init__(self, gone_after: int | None = None) -> None:
        self.pieces: list[str] = []
        self.answer: Answer | None = None
        self.error: RequestError | None = None
        self.heard = threading.Event()
        self.gone_after = gone_after

    def text(self, piece: str) -> None:
        self.pieces.append(piece)

    def done(self, answer: Answer) -> None:
        self.answer = answer
        self.heard.set()

    def failed(self, error: RequestError) -> None:
        self.error = error
        self.heard.set()

    def cancelled(self) -> bool:
        return self.gone_after is not None and len(self.pieces) >= self.gone_after

    def wait(self) -> Answer:
        """Return the answer."""
        assert self.heard.wait(PATIENCE_S)
        assert self.error is None and self.answer is not None, self.error
        return self.answer

    def refusal(self) -> RequestError:
        """Return the reason why there is none."""
        assert self.heard.wait(PATIENCE_S)
        assert self.error is not None, self.answer
        return self.error


def ask(batcher: Batcher, ear: Ear, prompt: str = "What is this?", **options: Any) -> Ear:  # noqa: ANN401
    """Submit a request."""
    batcher.submit(Ask(prompt=prompt, **options), ear)
    return ear
