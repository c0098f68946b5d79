"""What the graphs have around the networks, as modules that export to plain operators."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from shelfmatch_triton.sources.inputs import ImageInput
from shelfmatch_triton.sources.kinds import Pooling

MASKED = -1e4
"""Added to what attention must not see. Within FP16's range: an infinity there makes what is not a number."""


class Scale(nn.Module):
    """Views, uint8 [n, side, side, 3], to what the network was trained on: float32 [n, 3, side, side]."""

    def __init__(self, image: ImageInput) -> None:
        """Keep the offset and the scale of each channel."""
        super().__init__()
        self.register_buffer("offset", torch.tensor(image.offset))
        self.register_buffer("scale", torch.tensor(image.scale))
        self.pixels = torch.float32
        """Element type of what the network gets."""

    def half(self) -> Scale:
        """Give pixels in 16 bits, scaled in 32: 0 to 255 leave few bits behind the point."""
        self.pixels = torch.float16
        return self

    def forward(self, views: Tensor) -> Tensor:
        """Return the pixels."""
        pixels: Tensor = ((views.to(torch.float32) - self.offset) / self.scale).to(self.pixels)
        return pixels.permute(0, 3, 1, 2)


def unit(vectors: Tensor) -> Tensor:
    """Return float [n, width] with each row of length 1."""
    # By the largest component first: the squares of a long vector lie beyond FP16's range.
    largest = vectors.abs().amax(dim=1, keepdim=True).clamp(min=1e-6)
    scaled = vectors / largest
    return scaled / scaled.square().sum(dim=1, keepdim=True).sqrt()


def pool(hidden: Tensor, mask: Tensor, pooling: Pooling) -> Tensor:
    """Return [n, width], from the tokens' vectors [n, tokens, width] and their mask, int64 [n, tokens].

    Raises:
        ValueError: the network itself pools so.
    """
    if pooling == Pooling.MEAN:
        # Divided first: the sum of many tokens may lie beyond FP16's range.
        tokens = mask.to(torch.float32)
        weights = tokens / tokens.sum(dim=1, keepdim=True)
    elif pooling == Pooling.LAST:
        # Padding lies behind a text's own tokens.
        weights = (torch.arange(mask.shape[1], device=mask.device) == mask.sum(dim=1, keepdim=True) - 1).to(
            torch.float32
        )
    else:
        raise ValueError(f"{pooling} is pooled by the network")
    return (weights.to(hidden.dtype).unsqueeze(1) @ hidden).squeeze(1)


def seen_by_all(mask: Tensor, dtype: torch.dtype) -> Tensor:
    """Return what is added to attention, [n, 1, 1, tokens], so that none sees padding."""
    return ((1 - mask.to(dtype)) * MASKED).unsqueeze(1).unsqueeze(1)


def seen_by_later(ids: Tensor, dtype: torch.dtype) -> Tensor:
    """Return what is added to attention, [1, 1, tokens, tokens], so that a token sees those before it and itself.

    Padding lies behind a text's own tokens: none of these sees it.
    """
    places = torch.arange(ids.shape[1], device=ids.device)
    later = places.unsqueeze(0) > places.unsqueeze(1)
    return (later.to(dtype) * MASKED).unsqueeze(0).unsqueeze(0)
