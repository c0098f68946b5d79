"""``python -m shelfmatch_triton export``: encoders to ONNX graphs, each compared with the network it was made of."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from shelfmatch_triton.sources.inputs import TextInput
from shelfmatch_triton.sources.kinds import Size
from shelfmatch_triton.sources.model import SourceModel
from shelfmatch_triton.sources.registry import SOURCE_MODELS
from shelfmatch_triton.sources.weights import from_folder, from_hub, shipped

if TYPE_CHECKING:
    from shelfmatch_triton.export.network import Network
    from shelfmatch_triton.export.parity import Parity

COMPARED = 5
"""Inputs that a graph and its network are compared on, beside one alone."""


def add_export(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    command = commands.add_parser("export", help="write encoders as ONNX graphs (needs requirements-models.txt)")
    command.add_argument("--model", nargs="+", choices=SOURCE_MODELS, required=True, metavar="NAME")
    command.add_argument("--target", type=Path, required=True, help="folder of the graphs")
    add_weights(command, default="hub")


def add_weights(command: argparse.ArgumentParser, default: str) -> None:
    """Declare what chooses a network and its weights; ``network_of`` reads it."""
    where = "hub (pinned), shipped (the originals of what the app ships with), random, or a folder"
    command.add_argument("--weights", default=default, help=f"{where}; {default} if left out")
    command.add_argument(
        "--size", type=Size, choices=list(Size), default=Size.FULL, help="reduced: with --weights random"
    )
    command.add_argument("--side", type=int, help="pixels, where pictures are looked at at another resolution")
    command.add_argument("--seed", type=int, default=0, help="of --weights random")
    command.add_argument("--tokenizer", type=Path, help="of a text encoder (else the one beside its weights)")
    command.add_argument("--downloads", type=Path, help="folder of what the hub gave (else in the user's cache)")


def run_export(args: argparse.Namespace) -> int:
    """Export each model; return the exit status, which is 1 where one failed or is not as exact as asked for."""
    status = 0
    for name in args.model:
        try:
            status |= _export(SOURCE_MODELS[name], args)
        except ImportError as error:
            print(f"Exporting needs the packages of triton/requirements-models.txt: {error}", file=sys.stderr)
            return 1
        except (OSError, ValueError, TypeError) as error:
            print(f"{name} could not be exported: {error}", file=sys.stderr)
            status = 1
    return status


def _export(source: SourceModel, args: argparse.Namespace) -> int:
    # Seconds to load, and not there where models are only laid out.
    from shelfmatch_triton.export.onnx_file import export

    network = network_of(source.at(args.size, args.side), args)
    exported = export(network, args.target, tokenizer_for(network, args.tokenizer))
    print(f"{exported.file}  {exported.file.stat().st_size / 2**20:.1f} MiB  weights: {network.origin}")
    missed = compared(network, exported.file)[1]
    for fault in missed:
        print(f"{network.model.name}: {fault}", file=sys.stderr)
    return 1 if missed else 0


def compared(network: Network, graph: Path) -> tuple[list[Parity], list[str]]:
    """Compare a graph with its network; return what was found, printed as well, and what is not exact enough."""
    from shelfmatch_triton.export.parity import faults, parity
    from shelfmatch_triton.export.samples import samples

    found: list[Parity] = []
    missed: list[str] = []
    for count in (1, COMPARED):
        results = parity(network, graph, samples(network.model, count, seed=1))
        for each in results:
            exactness = f"least cosine {each.least_cosine:.7f}, largest error {each.largest_error:.1e}"
            print(f"  {each.output}, {count} at once: {exactness}")
        found += results
        missed += faults(network, results)
    return found, missed


def tokenizer_for(network: Network, given: Path | None) -> Path | None:
    """Return the tokenizer that is named, or that lies beside the weights."""
    if not isinstance(network.model.input, TextInput):
        return None
    beside = None if network.folder is None else network.folder / network.model.input.tokenizer
    return given or (beside if beside is not None and beside.is_file() else None)


def network_of(model: SourceModel, args: argparse.Namespace) -> Network:
    """Return the network with the weights that the command line asks for.

    Raises:
        OSError: they can't be had.
        ValueError: they are not of this network, or of no such size.
    """
    from shelfmatch_triton.export.network import at_random, trained

    if args.weights == "random":
        return at_random(model, args.seed)
    if args.size == Size.REDUCED:
        raise ValueError("no weights were trained for the reduced size: use --weights random")
    if args.weights == "hub":
        files = from_hub(model, args.downloads)
    elif args.weights == "shipped":
        files = shipped(model)
    else:
        files = from_folder(model, Path(args.weights))
    return trained(model, files)
