"""What an exporter of a family gives, and what those of transformers' networks have in common."""

from __future__ import annotations

import copy
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from shelfmatch_triton.sources.model import SourceModel
from shelfmatch_triton.sources.weights import WeightsError

Tensors = Mapping[str, Tensor]


class Exporter(ABC):
    """Builds a family's networks and the graphs around them."""

    @abstractmethod
    def build(self, model: SourceModel) -> nn.Module:
        """Return the network with weights at random, from PyTorch's generator as it stands."""

    @abstractmethod
    def load(self, model: SourceModel, weights: Path) -> nn.Module:
        """Return the network with the weights of the file.

        Raises:
            WeightsError: they are not of this network.
        """

    def settle(self, model: SourceModel, network: nn.Module) -> None:  # noqa: B027 - most have nothing to settle
        """Give a network at random what it would have learnt of its inputs' spread."""

    @abstractmethod
    def graph(self, model: SourceModel, network: nn.Module) -> nn.Module:
        """Return what is exported: the model's inputs, in their order, to its outputs. ``network`` stays as it is."""

    @abstractmethod
    def reference(self, model: SourceModel, network: nn.Module, inputs: Tensors) -> Tensors:
        """Return what the network's publishers would make of the inputs, by their own way: outputs by name."""


class TransformersExporter(Exporter):
    """Networks of Hugging Face's transformers."""

    configuration: Any
    """Its configuration's class."""
    network: Any
    """Its class."""
    part: str | None = None
    """Where the configuration lies in a ``config.json`` that describes several towers."""

    def build(self, model: SourceModel) -> nn.Module:
        """Return the network with weights at random."""
        network: nn.Module = self.network(self.configuration(**model.configuration))
        return network.eval()

    def load(self, model: SourceModel, weights: Path) -> nn.Module:
        """Return the network with the weights of the file, which nothing may be missing in."""
        self._check_configuration(model, weights.parent / "config.json")
        try:
            network, report = self.network.from_pretrained(
                weights.parent,
                config=self.configuration(**model.configuration),
                dtype=torch.float32,
                local_files_only=True,
                output_loading_info=True,
            )
        except (RuntimeError, OSError) as error:
            raise WeightsError(f"{weights} does not fit {model.name}: {error}") from error
        if report["missing_keys"] or report["mismatched_keys"]:
            absent = sorted([*report["missing_keys"], *map(str, report["mismatched_keys"])])
            raise WeightsError(
                f"{weights} lacks weights of {model.name}: {', '.join(absent[:3])} ({len(absent)} in all)"
            )
        loaded: nn.Module = network
        return loaded.eval()

    def _check_configuration(self, model: SourceModel, file: Path) -> None:
        if not file.is_file():
            return
        stated = json.loads(file.read_text(encoding="utf-8"))
        if self.part is not None:
            # What both towers have in common stands outside of them.
            stated = {**stated, **stated.get(self.part, {})}
        for name, value in model.configuration.items():
            if stated.get(name, value) != value:
                raise WeightsError(f"{file} is not of {model.name}: its {name} is {stated[name]}, not {value}")

    def for_graph(self, network: nn.Module) -> Any:  # noqa: ANN401
        """Return a copy that computes attention by plain operators, which TensorRT knows to fuse."""
        copied: Any = copy.deepcopy(network)
        copied.set_attn_implementation("eager")
        return copied


def published_pixels(model: SourceModel, views: Tensor) -> Tensor:
    """Return views as transformers' image processors scale pictures, float32 [n, 3, side, side]."""
    mean, std = (torch.tensor(values, dtype=torch.float64) for values in (model.image.mean, model.image.std))
    return ((views.to(torch.float64) / 255 - mean) / std).permute(0, 3, 1, 2).to(torch.float32)


def lengths_one(vectors: Tensor) -> Tensor:
    """Return the rows divided by their lengths, computed in float64."""
    return nn.functional.normalize(vectors.to(torch.float64), dim=1).to(torch.float32)
