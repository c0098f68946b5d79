"""The model ``describe`` of Triton's python backend: one response an answer, or one a piece of its text."""

from __future__ import annotations

import base64
import binascii
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import triton_python_backend_utils as pb_utils

from shelfmatch_triton.describe.runtime.batcher import Batcher, Limits
from shelfmatch_triton.describe.runtime.executors.place import Place, Runtime
from shelfmatch_triton.describe.runtime.request import Answer, Ask, Fault, RequestError

NUMBERS = ("max_tokens", "temperature", "top_p", "seed", "deadline_ms")
TEXTS = ("prompt", "system", "schema")


def read_ask(inputs: dict[str, npt.NDArray[Any]]) -> tuple[Ask, bool]:
    """Return the request of Triton's input tensors, and whether its text is wanted in pieces.

    Raises:
        RequestError: something in it is not as it must be.
    """
    texts = {name: _texts(inputs, name) for name in (*TEXTS, "pictures", "stop")}
    numbers = {name: inputs[name].ravel()[0].item() for name in NUMBERS if name in inputs}
    pictures = []
    for number, text in enumerate(texts["pictures"], 1):
        try:
            pictures.append(base64.b64decode(text, validate=True))
        except (binascii.Error, ValueError) as error:
            raise RequestError(Fault.INVALID, f"picture {number} is no base64 ({error}): send its file so") from error
    single = {name: texts[name][0] for name in TEXTS if texts[name]}
    ask = Ask(**{"prompt": "", **single, **numbers}, pictures=tuple(pictures), stop=tuple(texts["stop"]))
    return ask, bool(inputs["stream"].ravel()[0]) if "stream" in inputs else False


def _texts(inputs: dict[str, npt.NDArray[Any]], name: str) -> list[str]:
    if name not in inputs:
        return []
    try:
        return [value.decode("utf-8") for value in inputs[name].ravel()]
    except UnicodeDecodeError as error:
        raise RequestError(Fault.INVALID, f"{name} is no UTF-8: {error}") from error


class Reply:
    """Sends what a request hears."""

    def __init__(self, request: Any, stream: bool = False) -> None:  # noqa: ANN401
        """Keep the sender, which outlives the request."""
        self.sender = request.get_response_sender()
        self.stream = stream

    def text(self, piece: str) -> None:
        """Send a piece, where pieces are wanted."""
        if self.stream:
            self._send(piece)

    def done(self, answer: Answer) -> None:
        """Send the end: with the whole text, or where pieces were sent, with nothing but why it ended."""
        text = "" if self.stream else answer.text
        self._send(text, answer.finish.value, answer.tokens, answer.prompt_tokens, last=True)

    def failed(self, error: RequestError) -> None:
        """Send the reason."""
        kinds = {
            Fault.INVALID: pb_utils.TritonError.INVALID_ARG,
            Fault.BUSY: pb_utils.TritonError.UNAVAILABLE,
            Fault.LATE: pb_utils.TritonError.UNAVAILABLE,
            Fault.CANCELLED: pb_utils.TritonError.CANCELLED,
            Fault.INTERNAL: pb_utils.TritonError.INTERNAL,
        }
        told = pb_utils.TritonError(f"{error.fault}: {error}", kinds[error.fault])
        self.sender.send(pb_utils.InferenceResponse(error=told), flags=pb_utils.TRITONSERVER_RESPONSE_COMPLETE_FINAL)

    def cancelled(self) -> bool:
        """Return whether the caller has gone."""
        return bool(self.sender.is_cancelled())

    def _send(
        self, text: str, finish: str = "", tokens: tuple[int, ...] = (), prompt_tokens: int = 0, last: bool = False
    ) -> None:
        outputs = [
            pb_utils.Tensor("text", np.array([text.encode()], np.object_)),
            pb_utils.Tensor("finish", np.array([finish.encode()], np.object_)),
            pb_utils.Tensor("tokens", np.array(tokens, np.int32)),
            pb_utils.Tensor("prompt_tokens", np.array([prompt_tokens], np.int32)),
        ]
        flags = pb_utils.TRITONSERVER_RESPONSE_COMPLETE_FINAL if last else 0
        self.sender.send(pb_utils.InferenceResponse(outputs), flags=flags)


class TritonPythonModel:
    """Hands requests to what runs the network, which answers them from its own thread."""

    def initialize(self, args: dict[str, str]) -> None:
        """Open the network."""
        told = {name: value["string_value"] for name, value in json.loads(args["model_config"])["parameters"].items()}
        limits = Limits(
            together=int(told["together"]),
            waiting=int(told["waiting"]),
            pictures=int(told["pictures"]),
        )
        device = int(args["model_instance_device_id"]) if args["model_instance_kind"] == "GPU" else None
        folder, runtime = Path(args["model_repository"]) / args["model_version"], Runtime(told["runtime"])
        if runtime == Runtime.TENSORRT_LLM and device is not None:
            from shelfmatch_triton.describe.runtime.tensorrt_llm import LlmDescriber, open_describer

            self.describer: Batcher | LlmDescriber = open_describer(folder, limits, device)
        else:
            self.describer = Batcher(folder, limits, Place(device, int(told["threads"]), runtime))

    def execute(self, requests: list[Any]) -> None:
        """Take requests; their answers come later."""
        for request in requests:
            reply = Reply(request)
            try:
                inputs = {tensor.name(): tensor.as_numpy() for tensor in request.inputs()}
                ask, reply.stream = read_ask(inputs)
            except RequestError as error:
                reply.failed(error)
            else:
                self.describer.submit(ask, reply)

    def finalize(self) -> None:
        """End the thread."""
        self.describer.close()
