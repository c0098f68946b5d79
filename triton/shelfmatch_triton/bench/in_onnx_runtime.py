"""Graphs in ONNX Runtime: on the GPU where its CUDA provider runs, else on the CPU."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import onnx
import onnxruntime as ort

from shelfmatch_triton.bench.pace import Bind, NotRun, Runner, opened
from shelfmatch_triton.export.exporter import Tensors
from shelfmatch_triton.export.network import Network
from shelfmatch_triton.export.onnx_file import export
from shelfmatch_triton.export.samples import samples
from shelfmatch_triton.quantise.feeds import open_graph
from shelfmatch_triton.quantise.make import KEPT_IN_FP32, make
from shelfmatch_triton.quantise.precision import Recipe
from shelfmatch_triton.sources.kinds import Precision

CALIBRATION_INPUTS = 16
CUDA = "CUDAExecutionProvider"


def graph_runners(
    network: Network, device: str, precisions: Sequence[Precision], folder: Path, threads: int
) -> Iterator[Runner]:
    """Return one a precision. Graphs in ``folder``, named as `export` and `gate` do, are used, others made.

    ``threads`` of the CPU; 0 is ONNX Runtime's own choice.
    """
    name = f"ONNX Runtime, {device.upper()}"
    for precision in precisions:

        def opener(precision: Precision = precision) -> AbstractContextManager[tuple[Bind, int | None]]:
            graph = graph_of(network, precision, folder)
            session = _session(graph, device, threads)
            return opened(lambda inputs: _bound(session, inputs, device), graph.stat().st_size)

        yield Runner(name, precision.value, opener)


def graph_of(network: Network, precision: Precision, folder: Path) -> Path:
    """Return the network's graph, made where it is not there.

    Without NVIDIA's quantiser FP16 is made by ONNX Runtime's own converter, 8 bits are not.

    Raises:
        NotRun: it can't be made here.
    """
    source = folder / f"{network.model.name}.onnx"
    if not source.is_file():
        export(network, folder)
    if precision == Precision.FP32:
        return source
    recipe = Recipe(precision)
    target = folder / f"{network.model.name}.{recipe.label}.onnx"
    if target.is_file():
        return target
    try:
        # What a network loses is the gates' to say, on pictures and texts; here, that the right thing was timed.
        inputs = samples(network.model, CALIBRATION_INPUTS, tokens=64, seed=7)
        feeds = [{name: rows[i : i + 1].numpy() for name, rows in inputs.items()} for i in range(CALIBRATION_INPUTS)]
        make(source, target, recipe, feeds)
    except ImportError as error:
        if precision != Precision.FP16:
            raise NotRun(f"no {target.name} in the folder of graphs, nor what makes it: {error}") from error
        return _halved(source, target.with_suffix(".runtime.onnx"))
    return target


def _halved(source: Path, target: Path) -> Path:
    from onnxruntime.transformers.float16 import convert_float_to_float16

    made = convert_float_to_float16(onnx.load(source), keep_io_types=True, op_block_list=KEPT_IN_FP32)
    onnx.save(made, target)
    return target


def _session(graph: Path, device: str, threads: int) -> ort.InferenceSession:
    if device == "cpu":
        return open_graph(str(graph), threads=threads, timed=True)
    if CUDA not in ort.get_available_providers():
        raise NotRun(f"this ONNX Runtime {ort.__version__} has no CUDA: install onnxruntime-gpu")
    # From PyTorch's packages, where the system has no CUDA.
    ort.preload_dlls()
    # As PyTorch does: FP32 is not rounded to TF32.
    session = open_graph(str(graph), [(CUDA, {"use_tf32": "0"}), "CPUExecutionProvider"], timed=True)
    if CUDA not in session.get_providers():
        raise NotRun("ONNX Runtime's CUDA provider could not be loaded; its log on stderr says which library lacks")
    return session


def _bound(session: ort.InferenceSession, inputs: Tensors, device: str) -> Any:  # noqa: ANN401
    binding = session.io_binding()
    for name, tensor in inputs.items():
        binding.bind_ortvalue_input(name, ort.OrtValue.ortvalue_from_numpy(tensor.numpy(), device, 0))
    binding.bind_output("embedding", device)

    def run() -> Any:  # noqa: ANN401
        session.run_with_iobinding(binding)
        return binding.get_outputs()[0]

    return run
