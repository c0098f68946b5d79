"""The commands that need more than Python alone: ``quantise``, ``gate`` and ``build``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from shelfmatch_triton.plan.profiles import Profile, Range
from shelfmatch_triton.quantise.precision import Calibration, Recipe, is_quantised
from shelfmatch_triton.sources.inputs import TextInput
from shelfmatch_triton.sources.kinds import Precision
from shelfmatch_triton.sources.model import SourceModel
from shelfmatch_triton.sources.registry import SOURCE_MODELS, source_model
from shelfmatch_triton.tokenizer import tokenizer_of

if TYPE_CHECKING:
    from shelfmatch_triton.gates.evaluation_set import EvaluationSet
    from shelfmatch_triton.gates.gate import Encoded, Outcome
    from shelfmatch_triton.quantise.feeds import Feed

NARROWER = [precision.value for precision in Precision if precision != Precision.FP32]
CALIBRATIONS = [each.value for each in Calibration]


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser], weights: Path) -> None:
    """Declare them on the command line."""
    quantise = commands.add_parser("quantise", help="write an FP32 graph in another precision")
    quantise.add_argument("--graph", type=Path, required=True, help="the FP32 graph, an ONNX file")
    quantise.add_argument("--target", type=Path, required=True, help="the file to write")
    quantise.add_argument("--precision", choices=NARROWER, required=True)
    quantise.add_argument("--calibration", choices=CALIBRATIONS, default=Calibration.MAX.value)
    quantise.add_argument("--set", type=Path, help="folder of scripts/evaluation-set.ts, for int8 and fp8")
    quantise.add_argument("--tokenizer", type=Path, help="of a text encoder: its tokenizer.json")
    quantise.set_defaults(run=run_quantise)

    gate = commands.add_parser("gate", help="quantise exported graphs, and measure each against its FP32 original")
    gate.add_argument("--sources", type=Path, required=True, help="folder of exported FP32 graphs")
    gate.add_argument("--set", type=Path, required=True, help="folder of scripts/evaluation-set.ts")
    gate.add_argument("--graphs", type=Path, required=True, help="folder for the quantised graphs")
    gate.add_argument("--report", type=Path, required=True, help="folder for gates.json and gates.md")
    gate.add_argument(
        "--tokenizers", type=Path, default=weights, help="of what --sources lacks: <model>-tokenizer.json"
    )
    gate.add_argument("--models", nargs="+", choices=SOURCE_MODELS, metavar="NAME", help="all in --sources")
    gate.add_argument("--precisions", nargs="+", choices=NARROWER, default=NARROWER, metavar="PRECISION")
    gate.add_argument("--calibrations", nargs="+", choices=CALIBRATIONS, default=CALIBRATIONS, metavar="CALIBRATION")
    gate.set_defaults(run=run_gate)

    build = commands.add_parser("build", help="build TensorRT plans for the GPU at hand")
    build.add_argument("--graphs", type=Path, required=True, help="folder of the ONNX graphs")
    build.add_argument("--plans", type=Path, required=True, help="folder for the plans")
    which = build.add_mutually_exclusive_group(required=True)
    which.add_argument("--all", action="store_true", help="of every graph in the folder")
    which.add_argument("--models", nargs="+", metavar="NAME", help="of these graphs, named without .onnx")
    sizes = ("LEAST", "USUAL", "LARGEST")
    build.add_argument("--batch", nargs=3, type=int, default=(1, 8, 32), metavar=sizes, help="inputs at once")
    build.add_argument("--tokens", nargs=3, type=int, default=(1, 64, 256), metavar=sizes, help="of a text")
    build.set_defaults(run=run_build)


def run_quantise(args: argparse.Namespace) -> int:
    """Make one graph; return the exit status."""
    from shelfmatch_triton.gates.evaluation_set import read_evaluation_set
    from shelfmatch_triton.quantise.make import make

    feeds: Sequence[Feed] = []
    if args.set is not None:
        feeds = _calibration(read_evaluation_set(args.set), args.tokenizer)
    made = make(args.graph, args.target, Recipe(Precision(args.precision), Calibration(args.calibration)), feeds)
    print(f"{args.target}: {made.label}, {made.quantised_layers} layers in 8 bits, {made.feeds} calibration inputs")
    return 0


def run_gate(args: argparse.Namespace) -> int:
    """Make and measure graphs; return 1 where one is refused."""
    from shelfmatch_triton.gates.evaluation_set import read_evaluation_set
    from shelfmatch_triton.gates.report import write_report

    evaluation = read_evaluation_set(args.set)
    there = [name for name in SOURCE_MODELS if (args.sources / f"{name}.onnx").is_file()]
    if not (args.models or there):
        raise ValueError(f"there is no exported graph in {args.sources}; `export` writes some")
    recipes = list(_recipes(args.precisions, args.calibrations))
    outcomes: list[Outcome] = []
    for name in args.models or there:
        outcomes += _gate_model(SOURCE_MODELS[name], args, evaluation, recipes)
    print(write_report(outcomes, args.report).read_text(encoding="utf-8"))
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def _gate_model(
    model: SourceModel, args: argparse.Namespace, evaluation: EvaluationSet, recipes: Sequence[Recipe]
) -> Iterator[Outcome]:
    from shelfmatch_triton.gates.gate import compare
    from shelfmatch_triton.quantise.make import make

    source = args.sources / f"{model.name}.onnx"
    tokenizer = tokenizer_of(model, args.sources, args.tokenizers)
    encode = _encoder(model, evaluation, tokenizer)
    reference = encode(source)
    feeds = _calibration(evaluation, tokenizer, model)
    for recipe in recipes:
        graph = args.graphs / f"{model.name}.{recipe.label}.onnx"
        make(source, graph, recipe, feeds)
        pair = reference, encode(graph)
        tolerance = model.tolerances[recipe.precision]
        outcome = compare(model.name, recipe.label, graph.stat().st_size, pair, tolerance)
        print(f"{model.name} {recipe.label}: {'; '.join(outcome.failures) or 'passes'}", flush=True)
        yield outcome


def run_build(args: argparse.Namespace) -> int:
    """Build plans, one after the other; a graph that is refused does not keep the others from being built."""
    from shelfmatch_triton.plan.tensorrt_build import BuildError, build, find_toolchain

    profile = Profile(Range(*args.batch), Range(*args.tokens))
    graphs = sorted(args.graphs.glob("*.onnx")) if args.all else [args.graphs / f"{name}.onnx" for name in args.models]
    if not graphs:
        raise ValueError(f"there is no ONNX graph in {args.graphs}; `gate` or `quantise` makes some")
    try:
        tools = find_toolchain()
    except BuildError as error:
        raise ValueError(str(error)) from error
    print(f"TensorRT {tools.version}, GPU: {tools.device}", flush=True)
    refused = 0
    for number, graph in enumerate(graphs, 1):
        print(f"[{number}/{len(graphs)}] {graph.name}", flush=True)
        try:
            fitting = profile.within(_most_tokens(graph))
            build(graph, args.plans / f"{graph.stem}.plan", fitting, tools, lambda line: print(f"  {line}", flush=True))
        except BuildError as error:
            print(error, file=sys.stderr, flush=True)
            refused += 1
    print(f"{len(graphs) - refused} plans in {args.plans}, {refused} graphs refused")
    return 1 if refused else 0


def _most_tokens(graph: Path) -> int | None:
    model = source_model(graph.stem.partition(".")[0])
    return model.input.max_tokens if model is not None and isinstance(model.input, TextInput) else None


def _recipes(precisions: Sequence[str], calibrations: Sequence[str]) -> Iterator[Recipe]:
    for precision in map(Precision, precisions):
        for calibration in map(Calibration, calibrations) if is_quantised(precision) else [Calibration.MAX]:
            yield Recipe(precision, calibration)


def _encoder(model: SourceModel, evaluation: EvaluationSet, tokenizer: Path | None) -> Callable[[Path], Encoded]:
    from shelfmatch_triton.gates.gate import encode_pictures, encode_texts, graph_runner

    if tokenizer is None:
        if evaluation.side != model.image.side:
            raise ValueError(f"the evaluation set has pictures of {evaluation.side} pixels, {model.name} of others")
        return lambda graph: encode_pictures(graph_runner(graph), evaluation)
    rules = model.text.parameters
    return lambda graph: encode_texts(graph_runner(graph), evaluation, tokenizer, rules)


def _calibration(evaluation: EvaluationSet, tokenizer: Path | None, model: SourceModel | None = None) -> Sequence[Feed]:
    from shelfmatch_triton.gates.evaluation_set import RULES, token_feeds

    if tokenizer is None:
        return evaluation.calibration_views()
    return token_feeds(tokenizer, evaluation.calibration_texts(), RULES if model is None else model.text.parameters)
