"""What transformers itself makes of a prompt and pictures: the published processor, the network, ``generate``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from tokenizers import Tokenizer
from transformers import BatchFeature, PreTrainedTokenizerFast

from shelfmatch_triton.describe.export.write import Describer
from shelfmatch_triton.describe.published_families import PUBLISHED, Pictures, Published
from shelfmatch_triton.export.quiet import quiet

SHOWN = "shown"
"""Under which a request's inputs keep its pictures, for a batch to be made of."""


@dataclass(frozen=True)
class Reference:
    """The published way from a prompt to an answer."""

    describer: Describer
    tokenizer: PreTrainedTokenizerFast
    processor: Any

    @property
    def family(self) -> Published:
        """Return what is published of its family."""
        return PUBLISHED[self.describer.source.family]

    def inputs(self, prompt: str, pictures: Sequence[Path], system: str = "") -> dict[str, Any]:
        """Return what the processor gives the network."""
        content = [*({"type": "image"} for _ in pictures), {"type": "text", "text": prompt}]
        told = [{"role": "system", "content": [{"type": "text", "text": system}]}] if system else []
        text = self.tokenizer.apply_chat_template(
            [*told, {"role": "user", "content": content}],
            chat_template=self.family.template,
            tokenize=False,
            add_generation_prompt=True,
        )
        cut = BatchFeature()
        mark = self.describer.source.tokens.picture
        images = [Image.open(file).convert("RGB") for file in pictures]
        if pictures:
            cut = self.cut([images])
            first, *rest = text.split(mark)
            text = first + "".join(mark * count + part for count, part in zip(self.tokens([images]), rest, strict=True))
        ids = torch.tensor([self.tokenizer(text, add_special_tokens=False)["input_ids"]])
        seen = {"attention_mask": torch.ones_like(ids), **cut}
        if pictures and self.family.types:
            seen["mm_token_type_ids"] = (ids == self.describer.token_ids[mark]).to(torch.int32)
        return {"input_ids": ids, **seen, SHOWN: images}

    def cut(self, images: Pictures) -> BatchFeature:
        """Return what the network is given of requests' pictures; each request has some."""
        return self.family.cut(self.processor, images)

    def tokens(self, images: Pictures) -> list[int]:
        """Return how many tokens each picture becomes, as the network itself makes them."""
        return self.family.tokens(self.processor, self.describer.network, images)

    def generate(self, asked: Sequence[dict[str, Any]], tokens: int, **options: Any) -> list[list[int]]:  # noqa: ANN401
        """Return what ``generate`` adds to each of the inputs, run as one batch, padded on the left."""
        longest = max(each["input_ids"].shape[1] for each in asked)
        end = self.describer.token_ids[self.describer.source.tokens.ends[-1]]

        def stack(name: str, value: int) -> torch.Tensor:
            rows = [each.get(name, torch.zeros_like(each["input_ids"], dtype=torch.int32)) for each in asked]
            return torch.cat([torch.nn.functional.pad(row, (longest - row.shape[1], 0), value=value) for row in rows])

        batch = {"input_ids": stack("input_ids", end), "attention_mask": stack("attention_mask", 0)}
        shown = [each[SHOWN] for each in asked if each[SHOWN]]
        if shown:
            batch |= self.cut(shown)
            if self.family.types:
                batch["mm_token_type_ids"] = stack("mm_token_type_ids", 0)
        network: Any = self.describer.network
        with torch.no_grad(), quiet():
            found = network.generate(**batch, do_sample=False, max_new_tokens=tokens, **options)
        ends = {self.describer.token_ids[each] for each in self.describer.source.tokens.ends}
        return [_upto(row.tolist(), ends) for row in found[:, longest:]]


def _upto(tokens: list[int], ends: set[int]) -> list[int]:
    """Return the tokens up to the first end, with it."""
    places = [place for place, token in enumerate(tokens) if token in ends]
    return tokens[: places[0] + 1] if places else tokens


def reference_of(describer: Describer, tokenizer: Tokenizer) -> Reference:
    """Return the published way of a network."""
    marks = describer.source.tokens
    processor = PUBLISHED[describer.source.family].processor(describer.settings.pictures)
    published = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=marks.ends[0], pad_token=marks.ends[-1])
    return Reference(describer, published, processor)


def cosine(reference: np.ndarray[Any, Any], found: np.ndarray[Any, Any]) -> float:
    """Return the least cosine of rows, whatever stands before the last side."""
    a, b = (each.astype(np.float64).reshape(-1, each.shape[-1]) for each in (reference, found))
    return float(((a * b).sum(1) / (np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1))).min())
