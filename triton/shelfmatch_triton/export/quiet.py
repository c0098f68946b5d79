"""Keeps to themselves what libraries tell of things that are as they should be."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from transformers.utils import logging as transformers_logging

TALKATIVE = ("torch.onnx", "torch.onnx._internal.exporter._registration", "onnxscript", "onnx_ir")
"""Of torchvision, which is not needed, and of constants that stay as they are."""


@contextmanager
def quiet() -> Iterator[None]:
    """Let only errors through. Small networks have fewer words than the numbers of their end marks."""
    levels = {name: logging.getLogger(name).level for name in TALKATIVE}
    verbosity = transformers_logging.get_verbosity()
    try:
        for name in TALKATIVE:
            logging.getLogger(name).setLevel(logging.ERROR)
        transformers_logging.set_verbosity_error()
        transformers_logging.disable_progress_bar()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
        transformers_logging.set_verbosity(verbosity)
        transformers_logging.enable_progress_bar()
