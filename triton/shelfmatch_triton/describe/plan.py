"""Builds a describer's TensorRT plans."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from shelfmatch_triton.describe.runtime.executors.place import plan_of
from shelfmatch_triton.describe.runtime.settings import DECODER, VISION, Settings, TileSettings, read_settings
from shelfmatch_triton.plan.profiles import Range
from shelfmatch_triton.plan.tensorrt_build import BuildError, Progress, Shape, Toolchain, serialise

MOST_PATCH_TOKENS = 1024
"""Of a picture that is cut into patches: a million pixels."""
TEXT_TOKENS = 1024


@dataclass(frozen=True)
class Sizes:
    """What varies: the least, the usual, the largest."""

    together: Range = field(default_factory=lambda: Range(1, 4, 8))
    """Texts that are decoded at once."""
    new: Range = field(default_factory=lambda: Range(1, 256, 1024))
    """Tokens of a prompt."""
    past: Range = field(default_factory=lambda: Range(1, 512, 2048))
    """Tokens in the cache."""
    shown: Range = field(default_factory=lambda: Range(1, 1, 1025))
    """Tokens of pictures, and the row of zeros before them."""
    picture: Range = field(default_factory=lambda: Range(1, 196, 1024))
    """Tokens of one picture."""

    def shapes(self, settings: Settings, name: str, shape: Shape, step: bool = False) -> tuple[Shape, Shape, Shape]:
        """Return an input's least, usual and largest shape; of the decoder those of prompts, or those of a step.

        Raises:
            ValueError: it is no input of a describer.
        """
        # A range for prompts of any length behind any cache would hold sizes that nobody asks for, and their memory:
        # prompts are read one by one, behind one token that is masked, and steps see no picture.
        one = Range(1, 1, 1)
        sizes = replace(self, new=one, shown=one) if step else replace(self, together=one, past=one)
        return tuple(
            sizes._shape(settings, name, shape, place)  # type: ignore[return-value]
            for place in ("least", "usual", "largest")
        )

    def _shape(self, settings: Settings, name: str, shape: Shape, place: str) -> Shape:
        n, new, past, shown, picture = (
            int(getattr(each, place)) for each in (self.together, self.new, self.past, self.shown, self.picture)
        )
        if isinstance(settings.pictures, TileSettings):
            if name == "tiles":
                most = settings.pictures.resolutions[-1]
                tiles = {"least": 1, "usual": 5, "largest": 1 + most[0] * most[1] // settings.pictures.side**2}
                return (tiles[place], *shape[1:])
            if name in ("feature_index", "feature_weight"):
                return (picture, 4)
        elif name in ("patches", "position_index", "position_weight", "coordinates"):
            return (picture * settings.pictures.merge**2, *shape[1:])
        if name.startswith(("past_key.", "past_value.")):
            return (n, shape[1], past, shape[3])
        known: dict[str, Shape] = {
            "input_ids": (n, new),
            "position_ids": (3, n, new),
            "past_lengths": (n,),
            "last": (n,),
            "visual": (shown, settings.hidden),
            "deepstack": (settings.deepstack_layers, shown, settings.hidden),
            "visual_index": (n, new),
        }
        if name not in known:
            raise ValueError(f"a describer has no input {name}")
        return known[name]


def sizes_of(settings: Settings, together: int = 8) -> Sizes:
    """Return what a network's plans are built for: two large pictures, a thousand tokens of text, as many of answer.

    Args:
        settings: the network's.
        together: texts that are decoded at once, at the most.
    """
    cut = settings.pictures
    if isinstance(cut, TileSettings):
        # The whole picture as well, and what line ends take.
        picture = (cut.most_tiles + 2) * cut.features
    else:
        # Every patch of a picture sees every other: a picture as large as published takes tens of GB.
        picture = min(MOST_PATCH_TOKENS, cut.most_pixels // (cut.patch * cut.merge) ** 2)
    shown = 2 * picture + 1
    new = min(shown + TEXT_TOKENS, settings.positions)
    past = min(new + TEXT_TOKENS, settings.positions)
    return Sizes(
        together=Range(1, max(1, together // 2), together),
        new=Range(1, min(256, new), new),
        past=Range(1, min(512, past), past),
        shown=Range(1, min(197, shown), shown),
        picture=Range(1, min(196, picture), picture),
    )


def build_plans(graphs: Path, target: Path, sizes: Sizes, tools: Toolchain, progress: Progress) -> list[Path]:
    """Write ``vision.plan`` and ``decoder.plan`` to the folder ``target``; return them.

    Raises:
        BuildError: TensorRT did not take a graph, or the sizes do not fit it.
        OSError: a file can't be read or written.
    """
    settings = read_settings(graphs)
    longest = max(sizes.new.largest, sizes.past.largest)
    if longest > settings.positions:
        raise BuildError(
            f"{longest} tokens are more than the {settings.positions} positions that {settings.name} was exported for"
        )
    target.mkdir(parents=True, exist_ok=True)
    plans = []
    for name in (VISION, DECODER):
        plan = plan_of(target, name)
        profiles = [
            partial(sizes.shapes, settings, step=step) for step in ((False, True) if name == DECODER else (False,))
        ]
        content = serialise(graphs / name, profiles, tools, progress, target / "timing.cache")
        plan.write_bytes(content)
        plans.append(plan)
    return plans
