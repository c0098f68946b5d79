"""TensorRT's plans, by its Python runtime: tensors by their addresses, steps of one size as one CUDA graph."""

from __future__ import annotations

import importlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from cuda.bindings import runtime as cuda

from shelfmatch_triton.describe.runtime.executors.cuda import CudaMemory, checked
from shelfmatch_triton.describe.runtime.executors.executor import Limits, Shape, StepKey, Tensor, step_key

MOST_GRAPHS = 12
"""Of a step, there is one for each number of texts and length of the cache; each keeps what it computes with."""
BLOCK = 512
"""As the cache of ``executors.onnx`` on a GPU: fewer lengths are fewer graphs."""


def import_tensorrt() -> Any:  # noqa: ANN401
    """Return TensorRT's module: `tensorrt` of an installation that is whole, else the bindings' package by itself.

    Raises:
        ValueError: there is neither.
    """
    try:
        return importlib.import_module("tensorrt")
    except ImportError:
        try:
            return importlib.import_module("tensorrt_bindings")
        except (ImportError, OSError) as error:
            raise ValueError(
                f"the model's plans need TensorRT, which can't be imported ({error}): install tensorrt-cu13-bindings "
                "of the very version that built them, or lay the model out with --runtime onnx"
            ) from error


@dataclass(frozen=True)
class Profile:
    """One of a plan's ranges of shapes."""

    number: int
    least: Mapping[str, Shape]
    largest: Mapping[str, Shape]

    def holds(self, inputs: Mapping[str, Tensor]) -> bool:
        """Return whether these inputs' shapes lie within it."""
        return all(
            all(
                low <= side <= high
                for low, side, high in zip(self.least[name], tensor.shape, self.largest[name], strict=True)
            )
            for name, tensor in inputs.items()
        )


class Plan:
    """A plan as TensorRT opened it: names, types and shapes, which are known without running anything."""

    def __init__(self, trt: Any, file: Path) -> None:  # noqa: ANN401
        """Read a plan.

        Raises:
            OSError: the file can't be read.
            ValueError: it is not of this TensorRT, or not for this GPU.
        """
        self.trt = trt
        self.logger = trt.Logger(trt.Logger.ERROR)
        # The engine lives in what opened it.
        self.runtime = trt.Runtime(self.logger)
        self.engine = self.runtime.deserialize_cuda_engine(file.read_bytes())
        if self.engine is None:
            raise ValueError(
                f"TensorRT {trt.__version__} can't open {file.name}: it was built by another version, or for another "
                "GPU; build it anew, here (python -m shelfmatch_triton build-describer)"
            )
        names = [self.engine.get_tensor_name(number) for number in range(self.engine.num_io_tensors)]
        self.kinds: dict[str, np.dtype[Any]] = {
            name: np.dtype(trt.nptype(self.engine.get_tensor_dtype(name))) for name in names
        }
        self.inputs = [name for name in names if self.engine.get_tensor_mode(name) == trt.TensorIOMode.INPUT]
        self.profiles = [self._profile(number) for number in range(self.engine.num_optimization_profiles)]

    def _profile(self, number: int) -> Profile:
        shapes = {name: self.engine.get_tensor_profile_shape(name, number) for name in self.inputs}
        return Profile(
            number,
            {name: tuple(least) for name, (least, _, _) in shapes.items()},
            {name: tuple(largest) for name, (_, _, largest) in shapes.items()},
        )

    @property
    def limits(self) -> Limits:
        """Return what a decoder's plan can be given; of a vision tower's, nothing is known."""
        if "input_ids" not in self.kinds:
            return Limits()
        prompts = max(self.profiles, key=lambda each: each.largest["input_ids"][1])
        steps = max(self.profiles, key=lambda each: each.largest["past_key.0"][2])
        text = steps.largest["past_key.0"][2]
        return Limits(
            least_past=prompts.least["past_key.0"][2],
            # The longest text fills whole blocks.
            block=min(BLOCK, text),
            prompt=prompts.largest["input_ids"][1],
            text=text // min(BLOCK, text) * min(BLOCK, text),
            prompts=prompts.largest["input_ids"][0],
            shown=prompts.largest["visual"][0] - 1,
        )

    def context(self, profile: Profile, stream: int) -> Any:  # noqa: ANN401
        """Return what computes with one profile.

        Raises:
            MemoryError: the GPU's memory is full.
        """
        context = self.engine.create_execution_context()
        if context is None:
            raise MemoryError("TensorRT found no room for what it computes with: serve fewer models on the GPU")
        if not context.set_optimization_profile_async(profile.number, stream):
            raise RuntimeError(f"TensorRT did not take its profile {profile.number}")
        return context


class TensorRtExecutor:
    """As ``executors.executor.Executor`` has it."""

    def __init__(self, plan: Plan, memory: CudaMemory) -> None:
        """Keep a plan."""
        self.plan = plan
        self.memory = memory
        self.kinds = plan.kinds
        self.limits = plan.limits
        self._contexts: dict[int, Any] = {}
        """By the profile: of what is run once."""
        self._steps: OrderedDict[StepKey, CapturedStep] = OrderedDict()

    def run(self, inputs: Mapping[str, Tensor], outputs: Mapping[str, Tensor], again: bool = False) -> None:
        """Compute outputs out of inputs."""
        self.memory.enter()
        if again:
            self._step(inputs, outputs).run()
            return
        profile = self._profile(inputs)
        if profile.number not in self._contexts:
            self._contexts[profile.number] = self.plan.context(profile, self.memory.stream)
        context = self._contexts[profile.number]
        set_tensors(context, inputs, outputs)
        enqueue(context, self.memory.stream)

    def _profile(self, inputs: Mapping[str, Tensor]) -> Profile:
        found = next((profile for profile in self.plan.profiles if profile.holds(inputs)), None)
        if found is None:
            shapes = ", ".join(f"{name} {tensor.shape}" for name, tensor in inputs.items() if "." not in name)
            raise ValueError(f"the plan was built for other sizes than {shapes}: build it for larger ones")
        return found

    def _step(self, inputs: Mapping[str, Tensor], outputs: Mapping[str, Tensor]) -> CapturedStep:
        key = step_key(inputs, outputs)
        if key in self._steps:
            self._steps.move_to_end(key)
            return self._steps[key]
        # A graph holds good as long as nobody touches its context: each has one of its own.
        context = self.plan.context(self._profile(inputs), self.memory.stream)
        set_tensors(context, inputs, outputs)
        step = self._steps[key] = CapturedStep(context, self.memory.stream)
        if len(self._steps) > MOST_GRAPHS:
            self._steps.popitem(last=False)[1].close()
        return step


def set_tensors(context: Any, inputs: Mapping[str, Tensor], outputs: Mapping[str, Tensor]) -> None:  # noqa: ANN401
    """Tell TensorRT where tensors lie, and of what shapes the inputs are.

    Raises:
        ValueError: it does not take one.
    """
    for name, tensor in inputs.items():
        if not context.set_input_shape(name, tensor.shape):
            raise ValueError(f"TensorRT did not take {name} of {tensor.shape}")
    for name, tensor in {**inputs, **outputs}.items():
        if not context.set_tensor_address(name, tensor.address):
            raise ValueError(f"TensorRT did not take where {name} lies")
    missing = context.infer_shapes()
    if missing:
        raise ValueError(f"TensorRT was not told the shapes of {', '.join(missing)}")


def enqueue(context: Any, stream: int) -> None:  # noqa: ANN401
    """Give a run to the stream.

    Raises:
        RuntimeError: TensorRT did not take it.
    """
    if not context.execute_async_v3(stream):
        raise RuntimeError("TensorRT could not run its plan, and said why in the lines above")


class CapturedStep:
    """A step of one size: run by itself the first time, which TensorRT asks for, and as a CUDA graph from then on."""

    def __init__(self, context: Any, stream: int) -> None:  # noqa: ANN401
        """Keep a context that has its tensors."""
        self.context = context
        self.stream = stream
        self.graph: Any = None
        self.ran = False

    def run(self) -> None:
        """Give the step to the stream."""
        if self.graph is None and self.ran:
            self._capture()
        if self.graph is None:
            enqueue(self.context, self.stream)
            self.ran = True
        else:
            checked("a CUDA graph", cuda.cudaGraphLaunch(self.graph, self.stream))

    def _capture(self) -> None:
        # Of this thread alone: others may allocate meanwhile.
        mode = cuda.cudaStreamCaptureMode.cudaStreamCaptureModeThreadLocal
        checked("a capture", cuda.cudaStreamBeginCapture(self.stream, mode))
        try:
            enqueue(self.context, self.stream)
        finally:
            captured = checked("a capture", cuda.cudaStreamEndCapture(self.stream))
        self.graph = checked("a CUDA graph", cuda.cudaGraphInstantiate(captured, 0))
        checked("a CUDA graph", cuda.cudaGraphDestroy(captured))

    def close(self) -> None:
        """Give the graph back."""
        if self.graph is not None:
            checked("a CUDA graph", cuda.cudaGraphExecDestroy(self.graph))
            self.graph = None


def open_plan(file: Path, memory: CudaMemory) -> TensorRtExecutor:
    """Open a plan.

    Raises:
        OSError: the file can't be read.
        ValueError: it is not of this TensorRT, or there is none.
    """
    return TensorRtExecutor(Plan(import_tensorrt(), file), memory)
