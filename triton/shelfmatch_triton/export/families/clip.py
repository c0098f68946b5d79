"""CLIP (https://arxiv.org/abs/2103.00020): two towers whose projections may be compared."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModelWithProjection, CLIPVisionConfig, CLIPVisionModelWithProjection

from shelfmatch_triton.export.exporter import Tensors, TransformersExporter, lengths_one, published_pixels
from shelfmatch_triton.export.parts import Scale, pool, seen_by_later, unit
from shelfmatch_triton.sources.model import SourceModel


class ClipImageGraph(nn.Module):
    """Views to projected embeddings."""

    def __init__(self, model: SourceModel, network: Any) -> None:  # noqa: ANN401
        """Keep the network."""
        super().__init__()
        self.scale = Scale(model.image)
        self.network = network

    def forward(self, views: Tensor) -> Tensor:
        """Return the embeddings."""
        return unit(self.network(pixel_values=self.scale(views)).image_embeds)


class ClipTextGraph(nn.Module):
    """Tokens to projected embeddings."""

    def __init__(self, model: SourceModel, network: Any) -> None:  # noqa: ANN401
        """Keep the network."""
        super().__init__()
        self.pooling = model.text.pooling
        self.text = network.text_model
        self.projection = network.text_projection

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Return the embeddings. The end mark is the last token; the largest id, which transformers looks for."""
        hidden = self.text(
            input_ids=input_ids, attention_mask=seen_by_later(input_ids, self.text.dtype)
        ).last_hidden_state
        return unit(self.projection(pool(hidden, attention_mask, self.pooling)))


class ClipImageExporter(TransformersExporter):
    """CLIP's tower for pictures."""

    configuration = CLIPVisionConfig
    network = CLIPVisionModelWithProjection
    part = "vision_config"

    def graph(self, model: SourceModel, network: nn.Module) -> nn.Module:
        """Return the graph."""
        return ClipImageGraph(model, self.for_graph(network))

    def reference(self, model: SourceModel, network: nn.Module, inputs: Tensors) -> Tensors:
        """Return ``image_embeds``, of length 1."""
        output = network(pixel_values=published_pixels(model, inputs["views"]))
        return {"embedding": lengths_one(output.image_embeds)}


class ClipTextExporter(TransformersExporter):
    """CLIP's tower for texts."""

    configuration = CLIPTextConfig
    network = CLIPTextModelWithProjection
    part = "text_config"

    def graph(self, model: SourceModel, network: nn.Module) -> nn.Module:
        """Return the graph."""
        return ClipTextGraph(model, self.for_graph(network))

    def reference(self, model: SourceModel, network: nn.Module, inputs: Tensors) -> Tensors:
        """Return ``text_embeds``, of length 1."""
        return {"embedding": lengths_one(network(**inputs).text_embeds)}
