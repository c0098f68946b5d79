"""Which executor a graph gets: by where the model runs, and what lies in its folder."""

from __future__ import annotations

from pathlib import Path

from shelfmatch_triton.describe.runtime.executors.executor import Executor
from shelfmatch_triton.describe.runtime.executors.host import HostMemory
from shelfmatch_triton.describe.runtime.executors.onnx import open_on_cpu, open_on_gpu
from shelfmatch_triton.describe.runtime.executors.place import Place, Runtime, plan_of
from shelfmatch_triton.describe.runtime.settings import Settings


def open_executor(folder: Path, name: str, settings: Settings, place: Place) -> Executor:
    """Open one of a folder's graphs.

    Raises:
        OSError: its file can't be read.
        ValueError: what is to run it is not there; the message says how to get it.
    """
    if place.device is None:
        if place.runtime != Runtime.ONNX:
            raise ValueError(
                f"{place.runtime} runs on a GPU: lay {settings.name} out with --gpu, or with --runtime onnx"
            )
        return open_on_cpu(folder / name, place.threads, settings.precision, HostMemory())
    # Not where there is no GPU: neither library needs to be there.
    from shelfmatch_triton.describe.runtime.executors.cuda import CudaMemory

    memory = CudaMemory(place.device)
    if place.runtime == Runtime.TENSORRT:
        from shelfmatch_triton.describe.runtime.executors.tensorrt import open_plan

        return open_plan(plan_of(folder, name), memory)
    return open_on_gpu(folder / name, place.threads, settings.precision, memory, place.device, memory.stream)
