"""Downloads of a model hub that go on where they stopped.

huggingface_hub's own begin each file anew when the process was ended: its half files have names at random.
"""

from __future__ import annotations

import http.client
import os
import re
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shelfmatch_triton.identity import CHUNK, hash_files

ENDPOINT = "https://huggingface.co"
TRIES = 5
TIMEOUT_S = 60
"""Without a byte."""


class DownloadError(Exception):
    """A file can't be had, or is not the one that was asked for."""


def endpoint() -> str:
    """Return the hub's address: HF_ENDPOINT's, as for Hugging Face's own tools, or the public one."""
    return os.environ.get("HF_ENDPOINT", ENDPOINT)


def downloads() -> Path:
    """Return the folder of downloads where none is named."""
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "shelfmatch" / "hub"


def download(url: str, target: Path, sha256: str | None = None, pause_s: float = 1) -> None:
    """Fetch ``url`` to ``target`` unless it is there; a second process waits for the first.

    Args:
        url: what to fetch.
        target: where to; what is on its way lies beside it as ``.part``.
        sha256: of the contents, where it is known.
        pause_s: seconds before the second try; longer before each further one.

    Raises:
        DownloadError: the server can't be reached or refuses, or the contents are others. These are deleted.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with _alone(target.with_name(f"{target.name}.lock")):
        if target.is_file() and (sha256 is None or hash_files([target]) == sha256):
            return
        part = target.with_name(f"{target.name}.part")
        _fetch(url, part, pause_s)
        found = hash_files([part])
        if sha256 is not None and found != sha256:
            part.unlink()
            raise DownloadError(f"{url} has the SHA-256 {found}, not {sha256}. It was deleted; try again")
        part.replace(target)


def _fetch(url: str, part: Path, pause_s: float) -> None:
    for attempt in range(1, TRIES + 1):
        try:
            if _append(url, part):
                return
            reason = "the connection broke off"
        except urllib.error.HTTPError as error:
            if error.code < 500 and error.code != 429:
                raise DownloadError(f"{url} is refused: {error.code} {error.reason}") from error
            reason = f"{error.code} {error.reason}"
        except (OSError, http.client.HTTPException) as error:
            reason = str(getattr(error, "reason", error))
        if attempt < TRIES:
            time.sleep(pause_s * attempt)
    raise DownloadError(f"{url} can't be had ({reason}, {TRIES} times)")


def _append(url: str, part: Path) -> bool:
    """Fetch what ``part`` lacks; return whether it is whole now."""
    have = part.stat().st_size if part.is_file() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have > 0 else {})
    try:
        response = urllib.request.urlopen(request, timeout=TIMEOUT_S)
    except urllib.error.HTTPError as error:
        if error.code != 416:
            raise
        # Asked for what lies behind the end: it is whole, or of another file.
        if error.headers.get("Content-Range") == f"bytes */{have}":
            return True
        part.unlink()
        return False
    with response:
        start, total = _place(response)
        if start not in (0, have):
            raise http.client.HTTPException(f"the server goes on at byte {start}, not {have}")
        with part.open("ab" if start > 0 else "wb") as file:
            while chunk := response.read(CHUNK):
                file.write(chunk)
                _tell(part, file.tell(), len(chunk), total)
        return total is None or part.stat().st_size == total


def _place(response: http.client.HTTPResponse) -> tuple[int, int | None]:
    """Return where the answer starts in the file, and how long the file is."""
    if response.status == 206:
        match = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", response.headers.get("Content-Range", ""))
        if match is None:
            raise http.client.HTTPException("the server does not say which part of the file it sends")
        return int(match[1]), int(match[2])
    length = response.headers.get("Content-Length")
    return 0, None if length is None else int(length)


def _tell(part: Path, size: int, step: int, total: int | None) -> None:
    if total is not None and total > 10 * CHUNK and 10 * size // total > 10 * (size - step) // total:
        print(f"  {part.stem}: {100 * size // total} % of {total / 2**20:.0f} MiB", file=sys.stderr)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    # Not on Windows, where models are served but not made.
    import fcntl

    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
