"""What a machine with a GPU does before its Triton starts: plans of every graph at hand, laid out to be served.

Done again, it builds only what is missing or stale: a plan's record says of which graph, by which TensorRT and for
which GPU it was built. Needs Python and TensorRT alone.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from shelfmatch_triton.describe.given import deploy_given
from shelfmatch_triton.describe.layout import Room
from shelfmatch_triton.layout import VERSION
from shelfmatch_triton.onnx_wire import widen
from shelfmatch_triton.plan.layout import PLAN_FILE, Planned, lay_out_plans
from shelfmatch_triton.plan.profiles import Profile, Range
from shelfmatch_triton.plan.record import record_file
from shelfmatch_triton.plan.tensorrt_build import BuildError, Toolchain, build, find_toolchain
from shelfmatch_triton.registry import SERVED_MODELS
from shelfmatch_triton.sources.inputs import TextInput
from shelfmatch_triton.sources.model import SourceModel
from shelfmatch_triton.sources.registry import source_model
from shelfmatch_triton.tokenizer import tokenizer_of

Say = Callable[[str], None]


def add_deploy(commands: argparse._SubParsersAction[argparse.ArgumentParser], weights: Path) -> None:
    """Declare the command."""
    command = commands.add_parser("deploy", help="build every plan for the GPU at hand, and lay them out")
    command.add_argument("--target", type=Path, required=True, help="model repository")
    command.add_argument("--work", type=Path, required=True, help="folder that keeps plans from start to start")
    command.add_argument("--graphs", type=Path, help="folder of graphs that `accept`, `gate` or `quantise` wrote")
    command.add_argument(
        "--describer", type=Path, help="folder of a describer's graphs, or of a checkpoint; may be empty"
    )
    command.add_argument("--instances", type=int, default=1, help="copies of each plan on each GPU")
    command.add_argument("--steps", type=int, default=1, help="copies of what decodes pictures or reads texts")
    sizes = ("LEAST", "USUAL", "LARGEST")
    command.add_argument("--batch", nargs=3, type=int, default=(1, 8, 32), metavar=sizes, help="inputs at once")
    trial = "by TensorRT-RTX, to try the command: Triton does not run its plans"
    command.add_argument("--without-gpu", action="store_true", help=trial)
    command.set_defaults(run=lambda args: run_deploy(args, weights))


def run_deploy(args: argparse.Namespace, weights: Path) -> int:
    """Do it, and say how far it is; a graph that TensorRT refuses does not keep the others from being served.

    Raises:
        ValueError: there is no TensorRT, or no GPU; says what to do.
        OSError: a folder can't be read or written.
    """

    def say(line: str) -> None:
        print(line, flush=True)

    try:
        tools = find_toolchain()
    except BuildError as error:
        raise ValueError(str(error)) from error
    if tools.is_rtx and not args.without_gpu:
        raise ValueError("TensorRT-RTX is here, whose plans Triton does not run: give --without-gpu to try it")
    say(f"TensorRT {tools.version}, GPU: {tools.device}")
    graphs = [*shipped_graphs(weights, args.work / "graphs"), *_given_graphs(args.graphs, say)]
    planned: list[Planned] = []
    for number, (model, label, graph) in enumerate(graphs, 1):
        say(f"[{number}/{len(graphs)}] {graph.name}")
        try:
            # Before minutes are spent on it.
            tokenizer_of(model, graph.parent, weights)
            planned.append(_planned(model, label, graph, args, tools, say))
        except (BuildError, ValueError) as error:
            say(f"  left out: {error}")
    _forget(args.work, args.target, {each.plan for each in planned}, {each.name for each in planned}, say)
    for folder in lay_out_plans(planned, weights, args.target, args.instances, args.steps):
        say(f"laid out {folder.name}")
    if args.describer is not None:
        deploy_given(args.describer, args.work, args.target, tools, Room(threads=args.steps), say)
    say(f"{len(planned)} plans are ready, {len(graphs) - len(planned)} graphs were left out")
    return 0


def shipped_graphs(weights: Path, folder: Path) -> list[tuple[SourceModel, str, Path]]:
    """Write the shipped encoders as graphs that TensorRT takes; return model, label and file of each."""
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for served in SERVED_MODELS.values():
        model = source_model(served.name)
        if served.graph is None or model is None:
            continue
        graph = folder / f"{served.name}.{served.precision}.onnx"
        content = widen(served.graph.wrap((weights / served.hashed[0]).read_bytes()))
        if not graph.is_file() or graph.read_bytes() != content:
            fresh = graph.with_name(f".{graph.name}")
            fresh.write_bytes(content)
            fresh.replace(graph)
        found.append((model, served.precision, graph))
    return found


def _given_graphs(folder: Path | None, say: Say) -> Iterator[tuple[SourceModel, str, Path]]:
    if folder is None:
        return
    for graph in sorted(folder.glob("*.onnx")):
        name, _, label = graph.stem.partition(".")
        model = source_model(name)
        if model is None:
            say(f"{graph.name} is left out: it is not <model>.<precision>.onnx of an encoder that is known")
        # The FP32 originals lie beside what was made of them.
        elif label:
            yield model, label, graph


def _planned(
    model: SourceModel, label: str, graph: Path, args: argparse.Namespace, tools: Toolchain, say: Say
) -> Planned:
    longest = model.input.max_tokens if isinstance(model.input, TextInput) else None
    profile = Profile(Range(*args.batch)).within(longest)
    plan = args.work / f"{graph.stem}.plan"
    record = build(graph, plan, profile, tools, lambda line: say(f"  {line}"))
    return Planned(model, label, graph, plan, record)


def _forget(work: Path, repository: Path, plans: set[Path], names: set[str], say: Say) -> None:
    """Remove plans whose graphs are gone, here and in the repository: nobody could say what their vectors are."""
    for plan in sorted(set(work.glob("*.plan")) - plans):
        say(f"{plan.name} is removed: its graph is gone, or was left out")
        plan.unlink()
        record_file(plan).unlink(missing_ok=True)
    for plan in sorted(repository.glob(f"*/{VERSION}/{PLAN_FILE}")):
        folder = plan.parent.parent
        if folder.name not in names:
            # With the ensemble around it.
            for suffix in ("", "-picture", "-text"):
                shutil.rmtree(folder.with_name(f"{folder.name}{suffix}"), ignore_errors=True)
