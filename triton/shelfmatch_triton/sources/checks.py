"""Checks of what is written down."""

from __future__ import annotations


def require(condition: bool, message: str) -> None:
    """Raise ValueError with the message where it does not hold."""
    if not condition:
        raise ValueError(message)
