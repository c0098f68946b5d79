"""The networks that can be made to describe pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from shelfmatch_triton.describe.source import DescriberSource, Family, PictureInput, SpecialTokens, TileInput

QWEN3_PICTURES = PictureInput(
    patch=16,
    merge=2,
    frames=2,
    mean=(0.5, 0.5, 0.5),
    std=(0.5, 0.5, 0.5),
    fewest_pixels=256 * 256,
    most_pixels=4096 * 4096,
)

QWEN3_VL_2B = DescriberSource(
    name="qwen3-vl-2b",
    family=Family.QWEN3_VL,
    repository="Qwen/Qwen3-VL-2B-Instruct",
    licence="Apache-2.0",
    vision={
        "depth": 24,
        "hidden_size": 1024,
        "hidden_act": "gelu_pytorch_tanh",
        "intermediate_size": 4096,
        "num_heads": 16,
        "in_channels": 3,
        "patch_size": 16,
        "spatial_merge_size": 2,
        "temporal_patch_size": 2,
        "out_hidden_size": 2048,
        "num_position_embeddings": 2304,
        "deepstack_visual_indexes": [5, 11, 17],
    },
    text={
        "vocab_size": 151936,
        "hidden_size": 2048,
        "intermediate_size": 6144,
        "num_hidden_layers": 28,
        "num_attention_heads": 16,
        "num_key_value_heads": 8,
        "head_dim": 128,
        "hidden_act": "silu",
        "max_position_embeddings": 262144,
        "rms_norm_eps": 1e-6,
        "rope_parameters": {
            "rope_type": "default",
            "rope_theta": 5_000_000.0,
            "mrope_section": [24, 20, 20],
            "mrope_interleaved": True,
        },
        "attention_bias": False,
        "tie_word_embeddings": True,
    },
    pictures=QWEN3_PICTURES,
    tokens=SpecialTokens(
        turn_start="<|im_start|>",
        turn_end="<|im_end|>",
        picture_start="<|vision_start|>",
        picture="<|image_pad|>",
        picture_end="<|vision_end|>",
        ends=("<|im_end|>", "<|endoftext|>"),
    ),
    # Sides are multiples of 64 and 128, which blocks of INT4 weights want; grouped attention and three axes of
    # positions stay as they are.
    reduced_vision={
        "depth": 4,
        "hidden_size": 128,
        "intermediate_size": 256,
        "num_heads": 4,
        "out_hidden_size": 128,
        "num_position_embeddings": 64,
        "deepstack_visual_indexes": [0, 1, 2],
    },
    reduced_text={
        "vocab_size": 2048,
        "hidden_size": 128,
        "intermediate_size": 256,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 32,
        "max_position_embeddings": 4096,
        "rope_parameters": {
            "rope_type": "default",
            "rope_theta": 10_000.0,
            "mrope_section": [6, 5, 5],
            "mrope_interleaved": True,
        },
    },
    reduced_pictures=replace(QWEN3_PICTURES, fewest_pixels=64 * 64, most_pixels=160 * 160),
    positions=8192,
    reduced_positions=1024,
)

LLAVA_TILES = TileInput(mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5), grid=6, most_tiles=9)

LLAVA_ONEVISION_05B = DescriberSource(
    name="llava-onevision-0.5b",
    family=Family.LLAVA_ONEVISION,
    repository="llava-hf/llava-onevision-qwen2-0.5b-ov-hf",
    licence="Apache-2.0",
    vision={
        "hidden_size": 1152,
        "intermediate_size": 4304,
        "num_hidden_layers": 26,
        "num_attention_heads": 16,
        "image_size": 384,
        "patch_size": 14,
        "vision_use_head": False,
    },
    text={
        "vocab_size": 152000,
        "hidden_size": 896,
        "intermediate_size": 4864,
        "num_hidden_layers": 24,
        "num_attention_heads": 14,
        "num_key_value_heads": 2,
        "hidden_act": "silu",
        "max_position_embeddings": 32768,
        "rms_norm_eps": 1e-6,
        "rope_parameters": {"rope_type": "default", "rope_theta": 1_000_000.0},
        "tie_word_embeddings": True,
    },
    pictures=LLAVA_TILES,
    tokens=SpecialTokens(
        turn_start="<|im_start|>",
        turn_end="<|im_end|>",
        picture="<image>",
        ends=("<|im_end|>", "<|endoftext|>"),
    ),
    reduced_vision={
        "hidden_size": 128,
        "intermediate_size": 256,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "image_size": 32,
        "patch_size": 8,
    },
    reduced_text={
        "vocab_size": 2048,
        "hidden_size": 128,
        "intermediate_size": 256,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "max_position_embeddings": 4096,
        "rope_parameters": {"rope_type": "default", "rope_theta": 10_000.0},
    },
    # Fewer tiles are kept than fit: features are made fewer, as of the largest pictures.
    reduced_pictures=replace(LLAVA_TILES, grid=4, most_tiles=4),
    positions=16384,
    reduced_positions=1024,
)

DESCRIBERS: Mapping[str, DescriberSource] = {source.name: source for source in (QWEN3_VL_2B, LLAVA_ONEVISION_05B)}
