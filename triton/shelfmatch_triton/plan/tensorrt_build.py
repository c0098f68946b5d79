"""Builds plans with TensorRT's Python API.

The same code drives the TensorRT of Triton's container on a GPU, and TensorRT-RTX's parser and builder on a machine
without one (``triton/scripts/link_tensorrt_rtx.py``). Networks are strongly typed: every layer computes in the type
that the graph says.
"""

from __future__ import annotations

import importlib
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shelfmatch_triton.identity import hash_files
from shelfmatch_triton.plan.profiles import Profile
from shelfmatch_triton.plan.record import PlanRecord, read_record, write_record

WORKSPACE_BYTES = 4 << 30
Progress = Callable[[str], None]
Shape = tuple[int, ...]
ShapesOf = Callable[[str, Shape], tuple[Shape, Shape, Shape]]


class BuildError(Exception):
    """A graph that TensorRT did not take; the message has its reasons."""


@dataclass(frozen=True)
class Toolchain:
    """The TensorRT at hand."""

    trt: Any
    version: str
    device: str

    @property
    def is_rtx(self) -> bool:
        """Return whether it is TensorRT-RTX, whose plans Triton does not run."""
        return self.version.startswith("rtx")


def find_toolchain() -> Toolchain:
    """Return the TensorRT that this Python imports, and the GPU that it would build for.

    Raises:
        BuildError: there is none, or TensorRT without a GPU.
    """
    try:
        tensorrt = _bindings()
    except (ImportError, OSError) as error:
        raise BuildError(
            f"TensorRT can't be imported ({error}). In Triton's container: pip install tensorrt-cu13-bindings of its "
            "TensorRT's version. Without a GPU, to see whether graphs build: triton/scripts/link_tensorrt_rtx.py"
        ) from error
    library = next(Path(tensorrt.__file__).parent.glob("libnvinfer.so*"), None)
    rtx = library is not None and "rtx" in library.resolve().name
    if rtx and library is not None:
        return Toolchain(tensorrt, f"rtx-{library.resolve().name.partition('.so.')[2]}", "none")
    device = gpu_at_hand()
    if device is None:
        raise BuildError("TensorRT builds on the GPU that will run the plan, and nvidia-smi names none here")
    return Toolchain(tensorrt, str(tensorrt.__version__), device)


def _bindings() -> Any:  # noqa: ANN401
    """Return TensorRT's module: `tensorrt` of an installation that is whole, else the bindings' package by itself.

    The latter finds the libraries where the system has them, as Triton's container does.
    """
    try:
        return importlib.import_module("tensorrt")
    except ImportError:
        return importlib.import_module("tensorrt_bindings")


def gpu_at_hand() -> str | None:
    """Return name and compute capability of the first GPU; None where nvidia-smi names none."""
    query = ["nvidia-smi", "--query-gpu=name,compute_cap", "--format=csv,noheader"]
    try:
        told = subprocess.run(query, capture_output=True, text=True, check=True, timeout=60).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    return told.splitlines()[0].strip() if told.strip() else None


def build(graph: Path, plan: Path, profile: Profile, tools: Toolchain, progress: Progress) -> PlanRecord:
    """Build a plan, unless the one that is there was built of the same graph by the same TensorRT for the same GPU.

    Raises:
        BuildError: TensorRT did not take the graph.
        OSError: a file can't be read or written.
    """
    wanted = PlanRecord(hash_files([graph]), tools.version, tools.device, profile)
    if read_record(plan) == wanted:
        progress(f"{plan.name} is there")
        return wanted
    started = time.monotonic()
    plan.parent.mkdir(parents=True, exist_ok=True)
    fresh = plan.with_name(f".{plan.name}")
    cache = plan.parent / "timing.cache"
    fresh.write_bytes(serialise(graph, [lambda _, shape: profile.shapes(shape)], tools, progress, cache))
    fresh.replace(plan)
    write_record(plan, wanted)
    size = plan.stat().st_size / 1e6
    progress(f"{plan.name}: {size:.1f} MB in {time.monotonic() - started:.1f} s")
    return wanted


def serialise(graph: Path, profiles: Sequence[ShapesOf], tools: Toolchain, progress: Progress, cache: Path) -> bytes:
    """Return the plan of a graph.

    Args:
        graph: an ONNX file.
        profiles: of each, an input's least, usual and largest shape, by its name and its shape in the graph (-1:
            varies).
        tools: the TensorRT.
        progress: is told of each phase.
        cache: file of what was timed, where the TensorRT can keep that.

    Raises:
        BuildError: TensorRT did not take the graph.
    """
    trt = tools.trt
    logger = _logger(trt)
    builder = trt.Builder(logger)
    # From TensorRT 11 on every network is strongly typed, and the flag is gone.
    flag = getattr(trt.NetworkDefinitionCreationFlag, "STRONGLY_TYPED", None)
    network = builder.create_network(0 if flag is None else 1 << int(flag))
    parser = trt.OnnxParser(network, logger)
    if not parser.parse_from_file(str(graph)):
        errors = [parser.get_error(index) for index in range(parser.num_errors)]
        told = "\n".join(f"- {error.node_name() or 'graph'}: {error.desc()}" for error in errors)
        raise BuildError(f"TensorRT's parser refuses {graph.name}:\n{told}")
    config = builder.create_builder_config()
    config.set_memory_pool_limit(trt.MemoryPoolType.WORKSPACE, WORKSPACE_BYTES)
    for shapes_of in profiles:
        config.add_optimization_profile(_profile_of(builder, network, shapes_of, graph.name))
    monitor = _monitor(trt, progress)
    config.progress_monitor = monitor
    with _timing_cache(config, cache, tools):
        plan = builder.build_serialized_network(network, config)
    if plan is None:
        told = "\n".join(f"- {line}" for line in logger.errors) or "- it gave no reason"
        raise BuildError(f"TensorRT's builder refuses {graph.name}:\n{told}")
    return bytes(plan)


def _profile_of(builder: Any, network: Any, shapes_of: ShapesOf, name: str) -> Any:  # noqa: ANN401
    shapes = builder.create_optimization_profile()
    for index in range(network.num_inputs):
        tensor = network.get_input(index)
        try:
            shapes.set_shape(tensor.name, *shapes_of(tensor.name, tuple(tensor.shape)))
        except ValueError as error:
            raise BuildError(f"{name}: the input {tensor.name} does not fit a profile: {error}") from error
    return shapes


@contextmanager
def _timing_cache(config: Any, file: Path, tools: Toolchain) -> Iterator[None]:  # noqa: ANN401
    """Keep what TensorRT measured of kernels: the next plan, or the same one after a stop, is built in less time."""
    if tools.is_rtx:
        # It asks for a GPU.
        yield
        return
    cache = config.create_timing_cache(file.read_bytes() if file.is_file() else b"")
    config.set_timing_cache(cache, ignore_mismatch=False)
    yield
    fresh = file.with_name(f".{file.name}")
    fresh.write_bytes(bytes(config.get_timing_cache().serialize()))
    fresh.replace(file)


def _logger(trt: Any) -> Any:  # noqa: ANN401
    class Logger(trt.ILogger):  # type: ignore[misc]
        """Keeps what went wrong, for the message; warnings of TensorRT are many and mean little."""

        def __init__(self) -> None:
            trt.ILogger.__init__(self)
            self.errors: list[str] = []

        def log(self, severity: Any, message: str) -> None:  # noqa: ANN401
            if severity <= trt.ILogger.Severity.ERROR:
                self.errors.append(message)

    return Logger()


def _monitor(trt: Any, progress: Progress) -> Any:  # noqa: ANN401
    class Monitor(trt.IProgressMonitor):  # type: ignore[misc]
        """Tells of each outermost phase when it begins."""

        def __init__(self) -> None:
            trt.IProgressMonitor.__init__(self)

        def phase_start(self, phase_name: str, parent_phase: str | None, num_steps: int) -> None:
            if parent_phase is None:
                progress(f"  {phase_name} ({num_steps} steps)")

        def step_complete(self, phase_name: str, step: int) -> bool:
            return True

        def phase_finish(self, phase_name: str) -> None:
            return

    return Monitor()
