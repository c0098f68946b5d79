"""How far a describer of fewer bits lies from its original: the scores of the same tokens, step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from shelfmatch_triton.describe.quantise import Bits
from shelfmatch_triton.describe.runtime.picture import Floats
from shelfmatch_triton.describe.samples import Describing, Sample


@dataclass(frozen=True)
class Tolerance:
    """What a describer may lose."""

    mean_cosine: float
    mean_divergence: float
    """Kullback-Leibler, in nats: of the original's next token from the candidate's."""
    agreement: float
    """Share of steps whose most probable token is the same."""


TOLERANCES: Mapping[Bits, Tolerance] = {
    Bits.FP16: Tolerance(0.9999, 0.001, 0.98),
    Bits.INT8: Tolerance(0.995, 0.02, 0.90),
    Bits.FP8: Tolerance(0.98, 0.05, 0.80),
    Bits.INT4: Tolerance(0.98, 0.05, 0.80),
}
"""By what the decoder is made of. A trained network is surer of its next token than one at random, and agrees more."""


@dataclass(frozen=True)
class Measured:
    """All steps of all samples."""

    mean_cosine: float
    least_cosine: float
    mean_divergence: float
    agreement: float
    steps: int

    def faults(self, tolerance: Tolerance) -> list[str]:
        """Return what lies outside of the tolerance, each in half a sentence; what is not a number does."""
        checks = (
            (self.mean_cosine >= tolerance.mean_cosine, f"mean cosine {self.mean_cosine:.5f}"),
            (self.mean_divergence <= tolerance.mean_divergence, f"divergence {self.mean_divergence:.5f} nats"),
            (self.agreement >= tolerance.agreement, f"{self.agreement:.1%} of the tokens agree"),
        )
        return [told for holds, told in checks if not holds]


def measure(original: Path, candidate: Path, samples: Sequence[Sample], steps: int) -> Measured:
    """Compare the graphs of two folders.

    The original says what is most probable, and the candidate is asked for its scores behind the same tokens: one token
    that differs would otherwise make all that follows another text.
    """
    first, second = Describing(original), Describing(candidate)
    pairs = []
    for sample in samples:
        told = first.tell(sample, steps)
        pairs.append((told.scores, second.tell(sample, steps, told.tokens).scores))
    return compare(np.concatenate([a for a, _ in pairs]), np.concatenate([b for _, b in pairs]))


def compare(original: Floats, candidate: Floats) -> Measured:
    """Compare scores [steps, vocabulary], computed in float64."""
    a, b = original.astype(np.float64), candidate.astype(np.float64)
    cosines = (a * b).sum(axis=1) / (np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1))
    log_a, log_b = (each - np.logaddexp.reduce(each, axis=1, keepdims=True) for each in (a, b))
    divergence = (np.exp(log_a) * (log_a - log_b)).sum(axis=1)
    return Measured(
        mean_cosine=float(cosines.mean()),
        least_cosine=float(cosines.min()),
        mean_divergence=float(divergence.mean()),
        agreement=float((a.argmax(axis=1) == b.argmax(axis=1)).mean()),
        steps=len(a),
    )
