"""EfficientNet-Lite0 as published, in PyTorch, with the head of the instance encoder.

The weights are those that the shipped graph was made of (`efficientnet-lite0-57934424.pth`); batch norms keep their
statistics and are folded into the convolutions at export, as there.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

FEATURES = 1280
CLASSES = 1000
EPSILON = 1e-3
# Of one block: kernel, stride, expansion, channels out; EfficientNet-B0's without squeeze-and-excitation.
BLOCKS = tuple(
    (kernel, stride if repeat == 0 else 1, expansion, channels)
    for repeats, kernel, stride, expansion, channels in (
        (1, 3, 1, 1, 16),
        (2, 3, 2, 6, 24),
        (2, 5, 2, 6, 40),
        (3, 3, 2, 6, 80),
        (3, 5, 1, 6, 112),
        (4, 5, 2, 6, 192),
        (1, 3, 1, 6, 320),
    )
    for repeat in range(repeats)
)


class Convolution(nn.Module):
    """A convolution with its batch norm, padded as TensorFlow pads at even sides: one more at the far edge."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__()
        around = kernel - stride if stride > 1 else kernel - 1
        near = around // 2
        even = near == around - near
        self.pad = nn.Identity() if even else nn.ZeroPad2d((near, around - near, near, around - near))
        self.convolution = nn.Conv2d(inputs, outputs, kernel, stride, near if even else 0, groups=groups, bias=False)
        self.norm: nn.Module = nn.BatchNorm2d(outputs, eps=EPSILON)

    def forward(self, x: Tensor) -> Tensor:
        """[n, inputs, h, w] to [n, outputs, h / stride, w / stride]."""
        return self.norm(self.convolution(self.pad(x)))

    def fold(self) -> None:
        """Put the batch norm into the convolution."""
        self.convolution = fuse_conv_bn_eval(self.convolution, self.norm)
        self.norm = nn.Identity()


class Block(nn.Module):
    """An inverted residual block."""

    def __init__(self, inputs: int, kernel: int, stride: int, expansion: int, outputs: int) -> None:
        super().__init__()
        inner = inputs * expansion
        layers: list[nn.Module] = [] if expansion == 1 else [Convolution(inputs, inner, 1), nn.ReLU6()]
        layers += [Convolution(inner, inner, kernel, stride, inner), nn.ReLU6(), Convolution(inner, outputs, 1)]
        self.layers = nn.Sequential(*layers)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        """[n, inputs, h, w] to [n, outputs, h / stride, w / stride]."""
        return x + self.layers(x) if self.residual else self.layers(x)


class Backbone(nn.Module):
    """From ``pixels`` [n, 3, side, side], (value - 127) / 128, to ``features`` [n, 1280, side / 32, side / 32]."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = [Convolution(3, 32, 3, 2), nn.ReLU6()]
        channels = 32
        for kernel, stride, expansion, outputs in BLOCKS:
            layers.append(Block(channels, kernel, stride, expansion, outputs))
            channels = outputs
        layers += [Convolution(channels, FEATURES, 1), nn.ReLU6()]
        self.layers = nn.Sequential(*layers)

    def forward(self, pixels: Tensor) -> Tensor:
        """Return the last map."""
        return self.layers(pixels)


class InstanceEncoder(nn.Module):
    """The backbone, its classifier on the mean, and an embedding: generalised mean, then a linear map (whitening)."""

    def __init__(self, dimensions: int) -> None:
        super().__init__()
        self.backbone = Backbone()
        self.classifier = nn.Linear(FEATURES, CLASSES)
        self.power = nn.Parameter(torch.tensor(3.0))
        self.head = nn.Linear(FEATURES, dimensions)

    def pooled(self, features: Tensor) -> Tensor:
        """The generalised mean of maps [n, 1280, h, w]: [n, 1280]."""
        return features.float().clamp(min=1e-4).pow(self.power).mean((2, 3)).pow(1 / self.power)

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return ``embedding`` [n, dimensions] of length 1, ``logits`` [n, 1000] and ``features``."""
        features = self.backbone(pixels)
        embedding = functional.normalize(self.head(self.pooled(features)), dim=1)
        return embedding, self.classifier(features.mean((2, 3))), features


def load_published(encoder: InstanceEncoder, state: Mapping[str, Tensor]) -> None:
    """Put the published weights into the backbone and the classifier: both list their layers as they are run.

    Raises:
        ValueError, RuntimeError: they are of another network.
    """
    weights = {name: value.float() for name, value in state.items() if not name.endswith("num_batches_tracked")}
    layers = [module for module in encoder.modules() if isinstance(module, nn.Conv2d | nn.BatchNorm2d)]
    encoder.classifier.load_state_dict({"weight": weights.pop("_fc.weight"), "bias": weights.pop("_fc.bias")})
    own = [tensor for layer in layers for name, tensor in layer.state_dict().items() if "tracked" not in name]
    with torch.no_grad():
        for (name, value), tensor in zip(weights.items(), own, strict=True):
            if value.shape != tensor.shape:
                raise ValueError(f"{name} is {tuple(value.shape)}, not {tuple(tensor.shape)}")
            tensor.copy_(value)


def folded(encoder: InstanceEncoder) -> InstanceEncoder:
    """Return a copy for inference, batch norms in the convolutions."""
    copied = copy.deepcopy(encoder).float().eval()
    for module in copied.modules():
        if isinstance(module, Convolution):
            module.fold()
    return copied
