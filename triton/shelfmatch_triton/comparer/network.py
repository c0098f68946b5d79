"""The comparer: a catalogue picture and the part of a photo that lies on it, pixel on pixel; is it the same print?

Both pictures go through the first blocks of EfficientNet-Lite0. Their maps are compared near each place, because no
flat mapping lays a carton or a bottle quite right; a few blocks that know the whole picture then judge every place and
the pair.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from shelfmatch_triton.instance.network import Backbone, Convolution

SIDE = 144
"""Side of either picture; ALIGNED_SIDE of engine/verify/aligned.ts."""
CELL = 8
"""Pixels along a cell of the map."""
FINE, COARSE = 24, 40
"""Channels of the trunk at a quarter and an eighth of the size."""
FINE_LAYERS, COARSE_LAYERS = 5, 7
WIDTH = 96
FINE_REACH, COARSE_REACH = 2, 2
"""Places that a detail may lie beside where the mapping says."""
EPS = 1e-4


class Judged(NamedTuple):
    """What is said of pairs."""

    same: Tensor
    """[n]: log-odds that both show the same print."""
    differs: Tensor
    """[n, SIDE / CELL, SIDE / CELL]: log-odds that a place shows another print."""


def masked_mean(values: Tensor, weight: Tensor) -> Tensor:
    """Mean over places: [n, c, h, w] and [n, 1, h, w] to [n, c]."""
    return (values * weight).sum((2, 3)) / (weight.sum((2, 3)) + EPS)


def likeness(one: Tensor, other: Tensor, reach: int) -> Tensor:
    """Cosines with the places near each: [n, c, h, w] twice to [n, (2 reach + 1)^2, h, w]."""
    height, width = one.shape[2:]
    one = functional.normalize(one, dim=1, eps=1e-3)
    around = functional.pad(functional.normalize(other, dim=1, eps=1e-3), (reach,) * 4)
    shifts = [(y, x) for y in range(2 * reach + 1) for x in range(2 * reach + 1)]
    return torch.stack([(one * around[:, :, y : y + height, x : x + width]).sum(1) for y, x in shifts], 1)


class Mixing(nn.Module):
    """A residual block: depthwise, pointwise, and what the whole picture says."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.near = nn.Conv2d(channels, channels, 5, padding=2, groups=channels, bias=False)
        self.norm = nn.BatchNorm2d(channels)
        self.wide = nn.Conv2d(channels, 2 * channels, 1)
        self.narrow = nn.Conv2d(2 * channels, channels, 1)
        self.whole = nn.Sequential(nn.Linear(channels, channels), nn.ReLU(), nn.Linear(channels, 2 * channels))

    def forward(self, x: Tensor, weight: Tensor) -> Tensor:
        """[n, channels, h, w] and where they count [n, 1, h, w]."""
        shift = self.whole(masked_mean(x, weight))[:, :, None, None]
        return x + self.narrow(functional.relu(self.wide(self.norm(self.near(x))) + shift))


class Comparer(nn.Module):
    """From two pictures to whether they show the same print."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk = nn.ModuleList(Backbone().layers[:COARSE_LAYERS])
        fine = (2 * FINE_REACH + 1) ** 2
        coarse = (2 * COARSE_REACH + 1) ** 2
        self.fine = nn.Sequential(
            nn.Conv2d(fine + 3 * FINE + 6, 64, 1), nn.BatchNorm2d(64), nn.ReLU(),
            nn.Conv2d(64, 64, 3, stride=2, padding=1), nn.ReLU(),
        )  # fmt: skip
        self.join = nn.Sequential(nn.Conv2d(64 + coarse + 3 * COARSE + 1, WIDTH, 1), nn.BatchNorm2d(WIDTH), nn.ReLU())
        self.blocks = nn.ModuleList([Mixing(WIDTH) for _ in range(3)])
        self.place = nn.Conv2d(WIDTH, 2, 1)
        self.head = nn.Sequential(nn.Linear(3 * WIDTH + 2, 64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, 1))

    def maps(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """[n, 3, SIDE, SIDE] to maps at a quarter and an eighth."""
        fine = pixels
        for layer in self.trunk[:FINE_LAYERS]:
            fine = layer(fine)
        coarse = fine
        for layer in self.trunk[FINE_LAYERS:]:
            coarse = layer(coarse)
        return fine, coarse

    def forward(self, catalogue: Tensor, photo: Tensor, mask: Tensor) -> Judged:
        """Judge pairs.

        Args:
            catalogue: [n, 3, SIDE, SIDE], 0 to 255, RGB.
            photo: likewise, laid on it.
            mask: [n, 1, SIDE, SIDE], 1 where both show the package.
        """
        area = mask.sum((1, 2, 3), keepdim=True) + 1

        def levelled(picture: Tensor) -> Tensor:
            """Brightness and contrast of the whole are the lamp's: taken out; colours stay."""
            mean = (picture * mask).sum((1, 2, 3), keepdim=True) / (3 * area)
            spread = (((picture - mean) * mask).square().sum((1, 2, 3), keepdim=True) / (3 * area) + 25).sqrt()
            return (picture - mean) / spread * 0.6 * mask

        one, other = levelled(catalogue), levelled(photo)
        count = one.shape[0]
        fine, coarse = self.maps(torch.cat((one, other)))
        (fine_one, fine_other), (coarse_one, coarse_other) = fine.split(count), coarse.split(count)
        colours = functional.avg_pool2d(torch.cat((one, other), 1), 4)
        near = torch.cat(
            (likeness(fine_one, fine_other, FINE_REACH), fine_one, fine_other, (fine_one - fine_other).abs(), colours),
            1,
        )
        cells = functional.avg_pool2d(mask, CELL)
        joined = (
            self.fine(near), likeness(coarse_one, coarse_other, COARSE_REACH), coarse_one, coarse_other,
            (coarse_one - coarse_other).abs(), cells,
        )  # fmt: skip
        x = self.join(torch.cat(joined, 1))
        for block in self.blocks:
            x = block(x, cells)
        differs, attention = self.place(x).split(1, dim=1)
        shown = cells > 0.25
        attention = torch.softmax(attention.masked_fill(~shown, -30).flatten(1), 1).view_as(differs)
        worst = differs.masked_fill(~shown, -30).flatten(1).topk(8, 1).values
        summary = (
            masked_mean(x, cells), (x * attention).sum((2, 3)), x.masked_fill(~shown, -30).amax((2, 3)),
            worst.mean(1, keepdim=True), masked_mean(torch.sigmoid(differs), cells),
        )  # fmt: skip
        return Judged(self.head(torch.cat(summary, 1))[:, 0], differs[:, 0])

    def fold(self) -> None:
        """Put the trunk's batch norms into its convolutions."""
        for module in self.trunk.modules():
            if isinstance(module, Convolution):
                module.fold()
