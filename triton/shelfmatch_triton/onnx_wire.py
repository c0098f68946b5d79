"""Puts operators before and after an ONNX graph, on the bytes of its file.

Repositories are laid out inside the server's own container, which has neither the onnx package nor a network; the
format is protobuf's, of which only length-delimited fields and small numbers are needed
(https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

FLOAT, UINT8, INT8, INT32, INT64 = 1, 2, 3, 6, 7
"""TensorProto.DataType"""

MODEL_GRAPH = 7
GRAPH_NODE, GRAPH_INITIALIZER, GRAPH_INPUT, GRAPH_OUTPUT = 1, 5, 11, 12
NODE_INPUT, NODE_OUTPUT = 1, 2
TENSOR_TYPE, TENSOR_RAW = 2, 9
VARINT, LENGTH_DELIMITED = 0, 2


@dataclass(frozen=True)
class Node:
    """An operator of the default domain; attributes are whole numbers or lists of them."""

    operator: str
    inputs: Sequence[str]
    outputs: Sequence[str]
    attributes: Mapping[str, int | Sequence[int]] | None = None

    def encode(self) -> bytes:
        """Return the NodeProto."""
        attributes = (self.attributes or {}).items()
        return b"".join(
            [
                *(_text(NODE_INPUT, name) for name in self.inputs),
                *(_text(NODE_OUTPUT, name) for name in self.outputs),
                _text(4, self.operator),
                *(_bytes(5, _attribute(name, value)) for name, value in attributes),
            ]
        )


@dataclass(frozen=True)
class Constant:
    """An initializer: one float, or a list of int64."""

    name: str
    value: float | Sequence[int]

    def encode(self) -> bytes:
        """Return the TensorProto."""
        if isinstance(self.value, float):
            shape, data_type, raw = b"", FLOAT, struct.pack("<f", self.value)
        else:
            shape, data_type = _number(1, len(self.value)), INT64
            raw = struct.pack(f"<{len(self.value)}q", *self.value)
        return shape + _number(2, data_type) + _text(8, self.name) + _bytes(9, raw)


@dataclass(frozen=True)
class GraphTensor:
    """An input or output of the graph; a side that is a text varies."""

    name: str
    data_type: int
    sides: Sequence[int | str]

    def encode(self) -> bytes:
        """Return the ValueInfoProto."""
        sides = b"".join(
            _bytes(1, _text(2, side) if isinstance(side, str) else _number(1, side)) for side in self.sides
        )
        tensor = _number(1, self.data_type) + _bytes(2, sides)
        return _text(1, self.name) + _bytes(2, _bytes(1, tensor))


@dataclass(frozen=True)
class Wrapping:
    """What stands around a graph: its new inputs and outputs, and the operators between them and the old ones."""

    inputs: Sequence[GraphTensor]
    outputs: Sequence[GraphTensor]
    before: Sequence[Node]
    after: Sequence[Node]
    constants: Sequence[Constant] = ()
    renamed: Mapping[str, str] | None = None
    """Tensors of the graph whose names the new outputs take."""

    def wrap(self, model: bytes) -> bytes:
        """Return the bytes of a model that has this around the graph of ``model``.

        Raises:
            ValueError: ``model`` is not an ONNX file.
        """
        return b"".join(
            _bytes(MODEL_GRAPH, self._graph(value)) if number == MODEL_GRAPH else whole
            for number, value, whole in _fields(model)
        )

    def _graph(self, graph: bytes) -> bytes:
        kept: list[bytes] = []
        nodes: list[bytes] = []
        for number, value, whole in _fields(graph):
            if number == GRAPH_NODE:
                nodes.append(_bytes(GRAPH_NODE, self._rename(value)))
            elif number not in (GRAPH_INPUT, GRAPH_OUTPUT):
                kept.append(whole)
        return b"".join(
            [
                *(_bytes(GRAPH_NODE, node.encode()) for node in self.before),
                *nodes,
                *(_bytes(GRAPH_NODE, node.encode()) for node in self.after),
                *kept,
                *(_bytes(GRAPH_INITIALIZER, constant.encode()) for constant in self.constants),
                *(_bytes(GRAPH_INPUT, tensor.encode()) for tensor in self.inputs),
                *(_bytes(GRAPH_OUTPUT, tensor.encode()) for tensor in self.outputs),
            ]
        )

    def _rename(self, node: bytes) -> bytes:
        names = {old.encode(): new.encode() for old, new in (self.renamed or {}).items()}
        if not any(old in node for old in names):
            return node
        return b"".join(
            _bytes(number, names.get(value, value)) if number in (NODE_INPUT, NODE_OUTPUT) else whole
            for number, value, whole in _fields(node)
        )


def widen(model: bytes) -> bytes:
    """Return the model with INT8 initializers as FLOAT ones of the same values: the same vectors, bit for bit.

    Of weights that are stored in 8 bits and cast before they are used. TensorRT takes INT8 constants in front of a
    DequantizeLinear alone.

    Raises:
        ValueError: ``model`` is not an ONNX file.
    """

    def graph(message: bytes) -> bytes:
        return b"".join(
            _bytes(GRAPH_INITIALIZER, _widened(value)) if number == GRAPH_INITIALIZER else whole
            for number, value, whole in _fields(message)
        )

    return b"".join(
        _bytes(MODEL_GRAPH, graph(value)) if number == MODEL_GRAPH else whole for number, value, whole in _fields(model)
    )


def _widened(tensor: bytes) -> bytes:
    fields = list(_fields(tensor))
    kind = _number(TENSOR_TYPE, INT8)
    raw = next((value for number, value, _ in fields if number == TENSOR_RAW), None)
    if raw is None or kind not in (whole for _, _, whole in fields):
        return tensor
    floats = array("f", array("b", raw))
    if sys.byteorder == "big":
        floats.byteswap()
    kept = b"".join(whole for number, _, whole in fields if number not in (TENSOR_TYPE, TENSOR_RAW))
    return kept + _number(TENSOR_TYPE, FLOAT) + _bytes(TENSOR_RAW, floats.tobytes())


def _fields(message: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield number, value and the whole of each field; the value of what is not length-delimited is empty."""
    at = 0
    while at < len(message):
        start = at
        key, at = _read_varint(message, at)
        value = b""
        match key & 7:
            case 0:
                _, at = _read_varint(message, at)
            case 1:
                at += 8
            case 2:
                length, at = _read_varint(message, at)
                value = message[at : at + length]
                at += length
            case 5:
                at += 4
            case kind:
                raise ValueError(f"the file is no ONNX model: a field of kind {kind}")
        if at > len(message):
            raise ValueError("the file is no ONNX model, or is cut off")
        yield key >> 3, value, message[start:at]


def _read_varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(message):
            raise ValueError("the file is no ONNX model, or is cut off")
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
        shift += 7


def _varint(value: int) -> bytes:
    encoded = bytearray()
    # Negative numbers are written as 64 bits.
    value &= (1 << 64) - 1
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3 | VARINT) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | LENGTH_DELIMITED) + _varint(len(value)) + value


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())


def _attribute(name: str, value: int | Sequence[int]) -> bytes:
    if isinstance(value, int):
        return _text(1, name) + _number(3, value) + _number(20, 2)
    return _text(1, name) + b"".join(_number(8, item) for item in value) + _number(20, 7)
