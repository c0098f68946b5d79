"""A text's token ids as its encoder was trained on them; the engine's engine/encode/tokenizer.ts does the same."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tokenizers import Tokenizer

CHARACTERS = 64
"""Of a text, for each token that is kept: a word piece has one or more, the rest need not be looked at."""


class TextIds:
    """Cuts texts into tokens by the rules that a text encoder's parameters state."""

    def __init__(self, file: Path, rules: Mapping[str, str]) -> None:
        """Load a tokenizer, which its file may have told to pad or to cut otherwise.

        Args:
            file: ``tokenizer.json``.
            rules: ``max_tokens``; ``lower_case`` where texts are made lower case; ``end_mark``, the token that a text
                ends with, cut off or not: without it whatever the tokenizer ends a text with.

        Raises:
            ValueError: the tokenizer does not know the end mark.
        """
        self._tokenizer = Tokenizer.from_file(str(file))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._limit = int(rules["max_tokens"])
        self._lower_case = rules.get("lower_case") == "true"
        mark = rules.get("end_mark")
        self._end: int | None = None if mark is None else self._tokenizer.token_to_id(mark)
        if mark is not None and self._end is None:
            raise ValueError(f"{file} has no token {mark}, which texts must end with")

    def __call__(self, text: str) -> list[int]:
        """Return the ids of a text, ``max_tokens`` at most; none for a text that has no token."""
        beginning = text[: self._limit * CHARACTERS]
        ids: list[int] = self._tokenizer.encode(beginning.lower() if self._lower_case else beginning).ids
        if not ids and self._end is None:
            return []
        end = ids[-1] if self._end is None else self._end
        if not ids or ids[-1] != end:
            ids = [*ids, end]
        return ids if len(ids) <= self._limit else [*ids[: self._limit - 1], end]
