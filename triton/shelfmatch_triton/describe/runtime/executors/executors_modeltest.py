"""What runs the graphs: the same tokens whatever a runtime asks for, and what can be known of GPUs without one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shelfmatch_triton.describe import compare
from shelfmatch_triton.describe.layout import Room, lay_out_describer
from shelfmatch_triton.describe.plan import sizes_of
from shelfmatch_triton.describe.runtime import graphs as runtime_graphs
from shelfmatch_triton.describe.runtime.executors.choose import open_executor
from shelfmatch_triton.describe.runtime.executors.cuda import CudaError, CudaMemory
from shelfmatch_triton.describe.runtime.executors.executor import ALIGNED, Executor, Limits, Slices, Tensor
from shelfmatch_triton.describe.runtime.executors.host import HostMemory
from shelfmatch_triton.describe.runtime.executors.onnx import open_on_gpu
from shelfmatch_triton.describe.runtime.executors.place import ON_CPU, Place, Runtime, plan_of
from shelfmatch_triton.describe.runtime.executors.tensorrt import Plan, Profile
from shelfmatch_triton.describe.runtime.settings import DECODER, VISION, Settings, read_settings
from shelfmatch_triton.describe.runtime.testing import ONE_FAMILY
from shelfmatch_triton.describe.testing import pictures
from shelfmatch_triton.plan.tensorrt_build import find_toolchain

pytestmark = pytest.mark.filterwarnings("ignore")
TOKENS = 24
Parsed = tuple[np.dtype[Any], tuple[int, ...]]


class Recording:
    """An executor that keeps names, types and shapes of what it is given."""

    def __init__(self, executor: Executor, limits: Limits) -> None:
        self.executor = executor
        self.memory, self.kinds, self.limits = executor.memory, executor.kinds, limits
        self.runs: list[tuple[Mapping[str, Tensor], Mapping[str, Tensor]]] = []

    def run(self, inputs: Mapping[str, Tensor], outputs: Mapping[str, Tensor], again: bool = False) -> None:
        self.runs.append((inputs, outputs))
        self.executor.run(inputs, outputs, again)


def profiles(settings: Settings, kinds: Mapping[str, tuple[int, ...]]) -> list[Profile]:
    """Return a decoder plan's, by the shapes that it is built for."""
    found = []
    for step in (False, True):
        shapes = {name: sizes_of(settings).shapes(settings, name, shape, step) for name, shape in kinds.items()}
        least, largest = ({name: each[place] for name, each in shapes.items()} for place in (0, 2))
        found.append(Profile(int(step), least, largest))
    return found


def test_what_gpus_ask_for_changes_no_token(graphs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A masked token before each prompt, larger blocks, prompts one by one - and all of it fits the plan's sizes.

    Names and types are those that TensorRT's own parser finds.
    """
    files = [file.read_bytes() for file in pictures(4)]
    wanted = compare.answers(graphs, ON_CPU, files, TOKENS)
    asked = Limits(least_past=1, block=512, prompts=1)
    opened: dict[str, Recording] = {}

    def recording(folder: Path, name: str, settings: Settings, place: Place) -> Executor:
        opened[name] = Recording(open_executor(folder, name, settings, place), asked)
        return opened[name]

    monkeypatch.setattr(runtime_graphs, "open_executor", recording)
    assert compare.compare(wanted, compare.answers(graphs, ON_CPU, files, TOKENS)) == compare.Compared(
        sum(map(len, wanted)), sum(map(len, wanted))
    )
    trt = find_toolchain().trt
    for name, executor in opened.items():
        inputs, outputs = parse(trt, graphs / name)
        assert {each: kind for each, (kind, _) in {**inputs, **outputs}.items()} == executor.kinds
        if name == DECODER:
            known = profiles(read_settings(graphs), {each: shape for each, (_, shape) in inputs.items()})
            for given, _ in executor.runs:
                shapes = {name: tensor.shape for name, tensor in given.items()}
                assert any(profile.holds(given) for profile in known), (shapes, known)
            assert max(given["input_ids"].shape[0] for given, _ in executor.runs) > 1
        for given, made in executor.runs:
            assert (given.keys(), made.keys()) == (inputs.keys(), outputs.keys())
            assert all(tensor.address % ALIGNED == 0 for tensor in (*given.values(), *made.values()))


def parse(trt: Any, file: Path) -> tuple[dict[str, Parsed], dict[str, Parsed]]:  # noqa: ANN401
    """Return types and shapes of a graph's inputs and outputs, as TensorRT's parser reads it."""
    logger = trt.Logger(trt.Logger.ERROR)
    builder = trt.Builder(logger)
    network = builder.create_network(0)
    parser = trt.OnnxParser(network, logger)
    assert parser.parse_from_file(str(file))
    given = [network.get_input(number) for number in range(network.num_inputs)]
    made = [network.get_output(number) for number in range(network.num_outputs)]

    def told(tensors: list[Any]) -> dict[str, Parsed]:
        return {each.name: (np.dtype(trt.nptype(each.dtype)), tuple(each.shape)) for each in tensors}

    return told(given), told(made)


def test_memory_copies_rows_of_slices() -> None:
    """As numpy does it: any begin, pitch and height."""
    random = np.random.default_rng(0)
    memory = HostMemory()
    source, target = (random.integers(0, 99, shape, np.uint8) for shape in ((5, 7, 40), (6, 9, 50)))
    read, written = memory.make(source.shape, np.uint8), memory.make(target.shape, np.uint8)
    memory.put(source, read)
    memory.put(target, written)
    begin = Slices(read.address + 40 + 3, 40, 7), Slices(written.address + 2 * 50 + 11, 50, 9)
    memory.copy(*begin, width=30, rows=4, slices=5)
    target[:5, 2:6, 11:41] = source[:, 1:5, 3:33]
    assert np.array_equal(memory.get(written), target)
    assert np.array_equal(memory.get(read), source)


@ONE_FAMILY
def test_what_is_not_here_is_said(graphs: Path, tmp_path: Path) -> None:
    """A GPU, an ONNX Runtime for it, a plan of this TensorRT: with the next step."""
    settings = read_settings(graphs)
    with pytest.raises(ValueError, match="tensorrt runs on a GPU: lay qwen3-vl-2b-reduced out with --gpu"):
        open_executor(graphs, DECODER, settings, replace(ON_CPU, runtime=Runtime.TENSORRT))
    with pytest.raises(CudaError, match=r"GPU 0 failed: .*driver"):
        CudaMemory(0)
    with pytest.raises(ValueError, match="install onnxruntime-gpu in the place of onnxruntime"):
        open_on_gpu(graphs / DECODER, 1, settings.precision, HostMemory(), 0, 0)
    file = tmp_path / "decoder.plan"
    file.write_bytes(b"no plan")
    with pytest.raises(ValueError, match=r"can't open decoder\.plan: .*build it anew"):
        Plan(find_toolchain().trt, file)


@ONE_FAMILY
def test_the_layout_says_where_it_runs(graphs: Path, tmp_path: Path) -> None:
    """The processor; a GPU, by its number; plans in the place of graphs."""
    plain = lay_out_describer(graphs, tmp_path / "cpu")
    assert "KIND_CPU" in (plain / "config.pbtxt").read_text()
    on_gpu = lay_out_describer(graphs, tmp_path / "gpu", Room(gpu=1))
    text = (on_gpu / "config.pbtxt").read_text()
    assert "kind: KIND_GPU" in text and "gpus: 1" in text
    assert {each.name for each in (on_gpu / "1").iterdir()} == {each.name for each in (plain / "1").iterdir()}
    assert (on_gpu / "1" / "shelfmatch_triton" / "describe" / "runtime" / "executors" / "tensorrt.py").is_file()
    with pytest.raises(ValueError, match="tensorrt runs on a GPU: name it with --gpu"):
        lay_out_describer(graphs, tmp_path / "none", Room(runtime=Runtime.TENSORRT))
    with pytest.raises(ValueError, match=r"lacks vision\.plan and decoder\.plan: build-describer"):
        lay_out_describer(graphs, tmp_path / "none", Room(gpu=0, runtime=Runtime.TENSORRT))
    planned = tmp_path / "planned"
    planned.mkdir()
    for file in graphs.iterdir():
        (planned / file.name).write_bytes(file.read_bytes())
    for name in (VISION, DECODER):
        plan_of(planned, name).write_bytes(b"a plan")
    laid = lay_out_describer(planned, tmp_path / "plans", Room(gpu=0, runtime=Runtime.TENSORRT))
    kept = {each.name for each in (laid / "1").iterdir() if each.is_file()}
    assert kept == {"describer.json", "tokenizer.json", "model.py", "vision.plan", "decoder.plan"}


def test_tensorrt_has_what_the_executor_calls() -> None:
    """The methods of the real bindings, with as many arguments."""
    trt = find_toolchain().trt
    called = {
        trt.Runtime: {"deserialize_cuda_engine": "serialized_engine"},
        trt.ICudaEngine: {
            "get_tensor_name": "index",
            "get_tensor_dtype": "name",
            "get_tensor_mode": "name",
            "get_tensor_profile_shape": "name",
            "create_execution_context": "",
            "num_io_tensors": "",
            "num_optimization_profiles": "",
        },
        trt.IExecutionContext: {
            "set_optimization_profile_async": "profile_index",
            "set_input_shape": "name",
            "set_tensor_address": "name",
            "infer_shapes": "",
            "execute_async_v3": "stream_handle",
        },
    }
    for kind, methods in called.items():
        for name, argument in methods.items():
            assert argument in str(getattr(kind, name).__doc__), f"{kind.__name__}.{name}"
    assert trt.TensorIOMode.INPUT != trt.TensorIOMode.OUTPUT
