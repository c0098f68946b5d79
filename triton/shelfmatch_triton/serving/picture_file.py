"""Picture files, read with Pillow: what the engine would do with sharp, whose pixels are others."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 64 * 1024 * 1024
MOST_PIXELS = 100_000_000
"""As in engine/picture/decode.ts."""

# The limit above is checked before anything is decoded; Pillow's own would warn of less, and forbid the double.
Image.MAX_IMAGE_PIXELS = None


def decode(file: bytes, side: int) -> npt.NDArray[np.uint8]:
    """Return the view ``whole``, uint8 RGB [side, side, 3]: upright, its first frame, on white, squeezed square.

    Raises:
        ValueError: the file is empty, too large, damaged or of another kind; the message says which.
    """
    if not file:
        raise ValueError("is empty")
    if len(file) > MOST_BYTES:
        raise ValueError(f"has {len(file)} bytes, more than {MOST_BYTES}; make it smaller")
    picture = _open(file)
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise ValueError(f"has {width} x {height} pixels, more than {MOST_PIXELS}; make it smaller")
    try:
        # Never decoded larger than twice of what is kept: JPEG has smaller forms of itself.
        picture.draft("RGB", (2 * side, 2 * side))
        # In place: of a picture of 100 megapixels each copy is 400 MB.
        ImageOps.exif_transpose(picture, in_place=True)
        return np.asarray(_in_colour(picture).resize((side, side), Image.Resampling.BILINEAR), np.uint8)
    # Damaged files end decoders in all kinds of errors, and one that went through would fail the pictures beside it.
    except Exception as error:
        raise ValueError(f"is damaged or cut short: {error}") from error


def _open(file: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(file), formats=FORMATS)
    except Exception as error:  # As above.
        raise ValueError(f"could not be read as {', '.join(FORMATS)}: {error}") from error


def _in_colour(picture: Image.Image) -> Image.Image:
    """Return 8 bits of red, green and blue; what shines through is white."""
    if picture.mode.startswith("I"):
        # Grey of 16 bits, which Pillow's own conversion cuts off at 255.
        return Image.fromarray((np.asarray(picture, np.uint32) >> 8).astype(np.uint8)).convert("RGB")
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    clear = picture if picture.mode == "RGBA" else picture.convert("RGBA")
    white = Image.new("RGB", picture.size, "white")
    white.paste(clear, mask=clear.getchannel("A"))
    return white
