"""What differs from family to family."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from PIL import Image

from shelfmatch_triton.describe.runtime.families.internvl import InternVl
from shelfmatch_triton.describe.runtime.families.llava_onevision import LlavaOnevision
from shelfmatch_triton.describe.runtime.families.qwen3_vl import Qwen3Vl
from shelfmatch_triton.describe.runtime.settings import Settings
from shelfmatch_triton.describe.runtime.shown import Shown


class Family(Protocol):
    """How pictures are cut, and how a prompt is written."""

    def cut(self, pictures: Sequence[Image.Image], settings: Settings) -> list[Shown]:
        """Return the pictures of one request as the publishers' processor makes them.

        Raises:
            RequestError: one of them can't be shown.
        """
        ...

    def write(self, settings: Settings, prompt: str, system: str, shown: Sequence[Shown]) -> list[int | str | Shown]:
        """Return a prompt as the publishers' chat template writes it: marks by their numbers, texts and pictures."""
        ...


FAMILIES: Mapping[str, Family] = {
    "qwen3-vl": Qwen3Vl(),
    "llava-onevision": LlavaOnevision(),
    "internvl": InternVl(),
}
