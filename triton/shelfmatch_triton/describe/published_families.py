"""What transformers publishes of each family: the chat template, the pictures' processor, what the network is given."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from PIL import Image
from transformers import BatchFeature
from transformers.models.got_ocr2.image_processing_pil_got_ocr2 import GotOcr2ImageProcessorPil
from transformers.models.llava_onevision.image_processing_pil_llava_onevision import LlavaOnevisionImageProcessorPil
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

from shelfmatch_triton.describe.source import Family

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n"
    "{% if message.content is string %}{{ message.content }}{% else %}{% for part in message.content %}"
    "{% if part.type == 'image' %}PICTURE{% else %}{{ part.text }}{% endif %}"
    "{% endfor %}{% endif %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)

Pictures = Sequence[Sequence[Image.Image]]
"""Of requests, each of which has some."""


class Published(ABC):
    """One family's."""

    template: str
    """What the published one says of texts and pictures."""
    types = False
    """Whether the network wants to be told which tokens are of pictures."""

    @abstractmethod
    def processor(self, cut: Any) -> Any:  # noqa: ANN401
        """Return the processor of pictures that are cut as a network's settings say."""

    def cut(self, processor: Any, pictures: Pictures) -> BatchFeature:  # noqa: ANN401
        """Return what the network is given of pictures."""
        return processor(images=[picture for own in pictures for picture in own], return_tensors="pt")

    def tokens(self, processor: Any, network: Any, pictures: Pictures) -> list[int]:  # noqa: ANN401
        """Return how many tokens each picture becomes, as the network itself makes them."""
        with torch.no_grad():
            found = network.model.get_image_features(**self.cut(processor, pictures)).pooler_output
        return [len(each) for each in found]


class Qwen3Vl(Published):
    """Qwen3-VL."""

    template = CHATML.replace("PICTURE", "<|vision_start|><|image_pad|><|vision_end|>")
    types = True

    def processor(self, cut: Any) -> Any:  # noqa: ANN401
        """Return the processor."""
        return Qwen2VLImageProcessorPil(
            patch_size=cut.patch,
            merge_size=cut.merge,
            temporal_patch_size=cut.frames,
            image_mean=list(cut.mean),
            image_std=list(cut.std),
            size={"shortest_edge": cut.fewest_pixels, "longest_edge": cut.most_pixels},
        )


class LlavaOnevision(Published):
    """LLaVA-OneVision."""

    template = (
        "{% for message in messages %}{{'<|im_start|>' + message['role'] + ' '}}"
        "{% for content in message['content'] | selectattr('type', 'equalto', 'image') %}{{ '<image>' }}{% endfor %}"
        "{% for content in message['content'] | selectattr('type', 'equalto', 'text') %}"
        "{{ '\n' + content['text'] }}{% endfor %}{{'<|im_end|>'}}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
    )

    def processor(self, cut: Any) -> Any:  # noqa: ANN401
        """Return the processor."""
        return LlavaOnevisionImageProcessorPil(
            size={"height": cut.side, "width": cut.side},
            image_mean=list(cut.mean),
            image_std=list(cut.std),
            image_grid_pinpoints=[list(each) for each in cut.resolutions],
        )

    def cut(self, processor: Any, pictures: Pictures) -> BatchFeature:  # noqa: ANN401
        """Return what the network is given: a request's pictures are cut by how many they are."""
        return processor(images=pictures, return_tensors="pt")


class InternVl(Published):
    """InternVL3."""

    # The processor puts the marks around.
    template = CHATML.replace("PICTURE", "<img><IMG_CONTEXT></img>\n")

    def processor(self, cut: Any) -> Any:  # noqa: ANN401
        """Return the processor."""
        return GotOcr2ImageProcessorPil(
            size={"height": cut.side, "width": cut.side},
            image_mean=list(cut.mean),
            image_std=list(cut.std),
            crop_to_patches=True,
            min_patches=1,
            max_patches=cut.most_tiles,
        )

    def cut(self, processor: Any, pictures: Pictures) -> BatchFeature:  # noqa: ANN401
        """Return all pictures' tiles, one behind the other."""
        return BatchFeature({"pixel_values": super().cut(processor, pictures)["pixel_values"]})

    def tokens(self, processor: Any, network: Any, pictures: Pictures) -> list[int]:  # noqa: ANN401
        """Return how many tokens each picture becomes, of as many a tile as the network makes."""
        cut = super().cut(processor, pictures)
        with torch.no_grad():
            found = network.model.get_image_features(pixel_values=cut["pixel_values"]).pooler_output
        return [int(tiles) * found.shape[1] for tiles in cut["num_patches"]]


PUBLISHED: Mapping[Family, Published] = {
    Family.QWEN3_VL: Qwen3Vl(),
    Family.LLAVA_ONEVISION: LlavaOnevision(),
    Family.INTERNVL: InternVl(),
}
