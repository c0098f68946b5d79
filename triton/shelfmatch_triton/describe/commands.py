"""``python -m shelfmatch_triton export-describer`` and ``lay-out-describer``."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from shelfmatch_triton.describe.layout import Room, lay_out_describer
from shelfmatch_triton.describe.registry import DESCRIBERS
from shelfmatch_triton.sources.model import Precision, Size


def add_describe(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare both."""
    export = commands.add_parser("export-describer", help="write a network that describes pictures as ONNX graphs")
    export.add_argument("--model", choices=DESCRIBERS, required=True, metavar="NAME")
    export.add_argument("--target", type=Path, required=True, help="folder of the graphs")
    export.add_argument("--weights", required=True, help="random, or a folder with the published files")
    export.add_argument("--tokenizer", type=Path, help="tokenizer.json, with --weights random")
    export.add_argument("--size", type=Size, choices=list(Size), default=Size.FULL, help="reduced: with random weights")
    precisions = [Precision.FP32, Precision.FP16]
    export.add_argument("--precision", type=Precision, choices=precisions, default=Precision.FP32)
    export.add_argument("--seed", type=int, default=0, help="of --weights random")
    export.set_defaults(run=run_export)
    room = Room()
    lay_out = commands.add_parser("lay-out-describer", help="write the model `describe` into a model repository")
    lay_out.add_argument("--graphs", type=Path, required=True, help="folder that export-describer wrote")
    lay_out.add_argument("--target", type=Path, required=True, help="folder of the repository")
    lay_out.add_argument("--together", type=int, default=room.together, help="answers that are written at once")
    lay_out.add_argument("--waiting", type=int, default=room.waiting, help="requests that may wait for these")
    lay_out.add_argument("--pictures", type=int, default=room.pictures, help="pictures of a request, at the most")
    lay_out.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="cores that it may take")
    lay_out.set_defaults(run=run_lay_out)


def run_export(args: argparse.Namespace) -> int:
    """Export; return the exit status."""
    from tokenizers import Tokenizer

    from shelfmatch_triton.describe.export.write import at_random, export, marks_of, trained

    source = DESCRIBERS[args.model]
    if args.weights == "random":
        if args.tokenizer is None:
            raise ValueError("weights at random need a tokenizer: name its file with --tokenizer")
        tokenizer = Tokenizer.from_file(str(args.tokenizer))
        describer = at_random(source.at(args.size), marks_of(tokenizer), args.seed)
    else:
        if args.size == Size.REDUCED:
            raise ValueError("no weights were trained for the reduced size: use --weights random")
        describer, tokenizer = trained(source, Path(args.weights))
    settings = export(describer, tokenizer.to_str(), args.target, args.precision)
    print(f"{args.target}: {settings.name}, {settings.precision}")
    return 0


def run_lay_out(args: argparse.Namespace) -> int:
    """Lay out; return the exit status."""
    room = Room(args.together, args.waiting, args.pictures, args.threads)
    print(lay_out_describer(args.graphs, args.target, room))
    return 0
