"""Writes a model repository, the folder that ``tritonserver --model-repository`` serves."""

from __future__ import annotations

import base64
import shutil
import struct
from collections.abc import Iterable
from pathlib import Path

from shelfmatch_triton.model_config import Backend
from shelfmatch_triton.registry import ServedModel

PACKAGE = Path(__file__).parent
VERSION = "1"

GREY_JPEG = (
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////////"
    "////////////////////wAALCAAIAAgBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAI"
    "AQEAAD8AP//Z"
)
"""A picture of 8 x 8 grey pixels: the warm-up of what decodes JPEG. Laying out needs no library for pictures."""


def lay_out(
    models: Iterable[ServedModel], weights: Path, target: Path, instances: int, backend: Backend = Backend.PYTHON
) -> list[Path]:
    """Write one folder a model below ``target``, in the place of what had that name; return the folders.

    Raises:
        FileNotFoundError: a file of the weights is missing.
        ValueError: a model's parts do not fit together, or ``backend`` can't run it.
    """
    return [_lay_out_model(model, weights, target / model.name, instances, backend) for model in models]


def _lay_out_model(model: ServedModel, weights: Path, folder: Path, instances: int, backend: Backend) -> Path:
    config = model.config(weights, instances, backend).pbtxt()
    shutil.rmtree(folder, ignore_errors=True)
    version = folder / VERSION
    version.mkdir(parents=True)
    (folder / "config.pbtxt").write_text(config, encoding="utf-8")
    if backend == Backend.ONNXRUNTIME and model.graph is not None:
        (version / "model.onnx").write_bytes(model.graph.wrap((weights / model.hashed[0]).read_bytes()))
    else:
        _write_python_model(model, weights, version)
    _write_warm_up_files(model, folder / "warmup")
    return folder


def _write_python_model(model: ServedModel, weights: Path, version: Path) -> None:
    for name in model.hashed:
        shutil.copyfile(weights / name, version / name)
    # The version's folder is on the module path of what runs in it.
    _copy_package(version / PACKAGE.name)
    entry = f"from {PACKAGE.name}.serving.{model.module} import TritonPythonModel\n\n__all__ = ['TritonPythonModel']\n"
    (version / "model.py").write_text(entry, encoding="utf-8")


def _copy_package(target: Path) -> None:
    serving = target / "serving"
    serving.mkdir(parents=True)
    shutil.copyfile(PACKAGE / "__init__.py", target / "__init__.py")
    for source in (PACKAGE / "serving").glob("*.py"):
        if not source.name.endswith("_test.py"):
            shutil.copyfile(source, serving / source.name)


def _write_warm_up_files(model: ServedModel, folder: Path) -> None:
    sources = {filled.source for warm_up in model.warm_ups for filled in warm_up.inputs.values()}
    for name in sources - {"zero", "random"}:
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(_as_string_element(base64.b64decode(GREY_JPEG)))


def _as_string_element(value: bytes) -> bytes:
    """Return ``value`` behind its length, as Triton serialises an element of TYPE_STRING."""
    return struct.pack("<I", len(value)) + value
