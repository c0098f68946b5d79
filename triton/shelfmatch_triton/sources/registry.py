"""The encoders: one entry each, from which weights are fetched, graphs are exported and checked, and models served."""

from __future__ import annotations

import re
from collections.abc import Mapping

from shelfmatch_triton.sources.images import DINOV2_BASE, DINOV2_SMALL, EFFICIENTNET_LITE0
from shelfmatch_triton.sources.kinds import Size
from shelfmatch_triton.sources.model import SourceModel
from shelfmatch_triton.sources.texts import ALL_MINILM_L6_V2, BERT_BASE, GPT2
from shelfmatch_triton.sources.towers import CLIP_IMAGE, CLIP_TEXT, SIGLIP2_IMAGE, SIGLIP2_TEXT

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
