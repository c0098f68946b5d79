"""The identity of an encoder, exactly as ``engine/encode/fingerprint.ts`` has it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CHUNK = 1 << 20


@dataclass(frozen=True)
class EncoderIdentity:
    """Everything that moves a vector. Two encoders with the same identity give the same vectors."""

    model: str
    weights: str
    """SHA-256 of the weights file (and of the tokenizer, where there is one), lower-case hex."""
    precision: str
    preprocessing: str
    dimensions: int

    @property
    def fingerprint(self) -> str:
        """Return the readable name, such as ``efficientnet-lite0-fp16w-1280-ab12cd34``."""
        parts = [self.model, self.weights, self.precision, self.preprocessing, self.dimensions]
        # The very bytes of JSON.stringify: no spaces, nothing escaped that JavaScript leaves as it is.
        identity = json.dumps(parts, separators=(",", ":"), ensure_ascii=False)
        digest = hashlib.sha256(identity.encode()).hexdigest()
        return f"{self.model}-{self.precision}-{self.dimensions}-{digest[:8]}"

    @property
    def parameters(self) -> dict[str, str]:
        """Return it as the engine asks for it: parameters of a served model, or of a graph's record."""
        return {
            "fingerprint": self.fingerprint,
            "model": self.model,
            "weights_sha256": self.weights,
            "precision": self.precision,
            "preprocessing": self.preprocessing,
            "dimensions": str(self.dimensions),
        }


def hash_files(files: Sequence[Path]) -> str:
    """Return the SHA-256 of the files' contents, one after the other, lower-case hex."""
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
    return digest.hexdigest()
