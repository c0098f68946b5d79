"""How graphs of fewer bits are made."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shelfmatch_triton.sources.kinds import Precision

ALPHA = 0.5
"""SmoothQuant: how much of the difficulty moves into the weights; the paper's choice."""
LEAST_SIGNAL = 25.0
"""Decibels. Inputs of the layers behind a norm or attention have 27 to 36 in all-MiniLM-L6-v2, those behind GELU 14 to
24: without these its least cosine is 0.9975, with them 0.975."""


class Calibration(StrEnum):
    """How the range of an activation is chosen out of what calibration saw of it."""

    MAX = "max"
    """The largest magnitude: nothing is cut off."""
    ENTROPY = "entropy"
    """The range whose histogram loses least information; rare large values are cut off."""


def is_quantised(precision: Precision) -> bool:
    """Return whether a graph says by QuantizeLinear and DequantizeLinear where it is narrower than FP16."""
    return precision in (Precision.INT8, Precision.FP8)


@dataclass(frozen=True)
class Recipe:
    """How a graph is made. The rest of a quantised graph is FP16."""

    precision: Precision
    calibration: Calibration = Calibration.MAX
    smoothing: float = ALPHA
    """SmoothQuant's alpha, for transformers in INT8; 0 is without."""
    least_signal: float = LEAST_SIGNAL
    """Decibels of a transformer's layer's input above INT8's noise; with fewer the layer stays in FP16."""

    @property
    def label(self) -> str:
        """Return the name in files, and in an encoder's identity: ``fp16``, ``int8-max``."""
        if not is_quantised(self.precision):
            return self.precision.value
        return f"{self.precision}-{self.calibration}"
