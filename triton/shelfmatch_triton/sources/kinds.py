"""What encoders are told apart by."""

from __future__ import annotations

from enum import StrEnum


class Task(StrEnum):
    """What an encoder is for. Towers of one ``space`` share their vectors: a text finds pictures."""

    IMAGE = "image"
    TEXT = "text"
    IMAGE_TOWER = "image tower"
    TEXT_TOWER = "text tower"


class Family(StrEnum):
    """Networks that one exporter knows."""

    DINOV2 = "dinov2"
    CLIP_IMAGE = "clip-image"
    CLIP_TEXT = "clip-text"
    SIGLIP2_IMAGE = "siglip2-image"
    SIGLIP2_TEXT = "siglip2-text"
    EFFICIENTNET_LITE = "efficientnet-lite"
    BERT = "bert"
    GPT2 = "gpt2"


class Precision(StrEnum):
    """What a graph computes in."""

    FP32 = "fp32"
    FP16 = "fp16"
    INT8 = "int8"
    FP8 = "fp8"


class Size(StrEnum):
    """How much of a network is built."""

    FULL = "full"
    REDUCED = "reduced"
    """The same operators, small enough to be built anew on every change."""


class Pooling(StrEnum):
    """How a text's vector is made of its tokens'."""

    MEAN = "mean"
    LAST = "last"
    """The last token that is no padding: where CLIP's tokenizer puts its end mark."""
    PADDED_LAST = "padded-last"
    """The last place of the text padded to its full length with zeros, as SigLIP is trained."""
