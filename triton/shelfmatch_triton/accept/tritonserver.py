"""A tritonserver of one's own, on loopback and a free port."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shelfmatch_triton.accept.triton_http import Triton, TritonError

STARTS_WITHIN_S = 300
"""The first load of CUDA's libraries takes minutes on a cold disk."""
STOPS_WITHIN_S = 30
STARTS = 3
"""Another program may take the free port first."""
CACHE_BYTES = 64 << 20
GPU_TURNS = 2
LAST_LINES = 15


@contextmanager
def serving(program: Path, repository: Path, log: Path) -> Iterator[Triton]:
    """Start it, without a model loaded, and stop it in the end.

    Raises:
        TritonError: it does not start; with its last words.
    """
    # Ended from outside, this process must not leave the server behind.
    before = signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        yield from _served(program, repository, log)
    finally:
        signal.signal(signal.SIGTERM, before)


def _served(program: Path, repository: Path, log: Path) -> Iterator[Triton]:
    for attempt in range(STARTS):
        port = _free_port()
        with log.open("wb") as stream:
            process = subprocess.Popen(_command(program, repository, port), stdout=stream, stderr=stream)
        try:
            triton = Triton(f"http://127.0.0.1:{port}")
            if _came_up(process, triton):
                yield triton
                return
        finally:
            _stop(process)
        told = log.read_text(encoding="utf-8", errors="replace")
        if attempt == STARTS - 1 or "in use" not in told:
            last = "\n".join(told.splitlines()[-LAST_LINES:])
            raise TritonError(f"{program} did not start; {log} ends with:\n{last}")


def _command(program: Path, repository: Path, port: int) -> list[str]:
    return [
        str(program),
        f"--model-repository={repository}",
        "--model-control-mode=explicit",
        "--disable-auto-complete-config",
        "--http-address=127.0.0.1",
        f"--http-port={port}",
        "--allow-grpc=false",
        "--allow-metrics=false",
        f"--cache-config=local,size={CACHE_BYTES}",
        "--rate-limit=execution_count",
        f"--rate-limit-resource=cpu:{os.cpu_count() or 1}",
        f"--rate-limit-resource=gpu:{GPU_TURNS}",
        "--exit-timeout-secs=10",
    ]


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _came_up(process: subprocess.Popen[bytes], triton: Triton) -> bool:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while process.poll() is None and time.monotonic() < deadline:
        if triton.is_ready():
            return True
        time.sleep(0.2)
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(STOPS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
