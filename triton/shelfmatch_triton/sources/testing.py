"""A small server that answers as a model hub does, for tests."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

CDN = "/cdn/"


@dataclass
class TestHub:
    """Files by ``repository/resolve/revision/name``; large ones are given by another address, as the hub does."""

    __test__ = False

    files: Mapping[str, bytes]
    address: str = ""
    cut: list[int] = field(default_factory=list)
    """Bytes after which the next answers break off."""
    refusals: list[int] = field(default_factory=list)
    """Status codes of the next answers."""
    ranges: bool = True
    """Whether parts may be asked for."""
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    """Names and ranges of what was asked for, but for redirections."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, hub: TestHub, *args: object) -> None:
        self.hub = hub
        super().__init__(*args)  # type: ignore[arg-type]

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer with a file, a part of it, or a redirection to where it lies."""
        path = self.path.removeprefix("/")
        if self.path.startswith(CDN):
            path = self.path.removeprefix(CDN)
        elif path in self.hub.files and len(self.hub.files[path]) > 1000:
            return self._end(302, Location=CDN + path)
        span = self.headers.get("Range")
        self.hub.asked.append((path.rsplit("/", 1)[-1], span))
        if self.hub.refusals:
            return self._end(self.hub.refusals.pop(0))
        if path not in self.hub.files:
            return self._end(404)
        self._give(self.hub.files[path], span)

    def _give(self, content: bytes, span: str | None) -> None:
        match = re.fullmatch(r"bytes=(\d+)-", span or "")
        start = int(match[1]) if match is not None and self.hub.ranges else 0
        if start >= len(content):
            return self._end(416, **{"Content-Range": f"bytes */{len(content)}"})
        self.send_response(206 if start > 0 else 200)
        self.send_header("Content-Length", str(len(content) - start))
        if start > 0:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        if self.hub.cut:
            self.wfile.write(content[start : start + self.hub.cut.pop(0)])
            self.close_connection = True
        else:
            self.wfile.write(content[start:])

    def _end(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": "0", **headers}.items():
            self.send_header(name, value)
        self.end_headers()


@contextmanager
def serving(files: Mapping[str, bytes]) -> Iterator[TestHub]:
    """Serve the files on a free port of the loopback."""
    hub = TestHub(files)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, hub))
    hub.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
