"""One request, from its prompt to its last token."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from tokenizers import Tokenizer

from shelfmatch_triton.describe.runtime.grammar import Grammar
from shelfmatch_triton.describe.runtime.picture import Floats
from shelfmatch_triton.describe.runtime.prompt import Prompt
from shelfmatch_triton.describe.runtime.request import Answer, Ask, Finish, Listener
from shelfmatch_triton.describe.runtime.sampling import choose
from shelfmatch_triton.describe.runtime.shown import Shown
from shelfmatch_triton.describe.runtime.text import Speech


class Answering:
    """What a request has said so far, and whether it goes on."""

    def __init__(
        self,
        ask: Ask,
        listener: Listener,
        prompt: Prompt,
        shown: Sequence[Shown],
        tokenizer: Tokenizer,
        grammar: Grammar | None,
        arrived: float,
    ) -> None:
        """Begin with nothing said; ``arrived``: the monotonic clock's time that the deadline runs from."""
        self.ask = ask
        self.listener = listener
        self.prompt = prompt
        self.shown = shown
        self.grammar = grammar
        # A stop word would cut a schema's answer where it does not parse.
        self.speech = Speech(tokenizer, ask.stop if grammar is None else ())
        self.random = np.random.default_rng(ask.seed)
        self.deadline = arrived + ask.deadline_ms / 1000 if ask.deadline_ms else None
        self.row = -1
        """In the cache, while it is there."""

    @property
    def late(self) -> bool:
        """Return whether its deadline has passed."""
        return self.deadline is not None and time.monotonic() >= self.deadline

    @property
    def last_token(self) -> int:
        """Return the token that the network has not read yet."""
        return self.speech.tokens[-1]

    @property
    def position(self) -> int:
        """Return the position of that token."""
        return self.prompt.next_position + len(self.speech.tokens) - 1

    def hear(self, scores: Floats, ends: Sequence[int]) -> Answer | None:
        """Choose a token by its scores [vocabulary] and tell the listener; return the answer where it ends here.

        Raises:
            RequestError: the schema could not be followed.
        """
        allowed = None if self.grammar is None else self.grammar.allowed()
        return self.take(choose(scores, self.ask.temperature, self.ask.top_p, self.random, allowed), ends)

    def take(self, token: int, ends: Sequence[int]) -> Answer | None:
        """Take a token that was chosen, and tell the listener; return the answer where it ends here.

        Raises:
            RequestError: the schema does not allow it.
        """
        ask, grammar = self.ask, self.grammar
        self.speech.add(token)
        finish: Finish | None = None
        if token in ends:
            finish = Finish.END
        elif grammar is not None:
            grammar.accept(token)
            finish = Finish.END if grammar.ended else None
        if finish is None and self.speech.stopped:
            finish = Finish.STOP
        if finish is None and len(self.speech.tokens) >= ask.max_tokens:
            finish = Finish.LENGTH
        if finish is None and self.late:
            finish = Finish.DEADLINE
        if finish is not None:
            return self.end(finish)
        piece = self.speech.piece(ended=False)
        if piece:
            self.listener.text(piece)
        return None

    def end(self, finish: Finish) -> Answer:
        """End the answer with what is said, for this reason; tell the listener its last piece.

        Raises:
            RequestError: the schema has no end from here.
        """
        if finish in (Finish.LENGTH, Finish.DEADLINE) and self.grammar is not None:
            # It still parses: what the schema asks for to end here needs no network.
            for closing in self.grammar.ending():
                self.speech.add(closing)
        piece = self.speech.piece(ended=True)
        if piece:
            self.listener.text(piece)
        return Answer(self.speech.text, tuple(self.speech.tokens), finish, len(self.prompt.ids))
