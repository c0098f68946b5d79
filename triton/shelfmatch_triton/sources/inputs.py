"""What encoders read, and how it is prepared."""

from __future__ import annotations

from dataclasses import dataclass

from shelfmatch_triton.model_config import DataType, Tensor
from shelfmatch_triton.sources.checks import require
from shelfmatch_triton.sources.kinds import Pooling

VIEWS = "views-2"
"""As ``VIEWS_VERSION`` of engine/encode/views.ts: the engine decodes and cuts, whatever encoder looks at the views."""


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
        require(self.side > 0, "the side is a number of pixels")
        require(all(0 <= value <= 1 for value in self.mean) and all(0 < value <= 1 for value in self.std), "0 to 1")

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
        require(self.max_tokens > 1, "a text has two tokens or more")

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
