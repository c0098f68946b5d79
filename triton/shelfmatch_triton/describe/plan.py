"""Builds a describer's TensorRT plans."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from shelfmatch_triton.describe.runtime.settings import DECODER, VISION, Settings, TileSettings, read_settings
from shelfmatch_triton.plan.profiles import Range
from shelfmatch_triton.plan.tensorrt_build import BuildError, Progress, Shape, Toolchain, serialise


@dataclass(frozen=True)
class Sizes:
    """What varies: the least, the usual, the largest."""

    together: Range = field(default_factory=lambda: Range(1, 4, 8))
    """Texts that are decoded at once."""
    new: Range = field(default_factory=lambda: Range(1, 1, 1024))
    """Tokens of a step (1) or of a prompt."""
    past: Range = field(default_factory=lambda: Range(1, 512, 2048))
    """Tokens in the cache."""
    shown: Range = field(default_factory=lambda: Range(1, 1, 1025))
    """Tokens of pictures, and the row of zeros before them."""
    picture: Range = field(default_factory=lambda: Range(1, 196, 1024))
    """Tokens of one picture."""

    def shapes(self, settings: Settings, name: str, shape: Shape) -> tuple[Shape, Shape, Shape]:
        """Return an input's least, usual and largest shape.

        Raises:
            ValueError: it is no input of a describer.
        """
        return tuple(
            self._shape(settings, name, shape, place)  # type: ignore[return-value]
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


def build_plans(graphs: Path, target: Path, sizes: Sizes, tools: Toolchain, progress: Progress) -> list[Path]:
    """Write ``vision.plan`` and ``decoder.plan`` to the folder ``target``; return them.

    Raises:
        BuildError: TensorRT did not take a graph, or the sizes do not fit it.
        OSError: a file can't be read or written.
    """
    settings = read_settings(graphs)
    if sizes.new.largest + sizes.past.largest > settings.positions:
        told = f"{sizes.new.largest} new tokens behind {sizes.past.largest}"
        raise BuildError(
            f"{told} are more than the {settings.positions} positions that {settings.name} was exported for"
        )
    target.mkdir(parents=True, exist_ok=True)
    plans = []
    for name in (VISION, DECODER):
        plan = (target / name).with_suffix(".plan")
        content = serialise(
            graphs / name,
            lambda tensor, shape: sizes.shapes(settings, tensor, shape),
            tools,
            progress,
            target / "timing.cache",
        )
        plan.write_bytes(content)
        plans.append(plan)
    return plans
