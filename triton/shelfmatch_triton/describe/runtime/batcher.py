"""Continuous batching: requests join and leave at the boundaries of tokens, and what runs is decoded together."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from shelfmatch_triton.describe.runtime.answering import Answering
from shelfmatch_triton.describe.runtime.executors.place import ON_CPU, Place
from shelfmatch_triton.describe.runtime.graphs import Decoder, Vision
from shelfmatch_triton.describe.runtime.picture import Floats
from shelfmatch_triton.describe.runtime.preparing import Preparer
from shelfmatch_triton.describe.runtime.request import Answer, Ask, Fault, Listener, RequestError
from shelfmatch_triton.describe.runtime.settings import read_settings

log = logging.getLogger(__name__)
FEWEST_PREPARERS = 2
STOPPING = "the server is stopping; ask again later"


@dataclass(frozen=True)
class Limits:
    """How much is done at a time."""

    together: int = 8
    """Answers that are written at once."""
    waiting: int = 32
    """Requests that wait for one of these to end; further ones are refused at once."""
    pictures: int = 4
    """Of one request."""
    reading: int = 2048
    """Tokens of prompts that are read between two tokens of who is answered already; a longer one alone."""


class Batcher:
    """A network and the requests that it answers, in a thread of its own.

    New requests' prompts are read between two tokens of the others, all together that there is room for: the sooner
    they join, the more texts share each reading of the weights. Pictures are cut before, in threads of their own: a
    large one holds up nobody.
    """

    def __init__(self, folder: Path, limits: Limits, place: Place = ON_CPU) -> None:
        """Open the graphs in ``folder`` and begin.

        Raises:
            OSError: a file can't be read.
            ValueError: the folder's files are not those of one network, or what is to run them is not there.
        """
        self.settings = read_settings(folder)
        self.limits = limits
        self.vision = Vision(folder, self.settings, place)
        self.decoder = Decoder(folder, self.settings, limits.together, place)
        self.preparer = Preparer(folder, self.settings, self.vision, self.decoder.limits)
        self.waiting: deque[Answering] = deque()
        self.active: list[Answering] = []
        """In the order of the cache's rows."""
        self.preparing = 0
        """Requests whose pictures are being cut."""
        self.closed = False
        self.changed = threading.Condition()
        self.pool = ThreadPoolExecutor(max(FEWEST_PREPARERS, place.threads), "describe-prepare")
        self.thread = threading.Thread(target=self._run, name="describe", daemon=True)
        self.thread.start()

    def submit(self, ask: Ask, listener: Listener) -> None:
        """Take a request; its listener hears of it from now on, and of why it can't be answered, too."""
        arrived = time.monotonic()
        with self.changed:
            fault = self._fault(ask)
            if fault is None:
                self.preparing += 1
                self.pool.submit(self._prepare, ask, listener, arrived)
        if fault is not None:
            listener.failed(fault)

    def _fault(self, ask: Ask) -> RequestError | None:
        if self.closed:
            return RequestError(Fault.INTERNAL, STOPPING)
        if len(ask.pictures) > self.limits.pictures:
            reason = f"{len(ask.pictures)} pictures are too many: send {self.limits.pictures} at the most"
            return RequestError(Fault.INVALID, reason)
        # Who is prepared for a place that is free does not wait for one.
        free = self.limits.together - len(self.active)
        if self.preparing + len(self.waiting) >= self.limits.waiting + free:
            reason = f"the queue is full: {self.limits.waiting} requests wait already; ask again later"
            return RequestError(Fault.BUSY, reason)
        return None

    def _prepare(self, ask: Ask, listener: Listener, arrived: float) -> None:
        """Cut a request's pictures and put it into the queue; in a thread of its own."""
        answering: Answering | None = None
        fault: RequestError | None = None
        try:
            answering = self.preparer.prepare(ask, listener, arrived)
        except RequestError as error:
            fault = error
        except Exception as error:
            log.exception("preparing a request failed")
            fault = RequestError(Fault.INTERNAL, f"the request could not be prepared: {error}")
        with self.changed:
            self.preparing -= 1
            if answering is not None and self.closed:
                fault = RequestError(Fault.INTERNAL, STOPPING)
            elif answering is not None:
                self.waiting.append(answering)
                self.changed.notify()
        if fault is not None:
            listener.failed(fault)

    def close(self) -> None:
        """End the threads; what is not answered yet fails."""
        with self.changed:
            self.closed = True
            self.changed.notify()
        self.pool.shutdown()
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
        self._fail_all(STOPPING)

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
        """Read the prompts of who waits longest, of as many as there is room for."""
        most = self.decoder.limits.prompts or self.limits.together
        with self.changed:
            chosen: list[Answering] = []
            longest = 0
            while self.waiting and len(chosen) < min(most, self.limits.together - len(self.active)):
                longest = max(longest, len(self.waiting[0].prompt.ids))
                # Read together, each costs as much as the longest.
                if chosen and longest * (len(chosen) + 1) > self.limits.reading:
                    break
                chosen.append(self.waiting.popleft())
        if chosen:
            self._read(chosen)

    def _read(self, chosen: Sequence[Answering]) -> None:
        try:
            seen = [self.vision.look(each.shown) for each in chosen]
            rows, scores = self.decoder.prefill([each.prompt for each in chosen], seen)
        except Exception as error:
            if len(chosen) > 1:
                # One's fault is not the others'.
                for each in chosen:
                    self._read([each])
                return
            log.exception("reading a prompt failed")
            # What lies outside of what graphs were built for is the request's.
            fault = Fault.INVALID if isinstance(error, ValueError) else Fault.INTERNAL
            chosen[0].listener.failed(RequestError(fault, f"the prompt could not be read: {error}"))
            return
        for answering, row in zip(chosen, rows, strict=True):
            # Its patches are read: megabytes a picture.
            answering.shown = ()
            answering.row = row
            self.active.append(answering)
        for answering, own in zip(chosen, scores, strict=True):
            self._hear(answering, own)

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
