"""Token ids, made by the engine's tokenizer, to sentence embeddings."""

from __future__ import annotations

from typing import Any

import numpy as np
import triton_python_backend_utils as pb_utils

from shelfmatch_triton.serving.arrays import mean_pool, normalise_rows, pad_rows, split_rows
from shelfmatch_triton.serving.onnx_session import open_session


class TritonPythonModel:
    """Pads the texts of all requests to one length and runs them in one inference; padding moves no bit of a vector."""

    def initialize(self, args: dict[str, str]) -> None:
        """Load the weights."""
        self.session = open_session(args)

    def execute(self, requests: list[Any]) -> list[Any]:
        """Return one response a request, in order."""
        ids, mask = (
            [pb_utils.get_input_tensor_by_name(request, name).as_numpy() for request in requests]
            for name in ("input_ids", "attention_mask")
        )
        padded = {"input_ids": pad_rows(ids), "attention_mask": pad_rows(mask)}
        feed = {**padded, "token_type_ids": np.zeros_like(padded["input_ids"])}
        (hidden,) = self.session.run(["last_hidden_state"], feed)
        rows = normalise_rows(mean_pool(hidden, padded["attention_mask"]))
        return [
            pb_utils.InferenceResponse([pb_utils.Tensor("embedding", block)])
            for block in split_rows(rows, [len(block) for block in ids])
        ]
