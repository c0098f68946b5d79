"""Continuous batching: requests join and leave at the boundaries of tokens, and what runs is decoded together."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from shelfmatch_triton.describe.runtime.answering import Answering
from shelfmatch_triton.describe.runtime.grammar import Schemas
from shelfmatch_triton.describe.runtime.graphs import Decoder, Vision
from shelfmatch_triton.describe.runtime.picture import Floats, decode
from shelfmatch_triton.describe.runtime.prompt import build_prompt, open_tokenizer
from shelfmatch_triton.describe.runtime.request import Answer, Ask, Fault, Listener, RequestError
from shelfmatch_triton.describe.runtime.settings import TOKENIZER, read_settings

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """How much is done at a time."""

    together: int = 8
    """Answers that are written at once."""
    waiting: int = 32
    """Requests that wait for one of these to end; further ones are refused at once."""
    pictures: int = 4
    """Of one request."""
    threads: int = 1


class Batcher:
    """A network and the requests that it answers, in a thread of its own.

    A new request's prompt is read between two tokens of the others: one prompt a token, so that no text stands still
    for longer than the reading of one.
    """

    def __init__(self, folder: Path, limits: Limits) -> None:
        """Open the graphs in ``folder`` and begin.

        Raises:
            OSError: a file can't be read.
            ValueError: the folder's files are not those of one network.
        """
        self.settings = read_settings(folder)
        self.limits = limits
        self.tokenizer = open_tokenizer(folder / TOKENIZER)
        self.schemas = Schemas(folder / TOKENIZER, self.settings)
        self.vision = Vision(folder, self.settings, limits.threads)
        self.decoder = Decoder(folder, self.settings, limits.together, limits.threads)
        self.waiting: deque[Answering] = deque()
        self.active: list[Answering] = []
        """In the order of the cache's rows."""
        self.closed = False
        self.changed = threading.Condition()
        self.thread = threading.Thread(target=self._run, name="describe", daemon=True)
        self.thread.start()

    def submit(self, ask: Ask, listener: Listener) -> None:
        """Take a request; its listener hears of it from now on.

        Raises:
            RequestError: it can't be answered, or too many wait.
        """
        if len(ask.pictures) > self.limits.pictures:
            reason = f"{len(ask.pictures)} pictures are too many: send {self.limits.pictures} at the most"
            raise RequestError(Fault.INVALID, reason)
        self._check_room()
        pictures = [decode(file, f"picture {number}") for number, file in enumerate(ask.pictures, 1)]
        shown = self.vision.cut(pictures)
        prompt = build_prompt(self.tokenizer, self.settings, ask.prompt, shown, ask.system)
        longest = self.settings.positions
        if len(prompt.ids) + ask.max_tokens > longest:
            reason = (
                f"the prompt is too long: its {len(prompt.ids)} tokens and max_tokens {ask.max_tokens} are more than "
                f"{longest}; shorten it, send fewer pictures or ask for fewer tokens"
            )
            raise RequestError(Fault.INVALID, reason)
        grammar = self.schemas.open(ask.schema) if ask.schema else None
        answering = Answering(ask, listener, prompt, shown, self.tokenizer, grammar)
        with self.changed:
            self._check_room()
            self.waiting.append(answering)
            self.changed.notify()

    def _check_room(self) -> None:
        if len(self.waiting) >= self.limits.waiting:
            reason = f"the queue is full: {self.limits.waiting} requests wait already; ask again later"
            raise RequestError(Fault.BUSY, reason)

    def close(self) -> None:
        """End the thread; what is not answered yet fails."""
        with self.changed:
            self.closed = True
            self.changed.notify()
        self.thread.join()

    def _run(self) -> None:
        while True:
            with self.changed:
                while not (self.waiting or self.active or self.closed):
                    self.changed.wait()
                if self.closed:
                    break
            try:
                self._drop()
                self._admit()
                self._step()
            except Exception as error:
                # One text's fault would have been its own; this is the network's, and none of them can go on.
                log.exception("decoding failed")
                self._fail_all(f"decoding failed: {error}")
        self._fail_all("the server is stopping; ask again later")

    def _fail_all(self, reason: str) -> None:
        with self.changed:
            waiting, self.waiting = list(self.waiting), deque()
        while self.active:
            self._leave(self.active[0]).listener.failed(RequestError(Fault.INTERNAL, reason))
        for answering in waiting:
            answering.listener.failed(RequestError(Fault.INTERNAL, reason))

    def _drop(self) -> None:
        """Let go of whom nobody waits for any more, and of who waited too long."""
        for answering in [each for each in self.active if each.listener.cancelled()]:
            self._leave(answering).listener.failed(RequestError(Fault.CANCELLED, "the request was cancelled"))
        with self.changed:
            waiting, self.waiting = list(self.waiting), deque()
            kept = [each for each in waiting if not (each.listener.cancelled() or each.late)]
            self.waiting.extend(kept)
        for answering in waiting:
            if answering.listener.cancelled():
                answering.listener.failed(RequestError(Fault.CANCELLED, "the request was cancelled"))
            elif answering not in kept:
                reason = f"its deadline of {answering.ask.deadline_ms} ms passed before it began; ask again later"
                answering.listener.failed(RequestError(Fault.LATE, reason))

    def _admit(self) -> None:
        """Read the prompt of who waits longest, where there is room."""
        with self.changed:
            if not self.waiting or len(self.active) == self.limits.together:
                return
            answering = self.waiting.popleft()
        try:
            visual, deepstack = self.vision.look(answering.shown)
            row, scores = self.decoder.prefill(answering.prompt, visual, deepstack)
        except Exception as error:
            log.exception("reading a prompt failed")
            answering.listener.failed(RequestError(Fault.INTERNAL, f"the prompt could not be read: {error}"))
            return
        # Its patches are read: megabytes a picture.
        answering.shown = ()
        answering.row = row
        self.active.append(answering)
        self._hear(answering, scores)

    def _step(self) -> None:
        """Decode the next token of all texts."""
        if not self.active:
            return
        ids = np.array([each.last_token for each in self.active], np.int64)
        positions = np.array([each.position for each in self.active], np.int64)
        scores = self.decoder.step(ids, positions)
        for answering, own in zip(list(self.active), scores, strict=True):
            self._hear(answering, own)

    def _hear(self, answering: Answering, scores: Floats) -> None:
        tell: Callable[[], None]
        try:
            answer: Answer | None = answering.hear(scores, self.settings.tokens.ends)
            if answer is None:
                return
            ended = answer

            def tell() -> None:
                answering.listener.done(ended)
        except RequestError as error:
            failure = error

            def tell() -> None:
                answering.listener.failed(failure)

        # Its row is free before anyone hears of the end.
        self._leave(answering)
        tell()

    def _leave(self, answering: Answering) -> Answering:
        moved = self.decoder.cache.leave(answering.row)
        last = self.active.pop()
        if last is not answering:
            # The last row's text lies in the free one now.
            last.row = answering.row
            self.active[answering.row] = last
        assert moved == len(self.active)
        answering.row = -1
        return answering
