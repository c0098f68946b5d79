"""What an exporter of a family gives."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from torch import nn

from shelfmatch_triton.describe.export.decoder import DecoderGraph
from shelfmatch_triton.describe.runtime.settings import PictureSettings, TileSettings
from shelfmatch_triton.describe.source import DescriberSource
from shelfmatch_triton.sources.weights import WeightsError


@dataclass(frozen=True)
class Traced:
    """A graph, what it is traced with, and which sides of that vary."""

    graph: Any
    """Has ``inputs`` and ``outputs``: their names."""
    inputs: tuple[torch.Tensor, ...]
    sides: tuple[Any, ...]


class Exporter(ABC):
    """Builds a family's networks and the graphs of them."""

    network: Any
    """The class in transformers."""

    @abstractmethod
    def build(self, source: DescriberSource, token_ids: Mapping[str, int]) -> nn.Module:
        """Return the network with weights at random, from PyTorch's generator as it stands.

        Args:
            source: its configuration.
            token_ids: numbers of the tokenizer's marks, by what they say.
        """

    @abstractmethod
    def pictures(self, source: DescriberSource) -> PictureSettings | TileSettings:
        """Return how its pictures are cut."""

    @abstractmethod
    def vision(self, source: DescriberSource, network: Any) -> Traced:  # noqa: ANN401
        """Return the graph of a picture's tokens."""

    def decoder(self, source: DescriberSource, network: Any) -> DecoderGraph:  # noqa: ANN401
        """Return the decoder's graph."""
        return DecoderGraph(network, source.positions)

    def deepstack_layers(self, source: DescriberSource) -> int:
        """Return how many layers more of the pictures is added to."""
        return 0

    def load(self, source: DescriberSource, folder: Path) -> nn.Module:
        """Return the published network with the weights of a folder, which nothing may be missing in.

        Raises:
            WeightsError: they are not of this network.
        """
        try:
            network, report = self.network.from_pretrained(
                folder, dtype=torch.float32, local_files_only=True, output_loading_info=True
            )
        except (RuntimeError, OSError, ValueError, SafetensorError) as error:
            raise WeightsError(f"{folder} does not fit {source.name}: {error}") from error
        if report["missing_keys"] or report["mismatched_keys"]:
            absent = sorted(map(str, [*report["missing_keys"], *report["mismatched_keys"]]))
            raise WeightsError(
                f"{folder} lacks weights of {source.name}: {', '.join(absent[:3])} ({len(absent)} in all)"
            )
        loaded: nn.Module = network
        return loaded.eval()
