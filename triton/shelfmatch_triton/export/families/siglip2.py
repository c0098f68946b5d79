"""SigLIP 2 of one resolution (https://arxiv.org/abs/2502.14786): SigLIP's networks with other weights."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from transformers import SiglipTextConfig, SiglipTextModel, SiglipVisionConfig, SiglipVisionModel

from shelfmatch_triton.export.exporter import Tensors, TransformersExporter, lengths_one, published_pixels
from shelfmatch_triton.export.parts import Scale, unit
from shelfmatch_triton.sources.model import SourceModel


class Siglip2ImageGraph(nn.Module):
    """Views to embeddings."""

    def __init__(self, model: SourceModel, network: Any) -> None:  # noqa: ANN401
        """Keep the network."""
        super().__init__()
        self.scale = Scale(model.image)
        self.network = network

    def forward(self, views: Tensor) -> Tensor:
        """Return the embeddings, pooled by the network's own attention."""
        return unit(self.network(pixel_values=self.scale(views)).pooler_output)


class Siglip2TextGraph(nn.Module):
    """Tokens to embeddings."""

    def __init__(self, model: SourceModel, network: Any) -> None:  # noqa: ANN401
        """Keep the network."""
        super().__init__()
        self.length = model.text.max_tokens
        self.network = network

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Return the embeddings: every text at its full length, whatever else is in the batch, and all of it seen."""
        own = input_ids * attention_mask
        # The padding's id is 0.
        behind = torch.zeros(own.shape[0], self.length, dtype=own.dtype, device=own.device)
        full = torch.cat([own, behind], dim=1)[:, : self.length]
        return unit(self.network(input_ids=full).pooler_output)


class Siglip2ImageExporter(TransformersExporter):
    """SigLIP 2's tower for pictures."""

    configuration = SiglipVisionConfig
    network = SiglipVisionModel
    part = "vision_config"

    def graph(self, model: SourceModel, network: nn.Module) -> nn.Module:
        """Return the graph."""
        return Siglip2ImageGraph(model, self.for_graph(network))

    def reference(self, model: SourceModel, network: nn.Module, inputs: Tensors) -> Tensors:
        """Return ``pooler_output``, of length 1."""
        output = network(pixel_values=published_pixels(model, inputs["views"]))
        return {"embedding": lengths_one(output.pooler_output)}


class Siglip2TextExporter(TransformersExporter):
    """SigLIP 2's tower for texts."""

    configuration = SiglipTextConfig
    network = SiglipTextModel
    part = "text_config"

    def graph(self, model: SourceModel, network: nn.Module) -> nn.Module:
        """Return the graph."""
        return Siglip2TextGraph(model, self.for_graph(network))

    def reference(self, model: SourceModel, network: nn.Module, inputs: Tensors) -> Tensors:
        """Return ``pooler_output`` of the texts padded to their full length, as the model card says, of length 1."""
        ids = inputs["input_ids"]
        padded = nn.functional.pad(ids, (0, model.text.max_tokens - ids.shape[1]))
        return {"embedding": lengths_one(network(input_ids=padded).pooler_output)}
