"""Triton's own definition of model configurations, for tests."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType


@cache
def model_config_pb2() -> ModuleType:
    """Return the module of PyPI's tritonclient, without the gRPC that its package imports.

    Raises:
        ImportError: tritonclient is not installed.
    """
    package = importlib.util.find_spec("tritonclient")
    if package is None or not package.submodule_search_locations:
        raise ImportError("tritonclient is not installed")
    file = Path(package.submodule_search_locations[0]) / "grpc" / "model_config_pb2.py"
    spec = importlib.util.spec_from_file_location("model_config_pb2", file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} can't be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
