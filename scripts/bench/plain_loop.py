"""The plain loop that Shelfmatch is measured against: onnxruntime, Pillow and numpy, one picture after the other.

It does the same encoding (the same model, the same views) and the same exact search, without a server, a catalogue, a
journal or a second stage. `scripts/bench/loop.ts` runs it beside the app on the same pictures in the same run.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from PIL import Image, ImageOps

SIZE = 224
Floats = NDArray[np.float32]


def border_colour(picture: Image.Image) -> tuple[int, int, int]:
    """The median of the outermost pixels, channel by channel."""
    pixels = np.asarray(picture)
    rim = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    red, green, blue = (int(value) for value in np.median(rim, axis=0))
    return red, green, blue


def view(picture: Image.Image, name: str) -> Image.Image:
    """One view, as `engine/encode/views.ts` cuts it: 224 x 224."""
    width, height = picture.size
    if name == "whole":
        return picture.resize((SIZE, SIZE), Image.Resampling.BILINEAR)
    if name.startswith("centre-"):
        rest = (1 - float(f"0.{name.removeprefix('centre-')}")) / 2
        box = (rest * width, rest * height, (1 - rest) * width, (1 - rest) * height)
        return picture.resize((SIZE, SIZE), Image.Resampling.BILINEAR, box=box)
    canvas = Image.new("RGB", (SIZE, SIZE), border_colour(picture))
    if name == "letterbox":
        scale = SIZE / max(width, height)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
    elif name == "small":
        size = (round(SIZE * 0.6), round(SIZE * 0.6))
    else:
        raise ValueError(f"no view is called {name}")
    canvas.paste(
        picture.resize(size, Image.Resampling.BILINEAR),
        ((SIZE - size[0]) // 2, (SIZE - size[1]) // 2),
    )
    return canvas


def cut(picture: Image.Image, names: list[str]) -> Floats:
    """The views of a picture as the model takes them: float32 [views, 3, 224, 224], (value - 127) / 128."""
    views = [(np.asarray(view(picture, name), dtype=np.float32) - 127.0) / 128.0 for name in names]
    return np.ascontiguousarray(np.stack(views).transpose(0, 3, 1, 2))


def load(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        picture.draft("RGB", (SIZE * 2, SIZE * 2))
        return ImageOps.exif_transpose(picture).convert("RGB")


def normalise(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True), dtype=np.float32)


def encode(session: ort.InferenceSession, pixels: Floats) -> Floats:
    return normalise(np.asarray(session.run(["embedding"], {"pixels": pixels})[0], dtype=np.float32))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--pictures", type=Path, required=True, help="folder of pictures to import")
    parser.add_argument("--queries", type=Path, required=True, help="folder of query pictures")
    parser.add_argument("--views", required=True, help="names of a catalogue picture's views, comma between")
    parser.add_argument("--vectors", type=Path, required=True, help="float32 file of the vectors to search")
    parser.add_argument("--threads", type=int, required=True)
    args = parser.parse_args()

    options = ort.SessionOptions()
    options.intra_op_num_threads = args.threads
    session = ort.InferenceSession(str(args.model), options, providers=["CPUExecutionProvider"])
    names = args.views.split(",")
    pictures = sorted(args.pictures.iterdir())
    encode(session, cut(load(pictures[0]), names))

    started = time.perf_counter()
    rows = [encode(session, cut(load(path), names)) for path in pictures]
    import_seconds = time.perf_counter() - started
    del rows

    vectors = np.fromfile(args.vectors, dtype=np.float32).reshape(-1, 1280)
    milliseconds = []
    for path in sorted(args.queries.iterdir()):
        begun = time.perf_counter()
        query = encode(session, cut(load(path), ["whole"]))[0]
        scores = vectors @ query
        best = np.argpartition(scores, -20)[-20:]
        best[np.argsort(scores[best])[::-1]]
        milliseconds.append((time.perf_counter() - begun) * 1000)

    json.dump(
        {
            "picturesPerSecond": len(pictures) / import_seconds,
            "matchMs": sorted(milliseconds)[len(milliseconds) // 2],
            "vectors": int(vectors.shape[0]),
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
