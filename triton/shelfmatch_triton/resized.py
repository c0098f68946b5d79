"""The shipped image encoder for views of another resolution: other vectors of the same weights, by Python alone."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from shelfmatch_triton.graphs import image_graph
from shelfmatch_triton.identity import EncoderIdentity, hash_files
from shelfmatch_triton.registry import IMAGE_VIEWS
from shelfmatch_triton.sources.images import EFFICIENTNET_LITE0
from shelfmatch_triton.sources.kinds import Size

STRIDES = 32
"""Pixels of a view that become one of the network's last map; its paddings are those of whole ones."""
LEAST_SIDE = 96
LARGEST_SIDE = 448
"""The engine cuts its views out of pictures of so many pixels."""


def resize(weights: Path, side: int, target: Path) -> Path:
    """Write ``<name>.onnx`` and ``<name>.json`` to the folder ``target``; return the graph's file.

    Args:
        weights: the folder of the shipped weights.
        side: of the square views, in pixels.
        target: for example ``models`` in the app's data folder, where it can be chosen.

    Raises:
        OSError: a file can't be read or written.
        ValueError: the network can't look at such views.
    """
    if side % STRIDES != 0 or not LEAST_SIDE <= side <= LARGEST_SIDE:
        raise ValueError(f"the side must be a multiple of {STRIDES} from {LEAST_SIDE} to {LARGEST_SIDE}, not {side}")
    model = EFFICIENTNET_LITE0.at(Size.FULL, side)
    shipped = weights / IMAGE_VIEWS.hashed[0]
    target.mkdir(parents=True, exist_ok=True)
    file = target / f"{model.name}.onnx"
    file.write_bytes(image_graph(side).wrap(shipped.read_bytes()))
    identity = EncoderIdentity(
        model=model.name,
        weights=hash_files([shipped]),
        precision=IMAGE_VIEWS.precision,
        preprocessing=model.input.preprocessing,
        dimensions=model.dimensions,
    )
    record = {
        "parameters": identity.parameters,
        "sha256": hash_files([file]),
        "weights": "shipped",
        "licence": model.licence,
        "source": asdict(model),
    }
    file.with_suffix(".json").write_text(f"{json.dumps(record, indent=2)}\n", encoding="utf-8")
    return file
