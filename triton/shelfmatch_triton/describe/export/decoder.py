"""Decoders of Qwen2's and Qwen3's layers as graphs with an explicit cache."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from shelfmatch_triton.export.parts import MASKED


def rotated(states: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = states.shape[-1] // 2
    turned = torch.cat((-states[..., half:], states[..., :half]), dim=-1)
    return states * cos + turned * sin


class DecoderGraph(nn.Module):
    """Tokens behind what is in the cache to the scores of the next one, and to what the cache gets.

    The cache is read where it lies and never copied: the graph gives the new tokens' keys and values alone, and whoever
    runs it writes them behind the others.
    """

    def __init__(self, network: Any, positions: int, deepstack_layers: int = 0) -> None:  # noqa: ANN401
        """Keep the decoder.

        Args:
            network: with ``model.language_model``, of Qwen2's or Qwen3's layers, and ``lm_head``.
            positions: tokens of prompt and answer, at the most.
            deepstack_layers: to which more of the pictures is added.
        """
        super().__init__()
        self.text = network.model.language_model
        self.head = network.lm_head
        self.deepstack_layers = deepstack_layers
        config, attention = self.text.config, self.text.layers[0].self_attn
        self.heads, self.shared, self.width = (
            config.num_attention_heads,
            config.num_key_value_heads,
            attention.head_dim,
        )
        rotary = self.text.rotary_emb
        angles = torch.arange(positions, dtype=torch.float32).unsqueeze(1) * rotary.inv_freq.to(torch.float32)
        # Looked up rather than computed: the angle of a far place is not exact in FP16, its sine is.
        self.register_buffer("cos", angles.cos().to(self._type))
        self.register_buffer("sin", angles.sin().to(self._type))
        # Interleaved M-RoPE: each frequency turns by one of the three coordinates. Without it, all turn by the first.
        axis = torch.zeros(len(rotary.inv_freq), dtype=torch.int64)
        self.sections: list[int] | None = getattr(rotary, "mrope_section", None)
        if self.sections is not None:
            for number in (1, 2):
                axis[number : 3 * self.sections[number] : 3] = number
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
        deepstack = ["deepstack"] if self.deepstack_layers > 0 else []
        return ("input_ids", "position_ids", "past_lengths", "last", "visual", "visual_index", *deepstack, *past)

    @property
    def outputs(self) -> tuple[str, ...]:
        """Return the outputs' names, in order."""
        return ("logits", *(f"new_{kind}.{layer}" for layer in range(self.layers) for kind in ("key", "value")))

    def _turns(self, table: Tensor, position_ids: Tensor) -> Tensor:
        if self.sections is None:
            mixed = table[position_ids[0]]
        else:
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
        visual_index: Tensor,
        *rest: Tensor,
    ) -> tuple[Tensor, ...]:
        """Return the scores, float32 [n, vocabulary], then each layer's new keys and values [n, heads, tokens, width].

        Args:
            input_ids: int64 [n, tokens]; what stands behind a shorter text is never seen by it.
            position_ids: int64 [3, n, tokens], by time, row and column.
            past_lengths: int64 [n], how much of the cache is a text's own.
            last: int64 [n], place of the token whose successor is asked for.
            visual: float32 [1 + pictures' tokens, width]; the first row is zeros.
            visual_index: int64 [n, tokens], row of ``visual`` that takes a token's place; 0 where none does.
            rest: where there is one, DeepStack, float32 [layers, 1 + pictures' tokens, width], whose first rows are
                zeros; then keys and values of each layer in turn, [n, heads, past, width].
        """
        deepstack, past = (rest[0], rest[1:]) if self.deepstack_layers > 0 else (None, rest)
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
            if deepstack is not None and number < self.deepstack_layers:
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
        query = attention.q_proj(states).view(count, length, self.heads, self.width)
        key = attention.k_proj(states).view(count, length, self.shared, self.width)
        if hasattr(attention, "q_norm"):
            query, key = attention.q_norm(query), attention.k_norm(key)
        query, key = query.transpose(1, 2), key.transpose(1, 2)
        value = attention.v_proj(states).view(count, length, self.shared, self.width).transpose(1, 2)
        query, key = rotated(query, *turns) * attention.scaling, rotated(key, *turns)
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
