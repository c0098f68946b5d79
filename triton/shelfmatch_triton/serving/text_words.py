"""Texts to token ids, for callers without a tokenizer: the first step of an ensemble."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import triton_python_backend_utils as pb_utils

from shelfmatch_triton.serving.arrays import pad_rows, salt_rows
from shelfmatch_triton.serving.onnx_session import parameters
from shelfmatch_triton.serving.text_ids import TextIds

MOST_BYTES = 1024 * 1024


class TritonPythonModel:
    """Reads the texts of each request; a bad text fails its own request alone."""

    def initialize(self, args: dict[str, str]) -> None:
        """Load the tokenizer."""
        told = parameters(args)
        file = Path(args["model_repository"]) / args["model_version"] / told["tokenizer_file"]
        self.text_ids = TextIds(file, told)

    def execute(self, requests: list[Any]) -> list[Any]:
        """Return one response a request, in order."""
        return [self._respond(request) for request in requests]

    def _respond(self, request: Any) -> Any:  # noqa: ANN401 - Triton's classes have no types
        texts = pb_utils.get_input_tensor_by_name(request, "text").as_numpy().ravel()
        rows: list[npt.NDArray[np.int64]] = []
        for number, text in enumerate(texts, 1):
            try:
                rows.append(np.array([self._ids(text)], np.int64))
            except ValueError as error:
                message = f"text {number} of {len(texts)} {error}"
                return pb_utils.InferenceResponse(error=pb_utils.TritonError(message, pb_utils.TritonError.INVALID_ARG))
        padded = {"input_ids": pad_rows(rows), "attention_mask": pad_rows([np.ones_like(row) for row in rows])}
        tensors = {**padded, "salt": salt_rows(len(rows))}
        return pb_utils.InferenceResponse([pb_utils.Tensor(name, block) for name, block in tensors.items()])

    def _ids(self, text: bytes) -> list[int]:
        if len(text) > MOST_BYTES:
            raise ValueError(f"has {len(text)} bytes, more than {MOST_BYTES}; shorten it")
        try:
            ids = self.text_ids(text.decode())
        except UnicodeDecodeError as error:
            raise ValueError(f"is not UTF-8: {error}") from error
        if not ids:
            raise ValueError("has no token; give a word")
        return ids
