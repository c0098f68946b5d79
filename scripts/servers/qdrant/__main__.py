"""A server for the tests: Qdrant's own engine behind the part of its REST interface that this project uses.

Prints `listening <port>` when it is ready. SIGTERM ends it.
"""

import argparse
import json
import os
import signal
import sys
import threading
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import wire
from collection import Tuning
from errors import Refusal, malformed
from qdrant_client import models
from routes import ROUTES
from storage import Storage

#: Answered without a key, as Qdrant does (src/actix/mod.rs).
OPEN_PATHS = {"/", "/healthz", "/readyz", "/livez"}
ORDERINGS = {one.value for one in models.WriteOrdering}
MAX_BODY = 32 * 1024 * 1024


class Handler(BaseHTTPRequestHandler):
    """One connection; requests on it one after the other."""

    protocol_version = "HTTP/1.1"
    # Head and body leave in two writes: with Nagle's algorithm each answer would wait for the other side's ACK.
    disable_nagle_algorithm = True
    storage: Storage
    version: str
    key: str | None

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of each request."""

    def _send(self, status: int, body: bytes, media: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("content-type", media)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _send_json(self, status: int, result: object, said: object, started: float) -> None:
        body = {"result": result, "status": said, "time": time.monotonic() - started}
        self._send(status, json.dumps(body).encode())

    def _query(self, text: str, allowed: frozenset[str]) -> None:
        said = parse_qs(text, keep_blank_values=True)
        unknown = set(said) - allowed
        if unknown:
            raise malformed("query parameters", f"unknown field {sorted(unknown)[0]}")
        if said.get("wait", ["true"])[0] not in ("true", "false"):
            raise malformed("query parameters", "provided string was not `true` or `false`")
        if said.get("ordering", ["weak"])[0] not in ORDERINGS:
            raise malformed("query parameters", "unknown ordering")

    def _run(self) -> tuple[object, object]:
        url = urlsplit(self.path)
        for route in ROUTES:
            parts = route.match(self.command, url.path)
            if parts is None:
                continue
            self._query(url.query, route.query)
            body = None if route.body is None else wire.parse(route.body, self.body)
            return route.reply, route.run(self.storage, tuple(unquote(part) for part in parts), body)
        raise Refusal(404, "")

    def _answer(self) -> None:
        started = time.monotonic()
        length = int(self.headers.get("content-length", "0"))
        self.body = self.rfile.read(length)
        path = urlsplit(self.path).path
        if path not in OPEN_PATHS and self.key is not None and self.headers.get("api-key") != self.key:
            given = self.headers.get("api-key") is not None
            words = "Invalid API key or JWT" if given else "Must provide an API key or an Authorization bearer token"
            return self._send(401, words.encode(), "text/plain; charset=utf-8")
        if path == "/":
            version = {"title": "qdrant - vector search engine", "version": self.version}
            return self._send(200, json.dumps(wire.checked(models.VersionInfo, version)).encode())
        if path in OPEN_PATHS:
            return self._send(200, b"all shards are ready" if path == "/readyz" else b"ok", "text/plain")
        try:
            if length > MAX_BODY:
                raise Refusal(400, "A payload reached size limit.")
            kind, result = self._run()
            self._send_json(200, wire.checked(kind, result), "ok", started)
        except Refusal as error:
            self._send_json(error.status, None, {"error": error.message}, started)
        except Exception as error:
            traceback.print_exc()
            self._send_json(500, None, {"error": f"Service internal error: {error}"}, started)

    do_GET = do_PUT = do_POST = do_DELETE = do_PATCH = _answer


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--folder", type=Path, required=True)
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--version", default="1.19.0", help="what GET / says")
    options.add_argument("--indexing-threshold-kb", type=int, default=10_000)
    options.add_argument("--optimise-after", type=int, default=2_000, help="points changed between two optimisations")
    given = options.parse_args()
    Handler.storage = Storage(given.folder, Tuning(given.indexing_threshold_kb, given.optimise_after))
    Handler.version = given.version
    Handler.key = os.environ.get("QDRANT__SERVICE__API_KEY")
    server = ThreadingHTTPServer(("127.0.0.1", given.port), Handler)
    server.daemon_threads = True
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"listening {server.server_address[1]}", flush=True)
    server.serve_forever(poll_interval=0.05)
    Handler.storage.close()
    sys.stdout.flush()
    # Connections that are kept alive have threads of their own, which wait for a next request.
    os._exit(0)


if __name__ == "__main__":
    main()
