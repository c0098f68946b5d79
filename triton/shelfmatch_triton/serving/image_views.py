"""Views, cut by the engine, to embeddings and classes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import triton_python_backend_utils as pb_utils

from shelfmatch_triton.serving.arrays import normalise_rows, scale_views, split_rows, top_classes
from shelfmatch_triton.serving.onnx_session import open_session

CLASSES = 5


class ImageNetwork:
    """The image encoder: uint8 views [n, 224, 224, 3] to the output tensors of n pictures."""

    def __init__(self, args: dict[str, str]) -> None:
        """Load the weights."""
        self.session = open_session(args)

    def run(self, views: npt.NDArray[np.uint8]) -> dict[str, npt.NDArray[Any]]:
        """Return ``embedding`` [n, 1280], ``class_index`` and ``class_probability`` [n, 5]."""
        embedding, logits = self.session.run(["embedding", "logits"], {"pixels": scale_views(views)})
        places, probabilities = top_classes(logits, CLASSES)
        return {"embedding": normalise_rows(embedding), "class_index": places, "class_probability": probabilities}


class TritonPythonModel:
    """Runs all requests that the dynamic batcher gathered in one inference."""

    def initialize(self, args: dict[str, str]) -> None:
        """Load the weights."""
        self.network = ImageNetwork(args)

    def execute(self, requests: list[Any]) -> list[Any]:
        """Return one response a request, in order."""
        blocks = [pb_utils.get_input_tensor_by_name(request, "views").as_numpy() for request in requests]
        counts = [len(block) for block in blocks]
        outputs = self.network.run(np.concatenate(blocks) if len(blocks) > 1 else blocks[0])
        parts = {name: split_rows(rows, counts) for name, rows in outputs.items()}
        return [
            pb_utils.InferenceResponse([pb_utils.Tensor(name, blocks[n]) for name, blocks in parts.items()])
            for n in range(len(requests))
        ]
