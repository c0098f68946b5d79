"""The Triton that the command line names: one of its own, one that runs already, or none."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shelfmatch_triton.accept.table import NotRun
from shelfmatch_triton.accept.triton_http import Triton, TritonError
from shelfmatch_triton.accept.tritonserver import serving


def refuse_spaces(repository: Path) -> None:
    """Refuse a model repository that Triton's python backend can't start models in.

    Raises:
        ValueError: its path has spaces. Seen of tritonserver 2.51: the load hangs.
    """
    if " " in str(repository.absolute()):
        raise ValueError(f"Triton's python backend starts no models in a path with spaces: {repository}")


@contextmanager
def reached(args: argparse.Namespace, repository: Path, log: Path) -> Iterator[Triton | NotRun]:
    """Give the server, started where the command line has its program and stopped in the end; or why there is none."""
    repository.mkdir(parents=True, exist_ok=True)
    if args.triton_url is not None:
        triton = Triton(args.triton_url)
        yield triton if triton.is_ready() else NotRun(f"no Triton answers at {triton.url}", True)
    elif args.tritonserver is not None:
        try:
            started = serving(args.tritonserver, repository.absolute(), log)
            triton = started.__enter__()
        except (OSError, TritonError) as error:
            yield NotRun(f"tritonserver did not start: {words_of(error)}", True)
            return
        try:
            yield triton
        finally:
            started.__exit__(None, None, None)
    else:
        yield NotRun("no Triton: give --tritonserver or --triton-url")


def words_of(error: BaseException) -> str:
    """Return an error's message on one line."""
    return " ".join(str(error).split())[:500] or type(error).__name__
