"""A real tritonserver for tests, and what is asked of it over HTTP."""

from __future__ import annotations

import base64
import http.client
import json
import os
import signal
import subprocess
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[3]
PATIENCE_S = 120


@dataclass(frozen=True)
class Told:
    """An answer of the server."""

    status: int
    body: dict[str, Any]

    @property
    def error(self) -> str:
        """Return what the server says went wrong."""
        return str(self.body.get("error", ""))

    @property
    def tokens(self) -> list[int]:
        """Return the answer's tokens."""
        found = self.body["tokens"]
        return list(found) if isinstance(found, list) else [found]


@dataclass(frozen=True)
class Server:
    """A server with the model ``describe``."""

    url: str
    process: subprocess.Popen[str]

    def connect(self) -> http.client.HTTPConnection:
        """Return a new connection."""
        parts = urlsplit(self.url)
        return http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=PATIENCE_S)

    def post(self, path: str, body: dict[str, Any]) -> Told:
        """Send JSON and return what comes back."""
        connection = self.connect()
        try:
            connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
            response = connection.getresponse()
            text = response.read().decode()
            return Told(response.status, json.loads(text) if text.strip().startswith("{") else {"error": text})
        finally:
            connection.close()

    def generate(self, **inputs: Any) -> Told:  # noqa: ANN401
        """Ask for a whole answer."""
        return self.post("/v2/models/describe/generate", inputs)

    def stream(self, **inputs: Any) -> Generator[dict[str, Any]]:  # noqa: ANN401
        """Ask for an answer in pieces, each an event; closing the iterator closes the connection."""
        connection = self.connect()
        try:
            body = json.dumps({**inputs, "stream": True})
            connection.request("POST", "/v2/models/describe/generate_stream", body)
            response = connection.getresponse()
            for line in response:
                if line.startswith(b"data: "):
                    yield json.loads(line[len(b"data: ") :])
        finally:
            connection.close()

    def _ask(self, what: str) -> Any:  # noqa: ANN401
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(f"{what}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())[what]

    def log(self) -> str:
        """Return what the server has said."""
        return str(self._ask("log"))

    def kill_stub(self) -> None:
        """End the process that runs the model, as a crash would."""
        for stub in self._ask("stubs"):
            os.kill(stub["pid"], signal.SIGKILL)


def encoded(file: Path) -> str:
    """Return a file's content as a request has it."""
    return base64.b64encode(file.read_bytes()).decode()


@contextmanager
def serving(repository: Path) -> Iterator[Server]:
    """Serve the model ``describe`` of a repository until the block ends."""
    node = ROOT / "node_modules" / ".bin" / "node"
    command = [os.environ.get("SHELFMATCH_NODE", str(node)), "scripts/servers/serve-triton.mjs", str(repository)]
    process = subprocess.Popen(
        [*command, "describe"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        line = process.stdout.readline()
        told = json.loads(line) if line else {"missing": "tritonserver did not start: see the lines above"}
        if "missing" in told:
            pytest.skip(told["missing"])
        yield Server(told["url"], process)
    finally:
        process.stdin.close()
        process.wait(PATIENCE_S)
        process.stdout.close()
