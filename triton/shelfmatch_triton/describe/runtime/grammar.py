"""Answers that follow a JSON schema, token by token, by llguidance (https://github.com/guidance-ai/llguidance)."""

from __future__ import annotations

import json
from pathlib import Path

import llguidance.numpy
import numpy as np
from llguidance import LLMatcher, LLTokenizer

from shelfmatch_triton.describe.runtime.request import Fault, RequestError
from shelfmatch_triton.describe.runtime.sampling import Mask
from shelfmatch_triton.describe.runtime.settings import Settings

LONGEST_ENDING = 4096
"""Tokens. A schema that can't be ended within as many (it contains itself, without an end) is refused."""
CLOSERS = ('"', "}", "]", "null", "0", "false", "true", "-", "[", "{", ":", ",")
"""What ends a value soonest comes first."""


class Schemas:
    """The tokenizer as grammars see it."""

    def __init__(self, tokenizer: Path, settings: Settings) -> None:
        """Read the tokenizer's file, once for all requests."""
        ends = list(settings.tokens.ends)
        self.vocabulary = settings.vocabulary
        self.tokenizer = LLTokenizer(tokenizer.read_text(encoding="utf-8"), n_vocab=settings.vocabulary, eos_token=ends)
        self.closers = [tokens[0] for text in CLOSERS if len(tokens := self.tokenizer.tokenize_str(text)) == 1]
        self.sizes = np.array([len(self.tokenizer.decode_bytes([token])) for token in range(settings.vocabulary)])

    def open(self, schema: str) -> Grammar:
        """Return a grammar at its beginning.

        Raises:
            RequestError: it is no JSON schema that can be followed, or not one that can be ended.
        """
        try:
            if not isinstance(json.loads(schema), dict):
                raise ValueError("it is no JSON object")
            # Spaces between the parts would be tokens that say nothing.
            defaults = {"whitespace_flexible": False}
            matcher = LLMatcher(self.tokenizer, LLMatcher.grammar_from_json_schema(schema, defaults=defaults))
            if matcher.is_error():
                raise ValueError(matcher.get_error())
        except ValueError as error:
            reason = str(error).strip().splitlines()[0] if str(error).strip() else "unknown"
            raise RequestError(Fault.INVALID, f"the JSON schema can't be followed ({reason}): mend it") from error
        grammar = Grammar(self, matcher)
        grammar.ending()
        return grammar


class Grammar:
    """Where an answer stands in its schema."""

    def __init__(self, schemas: Schemas, matcher: LLMatcher) -> None:
        """Begin."""
        self.schemas = schemas
        self.matcher = matcher

    def allowed(self) -> Mask:
        """Return which tokens may come next, bool [vocabulary]."""
        return _allowed(self.matcher, self.schemas.vocabulary)

    def accept(self, token: int) -> None:
        """Take the token that came.

        Raises:
            RequestError: it was not allowed.
        """
        if not self.matcher.consume_token(token):
            raise RequestError(Fault.INTERNAL, f"the schema refused a token: {self.matcher.get_error()}")

    @property
    def ended(self) -> bool:
        """Return whether nothing may come any more."""
        return bool(self.matcher.is_stopped())

    def ending(self) -> list[int]:
        """Return tokens that end the answer here as the schema allows, as few as are found without a search.

        What is forced comes by itself (names of properties, say); where there is a choice, what closes is taken.

        Raises:
            RequestError: there is no end within LONGEST_ENDING tokens.
        """
        matcher = self.matcher.deep_copy()
        said: list[int] = []
        while not matcher.is_accepting() and not matcher.is_stopped() and len(said) < LONGEST_ENDING:
            next_ones = matcher.compute_ff_tokens() or [self._closer(_allowed(matcher, self.schemas.vocabulary))]
            if not matcher.consume_tokens(next_ones):
                break
            said += next_ones
        if not matcher.is_accepting():
            why = matcher.get_error() or f"it has no end within {LONGEST_ENDING} tokens"
            raise RequestError(Fault.INVALID, f"the JSON schema can't be followed to an end ({why}): make it simpler")
        return said

    def _closer(self, allowed: Mask) -> int:
        for token in self.schemas.closers:
            if allowed[token]:
                return token
        # A letter of a word that is asked for: the longest, since each step of those is forced or nearer to the end.
        return int(np.where(allowed, self.schemas.sizes, -1).argmax())


def _allowed(matcher: LLMatcher, vocabulary: int) -> Mask:
    bits = llguidance.numpy.allocate_token_bitmask(1, vocabulary)
    llguidance.numpy.fill_next_token_bitmask(matcher, bits)
    return np.unpackbits(bits.view(np.uint8), bitorder="little")[:vocabulary].astype(bool)
