"""ONNX Runtime sessions of the python backend's models."""

from __future__ import annotations

import json
from pathlib import Path

import onnxruntime as ort


def parameters(args: dict[str, str]) -> dict[str, str]:
    """Return the parameters of the model's configuration, of the ``args`` that Triton gives ``initialize``."""
    stated = json.loads(args["model_config"])["parameters"]
    return {name: str(value["string_value"]) for name, value in stated.items()}


def parameter(args: dict[str, str], name: str) -> str:
    """Return one of them."""
    return parameters(args)[name]


def open_session(args: dict[str, str], *, as_written: bool = False) -> ort.InferenceSession:
    """Return a session on one core over the weights in the version's folder.

    ``as_written`` keeps Q/DQ pairs from being fused into integer kernels, which take FP16 scales wrongly.
    """
    file = Path(args["model_repository"]) / args["model_version"] / parameter(args, "weights_file")
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # Threads that spin between inferences take the cores that the other instances need.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if as_written:
        options.add_session_config_entry("session.disable_quant_qdq", "1")
    return ort.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
