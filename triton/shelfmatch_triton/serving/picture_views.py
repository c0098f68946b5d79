"""Picture files to views, for callers that do not cut views themselves: the first step of an ensemble."""

from __future__ import annotations

from typing import Any

import numpy as np
import triton_python_backend_utils as pb_utils

from shelfmatch_triton.serving.arrays import salt_rows
from shelfmatch_triton.serving.onnx_session import parameter
from shelfmatch_triton.serving.picture_file import decode


class TritonPythonModel:
    """Decodes the pictures of each request; a bad picture fails its own request alone."""

    def initialize(self, args: dict[str, str]) -> None:
        """Read the side of the views."""
        self.side = int(parameter(args, "side"))

    def execute(self, requests: list[Any]) -> list[Any]:
        """Return one response a request, in order."""
        return [self._respond(request) for request in requests]

    def _respond(self, request: Any) -> Any:  # noqa: ANN401 - Triton's classes have no types
        files = pb_utils.get_input_tensor_by_name(request, "picture").as_numpy().ravel()
        views = []
        for number, file in enumerate(files, 1):
            try:
                views.append(decode(file, self.side))
            except ValueError as error:
                message = f"picture {number} of {len(files)} {error}"
                return pb_utils.InferenceResponse(error=pb_utils.TritonError(message, pb_utils.TritonError.INVALID_ARG))
        salt = pb_utils.Tensor("salt", salt_rows(len(views)))
        return pb_utils.InferenceResponse([pb_utils.Tensor("views", np.stack(views)), salt])
