"""The networks that can be made to describe pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from shelfmatch_triton.describe.source import (
    Configuration,
    DescriberSource,
    Family,
    PictureInput,
    SpecialTokens,
    TileInput,
)

REDUCED_TEXT: Configuration = {
    "vocab_size": 2048,
    "hidden_size": 128,
    "intermediate_size": 256,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 4096,
}
"""Sides are multiples of 64 and 128, which blocks of INT4 weights want; attention stays grouped."""
REDUCED_QWEN2: Configuration = {**REDUCED_TEXT, "num_hidden_layers": 2}
"""The first layer and one that reads what another wrote; DeepStack, which wants more, is not here."""
REDUCED_TILES_TOWER: Configuration = {
    "hidden_size": 128,
    "intermediate_size": 256,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
}

QWEN2_05B: Configuration = {
    "hidden_size": 896,
    "intermediate_size": 4864,
    "num_hidden_layers": 24,
    "num_attention_heads": 14,
    "num_key_value_heads": 2,
    "hidden_act": "silu",
    "max_position_embeddings": 32768,
    "rms_norm_eps": 1e-6,
}
"""Qwen2's and Qwen2.5's 0.5B."""

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
        **REDUCED_TEXT,
        "head_dim": 32,
        # Three axes of positions stay three.
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
        **QWEN2_05B,
        "vocab_size": 152000,
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
    reduced_vision={**REDUCED_TILES_TOWER, "image_size": 32, "patch_size": 8},
    reduced_text={**REDUCED_QWEN2, "rope_parameters": {"rope_type": "default", "rope_theta": 10_000.0}},
    # Fewer tiles are kept than fit: features are made fewer, as of the largest pictures.
    reduced_pictures=replace(LLAVA_TILES, grid=4, most_tiles=4),
    positions=16384,
    reduced_positions=1024,
)

INTERNVL3_TILES = TileInput(mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225), grid=12, most_tiles=12)

INTERNVL3_1B = DescriberSource(
    name="internvl3-1b",
    family=Family.INTERNVL,
    repository="OpenGVLab/InternVL3-1B-hf",
    # Of InternViT and what was trained, and of Qwen2.5-0.5B below it.
    licence="MIT AND Apache-2.0",
    vision={
        "hidden_size": 1024,
        "intermediate_size": 4096,
        "num_hidden_layers": 24,
        "num_attention_heads": 16,
        "hidden_act": "gelu",
        "attention_bias": True,
        "use_qk_norm": False,
        "norm_type": "layer_norm",
        "image_size": [448, 448],
        "patch_size": [14, 14],
    },
    text={
        **QWEN2_05B,
        "vocab_size": 151674,
        # Turns slower beyond ``max_position_embeddings``, which no graph reaches.
        "rope_parameters": {"rope_type": "dynamic", "factor": 2.0, "rope_theta": 1_000_000.0},
        "tie_word_embeddings": False,
    },
    pictures=INTERNVL3_TILES,
    tokens=SpecialTokens(
        turn_start="<|im_start|>",
        turn_end="<|im_end|>",
        picture_start="<img>",
        picture="<IMG_CONTEXT>",
        picture_end="</img>",
        ends=("<|im_end|>",),
    ),
    reduced_vision={**REDUCED_TILES_TOWER, "image_size": [32, 32], "patch_size": [8, 8]},
    reduced_text={
        **REDUCED_QWEN2,
        "rope_parameters": {"rope_type": "dynamic", "factor": 2.0, "rope_theta": 10_000.0},
    },
    reduced_pictures=INTERNVL3_TILES,
    positions=16384,
    reduced_positions=1024,
)

DESCRIBERS: Mapping[str, DescriberSource] = {
    source.name: source for source in (QWEN3_VL_2B, LLAVA_ONEVISION_05B, INTERNVL3_1B)
}
