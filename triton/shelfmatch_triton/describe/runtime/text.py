"""Tokens to text, piece by piece."""

from __future__ import annotations

from collections.abc import Sequence

from tokenizers import Tokenizer

BROKEN = "\N{REPLACEMENT CHARACTER}"
LONGEST_CHARACTER = 4
"""Bytes, and so tokens, of which a character may still lack some."""


class Speech:
    """The text of an answer while it is written.

    Held back is what may yet change: a character whose bytes have not all come, and what may begin a stop word.
    """

    def __init__(self, tokenizer: Tokenizer, stop: Sequence[str] = ()) -> None:
        """Begin with nothing."""
        self.tokenizer = tokenizer
        self.stop = stop
        self.tokens: list[int] = []
        self.text = ""
        """All that is said, up to a stop word."""
        self.told = 0
        self.stopped = False

    def add(self, token: int) -> None:
        """Take a token."""
        self.tokens.append(token)
        self.text = self.tokenizer.decode(self.tokens, skip_special_tokens=True)
        found = [place for word in self.stop if (place := self.text.find(word)) >= 0]
        if found:
            self.text = self.text[: min(found)]
            self.stopped = True

    def piece(self, ended: bool) -> str:
        """Return what has become sure since the last call; all of the rest where the answer has ``ended``."""
        sure = len(self.text) if ended or self.stopped else self._sure()
        piece = self.text[self.told : max(sure, self.told)]
        self.told += len(piece)
        return piece

    def _sure(self) -> int:
        end = len(self.text)
        while end > 0 and len(self.text) - end < LONGEST_CHARACTER and self.text[end - 1] == BROKEN:
            end -= 1
        begun = (size for word in self.stop for size in range(1, len(word)) if self.text[:end].endswith(word[:size]))
        return end - max(begun, default=0)
