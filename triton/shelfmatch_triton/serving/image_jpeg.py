"""Picture files, decoded here with Pillow, to embeddings and classes: for callers that do not decode themselves."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import numpy.typing as npt
import triton_python_backend_utils as pb_utils
from PIL import Image, ImageOps

from shelfmatch_triton.serving.arrays import split_rows
from shelfmatch_triton.serving.image_views import ImageNetwork

SIDE = 224
FORMATS = ("JPEG",)
MOST_PIXELS = 100_000_000


def decode(file: bytes) -> npt.NDArray[np.uint8]:
    """Return the view ``whole`` of a JPEG file: upright, squeezed to uint8 [224, 224, 3].

    Raises:
        ValueError: the file is no JPEG, is damaged or has too many pixels.
    """
    try:
        with Image.open(io.BytesIO(file), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ValueError(f"the picture has {picture.width} x {picture.height} pixels, more than {MOST_PIXELS}")
            # Never decoded larger than twice of what is kept: JPEG has smaller forms of itself.
            picture.draft("RGB", (2 * SIDE, 2 * SIDE))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
            return np.asarray(upright.resize((SIDE, SIDE), Image.Resampling.BILINEAR), np.uint8)
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"the picture could not be read as JPEG: {error}") from error


class TritonPythonModel:
    """Decodes the pictures of all requests and runs them at once; a bad picture fails its own request alone."""

    def initialize(self, args: dict[str, str]) -> None:
        """Load the weights."""
        self.network = ImageNetwork(args)

    def execute(self, requests: list[Any]) -> list[Any]:
        """Return one response a request, in order."""
        decoded = [self._views(request) for request in requests]
        good = [views for views in decoded if not isinstance(views, ValueError)]
        counts = [len(views) for views in good]
        outputs = self.network.run(np.concatenate(good)) if good else {}
        parts = {name: iter(split_rows(rows, counts)) for name, rows in outputs.items()}
        return [
            pb_utils.InferenceResponse(error=pb_utils.TritonError(str(views), pb_utils.TritonError.INVALID_ARG))
            if isinstance(views, ValueError)
            else pb_utils.InferenceResponse([pb_utils.Tensor(name, next(rows)) for name, rows in parts.items()])
            for views in decoded
        ]

    def _views(self, request: Any) -> npt.NDArray[np.uint8] | ValueError:  # noqa: ANN401 - Triton's classes have no types
        files = pb_utils.get_input_tensor_by_name(request, "picture").as_numpy()
        try:
            return np.stack([decode(file) for file in files.ravel()])
        except ValueError as error:
            return error
