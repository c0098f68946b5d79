"""Qwen3-VL (https://arxiv.org/abs/2511.21631): tower with DeepStack, decoder with M-RoPE, as graphs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from transformers import Qwen3VLConfig, Qwen3VLForConditionalGeneration

from shelfmatch_triton.describe.export.decoder import DecoderGraph, rotated
from shelfmatch_triton.describe.export.exporter import Exporter, Traced
from shelfmatch_triton.describe.runtime.picture import LONGEST_SHAPE
from shelfmatch_triton.describe.runtime.settings import PictureSettings
from shelfmatch_triton.describe.source import DescriberSource, PictureInput


def build(source: DescriberSource, token_ids: dict[str, int]) -> nn.Module:
    """Return the published network with weights at random, from PyTorch's generator as it stands.

    Args:
        source: its configuration.
        token_ids: numbers of the tokenizer's special tokens, by what they say.
    """
    ends = [token_ids[token] for token in source.tokens.ends]
    config = Qwen3VLConfig(
        vision_config=dict(source.vision),
        text_config={**source.text, "eos_token_id": ends[0], "pad_token_id": ends[-1]},
        image_token_id=token_ids[source.tokens.picture],
        vision_start_token_id=token_ids[source.tokens.picture_start],
        vision_end_token_id=token_ids[source.tokens.picture_end],
        # Of videos, which are not described: a number that no text has.
        video_token_id=int(source.text["vocab_size"]) - 1,
        tie_word_embeddings=source.text["tie_word_embeddings"],
    )
    network = Qwen3VLForConditionalGeneration(config)
    network.generation_config.eos_token_id = ends
    network.generation_config.pad_token_id = ends[-1]
    return network.eval()


class VisionGraph(nn.Module):
    """One picture's patches to its tokens. Pictures do not see each other, so each is run by itself."""

    inputs = ("patches", "position_index", "position_weight", "coordinates")
    outputs = ("tokens", "deepstack")

    def __init__(self, network: Any, positions: int) -> None:  # noqa: ANN401
        """Keep the tower; ``positions``: rows and columns of patches, at the most."""
        super().__init__()
        tower = network.model.visual
        self.tower = tower
        self.heads = tower.config.num_heads
        inverse = tower.rotary_pos_emb.inv_freq.to(torch.float32)
        angles = torch.arange(positions, dtype=torch.float32).unsqueeze(1) * inverse.unsqueeze(0)
        # Looked up rather than computed: the angle of a far place is not exact in FP16, its sine is.
        self.register_buffer("cos", angles.cos().to(self._type))
        self.register_buffer("sin", angles.sin().to(self._type))

    @property
    def _type(self) -> torch.dtype:
        kind: torch.dtype = self.tower.pos_embed.weight.dtype
        return kind

    def _turns(self, table: Tensor, coordinates: Tensor) -> Tensor:
        rows_and_columns = table[coordinates].flatten(1)
        return torch.cat((rows_and_columns, rows_and_columns), dim=-1).unsqueeze(0)

    def forward(
        self, patches: Tensor, position_index: Tensor, position_weight: Tensor, coordinates: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return float [tokens, width] and [layers of DeepStack, tokens, width].

        Args:
            patches: float32 [patches, channels * frames * side * side], in blocks that merge to a token.
            position_index: int64 [patches, 4], the learned places that lie around each patch.
            position_weight: float32 [patches, 4], how much of each.
            coordinates: int64 [patches, 2], row and column.
        """
        tower = self.tower
        kernel = tower.patch_embed.proj
        states = nn.functional.linear(patches.to(self._type), kernel.weight.flatten(1), kernel.bias)
        places = tower.pos_embed(position_index) * position_weight.to(self._type).unsqueeze(-1)
        states = states + places.sum(1)
        cos, sin = self._turns(self.cos, coordinates), self._turns(self.sin, coordinates)
        deepstack = []
        for number, block in enumerate(tower.blocks):
            states = states + self._attend(block.attn, block.norm1(states), cos, sin)
            states = states + block.mlp(block.norm2(states))
            if number in tower.deepstack_visual_indexes:
                merger = tower.deepstack_merger_list[tower.deepstack_visual_indexes.index(number)]
                deepstack.append(merger(states))
        return tower.merger(states).to(torch.float32), torch.stack(deepstack).to(torch.float32)

    def _attend(self, attention: Any, states: Tensor, cos: Tensor, sin: Tensor) -> Tensor:  # noqa: ANN401
        count = states.shape[0]
        query, key, value = attention.qkv(states).reshape(count, 3, self.heads, -1).permute(1, 2, 0, 3).unbind(0)
        query, key = rotated(query, cos, sin), rotated(key, cos, sin)
        scores = (query * attention.scaling) @ key.transpose(1, 2)
        weights = scores.to(torch.float32).softmax(dim=-1).to(query.dtype)
        seen = (weights @ value).transpose(0, 1).reshape(count, -1)
        turned: Tensor = attention.proj(seen)
        return turned


class Qwen3VlExporter(Exporter):
    """Qwen3-VL."""

    network = Qwen3VLForConditionalGeneration

    def build(self, source: DescriberSource, token_ids: Mapping[str, int]) -> nn.Module:
        """Return the network with weights at random."""
        return build(source, dict(token_ids))

    def pictures(self, source: DescriberSource) -> PictureSettings:
        """Return how its pictures are cut."""
        cut = source.pictures
        if not isinstance(cut, PictureInput):
            raise TypeError(f"{source.name} does not cut pictures into patches")
        return PictureSettings(
            patch=cut.patch,
            merge=cut.merge,
            frames=cut.frames,
            mean=cut.mean,
            std=cut.std,
            fewest_pixels=cut.fewest_pixels,
            most_pixels=cut.most_pixels,
            grid_side=round(float(source.vision["num_position_embeddings"]) ** 0.5),
        )

    def vision(self, source: DescriberSource, network: Any) -> Traced:  # noqa: ANN401
        """Return the tower's graph."""
        cut = self.pictures(source)
        longest = int((cut.most_pixels * LONGEST_SHAPE) ** 0.5) // cut.patch + cut.merge
        inputs = (
            torch.zeros(24, 3 * cut.frames * cut.patch**2),
            torch.zeros(24, 4, dtype=torch.int64),
            torch.zeros(24, 4),
            torch.zeros(24, 2, dtype=torch.int64),
        )
        # Whole tokens: each is of merge x merge patches.
        tokens = torch.export.Dim("tokens", min=1, max=65536)
        return Traced(VisionGraph(network, longest), inputs, tuple({0: cut.merge**2 * tokens} for _ in inputs))

    def decoder(self, source: DescriberSource, network: Any) -> DecoderGraph:  # noqa: ANN401
        """Return the decoder's graph."""
        return DecoderGraph(network, source.positions, self.deepstack_layers(source))

    def deepstack_layers(self, source: DescriberSource) -> int:
        """Return how many layers more of the pictures is added to."""
        return len(source.vision["deepstack_visual_indexes"])
