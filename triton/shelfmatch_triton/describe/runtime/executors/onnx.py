"""ONNX Runtime, on the processor or on a GPU: tensors are bound where they lie, and nothing is copied."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort

from shelfmatch_triton.describe.runtime.executors.executor import UNLIMITED, Limits, Memory, StepKey, Tensor, step_key

KINDS: Mapping[str, np.dtype[Any]] = {
    "tensor(float)": np.dtype(np.float32),
    "tensor(float16)": np.dtype(np.float16),
    "tensor(int64)": np.dtype(np.int64),
    "tensor(uint8)": np.dtype(np.uint8),
}
MOST_BINDINGS = 16
"""Of a step, there is one for each number of texts and length of the cache."""


def session_options(threads: int, precision: str) -> Any:  # noqa: ANN401
    """Return options by which each operator runs on so many threads of the processor."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Threads that spin between tokens take the cores that other models need.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if "int8" in precision or "fp8" in precision:
        # Computed as they are written: fused into integer kernels, FP16 scales come out wrong (ONNX Runtime 1.30).
        options.add_session_config_entry("session.disable_quant_qdq", "1")
    return options


class OnnxExecutor:
    """As ``executors.executor.Executor`` has it."""

    def __init__(
        self,
        session: ort.InferenceSession,
        memory: Memory,
        place: tuple[str, int] = ("cpu", 0),
        limits: Limits = UNLIMITED,
    ) -> None:
        """Keep a session, whose tensors lie in ``memory``: that of the device that ONNX Runtime calls ``place``."""
        self.session = session
        self.memory = memory
        self.place = place
        self.limits = limits
        described = [*session.get_inputs(), *session.get_outputs()]
        self.kinds: Mapping[str, np.dtype[Any]] = {each.name: KINDS[each.type] for each in described}
        self._bindings: OrderedDict[StepKey, Any] = OrderedDict()

    def run(self, inputs: Mapping[str, Tensor], outputs: Mapping[str, Tensor], again: bool = False) -> None:
        """Compute outputs out of inputs."""
        binding = self._kept(inputs, outputs) if again else self._bound(inputs, outputs)
        # It returns when all is computed: left to the stream, it would pile up what it gave kernels to read (1.30).
        self.session.run_with_iobinding(binding)

    def _bound(self, inputs: Mapping[str, Tensor], outputs: Mapping[str, Tensor]) -> Any:  # noqa: ANN401
        binding = self.session.io_binding()
        for tensors, bind in ((inputs, binding.bind_input), (outputs, binding.bind_output)):
            for name, tensor in tensors.items():
                bind(name, *self.place, tensor.kind.type, list(tensor.shape), tensor.address)
        return binding

    def _kept(self, inputs: Mapping[str, Tensor], outputs: Mapping[str, Tensor]) -> Any:  # noqa: ANN401
        """Return these tensors' binding: that of the last step, mostly, as they stay where they are."""
        key = step_key(inputs, outputs)
        if key in self._bindings:
            self._bindings.move_to_end(key)
            return self._bindings[key]
        binding = self._bindings[key] = self._bound(inputs, outputs)
        if len(self._bindings) > MOST_BINDINGS:
            self._bindings.popitem(last=False)
        return binding


def open_on_cpu(file: Path, threads: int, precision: str, memory: Memory) -> OnnxExecutor:
    """Return a graph on the processor.

    Raises:
        OSError: the file can't be read.
    """
    options = session_options(threads, precision)
    return OnnxExecutor(ort.InferenceSession(str(file), options, providers=["CPUExecutionProvider"]), memory)


def open_on_gpu(file: Path, threads: int, precision: str, memory: Memory, device: int, stream: int) -> OnnxExecutor:
    """Return a graph on a GPU, whose work is given to a stream of CUDA.

    Raises:
        ValueError: this ONNX Runtime has no CUDA, or can't load it.
    """
    provider = "CUDAExecutionProvider"
    if provider not in ort.get_available_providers():
        raise ValueError(
            "the model is to run on a GPU, and this ONNX Runtime knows none: install onnxruntime-gpu in the place of "
            "onnxruntime, or lay the model out without --gpu"
        )
    told = {"device_id": str(device), "user_compute_stream": str(stream), "use_tf32": "0"}
    session = ort.InferenceSession(str(file), session_options(threads, precision), providers=[(provider, told)])
    if provider not in session.get_providers():
        raise ValueError("ONNX Runtime could not start CUDA, and said why in the lines above")
    # A step of no cache at all is a case that kernels seldom meet; memory is plenty.
    return OnnxExecutor(session, memory, ("cuda", device), Limits(least_past=1, block=512))
