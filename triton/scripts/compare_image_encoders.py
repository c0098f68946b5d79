"""Compare two ONNX image encoders on real pictures; exit 1 where an embedding or the logits move too far.

Usage: ``python compare_image_encoders.py <reference.onnx> <candidate.onnx> <folder>...`` (needs onnxruntime, pillow)
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
from PIL import Image

SIDE = 224
LEAST_COSINE = 0.9999

Array = npt.NDArray[np.float32]


def pixels(file: Path) -> Array:
    """Return the picture as float32 [1, 3, 224, 224], (value - 127) / 128."""
    with Image.open(file) as picture:
        rgb = np.asarray(picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BICUBIC), np.float32)
    return ((rgb - 127) / 128).transpose(2, 0, 1)[np.newaxis].astype(np.float32)


def cosine(a: Array, b: Array) -> float:
    """Return the cosine of two float32 arrays of one shape, computed in float64."""
    x, y = a.astype(np.float64).ravel(), b.astype(np.float64).ravel()
    return float(x @ y / (np.linalg.norm(x) * np.linalg.norm(y)))


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reference", type=Path)
    parser.add_argument("candidate", type=Path)
    parser.add_argument("folders", type=Path, nargs="+")
    args = parser.parse_args()
    reference, candidate = (ort.InferenceSession(str(model)) for model in (args.reference, args.candidate))
    files = [file for folder in args.folders for file in sorted(folder.rglob("*.jp*g"))]
    outputs = ["embedding", "logits"]
    cosines: list[list[float]] = []
    for file in files:
        feed = {"pixels": pixels(file)}
        pairs = zip(reference.run(outputs, feed), candidate.run(outputs, feed), strict=True)
        cosines.append([cosine(a, b) for a, b in pairs])
    least = np.min(cosines, axis=0)
    print(f"{len(files)} pictures; least cosine: embedding {least[0]:.6f}, logits {least[1]:.6f}")
    sys.exit(0 if float(least.min()) >= LEAST_COSINE else 1)


if __name__ == "__main__":
    main()
