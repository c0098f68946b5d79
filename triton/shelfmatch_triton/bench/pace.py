"""Times one way of running a model."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from shelfmatch_triton.bench.row import Row
from shelfmatch_triton.export.exporter import Tensors
from shelfmatch_triton.export.parity import compare
from shelfmatch_triton.export.quiet import quiet

WARM_UPS = 10
WARM_UP_S = 3.0
LEAST_WARM_UPS = 3
"""torch.compile compiles in the first run, records its CUDA graph in the second, and plays it from the third on."""
LEAST = 10
"""Runs that a row is made of, however long they take."""
LONGEST_S = 30.0
"""Yet no row takes longer."""

Run = Callable[[], Any]
"""Returns the embeddings: a tensor of PyTorch's, an array, or what has ``numpy()``. Inputs lie ready."""
Bind = Callable[[Tensors], Run]


class NotRun(Exception):
    """A row that can't be run here; the message says why."""


@dataclass(frozen=True)
class Runner:
    """One way of running a model in one precision."""

    name: str
    precision: str
    open: Callable[[], AbstractContextManager[tuple[Bind, int | None]]]
    """Gives what binds inputs, and the bytes of the weights. Raises what the row then says."""


@dataclass(frozen=True)
class Case:
    """A batch, and what comes of it."""

    inputs: Tensors
    wanted: npt.NDArray[np.float32]
    """Embeddings of the first inputs."""


@contextmanager
def opened(bind: Bind, size: int | None) -> Iterator[tuple[Bind, int | None]]:
    """Return what needs no closing."""
    yield bind, size


def rows_of(model: str, runner: Runner, cases: dict[int, Case], seconds: float) -> Iterator[Row]:
    """Measure each case, by size of its batch, for ``seconds`` or more; what can't be run says why."""
    blank = Row(model, runner.name, runner.precision, 0)
    left = list(cases)
    try:
        with quiet(), runner.open() as (bind, size):
            for batch, case in cases.items():
                yield _row(blank, batch, case, seconds, bind, size)
                left.remove(batch)
    except (
        Exception
    ) as error:  # Libraries raise all kinds: a driver too old, a package not there, an operator not known.
        yield from (_failed(blank, batch, error) for batch in left)


def _row(blank: Row, batch: int, case: Case, seconds: float, bind: Bind, size: int | None) -> Row:
    try:
        run = bind(case.inputs)
        # The first run has the very inputs; those behind it need not, where something would know them again.
        found = as_array(run())[: len(case.wanted)]
        times, core = _milliseconds(run, seconds)
    except Exception as error:  # As above; a batch may be beyond the memory or a server's largest.
        return _failed(blank, batch, error)
    median = statistics.median(times)
    return Row(
        blank.model,
        blank.runner,
        blank.precision,
        batch,
        bytes=size,
        least_cosine=compare("embedding", case.wanted, found).least_cosine,
        median_ms=median,
        core_ms=statistics.median(core) if _on_one_core() and size is not None else None,
        p95_ms=statistics.quantiles(times, n=20)[-1],
        per_second=1000 * batch / median,
    )


def _failed(blank: Row, batch: int, error: Exception) -> Row:
    lines = str(error).strip().splitlines()
    reason = lines[0] if isinstance(error, NotRun) else f"{type(error).__name__}: {lines[0] if lines else ''}"
    return Row(blank.model, blank.runner, blank.precision, batch, not_run=reason.replace("|", "/"))


def as_array(embeddings: Any) -> npt.NDArray[np.float32]:  # noqa: ANN401
    """Return the embeddings in memory, float32 [n, width]."""
    if isinstance(embeddings, torch.Tensor):
        embeddings = embeddings.float().cpu()
    found: npt.NDArray[np.float32] = embeddings if isinstance(embeddings, np.ndarray) else embeddings.numpy()
    return found.astype(np.float32)


def _on_one_core() -> bool:
    """Return whether one thread of this process computes: others would wait in loops, and be counted."""
    return torch.get_num_threads() == 1 and not torch.cuda.is_available()


def _milliseconds(run: Run, seconds: float) -> tuple[list[float], list[float]]:
    """Return the times of single runs, each waited for, and this process's time on all cores meanwhile."""
    wait = torch.cuda.synchronize if torch.cuda.is_available() else (lambda: None)
    began = time.perf_counter()
    for number in range(WARM_UPS):
        if number >= LEAST_WARM_UPS and time.perf_counter() - began > WARM_UP_S:
            break
        run()
    wait()
    times: list[float] = []
    core: list[float] = []
    began = time.perf_counter()
    while (passed := time.perf_counter() - began) < seconds or (len(times) < LEAST and passed < LONGEST_S):
        start, used = time.perf_counter(), time.process_time()
        run()
        wait()
        times.append(1000 * (time.perf_counter() - start))
        core.append(1000 * (time.process_time() - used))
    # Quantiles are of two or more.
    return (times, core) if len(times) > 1 else (times * 2, core)
