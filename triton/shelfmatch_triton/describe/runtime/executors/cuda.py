"""A GPU's memory, by CUDA's runtime."""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np
import numpy.typing as npt
from cuda.bindings import runtime as cuda

from shelfmatch_triton.describe.runtime.executors.executor import Array, Shape, Slices, Tensor


class CudaError(RuntimeError):
    """CUDA could not do what it was asked to; says what and why."""


def checked(what: str, told: tuple[Any, ...]) -> Any:  # noqa: ANN401
    """Return what a function of CUDA gave behind its error code.

    Raises:
        CudaError: there was an error.
        MemoryError: the GPU's memory is full.
    """
    error, *given = told
    if error == cuda.cudaError_t.cudaErrorMemoryAllocation:
        raise MemoryError(f"the GPU's memory is full ({what}): serve fewer models on it, or fewer texts together")
    if error != cuda.cudaError_t.cudaSuccess:
        raise CudaError(f"{what} failed: {cuda.cudaGetErrorString(error)[1].decode()} ({error.name})")
    return given[0] if len(given) == 1 else tuple(given)


class CudaMemory:
    """As ``executors.executor.Memory`` has it; all of it on one stream, whose order is that of asking."""

    def __init__(self, device: int) -> None:
        """Take the GPU of this number.

        Raises:
            CudaError: there is none.
        """
        self.device = device
        self.enter()
        self.stream = int(checked("a stream", cuda.cudaStreamCreateWithFlags(cuda.cudaStreamNonBlocking)))
        # Not when the program ends: who computes on it is closed later than that.
        weakref.finalize(self, cuda.cudaStreamDestroy, self.stream).atexit = False

    def enter(self) -> None:
        """Make it the GPU of the calling thread; each thread of CUDA has its own."""
        checked(f"GPU {self.device}", cuda.cudaSetDevice(self.device))

    def make(self, shape: Shape, kind: npt.DTypeLike) -> Tensor:
        """Return zeros."""
        self.enter()
        tensor = Tensor(0, shape, np.dtype(kind))
        owner = _Owner(max(tensor.nbytes, 1))
        checked("zeros", cuda.cudaMemsetAsync(owner.address, 0, owner.nbytes, self.stream))
        return Tensor(owner.address, shape, tensor.kind, owner)

    def put(self, values: Array, tensor: Tensor) -> None:
        """Copy values to a tensor."""
        self.enter()
        packed = np.ascontiguousarray(values, tensor.kind)
        kind = cuda.cudaMemcpyKind.cudaMemcpyHostToDevice
        # Of memory that is not pinned it returns when the values are read.
        copied = cuda.cudaMemcpyAsync(tensor.address, packed.ctypes.data, packed.nbytes, kind, self.stream)
        checked("a copy to the GPU", copied)

    def get(self, tensor: Tensor) -> Array:
        """Return a copy of a tensor's values."""
        self.enter()
        values = np.empty(tensor.shape, tensor.kind)
        kind = cuda.cudaMemcpyKind.cudaMemcpyDeviceToHost
        copied = cuda.cudaMemcpyAsync(values.ctypes.data, tensor.address, tensor.nbytes, kind, self.stream)
        checked("a copy from the GPU", copied)
        checked("what the GPU was given to do", cuda.cudaStreamSynchronize(self.stream))
        return values

    def copy(self, source: Slices, target: Slices, width: int, rows: int, slices: int) -> None:
        """Copy rows of slices, in one go."""
        if 0 in (width, rows, slices):
            return
        self.enter()
        asked = cuda.cudaMemcpy3DParms()
        asked.srcPtr = cuda.make_cudaPitchedPtr(source.address, source.pitch, width, source.height)
        asked.dstPtr = cuda.make_cudaPitchedPtr(target.address, target.pitch, width, target.height)
        asked.extent = cuda.make_cudaExtent(width, rows, slices)
        asked.kind = cuda.cudaMemcpyKind.cudaMemcpyDeviceToDevice
        checked("a copy on the GPU", cuda.cudaMemcpy3DAsync(asked, self.stream))


class _Owner:
    """Memory that goes back when nobody refers to it any more: CUDA waits for who still computes with it."""

    def __init__(self, nbytes: int) -> None:
        self.nbytes = nbytes
        self.address = int(checked(f"{nbytes} bytes", cuda.cudaMalloc(nbytes)))
        weakref.finalize(self, cuda.cudaFree, self.address).atexit = False
