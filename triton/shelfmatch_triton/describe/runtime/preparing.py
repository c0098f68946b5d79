"""A request, from its files to what the graphs take."""

from __future__ import annotations

from pathlib import Path

from shelfmatch_triton.describe.runtime.answering import Answering
from shelfmatch_triton.describe.runtime.executors.executor import UNLIMITED, Limits
from shelfmatch_triton.describe.runtime.grammar import Schemas
from shelfmatch_triton.describe.runtime.graphs import Vision
from shelfmatch_triton.describe.runtime.picture import decode
from shelfmatch_triton.describe.runtime.prompt import Prompt, build_prompt, open_tokenizer
from shelfmatch_triton.describe.runtime.request import Ask, Fault, Listener, RequestError
from shelfmatch_triton.describe.runtime.settings import TOKENIZER, Settings


class Preparer:
    """Cuts pictures, writes prompts, opens schemas; for several requests at once."""

    def __init__(self, folder: Path, settings: Settings, vision: Vision, limits: Limits = UNLIMITED) -> None:
        """Read the tokenizer; ``limits`` are the decoder's."""
        self.limits = limits
        self.settings = settings
        self.vision = vision
        self.tokenizer = open_tokenizer(folder / TOKENIZER)
        self.schemas = Schemas(folder / TOKENIZER, settings)

    def prepare(self, ask: Ask, listener: Listener, arrived: float) -> Answering:
        """Return a request that has said nothing yet; it came at ``arrived``, of the monotonic clock.

        Raises:
            RequestError: it can't be answered, or nobody waits for it any more.
        """
        if listener.cancelled():
            raise RequestError(Fault.CANCELLED, "the request was cancelled")
        pictures = [decode(file, f"picture {number}") for number, file in enumerate(ask.pictures, 1)]
        shown = self.vision.cut(pictures)
        prompt = build_prompt(self.tokenizer, self.settings, ask.prompt, shown, ask.system)
        self._measure(prompt, ask.max_tokens, sum(each.tokens for each in shown))
        grammar = self.schemas.open(ask.schema) if ask.schema else None
        return Answering(ask, listener, prompt, shown, self.tokenizer, grammar, arrived)

    def _measure(self, prompt: Prompt, tokens: int, shown: int) -> None:
        """Refuse what is more than the network knows positions for, or than its plan was built for."""
        length, limits = len(prompt.ids), self.limits
        longest = min(self.settings.positions, limits.text or self.settings.positions)
        told = ""
        if length + tokens > longest:
            told = f"its {length} tokens and max_tokens {tokens} are more than {longest}"
        elif limits.prompt is not None and length > limits.prompt:
            told = f"its {length} tokens are more than the {limits.prompt} that are read at once"
        elif limits.shown is not None and shown > limits.shown:
            told = f"its pictures' {shown} tokens are more than {limits.shown}"
        if told:
            hint = "shorten it, send fewer pictures or ask for fewer tokens"
            raise RequestError(Fault.INVALID, f"the prompt is too long: {told}; {hint}")
