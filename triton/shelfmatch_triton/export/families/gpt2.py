"""GPT-2: the mean of a text's tokens behind the last norm."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from transformers import GPT2Config, GPT2Model

from shelfmatch_triton.export.exporter import Tensors, TransformersExporter, lengths_one
from shelfmatch_triton.export.parts import pool, seen_by_later, unit
from shelfmatch_triton.sources.model import SourceModel


class Gpt2Graph(nn.Module):
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
            attention_mask=seen_by_later(input_ids, self.network.dtype),
            use_cache=False,
        ).last_hidden_state
        return unit(pool(hidden, attention_mask, self.pooling))


class Gpt2Exporter(TransformersExporter):
    """GPT-2 of any size."""

    configuration = GPT2Config
    network = GPT2Model

    def graph(self, model: SourceModel, network: nn.Module) -> nn.Module:
        """Return the graph."""
        return Gpt2Graph(model, self.for_graph(network))

    def reference(self, model: SourceModel, network: nn.Module, inputs: Tensors) -> Tensors:
        """Return the mean of each text's tokens, by itself and without padding, of length 1."""
        means = [
            network(input_ids=ids[mask > 0].unsqueeze(0)).last_hidden_state.mean(dim=1)
            for ids, mask in zip(inputs["input_ids"], inputs["attention_mask"], strict=True)
        ]
        return {"embedding": lengths_one(torch.cat(means))}
