"""Triton by HTTP: models loaded and unloaded, and inferences with the binary tensor extension.

https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_binary_data.md
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import numpy as np
import numpy.typing as npt
import urllib3

from shelfmatch_triton.quantise.feeds import Feed

Array = npt.NDArray[Any]
TYPES: Mapping[str, npt.DTypeLike] = {"UINT8": np.uint8, "INT32": np.int32, "INT64": np.int64, "FP32": np.float32}
NAMES = {np.dtype(kind): name for name, kind in TYPES.items()}
HEADER = "Inference-Header-Content-Length"


class TritonError(Exception):
    """Triton is not there, or refused; the message says what it said."""


class Triton:
    """A server. May be used by several threads at once."""

    def __init__(self, url: str, connections: int = 16, deadline_s: float = 300) -> None:
        """Keep the address; nothing is sent yet."""
        self.url = url.rstrip("/")
        self.pool = urllib3.PoolManager(maxsize=connections, timeout=deadline_s, retries=False)

    def is_ready(self) -> bool:
        """Return whether it takes requests."""
        try:
            return self.pool.request("GET", f"{self.url}/v2/health/ready", timeout=5).status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def version(self) -> str:
        """Return the server's version."""
        return str(self._json("GET", "/v2")["version"])

    def load(self, model: str) -> None:
        """Load a model of its repository, or load it anew; its warm-ups have run when this returns."""
        self._send("POST", f"/v2/repository/models/{quote(model)}/load")

    def unload(self, model: str) -> None:
        """Give its memory back."""
        self._send("POST", f"/v2/repository/models/{quote(model)}/unload")

    def config(self, model: str) -> dict[str, Any]:
        """Return the configuration that it runs with."""
        return self._json("GET", f"/v2/models/{quote(model)}/config")

    def infer(self, model: str, feed: Feed, output: str = "embedding") -> Array:
        """Return one output of one request; its first side is the batch.

        Raises:
            TritonError: the server refused, or answered with something else.
        """
        blocks = {name: np.ascontiguousarray(values) for name, values in feed.items()}
        inputs = [
            {
                "name": name,
                "datatype": NAMES[values.dtype],
                "shape": list(values.shape),
                "parameters": {"binary_data_size": values.nbytes},
            }
            for name, values in blocks.items()
        ]
        wanted = [{"name": output, "parameters": {"binary_data": True}}]
        header = json.dumps({"inputs": inputs, "outputs": wanted}).encode()
        body = b"".join([header, *(values.tobytes() for values in blocks.values())])
        headers = {HEADER: str(len(header)), "Content-Type": "application/octet-stream"}
        answer = self._send("POST", f"/v2/models/{quote(model)}/infer", body, headers)
        return _tensor(answer, output, f"{model} at {self.url}")

    def generate(self, model: str, inputs: Mapping[str, object]) -> dict[str, Any]:
        """Return a whole answer of a model that answers as long as it likes, by the extension ``generate``.

        Raises:
            TritonError: the server refused, or answered with something else.
        """
        body = json.dumps(inputs).encode()
        answer = self._send("POST", f"/v2/models/{quote(model)}/generate", body, {"Content-Type": "application/json"})
        told = json.loads(answer.data)
        if not isinstance(told, dict):
            raise TritonError(f"{model} at {self.url} answered with {answer.data[:200]!r}")
        return told

    def _json(self, method: str, path: str) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self._send(method, path).data)
        return told

    def _send(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> urllib3.BaseHTTPResponse:
        try:
            answer = self.pool.request(method, f"{self.url}{path}", body=body, headers=headers)
        except urllib3.exceptions.HTTPError as error:
            raise TritonError(f"Triton at {self.url} does not answer: {error}") from error
        if answer.status != 200:
            told = answer.data[:2000].decode(errors="replace")
            raise TritonError(f"Triton at {self.url} refused {path} ({answer.status}): {told}")
        return answer


def _tensor(answer: urllib3.BaseHTTPResponse, output: str, whose: str) -> Array:
    length = int(answer.headers.get(HEADER, len(answer.data)))
    described = json.loads(answer.data[:length]).get("outputs", [])
    at = length
    for tensor in described:
        size = int(tensor.get("parameters", {}).get("binary_data_size", 0))
        if tensor["name"] == output and size > 0:
            kind = np.dtype(TYPES[tensor["datatype"]])
            if size != kind.itemsize * math.prod(tensor["shape"]):
                raise TritonError(f"{whose} sent {size} bytes for {output} of {tensor['shape']}")
            return np.frombuffer(answer.data, kind, offset=at, count=size // kind.itemsize).reshape(tensor["shape"])
        at += size
    raise TritonError(f"{whose} answered without {output}")
