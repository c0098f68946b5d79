"""BERT (https://arxiv.org/abs/1810.04805) and the sentence encoders made of it: the mean of a text's tokens."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from shelfmatch_triton.export.exporter import Tensors, TransformersExporter, lengths_one
from shelfmatch_triton.export.parts import pool, seen_by_all, unit
from shelfmatch_triton.sources.model import SourceModel


class Encoder(BertModel):
    """BERT without its pooler, which sentence encoders do not have trained."""

    def __init__(self, config: BertConfig) -> None:
        """Build it."""
        super().__init__(config, add_pooling_layer=False)


class BertGraph(nn.Module):
    """Tokens to embeddings."""

    def __init__(self, model: SourceModel, network: Any) -> None:  # noqa: ANN401
        """Keep the network."""
        super().__init__()
        self.pooling = model.text.pooling
        self.network = network

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Return the embeddings."""
        hidden = self.network(
            input_ids=input_ids,
            attention_mask=seen_by_all(attention_mask, self.network.dtype),
            token_type_ids=torch.zeros_like(input_ids),
        ).last_hidden_state
        return unit(pool(hidden, attention_mask, self.pooling))


class BertExporter(TransformersExporter):
    """BERT of any size."""

    configuration = BertConfig
    network = Encoder

    def graph(self, model: SourceModel, network: nn.Module) -> nn.Module:
        """Return the graph."""
        return BertGraph(model, self.for_graph(network))

    def reference(self, model: SourceModel, network: nn.Module, inputs: Tensors) -> Tensors:
        """Return the mean of each text's tokens, by itself and without padding, of length 1."""
        means = [
            network(input_ids=ids[mask > 0].unsqueeze(0)).last_hidden_state.mean(dim=1)
            for ids, mask in zip(inputs["input_ids"], inputs["attention_mask"], strict=True)
        ]
        return {"embedding": lengths_one(torch.cat(means))}
