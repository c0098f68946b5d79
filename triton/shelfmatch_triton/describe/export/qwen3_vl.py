"""Qwen3-VL (https://arxiv.org/abs/2511.21631): tower with DeepStack, decoder with M-RoPE, as graphs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from torch import Tensor, nn
from transformers import Qwen3VLConfig, Qwen3VLForConditionalGeneration

from shelfmatch_triton.describe.source import DescriberSource
from shelfmatch_triton.export.parts import MASKED
from shelfmatch_triton.sources.weights import WeightsError


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


def load(source: DescriberSource, folder: Path) -> nn.Module:
    """Return the published network with the weights of a folder, which nothing may be missing in.

    Raises:
        WeightsError: they are not of this network.
    """
    try:
        network, report = Qwen3VLForConditionalGeneration.from_pretrained(
            folder, dtype=torch.float32, local_files_only=True, output_loading_info=True
        )
    except (RuntimeError, OSError, ValueError, SafetensorError) as error:
        raise WeightsError(f"{folder} does not fit {source.name}: {error}") from error
    if report["missing_keys"] or report["mismatched_keys"]:
        absent = sorted(map(str, [*report["missing_keys"], *report["mismatched_keys"]]))
        raise WeightsError(f"{folder} lacks weights of {source.name}: {', '.join(absent[:3])} ({len(absent)} in all)")
    loaded: nn.Module = network
    return loaded.eval()


def _rotated(states: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = states.shape[-1] // 2
    turned = torch.cat((-states[..., half:], states[..., :half]), dim=-1)
    return states * cos + turned * sin


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
        query, key = _rotated(query, cos, sin), _rotated(key, cos, sin)
        scores = (query * attention.scaling) @ key.transpose(1, 2)
        weights = scores.to(torch.float32).softmax(dim=-1).to(query.dtype)
        seen = (weights @ value).transpose(0, 1).reshape(count, -1)
        turned: Tensor = attention.proj(seen)
        return turned


class DecoderGraph(nn.Module):
    """Tokens behind what is in the cache to the scores of the next one, and to what the cache gets.

    The cache is read where it lies and never copied: the graph gives the new tokens' keys and values alone, and whoever
    runs it writes them behind the others.
    """

    def __init__(self, network: Any, positions: int) -> None:  # noqa: ANN401
        """Keep the decoder; ``positions``: tokens of prompt and answer, at the most."""
        super().__init__()
        self.text = network.model.language_model
        self.head = network.lm_head
        config = self.text.config
        self.heads, self.shared, self.width = config.num_attention_heads, config.num_key_value_heads, config.head_dim
        self.deepstack_layers = len(network.config.vision_config.deepstack_visual_indexes)
        rotary = self.text.rotary_emb
        angles = torch.arange(positions, dtype=torch.float32).unsqueeze(1) * rotary.inv_freq.to(torch.float32)
        self.register_buffer("cos", angles.cos().to(self._type))
        self.register_buffer("sin", angles.sin().to(self._type))
        # Interleaved M-RoPE: each frequency turns by one of the three coordinates.
        axis = torch.zeros(len(rotary.inv_freq), dtype=torch.int64)
        for number in (1, 2):
            axis[number : 3 * rotary.mrope_section[number] : 3] = number
        for number, name in enumerate(("by_time", "by_row", "by_column")):
            self.register_buffer(name, (axis == number).to(self._type))

    @property
    def _type(self) -> torch.dtype:
        kind: torch.dtype = self.text.embed_tokens.weight.dtype
        return kind

    @property
    def layers(self) -> int:
        """Return how many layers keep keys and values."""
        return len(self.text.layers)

    @property
    def inputs(self) -> tuple[str, ...]:
        """Return the inputs' names, in order."""
        past = [f"past_{kind}.{layer}" for layer in range(self.layers) for kind in ("key", "value")]
        fixed = ("input_ids", "position_ids", "past_lengths", "last", "visual", "deepstack", "visual_index")
        return (*fixed, *past)

    @property
    def outputs(self) -> tuple[str, ...]:
        """Return the outputs' names, in order."""
        return ("logits", *(f"new_{kind}.{layer}" for layer in range(self.layers) for kind in ("key", "value")))

    def _turns(self, table: Tensor, position_ids: Tensor) -> Tensor:
        time, row, column = table[position_ids].unbind(0)
        mixed = time * self.by_time + row * self.by_row + column * self.by_column
        return torch.cat((mixed, mixed), dim=-1).unsqueeze(1)

    def forward(
        self,
        input_ids: Tensor,
        position_ids: Tensor,
        past_lengths: Tensor,
        last: Tensor,
        visual: Tensor,
        deepstack: Tensor,
        visual_index: Tensor,
        *past: Tensor,
    ) -> tuple[Tensor, ...]:
        """Return the scores, float32 [n, vocabulary], then each layer's new keys and values [n, heads, tokens, width].

        Args:
            input_ids: int64 [n, tokens]; what stands behind a shorter text is never seen by it.
            position_ids: int64 [3, n, tokens], by time, row and column.
            past_lengths: int64 [n], how much of the cache is a text's own.
            last: int64 [n], place of the token whose successor is asked for.
            visual: float32 [1 + pictures' tokens, width]; the first row is zeros.
            deepstack: float32 [layers of DeepStack, 1 + pictures' tokens, width]; so is theirs.
            visual_index: int64 [n, tokens], row of ``visual`` that takes a token's place; 0 where none does.
            past: keys and values of each layer in turn, [n, heads, past, width].
        """
        is_visual = (visual_index > 0).unsqueeze(-1)
        states = torch.where(is_visual, visual.to(self._type)[visual_index], self.text.embed_tokens(input_ids))
        cos, sin = self._turns(self.cos, position_ids), self._turns(self.sin, position_ids)
        masks = self._masks(input_ids, past_lengths, past[0])
        new: list[Tensor] = []
        for number, layer in enumerate(self.text.layers):
            kept = (past[2 * number], past[2 * number + 1])
            seen, key, value = self._attend(layer.self_attn, layer.input_layernorm(states), (cos, sin), kept, masks)
            states = states + seen
            states = states + layer.mlp(layer.post_attention_layernorm(states))
            if number < self.deepstack_layers:
                states = states + deepstack[number].to(self._type)[visual_index]
            new += [key, value]
        # Only what is asked for goes through the largest matrix of all.
        chosen = states.gather(1, last.view(-1, 1, 1).expand(-1, 1, states.shape[-1])).squeeze(1)
        return (self.head(self.text.norm(chosen)).to(torch.float32), *new)

    def _masks(self, input_ids: Tensor, past_lengths: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """Return what is added to the scores of the cache [n, 1, 1, past], and of the new [1, 1, tokens, tokens]."""
        behind = torch.arange(past.shape[2]).unsqueeze(0) >= past_lengths.unsqueeze(1)
        places = torch.arange(input_ids.shape[1])
        later = places.unsqueeze(0) > places.unsqueeze(1)
        return (behind.to(self._type) * MASKED)[:, None, None, :], (later.to(self._type) * MASKED)[None, None]

    def _attend(
        self,
        attention: Any,  # noqa: ANN401
        states: Tensor,
        turns: tuple[Tensor, Tensor],
        past: tuple[Tensor, Tensor],
        masks: tuple[Tensor, Tensor],
    ) -> tuple[Tensor, Tensor, Tensor]:
        count, length = states.shape[0], states.shape[1]
        query = attention.q_norm(attention.q_proj(states).view(count, length, self.heads, self.width)).transpose(1, 2)
        key = attention.k_norm(attention.k_proj(states).view(count, length, self.shared, self.width)).transpose(1, 2)
        value = attention.v_proj(states).view(count, length, self.shared, self.width).transpose(1, 2)
        query, key = _rotated(query, *turns) * attention.scaling, _rotated(key, *turns)
        # Heads that share keys stand together: [n, shared, heads of each * tokens, width].
        together = query.reshape(count, self.shared, -1, self.width)
        group = self.heads // self.shared
        of_past = together @ past[0].transpose(2, 3)
        of_new = together @ key.transpose(2, 3)
        mask_past, mask_new = masks
        of_past = of_past + mask_past
        of_new = of_new + mask_new.repeat(1, 1, group, 1)
        # One softmax over both, without putting the cache and the new keys into one tensor.
        weights = torch.cat((of_past, of_new), dim=-1).to(torch.float32).softmax(dim=-1).to(query.dtype)
        held = past[0].shape[2]
        seen = weights[..., :held] @ past[1] + weights[..., held:] @ value
        seen = seen.view(count, self.heads, length, self.width).transpose(1, 2).reshape(count, length, -1)
        return attention.o_proj(seen), key, value
