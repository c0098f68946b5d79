"""LLaVA-OneVision (https://arxiv.org/abs/2408.03326): SigLIP's tower over tiles, Qwen2's decoder, as graphs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from transformers import LlavaOnevisionConfig, LlavaOnevisionForConditionalGeneration

from shelfmatch_triton.describe.export.exporter import Exporter, Traced
from shelfmatch_triton.describe.export.tiles import attended, tile_settings, tiles_of
from shelfmatch_triton.describe.runtime.settings import TileSettings
from shelfmatch_triton.describe.source import DescriberSource


class VisionGraph(nn.Module):
    """Tiles to tokens. How features lie in the picture is worked out outside, and comes as indices and weights."""

    inputs = ("tiles", "feature_index", "feature_weight")
    outputs = ("tokens",)

    def __init__(self, network: Any) -> None:  # noqa: ANN401
        """Keep tower, projector and what ends a line."""
        super().__init__()
        self.tower = network.model.vision_tower
        self.projector = network.model.multi_modal_projector
        self.line_end = network.model.image_newline
        config = self.tower.config
        self.heads = config.num_attention_heads
        # The published one looks at the last layer's states, before the tower's last norm.
        self.blocks = self.tower.encoder.layers

    def forward(self, tiles: Tensor, feature_index: Tensor, feature_weight: Tensor) -> Tensor:
        """Return float [tokens, width].

        Args:
            tiles: float32 [tiles, 3, side, side], the whole picture first.
            feature_index: int64 [tokens, 4], features that a token is made of; behind them all stands a line's end.
            feature_weight: float32 [tokens, 4], how much of each.
        """
        kind = self.line_end.dtype
        embeddings = self.tower.embeddings
        patches = embeddings.patch_embedding(tiles.to(kind)).flatten(2).transpose(1, 2)
        states = patches + embeddings.position_embedding.weight.unsqueeze(0)
        for block in self.blocks:
            attention = block.self_attn
            states = states + attended(attention, attention.out_proj, block.layer_norm1(states), self.heads)
            states = states + block.mlp(block.layer_norm2(states))
        features = self.projector(states).flatten(0, 1)
        table = torch.cat([features, self.line_end.unsqueeze(0)])
        tokens: Tensor = (table[feature_index] * feature_weight.to(kind).unsqueeze(-1)).sum(1)
        return tokens.to(torch.float32)


class LlavaOnevisionExporter(Exporter):
    """LLaVA-OneVision."""

    network = LlavaOnevisionForConditionalGeneration

    def build(self, source: DescriberSource, token_ids: Mapping[str, int]) -> nn.Module:
        """Return the network with weights at random."""
        ends = [token_ids[token] for token in source.tokens.ends]
        cut = self.pictures(source)
        config = LlavaOnevisionConfig(
            vision_config={"model_type": "siglip_vision_model", **source.vision},
            text_config={"model_type": "qwen2", **source.text, "eos_token_id": ends[0], "pad_token_id": ends[-1]},
            image_token_index=token_ids[source.tokens.picture],
            # Of videos, which are not described: a number that no text has.
            video_token_index=int(source.text["vocab_size"]) - 1,
            image_grid_pinpoints=[list(each) for each in cut.resolutions],
            vision_aspect_ratio=f"anyres_max_{cut.most_tiles}",
            tie_word_embeddings=source.text["tie_word_embeddings"],
        )
        network = LlavaOnevisionForConditionalGeneration(config)
        network.generation_config.eos_token_id = ends
        network.generation_config.pad_token_id = ends[-1]
        return network.eval()

    def pictures(self, source: DescriberSource) -> TileSettings:
        """Return how its pictures are cut."""
        cut = tiles_of(source)
        side, patch = int(source.vision["image_size"]), int(source.vision["patch_size"])
        sizes = range(1, cut.grid + 1)
        grids = [(rows, columns) for rows in sizes for columns in sizes]
        return tile_settings(cut, side, (side // patch) ** 2, grids)

    def vision(self, source: DescriberSource, network: Any) -> Traced:  # noqa: ANN401
        """Return the tower's graph."""
        cut = self.pictures(source)
        inputs = (
            torch.zeros(3, 3, cut.side, cut.side),
            torch.zeros(37, 4, dtype=torch.int64),
            torch.zeros(37, 4),
        )
        tiles, tokens = torch.export.Dim("tiles"), torch.export.Dim("tokens")
        return Traced(VisionGraph(network), inputs, ({0: tiles}, {0: tokens}, {0: tokens}))
