"""Pictures to patches, number for number as the publishers' processor makes them."""

from __future__ import annotations

import io
import math

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from shelfmatch_triton.describe.runtime.request import Fault, RequestError
from shelfmatch_triton.describe.runtime.settings import PictureSettings
from shelfmatch_triton.describe.runtime.shown import Grid

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 100_000_000
LONGEST_SHAPE = 200
"""A side may be this many times the other."""

Floats = npt.NDArray[np.float32]


def decode(file: bytes, name: str) -> Image.Image:
    """Return the picture, upright, in RGB.

    Raises:
        RequestError: the file is no picture, is damaged, has too many pixels or is too long; ``name`` says which.
    """
    try:
        with Image.open(io.BytesIO(file), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                size = f"{picture.width} x {picture.height}"
                raise RequestError(Fault.INVALID, f"{name} has {size} pixels: send {MOST_PIXELS} at the most")
            if max(picture.size) > LONGEST_SHAPE * min(picture.size):
                size = f"{picture.width} x {picture.height}"
                reason = f"{name} of {size} pixels is too long: cut it to {LONGEST_SHAPE} to 1 or less"
                raise RequestError(Fault.INVALID, reason)
            return ImageOps.exif_transpose(picture).convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        reason = f"{name} can't be read as {', '.join(FORMATS)} ({error}): send the file as it was taken"
        raise RequestError(Fault.INVALID, reason) from error


def fit(height: int, width: int, settings: PictureSettings) -> tuple[int, int]:
    """Return the height and width that a picture is resized to: whole tokens, near its shape, within the limits."""
    factor = settings.patch * settings.merge
    # round() to even, as the publishers'.
    rows, columns = round(height / factor) * factor, round(width / factor) * factor
    if rows * columns > settings.most_pixels:
        shrink = math.sqrt((height * width) / settings.most_pixels)
        rows = max(factor, math.floor(height / shrink / factor) * factor)
        columns = max(factor, math.floor(width / shrink / factor) * factor)
    elif rows * columns < settings.fewest_pixels:
        grow = math.sqrt(settings.fewest_pixels / (height * width))
        rows = math.ceil(height * grow / factor) * factor
        columns = math.ceil(width * grow / factor) * factor
    return rows, columns


def patches(picture: Image.Image, settings: PictureSettings) -> tuple[Floats, Grid]:
    """Return float32 [patches, 3 * frames * patch * patch], in blocks that merge to a token, and their grid."""
    height, width = fit(picture.height, picture.width, settings)
    resized = picture.resize((width, height), Image.Resampling.BICUBIC)
    pixels = (np.asarray(resized).astype(np.float64) * (1 / 255)).astype(np.float32)
    mean, std = np.asarray(settings.mean, np.float32), np.asarray(settings.std, np.float32)
    channels = ((pixels - mean) / std).transpose(2, 0, 1)
    side, merge = settings.patch, settings.merge
    rows, columns = height // side, width // side
    blocks = channels.reshape(3, rows // merge, merge, side, columns // merge, merge, side)
    # Block's row and column, row and column in the block, channel, pixels.
    ordered = blocks.transpose(1, 4, 2, 5, 0, 3, 6)
    still = np.broadcast_to(
        ordered[:, :, :, :, :, np.newaxis], (*ordered.shape[:5], settings.frames, *ordered.shape[5:])
    )
    return np.ascontiguousarray(still.reshape(rows * columns, -1)), (rows, columns)
