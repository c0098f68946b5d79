"""Encoders of pictures and of texts that share a space.

Revisions and hashes are those that the hub shows for the default branch at the time of writing.
"""

from __future__ import annotations

from dataclasses import replace

from shelfmatch_triton.sources.inputs import ImageInput, TextInput
from shelfmatch_triton.sources.kinds import Family, Pooling, Task
from shelfmatch_triton.sources.model import SourceModel
from shelfmatch_triton.sources.pins import Hub
from shelfmatch_triton.sources.shared import OPENAI_CLIP, SMALL_TOWER, SYMMETRIC, TOLERANCES

# The published file is PyTorch's own; it is read without running what it could carry (weights_only).
CLIP_HUB = Hub(
    repository="openai/clip-vit-base-patch32",
    revision="3d74acf9a28c67741b2f4f2ea7635f0aaf6f0268",
    weights="pytorch_model.bin",
    sha256="a63082132ba4f97a80bea76823f544493bffa8082296d62d71581a4feff1576f",
)


CLIP_IMAGE = SourceModel(
    name="clip-vit-b32-image",
    task=Task.IMAGE_TOWER,
    family=Family.CLIP_IMAGE,
    hub=CLIP_HUB,
    licence="MIT",
    input=ImageInput(224, *OPENAI_CLIP, published_resize="shorter side to 224 (bicubic), middle 224"),
    dimensions=512,
    tolerances=TOLERANCES,
    configuration={
        "hidden_size": 768,
        "intermediate_size": 3072,
        "num_hidden_layers": 12,
        "num_attention_heads": 12,
        "image_size": 224,
        "patch_size": 32,
        "projection_dim": 512,
        "hidden_act": "quick_gelu",
    },
    reduced={**SMALL_TOWER, "image_size": 64, "projection_dim": 32},
    reduced_dimensions=32,
    reduced_side=64,
    space="clip-vit-b32",
)


CLIP_TEXT = SourceModel(
    name="clip-vit-b32-text",
    task=Task.TEXT_TOWER,
    family=Family.CLIP_TEXT,
    hub=replace(CLIP_HUB, others=("config.json", "tokenizer.json")),
    licence="MIT",
    input=TextInput(max_tokens=77, pooling=Pooling.LAST, lower_case=True, end_mark="<|endoftext|>"),
    dimensions=512,
    tolerances=TOLERANCES,
    configuration={
        "vocab_size": 49408,
        "hidden_size": 512,
        "intermediate_size": 2048,
        "num_hidden_layers": 12,
        "num_attention_heads": 8,
        "max_position_embeddings": 77,
        "projection_dim": 512,
        "hidden_act": "quick_gelu",
        # As published; it makes transformers pool at the largest id, which is the end mark's.
        "eos_token_id": 2,
    },
    reduced={**SMALL_TOWER, "vocab_size": 512, "projection_dim": 32},
    reduced_dimensions=32,
    space="clip-vit-b32",
)


SIGLIP2_HUB = Hub(
    repository="google/siglip2-base-patch16-224",
    revision="75de2d55ec2d0b4efc50b3e9ad70dba96a7b2fa2",
    weights="model.safetensors",
    sha256="612923381c76ec5a9bed335d1c48827e3f2e506ac31b044b63b2031fadee6a0b",
)


SIGLIP2_IMAGE = SourceModel(
    name="siglip2-base-image",
    task=Task.IMAGE_TOWER,
    family=Family.SIGLIP2_IMAGE,
    hub=SIGLIP2_HUB,
    licence="Apache-2.0",
    input=ImageInput(224, *SYMMETRIC, published_resize="squeezed to 224 x 224 (bilinear)"),
    dimensions=768,
    tolerances=TOLERANCES,
    configuration={
        "hidden_size": 768,
        "intermediate_size": 3072,
        "num_hidden_layers": 12,
        "num_attention_heads": 12,
        "image_size": 224,
        "patch_size": 16,
        "hidden_act": "gelu_pytorch_tanh",
    },
    reduced={**SMALL_TOWER, "image_size": 64},
    reduced_dimensions=64,
    reduced_side=64,
    space="siglip2-base",
)


SIGLIP2_TEXT = SourceModel(
    name="siglip2-base-text",
    task=Task.TEXT_TOWER,
    family=Family.SIGLIP2_TEXT,
    hub=replace(SIGLIP2_HUB, others=("config.json", "tokenizer.json")),
    licence="Apache-2.0",
    input=TextInput(max_tokens=64, pooling=Pooling.PADDED_LAST, lower_case=True, end_mark="<eos>"),
    dimensions=768,
    tolerances=TOLERANCES,
    configuration={
        "vocab_size": 256000,
        "hidden_size": 768,
        "intermediate_size": 3072,
        "num_hidden_layers": 12,
        "num_attention_heads": 12,
        "max_position_embeddings": 64,
        "hidden_act": "gelu_pytorch_tanh",
        "projection_size": 768,
    },
    reduced={**SMALL_TOWER, "vocab_size": 512, "projection_size": 64},
    reduced_dimensions=64,
    space="siglip2-base",
)
