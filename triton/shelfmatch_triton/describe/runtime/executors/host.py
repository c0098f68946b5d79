"""The processor's own memory."""

from __future__ import annotations

import ctypes
import math

import numpy as np
import numpy.typing as npt

from shelfmatch_triton.describe.runtime.executors.executor import ALIGNED, Array, Shape, Slices, Tensor


def _bytes(address: int, count: int) -> npt.NDArray[np.uint8]:
    """Return the bytes at an address, where they lie."""
    return np.ctypeslib.as_array((ctypes.c_uint8 * count).from_address(address))


class HostMemory:
    """As ``executors.executor.Memory`` has it."""

    def make(self, shape: Shape, kind: npt.DTypeLike) -> Tensor:
        """Return zeros."""
        element = np.dtype(kind)
        owner = np.zeros(math.prod(shape) * element.itemsize + ALIGNED, np.uint8)
        return Tensor(-(-owner.ctypes.data // ALIGNED) * ALIGNED, shape, element, owner)

    def put(self, values: Array, tensor: Tensor) -> None:
        """Copy values to a tensor."""
        self._view(tensor)[...] = values.reshape(tensor.shape)

    def get(self, tensor: Tensor) -> Array:
        """Return a copy of a tensor's values."""
        return self._view(tensor).copy()

    def copy(self, source: Slices, target: Slices, width: int, rows: int, slices: int) -> None:
        """Copy rows of slices."""
        if 0 in (width, rows, slices):
            return
        read, written = (self._slices(each, width, rows, slices) for each in (source, target))
        written[...] = read

    def _view(self, tensor: Tensor) -> Array:
        # An address of nothing is none.
        if tensor.nbytes == 0:
            return np.zeros(tensor.shape, tensor.kind)
        return _bytes(tensor.address, tensor.nbytes).view(tensor.kind).reshape(tensor.shape)

    def _slices(self, place: Slices, width: int, rows: int, slices: int) -> npt.NDArray[np.uint8]:
        strides = (place.pitch * place.height, place.pitch, 1)
        reach = strides[0] * (slices - 1) + strides[1] * (rows - 1) + width
        return np.lib.stride_tricks.as_strided(_bytes(place.address, reach), (slices, rows, width), strides)
