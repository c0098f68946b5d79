"""What is known of a published encoder, checked when it is written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from shelfmatch_triton.model_config import NAME, DataType, Tensor
from shelfmatch_triton.sources.checks import require
from shelfmatch_triton.sources.inputs import ImageInput, TextInput
from shelfmatch_triton.sources.kinds import Family, Precision, Size, Task
from shelfmatch_triton.sources.pins import Hub, Own, Package

Configuration = Mapping[str, int | float | str | bool]
"""Arguments of the network's configuration class in transformers."""


@dataclass(frozen=True)
class Tolerance:
    """How far vectors of length 1 may lie from the reference's."""

    least_cosine: float
    largest_error: float
    """Of any component."""
    recall_loss: float = 0.005
    """Of recall@1 on the evaluation set: half a point."""
    auroc_loss: float = 0.005
    """Of how well similarity tells products that are there from those that are not."""

    def __post_init__(self) -> None:
        """Check the ranges."""
        require(0 < self.least_cosine <= 1, "a cosine lies within 0 and 1")
        require(self.largest_error > 0, "no error at all can't be asked for")
        require(self.recall_loss >= 0 and self.auroc_loss >= 0, "a loss that is allowed begins at 0")


@dataclass(frozen=True)
class SourceModel:
    """A published encoder."""

    name: str
    task: Task
    family: Family
    hub: Hub | None
    """None where no hub has it: its weights come with a package."""
    licence: str
    """SPDX."""
    input: ImageInput | TextInput
    dimensions: int
    tolerances: Mapping[Precision, Tolerance]
    """By precision; the model is made in these. FP32's is that of the exported graph against the published network."""
    configuration: Configuration
    """Of the network, as published."""
    reduced: Configuration
    """What a small network of the same kind has otherwise: every operator, in a second."""
    reduced_dimensions: int
    reduced_side: int | None = None
    classes: int = 0
    """Most probable classes that it gives beside the embedding."""
    package: Package | None = None
    """Of the models that the app ships with: the published originals."""
    own: Own | None = None
    """What the app ships in their place."""
    space: str | None = None
    """Towers of one space have vectors that may be compared."""

    def __post_init__(self) -> None:
        """Check that the parts fit together."""
        require(NAME.fullmatch(self.name) is not None, f"{self.name!r} is no name")
        require(self.hub is not None or self.package is not None, f"{self.name}: nothing has its weights")
        image = isinstance(self.input, ImageInput)
        require(image == (self.task in (Task.IMAGE, Task.IMAGE_TOWER)), f"{self.name}: its input is not its task's")
        require(image == (self.reduced_side is not None), f"{self.name}: a reduced side is for pictures")
        towers = (Task.IMAGE_TOWER, Task.TEXT_TOWER)
        require((self.space is not None) == (self.task in towers), f"{self.name}: a space is for towers")
        require(self.dimensions > 0 and self.reduced_dimensions > 0, f"{self.name} has no dimensions")
        require(Precision.FP32 in self.tolerances, f"{self.name}: nothing says how exact its graph must be")
        require(set(self.reduced) <= set(self.configuration), f"{self.name}: reduces what is not configured")

    @property
    def image(self) -> ImageInput:
        """Return what it looks at.

        Raises:
            TypeError: it reads texts.
        """
        if not isinstance(self.input, ImageInput):
            raise TypeError(f"{self.name} looks at no pictures")
        return self.input

    @property
    def text(self) -> TextInput:
        """Return what it reads.

        Raises:
            TypeError: it looks at pictures.
        """
        if not isinstance(self.input, TextInput):
            raise TypeError(f"{self.name} reads no texts")
        return self.input

    def at(self, size: Size, side: int | None = None) -> SourceModel:
        """Return it at this size, for squares of ``side`` pixels where that is not None, under a name that says so.

        Raises:
            TypeError: a side is given, and it reads texts.
        """
        sized = self
        if size == Size.REDUCED:
            picture = self.input if self.reduced_side is None else replace(self.image, side=self.reduced_side)
            sized = replace(
                self,
                name=f"{self.name}-reduced",
                input=picture,
                dimensions=self.reduced_dimensions,
                configuration={**self.configuration, **self.reduced},
            )
        if side is None or side == sized.image.side:
            return sized
        return replace(sized, name=f"{sized.name}-{side}", input=replace(sized.image, side=side))

    @property
    def precisions(self) -> tuple[Precision, ...]:
        """Return what it is made in."""
        return tuple(self.tolerances)

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        """Return the graph's inputs, each behind a batch of any size."""
        return self.input.tensors

    @property
    def outputs(self) -> tuple[Tensor, ...]:
        """Return the graph's outputs; ``embedding`` is of length 1."""
        embedding = Tensor("embedding", DataType.FP32, (self.dimensions,))
        if self.classes == 0:
            return (embedding,)
        index = Tensor("class_index", DataType.INT32, (self.classes,))
        return (embedding, index, Tensor("class_probability", DataType.FP32, (self.classes,)))


def tokenizer_file(folder: Path, model: SourceModel) -> Path:
    """Return where the tokenizer of a text encoder lies, beside its graphs."""
    return folder / f"{model.name}-tokenizer.json"
