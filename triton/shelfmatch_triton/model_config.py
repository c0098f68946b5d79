"""A served model's configuration, checked before it is written as ``config.pbtxt``.

Field names and meanings are those of Triton's ``model_config.proto``
(https://github.com/triton-inference-server/common/blob/main/protobuf/model_config.proto).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from shelfmatch_triton.prototext import Message, Symbol, to_text

CPU_RESOURCE = "cpu"
"""Cores; ``tritonserver --rate-limit-resource=cpu:N`` says how many executions run side by side on N of them."""
GPU_RESOURCE = "gpu"
"""Turns on a GPU: ``--rate-limit-resource=gpu:N`` lets N executions run side by side on each."""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


class Backend(StrEnum):
    """What runs a model. TensorRT engines and ONNX files on a GPU are described by the same classes."""

    PYTHON = "python"
    ONNXRUNTIME = "onnxruntime"
    TENSORRT = "tensorrt"


PLATFORMS = {Backend.TENSORRT: "tensorrt_plan", Backend.ONNXRUNTIME: "onnxruntime_onnx"}


class DataType(StrEnum):
    """Element types of tensors, as configurations name them."""

    BOOL = "TYPE_BOOL"
    UINT8 = "TYPE_UINT8"
    INT32 = "TYPE_INT32"
    INT64 = "TYPE_INT64"
    FP16 = "TYPE_FP16"
    FP32 = "TYPE_FP32"
    STRING = "TYPE_STRING"


class DeviceKind(StrEnum):
    """Where an instance runs."""

    CPU = "KIND_CPU"
    GPU = "KIND_GPU"


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


@dataclass(frozen=True)
class Tensor:
    """An input or output; ``dims`` without the batch, -1 where the length varies."""

    name: str
    data_type: DataType
    dims: tuple[int, ...]
    ragged: bool = False
    """Whether requests of different lengths may share a batch; the model pads them itself."""
    optional: bool = False
    """Whether a request may leave it out; of inputs."""

    def __post_init__(self) -> None:
        """Check names and sides."""
        _require(NAME.fullmatch(self.name) is not None, f"{self.name!r} is no name of a tensor")
        _require(len(self.dims) > 0, f"{self.name} has no dimensions")
        _require(all(side == -1 or side > 0 for side in self.dims), f"{self.name} has a side that is not -1 or > 0")

    def message(self) -> Message:
        """Return the ``ModelInput`` or ``ModelOutput``."""
        flags = {"allow_ragged_batch": self.ragged, "optional": self.optional}
        message: Message = {"name": self.name, "data_type": Symbol(self.data_type), "dims": self.dims}
        return {**message, **{name: True for name, is_set in flags.items() if is_set}}


@dataclass(frozen=True)
class DynamicBatching:
    """How the server gathers requests into one execution."""

    preferred_sizes: tuple[int, ...]
    max_queue_delay_us: int
    """Microseconds that a request may wait for others to join it."""
    max_queue_size: int
    """Requests that may wait at each priority; further ones are refused at once."""
    priority_levels: int = 2
    """1 goes first. A request that names none is of the last: an import can't hold up a person by mistake."""

    def __post_init__(self) -> None:
        """Check sizes and delay."""
        ascending = all(a < b for a, b in zip(self.preferred_sizes, self.preferred_sizes[1:], strict=False))
        _require(ascending and all(size > 0 for size in self.preferred_sizes), "preferred sizes must ascend from 1")
        _require(0 <= self.max_queue_delay_us <= 1_000_000, "the queue's delay must lie within 0 and 1 s")
        _require(self.max_queue_size > 0, "the queue must hold a request or more")
        _require(self.priority_levels > 0, "there is one priority or more")

    def message(self) -> Message:
        """Return the ``ModelDynamicBatching``."""
        return {
            "preferred_batch_size": self.preferred_sizes,
            "max_queue_delay_microseconds": self.max_queue_delay_us,
            "priority_levels": self.priority_levels,
            "default_priority_level": self.priority_levels,
            # A request says how long its caller waits; one that nobody waits for any more is not executed.
            "default_queue_policy": {
                "timeout_action": Symbol("REJECT"),
                "allow_timeout_override": True,
                "max_queue_size": self.max_queue_size,
            },
        }


@dataclass(frozen=True)
class InstanceGroup:
    """Copies of the model that run side by side, and what each takes of the server's shared resources."""

    kind: DeviceKind
    count: int
    resources: Mapping[str, int] = field(default_factory=dict)
    """Name and amount that an execution holds (``tritonserver --rate-limit=execution_count``)."""
    priority: int = 1
    """1 goes first; an instance of priority 2 gets half its turns."""
    gpus: tuple[int, ...] = ()
    """Numbers of the GPUs that have so many instances each; none: all GPUs."""

    def __post_init__(self) -> None:
        """Check counts."""
        _require(self.count > 0, "an instance group has one instance or more")
        _require(all(amount > 0 for amount in self.resources.values()), "a resource is held in amounts of 1 or more")
        _require(self.priority > 0, "priorities begin at 1")
        _require(not self.gpus or self.kind == DeviceKind.GPU, "only instances on GPUs name these")

    def message(self) -> Message:
        """Return the ``ModelInstanceGroup``."""
        held: list[Message] = [{"name": name, "count": amount} for name, amount in self.resources.items()]
        limiter: Message = {"rate_limiter": {"resources": held, "priority": self.priority}} if held else {}
        return {"count": self.count, "kind": Symbol(self.kind), **({"gpus": self.gpus} if self.gpus else {}), **limiter}


@dataclass(frozen=True)
class WarmUpInput:
    """An input of a warm-up request: zeros, random values, or the bytes of a file in the model's ``warmup`` folder."""

    dims: tuple[int, ...]
    source: str = "random"

    def message(self, data_type: DataType) -> Message:
        """Return the ``ModelWarmup.Input``."""
        kinds: dict[str, Message] = {"zero": {"zero_data": True}, "random": {"random_data": True}}
        data = kinds.get(self.source, {"input_data_file": self.source})
        return {"data_type": Symbol(data_type), "dims": self.dims, **data}


@dataclass(frozen=True)
class WarmUp:
    """A request that runs before the model is called ready."""

    name: str
    batch_size: int
    inputs: Mapping[str, WarmUpInput]
    count: int = 1


@dataclass(frozen=True)
class ModelConfig:
    """All of a ``config.pbtxt``. Raises ValueError where parts do not fit together."""

    name: str
    backend: Backend
    max_batch_size: int
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    instances: InstanceGroup
    dynamic_batching: DynamicBatching | None
    """None of a model that gathers requests itself: its largest batch is 0, and its tensors have no batch."""
    parameters: Mapping[str, str]
    warm_ups: tuple[WarmUp, ...] = ()
    response_cache: bool = True
    decoupled: bool = False
    """Whether a request may have any number of responses, at any time."""

    def __post_init__(self) -> None:
        """Check the parts against each other."""
        _require(NAME.fullmatch(self.name) is not None, f"{self.name!r} is no name of a model")
        batched = self.dynamic_batching is not None
        _require(
            (self.max_batch_size > 0) == batched, f"{self.name}: dynamic batching needs a largest batch, 1 or more"
        )
        _require(not (self.decoupled and self.response_cache), f"{self.name}: no cache keeps decoupled responses")
        _require(bool(self.inputs) and bool(self.outputs), f"{self.name} needs inputs and outputs")
        for tensors in (self.inputs, self.outputs):
            names = [tensor.name for tensor in tensors]
            _require(len(set(names)) == len(names), f"{self.name} names a tensor twice")
        sizes = () if self.dynamic_batching is None else self.dynamic_batching.preferred_sizes
        _require(all(size <= self.max_batch_size for size in sizes), f"{self.name} prefers batches that it can't take")
        _require(all(self.parameters.values()), f"{self.name} has an empty parameter")
        for warm_up in self.warm_ups:
            self._check_warm_up(warm_up)

    def _check_warm_up(self, warm_up: WarmUp) -> None:
        label = f"{self.name}: warm-up {warm_up.name}"
        _require(1 <= warm_up.batch_size <= self.max_batch_size, f"{label} does not fit the largest batch")
        inputs = {tensor.name: tensor for tensor in self.inputs}
        needed = {name for name, tensor in inputs.items() if not tensor.optional}
        fills = needed <= warm_up.inputs.keys() <= inputs.keys()
        _require(fills, f"{label} must fill the model's inputs and no others")
        for name, filled in warm_up.inputs.items():
            wanted = inputs[name].dims
            fits = len(filled.dims) == len(wanted) and all(
                side > 0 and want in (-1, side) for side, want in zip(filled.dims, wanted, strict=True)
            )
            _require(fits, f"{label}: {name} of {filled.dims} does not fit {wanted}")

    def message(self) -> Message:
        """Return the ``ModelConfig``."""
        types = {tensor.name: tensor.data_type for tensor in self.inputs}
        return {
            "name": self.name,
            # Triton tells a plan from other files by this.
            **({"platform": PLATFORMS[self.backend]} if self.backend in PLATFORMS else {}),
            "backend": self.backend.value,
            "max_batch_size": self.max_batch_size,
            "input": [tensor.message() for tensor in self.inputs],
            "output": [tensor.message() for tensor in self.outputs],
            "instance_group": [self.instances.message()],
            **({} if self.dynamic_batching is None else {"dynamic_batching": self.dynamic_batching.message()}),
            **({"model_transaction_policy": {"decoupled": True}} if self.decoupled else {}),
            "response_cache": {"enable": self.response_cache},
            "model_warmup": [
                {
                    "name": warm_up.name,
                    "batch_size": warm_up.batch_size,
                    "count": warm_up.count,
                    "inputs": [{"key": k, "value": v.message(types[k])} for k, v in warm_up.inputs.items()],
                }
                for warm_up in self.warm_ups
            ],
            "parameters": [
                {"key": key, "value": {"string_value": value}} for key, value in sorted(self.parameters.items())
            ],
        }

    def pbtxt(self) -> str:
        """Return the text of ``config.pbtxt``."""
        return to_text(self.message())
