"""A request, from its files to what the graphs take."""

from __future__ import annotations

from pathlib import Path

from shelfmatch_triton.describe.runtime.answering import Answering
from shelfmatch_triton.describe.runtime.grammar import Schemas
from shelfmatch_triton.describe.runtime.graphs import Vision
from shelfmatch_triton.describe.runtime.picture import decode
from shelfmatch_triton.describe.runtime.prompt import build_prompt, open_tokenizer
from shelfmatch_triton.describe.runtime.request import Ask, Fault, Listener, RequestError
from shelfmatch_triton.describe.runtime.settings import TOKENIZER, Settings


class Preparer:
    """Cuts pictures, writes prompts, opens schemas; for several requests at once."""

    def __init__(self, folder: Path, settings: Settings, vision: Vision) -> None:
        """Read the tokenizer."""
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
        longest = self.settings.positions
        if len(prompt.ids) + ask.max_tokens > longest:
            reason = (
                f"the prompt is too long: its {len(prompt.ids)} tokens and max_tokens {ask.max_tokens} are more than "
                f"{longest}; shorten it, send fewer pictures or ask for fewer tokens"
            )
            raise RequestError(Fault.INVALID, reason)
        grammar = self.schemas.open(ask.schema) if ask.schema else None
        return Answering(ask, listener, prompt, shown, self.tokenizer, grammar, arrived)
