"""``python -m shelfmatch_triton bench``: size, parity, latency and throughput, beside plain PyTorch in the same run."""

from __future__ import annotations

import argparse
import json
import tempfile
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from shelfmatch_triton.bench.row import HEAD, Row
from shelfmatch_triton.export_command import add_weights, network_of
from shelfmatch_triton.sources.kinds import Precision
from shelfmatch_triton.sources.registry import SOURCE_MODELS

PRECISIONS = [precision.value for precision in Precision]


def add_bench(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    command = commands.add_parser("bench", help="measure encoders: PyTorch, ONNX Runtime, Triton")
    command.add_argument("--model", nargs="+", choices=SOURCE_MODELS, default=list(SOURCE_MODELS), metavar="NAME")
    add_weights(command, default="random")
    command.add_argument("--graphs", type=Path, help="folder of `export` and `gate`; what it lacks is made in it")
    command.add_argument("--precisions", nargs="+", choices=PRECISIONS, default=["fp32", "fp16", "int8"], metavar="P")
    command.add_argument("--batches", type=int, nargs="+", default=[1, 8, 32], metavar="N", help="inputs at once")
    command.add_argument("--tokens", type=int, default=64, help="of a text, at the longest")
    command.add_argument("--seconds", type=float, default=2, help="that each row is measured for")
    command.add_argument("--threads", type=int, default=0, help="of the CPU: 1 where others use the machine as well")
    ways = "eager, and modes of torch.compile: default, reduce-overhead, max-autotune"
    command.add_argument("--ways", nargs="+", default=["eager", "reduce-overhead"], metavar="WAY", help=ways)
    command.add_argument("--triton-url", help="http://HOST:PORT of a server whose loaded models are measured too")
    command.add_argument("--report", type=Path, help="folder for bench.json and bench.md")
    command.set_defaults(run=run_bench)


def run_bench(args: argparse.Namespace) -> int:
    """Measure; return the exit status. The report is written anew behind each model: what was measured is kept."""
    from shelfmatch_triton.bench.in_torch import EAGERLY, MODES
    from shelfmatch_triton.bench.measure import Asked, device_name, measure

    unknown = sorted({*args.ways} - {EAGERLY, *MODES})
    if unknown:
        raise ValueError(
            f"there is no way {', '.join(unknown)} of running a network; there are {EAGERLY}, {', '.join(MODES)}"
        )
    if min(args.batches) < 1:
        raise ValueError("a batch has one input or more")
    rows: list[Row] = []
    with ExitStack() as stack:
        graphs = args.graphs or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        asked = Asked(
            batches=args.batches,
            tokens=args.tokens,
            seconds=args.seconds,
            precisions=[Precision(name) for name in args.precisions],
            ways=args.ways,
            threads=args.threads,
            graphs=graphs,
            triton_url=args.triton_url,
        )
        for name in args.model:
            try:
                network = network_of(SOURCE_MODELS[name].at(args.size, args.side), args)
                rows += measure(network, asked, lambda row: print(row.line(), flush=True))
            except (OSError, ValueError, TypeError, ImportError) as error:
                # A package that this model alone needs, weights that can't be had; the others go on.
                rows.append(Row(name, "", "", 0, not_run=f"{type(error).__name__}: {error}".replace("|", "/")))
                print(rows[-1].line(), flush=True)
            if args.report is not None:
                _write(args.report, device_name(), rows)
    print(f"\n{_table(device_name(), rows)}", end="")
    return 0 if any(row.median_ms is not None for row in rows) else 1


def _table(device: str, rows: list[Row]) -> str:
    return "\n".join([device, "", HEAD, *(row.line() for row in rows), ""])


def _write(folder: Path, device: str, rows: list[Row]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    report = {"device": device, "rows": [asdict(row) for row in rows]}
    (folder / "bench.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    (folder / "bench.md").write_text(_table(device, rows), encoding="utf-8")
