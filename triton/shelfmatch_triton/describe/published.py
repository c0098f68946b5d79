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
from transformers.models.llava_onevision.image_processing_pil_llava_onevision import LlavaOnevisionImageProcessorPil
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

from shelfmatch_triton.describe.export.write import Describer
from shelfmatch_triton.describe.runtime.settings import TileSettings
from shelfmatch_triton.describe.source import Family
from shelfmatch_triton.export.quiet import quiet

TEMPLATES = {
    Family.QWEN3_VL: (
        "{% for message in messages %}<|im_start|>{{ message.role }}\n"
        "{% if message.content is string %}{{ message.content }}{% else %}{% for part in message.content %}"
        "{% if part.type == 'image' %}<|vision_start|><|image_pad|><|vision_end|>{% else %}{{ part.text }}{% endif %}"
        "{% endfor %}{% endif %}<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    ),
    Family.LLAVA_ONEVISION: (
        "{% for message in messages %}{{'<|im_start|>' + message['role'] + ' '}}"
        "{% for content in message['content'] | selectattr('type', 'equalto', 'image') %}{{ '<image>' }}{% endfor %}"
        "{% for content in message['content'] | selectattr('type', 'equalto', 'text') %}"
        "{{ '\n' + content['text'] }}{% endfor %}{{'<|im_end|>'}}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
    ),
}
"""What the published chat templates say of texts and pictures."""
SHOWN = "shown"
"""Under which a request's inputs keep its pictures, for a batch to be made of."""


@dataclass(frozen=True)
class Reference:
    """The published way from a prompt to an answer."""

    describer: Describer
    tokenizer: PreTrainedTokenizerFast
    processor: Any

    def inputs(self, prompt: str, pictures: Sequence[Path], system: str = "") -> dict[str, Any]:
        """Return what the processor gives the network."""
        content = [*({"type": "image"} for _ in pictures), {"type": "text", "text": prompt}]
        told = [{"role": "system", "content": [{"type": "text", "text": system}]}] if system else []
        text = self.tokenizer.apply_chat_template(
            [*told, {"role": "user", "content": content}],
            chat_template=TEMPLATES[self.describer.source.family],
            tokenize=False,
            add_generation_prompt=True,
        )
        cut = BatchFeature()
        mark = self.describer.source.tokens.picture
        images = [Image.open(file).convert("RGB") for file in pictures]
        if pictures:
            cut = self.cut([images])
            first, *rest = text.split(mark)
            text = first + "".join(mark * count + part for count, part in zip(self.tokens(cut), rest, strict=True))
        ids = torch.tensor([self.tokenizer(text, add_special_tokens=False)["input_ids"]])
        seen = {"attention_mask": torch.ones_like(ids), **cut}
        if pictures and self.describer.source.family == Family.QWEN3_VL:
            seen["mm_token_type_ids"] = (ids == self.describer.token_ids[mark]).to(torch.int32)
        return {"input_ids": ids, **seen, SHOWN: images}

    def cut(self, images: Sequence[Sequence[Image.Image]]) -> BatchFeature:
        """Return the pictures of requests as the processor makes them; each request has some."""
        if self.describer.source.family == Family.QWEN3_VL:
            images = [picture for own in images for picture in own]  # type: ignore[misc]
        return self.processor(images=images, return_tensors="pt")

    def tokens(self, cut: BatchFeature) -> list[int]:
        """Return how many tokens each picture becomes, as the network itself makes them."""
        network: Any = self.describer.network
        with torch.no_grad():
            return [len(each) for each in network.model.get_image_features(**cut).pooler_output]

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
            if self.describer.source.family == Family.QWEN3_VL:
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
    marks, cut = describer.source.tokens, describer.settings.pictures
    if isinstance(cut, TileSettings):
        processor: Any = LlavaOnevisionImageProcessorPil(
            size={"height": cut.side, "width": cut.side},
            image_mean=list(cut.mean),
            image_std=list(cut.std),
            image_grid_pinpoints=[list(each) for each in cut.resolutions],
        )
    else:
        processor = Qwen2VLImageProcessorPil(
            patch_size=cut.patch,
            merge_size=cut.merge,
            temporal_patch_size=cut.frames,
            image_mean=list(cut.mean),
            image_std=list(cut.std),
            size={"shortest_edge": cut.fewest_pixels, "longest_edge": cut.most_pixels},
        )
    published = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=marks.ends[0], pad_token=marks.ends[-1])
    return Reference(describer, published, processor)


def cosine(reference: np.ndarray[Any, Any], found: np.ndarray[Any, Any]) -> float:
    """Return the least cosine of rows, whatever stands before the last side."""
    a, b = (each.astype(np.float64).reshape(-1, each.shape[-1]) for each in (reference, found))
    return float(((a * b).sum(1) / (np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1))).min())
