"""Writes a model repository, the folder that ``tritonserver --model-repository`` serves."""

from __future__ import annotations

import base64
import shutil
import struct
from collections.abc import Iterable
from pathlib import Path

from shelfmatch_triton.ensembles import surround
from shelfmatch_triton.model_config import Backend, ModelConfig
from shelfmatch_triton.registry import ServedModel

PACKAGE = Path(__file__).parent
VERSION = "1"

GREY_JPEG = (
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////////"
    "////////////////////wAALCAAIAAgBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAI"
    "AQEAAD8AP//Z"
)
"""A picture of 8 x 8 grey pixels: the warm-up of what decodes JPEG. Laying out needs no library for pictures."""
WARM_UP_FILES = {"grey.jpeg": base64.b64decode(GREY_JPEG), "word.txt": b"a word"}


def lay_out(
    models: Iterable[ServedModel], weights: Path, target: Path, instances: int, backend: Backend = Backend.PYTHON
) -> list[Path]:
    """Write each model below ``target``, and the ensemble around it, in the place of what had that name.

    Returns the folders, each once.

    Raises:
        FileNotFoundError: a file of the weights is missing.
        ValueError: a model's parts do not fit together, or ``backend`` can't run it.
    """
    folders: list[Path] = []
    for model in models:
        config = model.config(weights, instances, backend)
        folders.append(_lay_out_model(model, config, weights, target))
        tokenizer = None if model.tokenizer is None else weights / model.tokenizer
        folders += lay_out_around(config, tokenizer, target, instances)
    return list(dict.fromkeys(folders))


def _lay_out_model(model: ServedModel, config: ModelConfig, weights: Path, target: Path) -> Path:
    if config.backend == Backend.ONNXRUNTIME and model.graph is not None:
        folder = fresh_folder(target, config.name, config.pbtxt())
        graph = model.graph.wrap((weights / model.hashed[0]).read_bytes())
        (folder / VERSION / "model.onnx").write_bytes(graph)
        return folder
    return write_python_model(config, model.module, [weights / name for name in model.hashed], target)


def lay_out_around(encoder: ModelConfig, tokenizer: Path | None, target: Path, instances: int) -> list[Path]:
    """Write the ensemble that ends in an encoder, and its first step; return both folders.

    Raises:
        OSError, ValueError: as ``surround``.
    """
    surrounding = surround(encoder, tokenizer, instances)
    ensemble = surrounding.ensemble
    return [
        write_python_model(surrounding.step, surrounding.module, surrounding.files, target),
        fresh_folder(target, ensemble.name, ensemble.pbtxt()),
    ]


def fresh_folder(target: Path, name: str, config: str) -> Path:
    """Return a model's folder with its configuration and an empty version, in the place of what had that name."""
    folder = target / name
    shutil.rmtree(folder, ignore_errors=True)
    (folder / VERSION).mkdir(parents=True)
    (folder / "config.pbtxt").write_text(config, encoding="utf-8")
    return folder


def write_python_model(config: ModelConfig, module: str, files: Iterable[Path], target: Path) -> Path:
    """Write a model that ``shelfmatch_triton.serving.<module>`` runs, with its files; return its folder."""
    folder = fresh_folder(target, config.name, config.pbtxt())
    version = folder / VERSION
    for file in files:
        shutil.copyfile(file, version / file.name)
    # The version's folder is on the module path of what runs in it.
    _copy_package(version / PACKAGE.name)
    entry = f"from {PACKAGE.name}.serving.{module} import TritonPythonModel\n\n__all__ = ['TritonPythonModel']\n"
    (version / "model.py").write_text(entry, encoding="utf-8")
    _write_warm_up_files(config, folder / "warmup")
    return folder


def _copy_package(target: Path) -> None:
    serving = target / "serving"
    serving.mkdir(parents=True)
    shutil.copyfile(PACKAGE / "__init__.py", target / "__init__.py")
    for source in (PACKAGE / "serving").glob("*.py"):
        if not source.name.endswith("_test.py"):
            shutil.copyfile(source, serving / source.name)


def _write_warm_up_files(config: ModelConfig, folder: Path) -> None:
    sources = {filled.source for warm_up in config.warm_ups for filled in warm_up.inputs.values()}
    for name in sources - {"zero", "random"}:
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(_as_string_element(WARM_UP_FILES[name]))


def _as_string_element(value: bytes) -> bytes:
    """Return ``value`` behind its length, as Triton serialises an element of TYPE_STRING."""
    return struct.pack("<I", len(value)) + value
