"""How fast pictures are described: a Triton server beside transformers' ``generate``, in one run on one machine."""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np

from shelfmatch_triton.describe.files import graph_bytes
from shelfmatch_triton.describe.runtime.settings import DECODER

if TYPE_CHECKING:
    from shelfmatch_triton.describe.published import Reference

TIMEOUT_S = 600
ROUNDS = 3
COPIED = 1 << 28
"""Bytes that the memory's pace is measured by: far more than any cache holds."""


@dataclass(frozen=True)
class Pace:
    """One answer."""

    first_s: float
    """From asking to the first piece of text."""
    whole_s: float
    tokens: int


@dataclass(frozen=True)
class Row:
    """Requests of one way, so many at once."""

    way: str
    at_once: int
    first_ms: float
    """Median over all requests."""
    tokens_per_s: float
    """Of all together: median over the rounds."""


def ask_server(url: str, prompt: str, pictures: Sequence[Path], tokens: int) -> Pace:
    """Ask a server's model ``describe``, in pieces.

    Raises:
        OSError: the server can't be reached.
        ValueError: it answers with an error.
    """
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=TIMEOUT_S)
    files = [base64.b64encode(file.read_bytes()).decode() for file in pictures]
    body = json.dumps({"prompt": prompt, "pictures": files, "max_tokens": tokens, "stream": True})
    started = time.perf_counter()
    first = 0.0
    try:
        connection.request("POST", "/v2/models/describe/generate_stream", body)
        for line in connection.getresponse():
            if not line.startswith(b"data: "):
                continue
            event = json.loads(line[len(b"data: ") :])
            if "error" in event:
                raise ValueError(f"{url}: {event['error']}")
            first = first or time.perf_counter() - started
            if event["finish"]:
                return Pace(first, time.perf_counter() - started, len(event["tokens"]))
    finally:
        connection.close()
    raise ValueError(f"{url} ended its answer without saying why")


def measure(way: str, at_once: int, ask: Callable[[int], list[Pace]]) -> Row:
    """Return the row of a way that answers ``at_once`` requests; the first round, which warms up, is not counted."""
    ask(at_once)
    rounds = [ask(at_once) for _ in range(ROUNDS)]
    first = statistics.median(pace.first_s for paces in rounds for pace in paces)
    rates = [sum(pace.tokens for pace in paces) / max(pace.whole_s for pace in paces) for paces in rounds]
    return Row(way, at_once, 1000 * first, statistics.median(rates))


def memory_pace() -> float:
    """Return how many bytes of memory one thread reads a second, the best of some tries."""
    values = np.ones(COPIED // 4, np.float32)
    best = 0.0
    for _ in range(5):
        started = time.perf_counter()
        float(values.sum())
        best = max(best, COPIED / (time.perf_counter() - started))
    return best


def table(rows: Sequence[Row], weights: int, pace: float) -> str:
    """Return the rows in Markdown, beside what the memory allows: each token reads all of the decoder's weights."""
    limit = pace / weights
    lines = [
        f"Memory read by one thread: {pace / 1e9:.1f} GB/s; the decoder's graph: {weights / 1e6:.1f} MB; "
        f"so {limit:.0f} tokens/s at the most for one text alone.",
        "",
        "| way | at once | first piece, ms | tokens/s | of the limit |",
        "|---|---|---|---|---|",
    ]
    for row in rows:
        share = f"{row.tokens_per_s / limit:.0%}" if row.at_once == 1 else ""
        lines.append(f"| {row.way} | {row.at_once} | {row.first_ms:.0f} | {row.tokens_per_s:.0f} | {share} |")
    return "\n".join(lines)


@dataclass(frozen=True)
class Asked:
    """What each request is."""

    prompt: str
    pictures: Sequence[Path]
    tokens: int
    """Of each answer."""


def transformers_way(reference: Reference, asked: Asked) -> Callable[[int], list[Pace]]:
    """Return what answers by the published network, all requests as one batch."""

    def ask(at_once: int) -> list[Pace]:
        started = time.perf_counter()
        inputs = [reference.inputs(asked.prompt, asked.pictures) for _ in range(at_once)]
        heard: list[float] = []

        class Streamer:
            """Is told of the prompt first, then of each token."""

            def put(self, _: Any) -> None:  # noqa: ANN401
                heard.append(time.perf_counter() - started)

            def end(self) -> None:
                return

        # Only one text can be listened to: for more, the first token is that of the whole batch, asked for by itself.
        if at_once == 1:
            found = reference.generate(inputs, asked.tokens, streamer=Streamer())
            first = heard[1]
        else:
            reference.generate(inputs, 1)
            first, started = time.perf_counter() - started, time.perf_counter()
            found = reference.generate(inputs, asked.tokens)
        whole = time.perf_counter() - started
        return [Pace(first, whole, len(tokens)) for tokens in found]

    return ask


def served_way(url: str, asked: Asked) -> Callable[[int], list[Pace]]:
    """Return what answers by a server's model ``describe``, each request on its own connection."""

    def ask(at_once: int) -> list[Pace]:
        with ThreadPoolExecutor(at_once) as pool:
            answers = [pool.submit(ask_server, url, asked.prompt, asked.pictures, asked.tokens) for _ in range(at_once)]
            return [each.result() for each in answers]

    return ask


def run_figures(args: argparse.Namespace) -> int:
    """Measure both ways and print the table; return the exit status."""
    import torch
    from tokenizers import Tokenizer

    from shelfmatch_triton.describe.export.write import at_random, marks_of
    from shelfmatch_triton.describe.published import reference_of
    from shelfmatch_triton.describe.registry import DESCRIBERS

    tokenizer = Tokenizer.from_file(str(args.tokenizer))
    describer = at_random(DESCRIBERS[args.model].at(args.size), marks_of(tokenizer), args.seed)
    torch.set_num_threads(args.threads)
    asked = Asked(args.prompt, args.pictures, args.tokens)
    ways = {
        "Triton": served_way(args.url, asked),
        "transformers": transformers_way(reference_of(describer, tokenizer), asked),
    }
    rows = [measure(name, at_once, ask) for at_once in args.requests for name, ask in ways.items()]
    print(table(rows, graph_bytes(args.graphs, DECODER), memory_pace()))
    return 0
