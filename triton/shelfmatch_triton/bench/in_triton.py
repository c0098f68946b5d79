"""Models that a Triton server has, over HTTP with binary tensors (KServe v2)."""

from __future__ import annotations

import http.client
import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt

from shelfmatch_triton.bench.pace import Bind, NotRun, Runner
from shelfmatch_triton.export.exporter import Tensors
from shelfmatch_triton.sources.model import SourceModel

TIMEOUT_S = 60
HEADER_LENGTH = "Inference-Header-Content-Length"
DATA_TYPES = {"uint8": "UINT8", "int64": "INT64"}
DIGITS = 200
"""Values that any picture, and the vocabulary of any text encoder, have."""


def triton_runners(url: str, model: SourceModel) -> Iterator[Runner]:
    """Return one a served model whose parameters say that it runs this encoder and takes the engine's inputs.

    A server that can't be reached, or that serves no such model, is one row.
    """
    try:
        served = list(_served(url, model))
    except (OSError, ValueError, http.client.HTTPException) as error:
        yield _refusal(f"{url}: {error}")
        return
    for name, precision in served:

        def opener(name: str = name) -> Any:  # noqa: ANN401
            return _opened(url, name)

        yield Runner(f"Triton, {name}", precision, opener)
    if not served:
        yield _refusal(f"{url} has no model of it loaded")


def _refusal(reason: str) -> Runner:
    @contextmanager
    def opener() -> Iterator[tuple[Bind, int | None]]:
        raise NotRun(reason)
        yield  # What makes it a generator.

    return Runner("Triton", "", opener)


def _connect(url: str) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname is None:
        raise ValueError(f"{url} is no http://HOST:PORT")
    return http.client.HTTPConnection(parts.hostname, parts.port or 8000, timeout=TIMEOUT_S)


def _served(url: str, model: SourceModel) -> Iterator[tuple[str, str]]:
    """Return names and precisions."""
    connection = _connect(url)
    wanted = {tensor.name for tensor in model.inputs}
    for entry in json.loads(_ask(connection, "POST", "/v2/repository/index", b"{}")):
        if entry.get("state") != "READY":
            continue
        config = json.loads(_ask(connection, "GET", f"/v2/models/{entry['name']}/config"))
        stated = {key: value["string_value"] for key, value in config.get("parameters", {}).items()}
        inputs = {tensor["name"] for tensor in config["input"] if not tensor.get("optional")}
        if stated.get("model") == model.name and inputs == wanted:
            yield entry["name"], stated.get("precision", "")


def _ask(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    body: bytes = b"",
    headers: Any = None,  # noqa: ANN401
) -> bytes:
    connection.request(method, path, body, headers or {})
    response = connection.getresponse()
    answer = response.read()
    if response.status != http.client.OK:
        raise NotRun(f"{path} answers {response.status}: {answer[:300].decode(errors='replace')}")
    length = response.headers.get(HEADER_LENGTH)
    return answer if length is None else answer[int(length) :]


@contextmanager
def _opened(url: str, name: str) -> Iterator[tuple[Bind, None]]:
    connection = _connect(url)

    def bind(inputs: Tensors) -> Any:  # noqa: ANN401
        arrays = {key: tensor.numpy() for key, tensor in inputs.items()}
        counter = itertools.count()
        return lambda: _infer(connection, name, _another(arrays, next(counter)))

    try:
        yield bind, None
    finally:
        connection.close()


def _another(arrays: dict[str, npt.NDArray[Any]], number: int) -> dict[str, npt.NDArray[Any]]:
    """Return the batch; from the second request on with other values at its end, new to the response cache."""
    if number == 0:
        return arrays
    first, *others = arrays
    changed = arrays[first].copy()
    row = changed[-1].reshape(-1)
    row[:2] = (1 + number % DIGITS, 1 + number // DIGITS % DIGITS)
    return {first: changed, **{name: arrays[name] for name in others}}


def _infer(
    connection: http.client.HTTPConnection, name: str, arrays: dict[str, npt.NDArray[Any]]
) -> npt.NDArray[np.float32]:
    inputs = [
        {
            "name": key,
            "shape": values.shape,
            "datatype": DATA_TYPES[values.dtype.name],
            "parameters": {"binary_data_size": values.nbytes},
        }
        for key, values in arrays.items()
    ]
    outputs = [{"name": "embedding", "parameters": {"binary_data": True}}]
    header = json.dumps({"inputs": inputs, "outputs": outputs}).encode()
    body = b"".join([header, *(values.tobytes() for values in arrays.values())])
    answer = _ask(connection, "POST", f"/v2/models/{name}/infer", body, {HEADER_LENGTH: str(len(header))})
    rows = len(next(iter(arrays.values())))
    return np.frombuffer(answer, np.float32).reshape(rows, -1)
