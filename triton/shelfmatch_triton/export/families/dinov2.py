"""DINOv2 (https://arxiv.org/abs/2304.07193): the class token behind the last norm."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from transformers import Dinov2Config, Dinov2Model

from shelfmatch_triton.export.exporter import Tensors, TransformersExporter, lengths_one, published_pixels
from shelfmatch_triton.export.parts import Scale, unit
from shelfmatch_triton.sources.model import SourceModel


class Dinov2Graph(nn.Module):
    """Views to embeddings."""

    def __init__(self, model: SourceModel, network: Any) -> None:  # noqa: ANN401
        """Keep the network, its places at the resolution of the views."""
        super().__init__()
        side = model.image.side
        patch = int(model.configuration["patch_size"])
        if side % patch != 0:
            raise ValueError(f"{model.name} looks at squares of {patch} pixels: {side} is no multiple")
        embeddings = network.embeddings
        sample = torch.zeros(1, (side // patch) ** 2 + 1, model.dimensions)
        with torch.no_grad():
            # Trained at another resolution: resampled once, here, and not by the graph on each execution.
            places = embeddings.interpolate_pos_encoding(sample, side, side)
        embeddings.position_embeddings = nn.Parameter(places, requires_grad=False)
        self.scale = Scale(model.image)
        self.network = network

    def forward(self, views: Tensor) -> Tensor:
        """Return the embeddings."""
        return unit(self.network(pixel_values=self.scale(views)).pooler_output)


class Dinov2Exporter(TransformersExporter):
    """DINOv2, small to giant."""

    configuration = Dinov2Config
    network = Dinov2Model

    def graph(self, model: SourceModel, network: nn.Module) -> nn.Module:
        """Return the graph."""
        return Dinov2Graph(model, self.for_graph(network))

    def reference(self, model: SourceModel, network: nn.Module, inputs: Tensors) -> Tensors:
        """Return ``pooler_output``, of length 1."""
        output = network(pixel_values=published_pixels(model, inputs["views"]))
        return {"embedding": lengths_one(output.pooler_output)}
