"""InternVL3 (https://arxiv.org/abs/2504.10479): InternViT's tower over tiles, Qwen2.5's decoder, as graphs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from transformers import InternVLConfig, InternVLForConditionalGeneration

from shelfmatch_triton.describe.export.exporter import Exporter, Traced
from shelfmatch_triton.describe.export.tiles import attended, tile_settings, tiles_of
from shelfmatch_triton.describe.runtime.settings import TileSettings
from shelfmatch_triton.describe.source import DescriberSource

SHUFFLED = 2
"""Rows, and columns, of features that one token is made of: published as ``downsample_ratio`` 0.5."""


class VisionGraph(nn.Module):
    """Tiles to tokens."""

    inputs = ("tiles",)
    outputs = ("tokens",)

    def __init__(self, network: Any) -> None:  # noqa: ANN401
        """Keep tower and projector."""
        super().__init__()
        self.tower = network.model.vision_tower
        self.projector = network.model.multi_modal_projector
        config = self.tower.config
        self.heads = config.num_attention_heads
        self.side = config.image_size[0] // config.patch_size[0]

    def forward(self, tiles: Tensor) -> Tensor:
        """Return float32 [tokens, width], those of each tile in turn.

        Args:
            tiles: float32 [tiles, 3, side, side].
        """
        embeddings = self.tower.embeddings
        first = embeddings.cls_token
        patches = embeddings.patch_embeddings.projection(tiles.to(first.dtype)).flatten(2).transpose(1, 2)
        states = torch.cat((first.expand(patches.shape[0], -1, -1), patches), dim=1) + embeddings.position_embeddings
        for block in self.tower.encoder.layer:
            attention = block.attention
            seen = attended(attention, attention.projection_layer, block.layernorm_before(states), self.heads)
            states = states + block.lambda_1 * seen
            states = states + block.lambda_2 * block.mlp(block.layernorm_after(states))
        features = self.tower.layernorm(states)[:, 1:]
        # Pixel shuffle: neighbours stand behind each other in one token, row by row.
        merged = self.side // SHUFFLED
        blocks = features.reshape(-1, merged, SHUFFLED, merged, SHUFFLED, features.shape[-1])
        together = blocks.transpose(2, 3).reshape(-1, merged * merged, SHUFFLED * SHUFFLED * features.shape[-1])
        tokens: Tensor = self.projector(together).flatten(0, 1)
        return tokens.to(torch.float32)


class InternVlExporter(Exporter):
    """InternVL3."""

    network = InternVLForConditionalGeneration

    def build(self, source: DescriberSource, token_ids: Mapping[str, int]) -> nn.Module:
        """Return the network with weights at random."""
        ends = [token_ids[token] for token in source.tokens.ends]
        config = InternVLConfig(
            vision_config=dict(source.vision),
            text_config={"model_type": "qwen2", **source.text, "eos_token_id": ends[0], "pad_token_id": ends[-1]},
            image_token_id=token_ids[source.tokens.picture],
            image_seq_length=self.pictures(source).features,
            downsample_ratio=1 / SHUFFLED,
            tie_word_embeddings=source.text["tie_word_embeddings"],
        )
        network = InternVLForConditionalGeneration(config)
        network.generation_config.eos_token_id = ends
        network.generation_config.pad_token_id = ends[-1]
        return network.eval()

    def pictures(self, source: DescriberSource) -> TileSettings:
        """Return how its pictures are cut."""
        cut = tiles_of(source)
        side, patch = int(source.vision["image_size"][0]), int(source.vision["patch_size"][0])
        sizes = range(1, cut.grid + 1)
        grids = [(rows, columns) for columns in sizes for rows in sizes if rows * columns <= cut.most_tiles]
        # From the fewest to the most, wide ones last: of equally near shapes, the order tells.
        grids.sort(key=lambda grid: grid[0] * grid[1])
        return tile_settings(cut, side, (side // patch // SHUFFLED) ** 2, grids)

    def vision(self, source: DescriberSource, network: Any) -> Traced:  # noqa: ANN401
        """Return the tower's graph."""
        side = self.pictures(source).side
        return Traced(VisionGraph(network), (torch.zeros(3, 3, side, side),), ({0: torch.export.Dim("tiles")},))
