"""Picture files of all kinds become the views that they show; others say why not."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from shelfmatch_triton.serving.picture_file import MOST_BYTES, decode

SIDE = 32
RANDOM = np.random.default_rng(3)
PIXELS = RANDOM.integers(0, 256, (SIDE, SIDE, 3), np.uint8)
ORIENTATION = 0x0112


def written(picture: Image.Image, kind: str, **options: object) -> bytes:
    """Return the picture's file."""
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def off(view: npt.NDArray[np.uint8], wanted: npt.NDArray[np.uint8]) -> float:
    """Return the mean difference."""
    return float(np.abs(view.astype(float) - wanted).mean())


@pytest.mark.parametrize(("kind", "options"), [("PNG", {}), ("WEBP", {"lossless": True})])
def test_what_loses_nothing_arrives_as_it_was(kind: str, options: dict[str, object]) -> None:
    """At its own side nothing is resampled."""
    assert np.array_equal(decode(written(Image.fromarray(PIXELS), kind, **options), SIDE), PIXELS)


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_jpegs_of_every_colour_are_near(mode: str) -> None:
    """Colour, grey and print."""
    smooth = Image.fromarray(PIXELS).resize((8, 8)).resize((SIDE, SIDE)).convert(mode)
    wanted = np.asarray(smooth.convert("RGB"))
    assert off(decode(written(smooth, "JPEG", quality=100, subsampling=0), SIDE), wanted) < 2


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_turned_pictures_are_put_upright(kind: str) -> None:
    """A camera held sideways says so in EXIF: 6 is shown turned clockwise by a quarter."""
    ramp = np.zeros((SIDE, SIDE, 3), np.uint8)
    ramp[: SIDE // 2] = 250
    lying = Image.fromarray(np.rot90(ramp))
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    lossless = {"lossless": True} if kind == "WEBP" else {}
    assert off(decode(written(lying, kind, exif=exif, **lossless), SIDE), ramp) < 2
    assert off(decode(written(lying, kind, **lossless), SIDE), ramp) > 100


def test_what_shines_through_is_white() -> None:
    """Alpha, and one colour of a palette that means nothing."""
    clear = Image.new("RGBA", (SIDE, SIDE), (10, 20, 30, 0))
    assert decode(written(clear, "PNG"), SIDE).min() == 255
    half = Image.new("RGBA", (SIDE, SIDE), (0, 0, 0, 128))
    assert decode(written(half, "PNG"), SIDE)[0, 0].tolist() == [127] * 3
    palette = Image.new("P", (SIDE, SIDE), 1)
    palette.putpalette([0, 0, 0, 200, 0, 0])
    assert decode(written(palette, "PNG", transparency=1), SIDE).min() == 255
    assert decode(written(palette, "PNG"), SIDE)[0, 0].tolist() == [200, 0, 0]


def test_grey_of_16_bits_keeps_its_steps() -> None:
    """And is not cut off at 255."""
    grey = (np.arange(SIDE * SIDE, dtype=np.uint16) * 64).reshape(SIDE, SIDE)
    view = decode(written(Image.fromarray(grey), "PNG"), SIDE)
    assert np.array_equal(view[..., 0], (grey >> 8).astype(np.uint8))


def test_an_animation_gives_its_first_frame() -> None:
    """Red, then blue."""
    frames = [Image.new("RGB", (SIDE, SIDE), colour) for colour in ("red", "blue")]
    file = written(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    assert decode(file, SIDE)[0, 0].tolist() == [255, 0, 0]


def png_of(width: int, height: int) -> bytes:
    """Return a PNG that says it is so large, and has next to nothing in it."""
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(b"\0" * 99))]
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in [*chunks, (b"IEND", b"")]
    )
    return b"\x89PNG\r\n\x1a\n" + body


JPEG = written(Image.fromarray(PIXELS), "JPEG")
PNG = written(Image.fromarray(PIXELS), "PNG")


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (b"", "is empty"),
        (b"\0" * (MOST_BYTES + 1), "bytes, more than"),
        (png_of(20_000, 5_001), "20000 x 5001 pixels, more than 100000000"),
        (png_of(60_000, 60_000), "60000 x 60000 pixels"),
        (png_of(100, 100), "is damaged or cut short"),
        (JPEG[: len(JPEG) * 9 // 10], "is damaged or cut short"),
        (PNG[: len(PNG) // 2], "is damaged or cut short"),
        (b"not a picture", "could not be read as JPEG, PNG, WEBP"),
        (written(Image.fromarray(PIXELS), "GIF"), "could not be read as JPEG, PNG, WEBP"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "could not be read"),
    ],
    ids=["empty", "heavy", "wide", "vast", "hollow", "half jpeg", "half png", "words", "gif", "svg"],
)
def test_what_is_no_picture_says_why(file: bytes, words: str) -> None:
    """In half a sentence, which stands behind the picture's number."""
    with pytest.raises(ValueError, match=words):
        decode(file, SIDE)


def test_a_file_with_any_byte_wrong_is_decoded_or_refused() -> None:
    """Whatever the decoder makes of it, no other error comes through."""
    for kind, options in (("JPEG", {}), ("PNG", {}), ("WEBP", {"lossless": True})):
        good = written(Image.fromarray(PIXELS), kind, **options)
        for place in RANDOM.integers(0, len(good), 150):
            spoiled = bytearray(good)
            spoiled[place] ^= int(RANDOM.integers(1, 256))
            try:
                assert decode(bytes(spoiled), SIDE).shape == (SIDE, SIDE, 3)
            except ValueError as error:
                assert str(error)
