"""A graph that has everything around its network in itself: the model's inputs to its outputs."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import triton_python_backend_utils as pb_utils

from shelfmatch_triton.serving.arrays import pad_rows, split_rows
from shelfmatch_triton.serving.onnx_session import open_session

TOKENS_NDIM = 2
"""Of ids and masks; views have more sides."""


class TritonPythonModel:
    """Runs all requests that the dynamic batcher gathered in one inference."""

    def initialize(self, args: dict[str, str]) -> None:
        """Load the graph."""
        self.session = open_session(args, as_written=True)
        self.inputs = [tensor.name for tensor in self.session.get_inputs()]
        self.outputs = [tensor["name"] for tensor in json.loads(args["model_config"])["output"]]

    def execute(self, requests: list[Any]) -> list[Any]:
        """Return one response a request, in order."""
        given = {
            name: [pb_utils.get_input_tensor_by_name(request, name).as_numpy() for request in requests]
            for name in self.inputs
        }
        counts = [len(block) for block in given[self.inputs[0]]]
        # Texts of different lengths share a batch.
        feed = {
            name: pad_rows(blocks) if blocks[0].ndim == TOKENS_NDIM else np.concatenate(blocks)
            for name, blocks in given.items()
        }
        results = [split_rows(rows, counts) for rows in self.session.run(self.outputs, feed)]
        return [
            pb_utils.InferenceResponse(
                [pb_utils.Tensor(name, blocks[n]) for name, blocks in zip(self.outputs, results, strict=True)]
            )
            for n in range(len(requests))
        ]
