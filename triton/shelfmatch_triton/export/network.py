"""Networks with their weights, whatever family they are of."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from shelfmatch_triton.export.exporter import Exporter
from shelfmatch_triton.export.families.bert import BertExporter
from shelfmatch_triton.export.families.clip import ClipImageExporter, ClipTextExporter
from shelfmatch_triton.export.families.dinov2 import Dinov2Exporter
from shelfmatch_triton.export.families.efficientnet_lite import EfficientNetLiteExporter
from shelfmatch_triton.export.families.gpt2 import Gpt2Exporter
from shelfmatch_triton.export.families.siglip2 import Siglip2ImageExporter, Siglip2TextExporter
from shelfmatch_triton.export.quiet import quiet
from shelfmatch_triton.sources.kinds import Family
from shelfmatch_triton.sources.model import SourceModel
from shelfmatch_triton.sources.weights import WeightFiles

EXPORTERS: Mapping[Family, Exporter] = {
    Family.DINOV2: Dinov2Exporter(),
    Family.CLIP_IMAGE: ClipImageExporter(),
    Family.CLIP_TEXT: ClipTextExporter(),
    Family.SIGLIP2_IMAGE: Siglip2ImageExporter(),
    Family.SIGLIP2_TEXT: Siglip2TextExporter(),
    Family.EFFICIENTNET_LITE: EfficientNetLiteExporter(),
    Family.BERT: BertExporter(),
    Family.GPT2: Gpt2Exporter(),
}

SPREAD = 0.1
"""Standard deviation of what is added to the norms and biases of a network at random."""


@dataclass(frozen=True)
class Network:
    """A network and where its weights are from."""

    model: SourceModel
    module: nn.Module
    sha256: str
    """Of the weights: the file's, or of the numbers themselves where there is no file."""
    origin: str
    kin: str
    """What networks have in common that were trained, or made, together."""
    folder: Path | None = None
    """Where the weights' file lies; None of weights at random."""

    @property
    def space(self) -> str | None:
        """Return what says that vectors of two towers may be compared: the published space, of these weights."""
        if self.model.space is None:
            return None
        pinned = self.model.hub is not None and self.sha256 == self.model.hub.sha256
        return self.model.space if pinned else f"{self.model.space}-{self.kin}"

    @property
    def exporter(self) -> Exporter:
        """Return its family's."""
        return EXPORTERS[self.model.family]


def trained(model: SourceModel, files: WeightFiles) -> Network:
    """Return the network with the weights of the files.

    Raises:
        WeightsError: they are not of this network.
    """
    with quiet():
        module = EXPORTERS[model.family].load(model, files.file)
    # Both towers of a family lie in one file.
    return Network(model, module, files.sha256, files.origin, kin=files.sha256[:8], folder=files.file.parent)


def at_random(model: SourceModel, seed: int = 0) -> Network:
    """Return the network with weights at random: the same for the same seed, of PyTorch's generator for CPUs."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        with quiet():
            module = EXPORTERS[model.family].build(model)
        with torch.no_grad():
            for parameter in module.parameters():
                _spread(parameter)
            EXPORTERS[model.family].settle(model, module)
    return Network(model, module, _hash_of(module), f"random, seed {seed}", kin=f"random-{seed}")


def _spread(parameter: torch.Tensor) -> None:
    if parameter.dim() < 2:
        # Norms begin as ones and biases as zeros: a graph that forgot one would go unnoticed.
        parameter.add_(SPREAD * torch.randn_like(parameter))
        return
    # As strong as what comes in, so that different inputs stay different. Of three sides are the places of patches.
    incoming = parameter.shape[-1] if parameter.dim() == 3 else parameter[0].numel()
    parameter.normal_(std=incoming**-0.5)


def _hash_of(module: nn.Module) -> str:
    digest = hashlib.sha256()
    for name, tensor in sorted(module.state_dict().items()):
        digest.update(f"{name} {tensor.dtype} {list(tensor.shape)}\n".encode())
        digest.update(tensor.detach().contiguous().numpy().tobytes())
    return digest.hexdigest()
