"""Command line: ``python -m shelfmatch_triton lay-out --target DIR``, ``... export --model NAME --target DIR``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from shelfmatch_triton.accept_command import add_accept
from shelfmatch_triton.bench.command import add_bench
from shelfmatch_triton.commands import add_commands
from shelfmatch_triton.describe.commands import add_describe
from shelfmatch_triton.describe.given import lay_out_given
from shelfmatch_triton.describe.layout import Room
from shelfmatch_triton.export_command import add_export, run_export
from shelfmatch_triton.graph_layout import find_graphs, lay_out_graphs
from shelfmatch_triton.layout import lay_out
from shelfmatch_triton.model_config import Backend
from shelfmatch_triton.plan.deploy import add_deploy
from shelfmatch_triton.plan.layout import find_plans, lay_out_plans
from shelfmatch_triton.registry import SERVED_MODELS
from shelfmatch_triton.resized import resize

WEIGHTS = Path(__file__).parent.parent / "weights"
MOST_INSTANCES = 8
"""More copies of a model only share the memory's bandwidth."""


def main() -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m shelfmatch_triton", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("lay-out", help="write a model repository for tritonserver")
    command.add_argument("--target", type=Path, required=True, help="folder of the repository")
    command.add_argument("--weights", type=Path, default=WEIGHTS, help="folder of the ONNX models")
    command.add_argument("--models", nargs="+", choices=SERVED_MODELS, metavar="NAME", help="all that --backend runs")
    backends = [Backend.PYTHON.value, Backend.ONNXRUNTIME.value]
    command.add_argument("--backend", choices=backends, default=Backend.PYTHON.value, help="what runs the models")
    cores = min(MOST_INSTANCES, os.cpu_count() or 1)
    command.add_argument("--instances", type=int, default=cores, help="copies of each model, one core each")
    command.add_argument(
        "--graphs", type=Path, help="folder of exported graphs to lay out, or to tell what --plans are of"
    )
    command.add_argument("--plans", type=Path, help="folder of TensorRT plans, laid out in the place of ONNX files")
    command.add_argument("--describer", type=Path, help="folder of a describer's graphs: the model `describe`, beside")
    resized = commands.add_parser("resize", help="write the shipped image encoder for views of another resolution")
    resized.add_argument("--side", type=int, required=True, help="pixels: a multiple of 32")
    resized.add_argument("--target", type=Path, required=True, help="folder of the graph, such as the app's `models`")
    resized.add_argument("--weights", type=Path, default=WEIGHTS, help="folder of the shipped weights")
    resized.set_defaults(run=run_resize)
    add_export(commands)
    add_commands(commands, WEIGHTS)
    add_deploy(commands, WEIGHTS)
    add_describe(commands)
    add_bench(commands)
    add_accept(commands, WEIGHTS)
    args = parser.parse_args()
    if args.command == "export":
        return run_export(args)
    if "run" in args:
        return run(args)
    try:
        if args.plans is not None:
            plans = find_plans(args.graphs or args.plans, args.plans)
            for folder in lay_out_plans(plans, args.weights, args.target, steps=args.instances):
                print(folder)
            return 0
        backend = Backend(args.backend)
        if args.graphs is not None:
            for folder in lay_out_graphs(find_graphs(args.graphs), args.weights, args.target, args.instances, backend):
                print(folder)
            return 0
        runnable = [model.name for model in SERVED_MODELS.values() if backend in model.backends]
        models = [SERVED_MODELS[name] for name in args.models or runnable]
        for folder in lay_out(models, args.weights, args.target, args.instances, backend):
            print(folder)
        if args.describer is not None:
            lay_out_given(args.describer, args.target, Room(threads=args.instances), print)
    except (OSError, ValueError) as error:
        print(f"The model repository could not be laid out: {error}", file=sys.stderr)
        return 1
    return 0


def run_resize(args: argparse.Namespace) -> int:
    """Write one graph; return the exit status."""
    print(resize(args.weights, args.side, args.target))
    return 0


def run(args: argparse.Namespace) -> int:
    """Run one of the commands that declare themselves; return the exit status."""
    try:
        status: int = args.run(args)
    except (OSError, ValueError, ImportError) as error:
        print(f"`{args.command}` could not be done: {error}", file=sys.stderr)
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main())
