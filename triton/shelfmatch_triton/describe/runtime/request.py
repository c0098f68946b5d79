"""What is asked for, what is answered, and what may go wrong."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Fault(StrEnum):
    """Why a request got no answer."""

    INVALID = "invalid"
    """Asking again gives the same."""
    BUSY = "busy"
    LATE = "late"
    CANCELLED = "cancelled"
    INTERNAL = "internal"


class RequestError(Exception):
    """A request that gets no answer; the message names the thing, the reason and what to do."""

    def __init__(self, fault: Fault, message: str) -> None:
        """Keep both."""
        super().__init__(message)
        self.fault = fault


class Finish(StrEnum):
    """Why an answer ended."""

    END = "end"
    """The model ended it, or the schema has nothing more to say."""
    STOP = "stop"
    """A stop word came; the text ends before it."""
    LENGTH = "length"
    DEADLINE = "deadline"


@dataclass(frozen=True)
class Ask:
    """A request, as it came.

    Raises:
        RequestError: a number lies outside of what is possible.
    """

    prompt: str
    pictures: tuple[bytes, ...] = ()
    """Files: JPEG, PNG or WebP."""
    system: str = ""
    max_tokens: int = 256
    temperature: float = 0.0
    """0 takes the most probable token each time."""
    top_p: float = 1.0
    seed: int = 0
    stop: tuple[str, ...] = ()
    schema: str = ""
    """JSON schema that the answer follows; anything where it is empty."""
    deadline_ms: int = 0
    """From arrival; 0 is none."""

    def __post_init__(self) -> None:
        """Check the numbers."""
        checks = (
            (bool(self.prompt), "the prompt is empty: say what is wanted of the pictures"),
            (self.max_tokens >= 1, f"max_tokens is {self.max_tokens}: ask for 1 or more"),
            (0 <= self.temperature <= 10, f"temperature is {self.temperature}: it lies within 0 and 10"),
            (0 < self.top_p <= 1, f"top_p is {self.top_p}: it lies above 0, up to 1"),
            (self.deadline_ms >= 0, f"deadline_ms is {self.deadline_ms}: give milliseconds, or 0 for none"),
            (all(self.stop), "a stop word is empty: leave it out"),
        )
        for holds, message in checks:
            if not holds:
                raise RequestError(Fault.INVALID, message)


@dataclass(frozen=True)
class Answer:
    """An answer that ended."""

    text: str
    tokens: tuple[int, ...]
    """All that the model said, its end mark as well."""
    finish: Finish
    prompt_tokens: int


class Listener(Protocol):
    """Who waits for an answer. Its methods are called from the batcher's threads and must not raise."""

    def text(self, piece: str) -> None:
        """Take a further piece of the text."""

    def done(self, answer: Answer) -> None:
        """Take the end; nothing comes behind it."""

    def failed(self, error: RequestError) -> None:
        """Take the reason why there is no answer; nothing comes behind it."""

    def cancelled(self) -> bool:
        """Return whether nobody waits any more."""
        ...
