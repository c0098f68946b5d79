"""Writes the model that describes pictures into a model repository."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from shelfmatch_triton.describe.files import graph_files
from shelfmatch_triton.describe.runtime.executors.place import Runtime, plan_of
from shelfmatch_triton.describe.runtime.settings import DECODER, FILE, TOKENIZER, VISION, read_settings
from shelfmatch_triton.identity import hash_files
from shelfmatch_triton.layout import PACKAGE, VERSION
from shelfmatch_triton.model_config import Backend, DataType, DeviceKind, InstanceGroup, ModelConfig, Tensor

NAME = "describe"
RUNTIME = Path("describe") / "runtime"
CHECKPOINT = "checkpoint"
"""Folder of a checkpoint as published, for TensorRT-LLM."""

INPUTS = (
    Tensor("prompt", DataType.STRING, (1,)),
    Tensor("pictures", DataType.STRING, (-1,), optional=True),
    Tensor("system", DataType.STRING, (1,), optional=True),
    Tensor("schema", DataType.STRING, (1,), optional=True),
    Tensor("stop", DataType.STRING, (-1,), optional=True),
    Tensor("max_tokens", DataType.INT32, (1,), optional=True),
    Tensor("temperature", DataType.FP32, (1,), optional=True),
    Tensor("top_p", DataType.FP32, (1,), optional=True),
    Tensor("seed", DataType.INT32, (1,), optional=True),
    Tensor("deadline_ms", DataType.INT32, (1,), optional=True),
    Tensor("stream", DataType.BOOL, (1,), optional=True),
)
"""``pictures``: files (JPEG, PNG, WebP) in base64. The rest as ``describe.runtime.request.Ask`` has it."""

OUTPUTS = (
    Tensor("text", DataType.STRING, (1,)),
    Tensor("finish", DataType.STRING, (1,)),
    Tensor("tokens", DataType.INT32, (-1,)),
    Tensor("prompt_tokens", DataType.INT32, (1,)),
)
"""``finish`` says why the answer ended, and is empty in the pieces before; ``tokens`` come with it."""


@dataclass(frozen=True)
class Room:
    """What the model may take of the machine."""

    together: int = 8
    waiting: int = 32
    pictures: int = 4
    threads: int = 1
    gpu: int | None = None
    """Number of the GPU that it runs on; None: the processor."""
    runtime: Runtime = Runtime.ONNX


def instance(room: Room) -> InstanceGroup:
    """Return the one instance, which does all that is asked of the model.

    Raises:
        ValueError: what runs it needs a GPU.
    """
    if room.gpu is not None:
        return InstanceGroup(DeviceKind.GPU, 1, gpus=(room.gpu,))
    if room.runtime != Runtime.ONNX:
        raise ValueError(f"{room.runtime} runs on a GPU: name it with --gpu")
    return InstanceGroup(DeviceKind.CPU, 1)


def weights_of(graphs: Path, runtime: Runtime) -> list[Path]:
    """Return the files that say what a describer is: its graphs, its plans, or a checkpoint's weights."""
    if runtime == Runtime.TENSORRT_LLM:
        return sorted((graphs / CHECKPOINT).glob("*.safetensors"))
    if runtime == Runtime.TENSORRT:
        return [plan_of(graphs, name) for name in (VISION, DECODER)]
    return [file for name in (VISION, DECODER) for file in graph_files(graphs, name)]


def configuration(graphs: Path, room: Room) -> ModelConfig:
    """Return the model's configuration.

    Raises:
        OSError: a file of ``graphs`` can't be read.
        ValueError: its files are not those of a describer.
    """
    settings = read_settings(graphs)
    return ModelConfig(
        name=NAME,
        backend=Backend.PYTHON,
        max_batch_size=0,
        inputs=INPUTS,
        outputs=OUTPUTS,
        instances=instance(room),
        dynamic_batching=None,
        response_cache=False,
        decoupled=True,
        parameters={
            "model": settings.name,
            "precision": settings.precision,
            "weights_sha256": hash_files(weights_of(graphs, room.runtime)),
            "tokenizer_sha256": hash_files([graphs / TOKENIZER]),
            "max_tokens": str(settings.positions),
            "together": str(room.together),
            "waiting": str(room.waiting),
            "pictures": str(room.pictures),
            "threads": str(room.threads),
            "runtime": room.runtime.value,
        },
    )


def lay_out_describer(graphs: Path, target: Path, room: Room = Room()) -> Path:
    """Write the folder ``describe`` below ``target``, in the place of what had that name; return it.

    Raises:
        OSError: a file is missing.
        ValueError: the graphs' files do not fit together.
    """
    # Said by its own name, where it would be a file that is not there.
    instance(room)
    missing = [plan_of(graphs, name).name for name in (VISION, DECODER) if not plan_of(graphs, name).is_file()]
    if room.runtime == Runtime.TENSORRT and missing:
        raise ValueError(f"{graphs} lacks {' and '.join(missing)}: build-describer makes them on the GPU that serves")
    if room.runtime == Runtime.TENSORRT_LLM and not weights_of(graphs, room.runtime):
        raise ValueError(f"{graphs / CHECKPOINT} holds no weights: prepare-checkpoint puts them there")
    config = configuration(graphs, room).pbtxt()
    folder = target / NAME
    shutil.rmtree(folder, ignore_errors=True)
    version = folder / VERSION
    package = version / PACKAGE.name
    for part in (Path(), RUNTIME.parent, RUNTIME, RUNTIME / "executors", RUNTIME / "families"):
        (package / part).mkdir(parents=True)
        shutil.copyfile(PACKAGE / part / "__init__.py", package / part / "__init__.py")
    for source in (PACKAGE / RUNTIME).rglob("*.py"):
        if not source.stem.endswith(("test", "testing")):
            shutil.copyfile(source, package / source.relative_to(PACKAGE))
    graphs_too = room.runtime == Runtime.ONNX
    plans = {plan_of(graphs, name).name for name in (VISION, DECODER)}
    kept = {FILE, TOKENIZER, *((VISION, DECODER) if graphs_too else plans if room.runtime == Runtime.TENSORRT else ())}
    # Weights beyond what a file of ONNX can hold lie beside it.
    for source in graphs.iterdir():
        if source.name in kept or (graphs_too and source.name.startswith((f"{VISION}.", f"{DECODER}."))):
            shutil.copyfile(source, version / source.name)
    if room.runtime == Runtime.TENSORRT_LLM:
        shutil.copytree(graphs / CHECKPOINT, version / CHECKPOINT)
    entry = f"from {PACKAGE.name}.describe.runtime.triton_model import TritonPythonModel\n\n"
    (version / "model.py").write_text(f"{entry}__all__ = ['TritonPythonModel']\n", encoding="utf-8")
    (folder / "config.pbtxt").write_text(config, encoding="utf-8")
    return folder
