"""What several encoders' entries have in common."""

from __future__ import annotations

from shelfmatch_triton.sources.kinds import Precision
from shelfmatch_triton.sources.model import Configuration, Tolerance

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
