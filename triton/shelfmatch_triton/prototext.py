"""Writes protobuf's text format out of plain values."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Symbol:
    """A constant of an enumeration, which stands without quotes."""

    name: str


Scalar = str | int | float | bool | Symbol
Value = Scalar | Mapping[str, "Value"] | Sequence["Value"]
Message = Mapping[str, Value]


def to_text(message: Message, indent: int = 0) -> str:
    """Return ``message`` in text format: mappings are messages, sequences repeated fields."""
    return "".join(_field(name, value, "  " * indent) for name, value in message.items())


def _field(name: str, value: Value, margin: str) -> str:
    if isinstance(value, Mapping):
        inner = to_text(value, len(margin) // 2 + 1)
        return f"{margin}{name} {{\n{inner}{margin}}}\n"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "".join(_field(name, item, margin) for item in value)
    return f"{margin}{name}: {_scalar(value)}\n"


def _scalar(value: Scalar) -> str:
    match value:
        case Symbol(name):
            return name
        case bool():
            return "true" if value else "false"
        case str():
            # JSON's escapes are text format's too, once everything beyond ASCII is left as UTF-8.
            return json.dumps(value, ensure_ascii=False)
        case _:
            return repr(value)
