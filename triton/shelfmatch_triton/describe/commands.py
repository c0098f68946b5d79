"""``python -m shelfmatch_triton export-describer``, ``quantise-describer``, ``gate-describer`` and the like."""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from shelfmatch_triton.describe.layout import CHECKPOINT, Room, lay_out_describer
from shelfmatch_triton.describe.registry import DESCRIBERS
from shelfmatch_triton.describe.runtime.executors.place import Place, Runtime
from shelfmatch_triton.describe.runtime.settings import TOKENIZER
from shelfmatch_triton.describe.source import Family
from shelfmatch_triton.describe.weights import CHECKPOINT_OTHERS, from_folder, from_hub
from shelfmatch_triton.sources.kinds import Precision, Size

if TYPE_CHECKING:
    from shelfmatch_triton.describe.samples import Sample


def add_describe(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare them."""
    export = commands.add_parser("export-describer", help="write a network that describes pictures as ONNX graphs")
    export.add_argument("--model", choices=DESCRIBERS, required=True, metavar="NAME")
    export.add_argument("--target", type=Path, required=True, help="folder of the graphs")
    export.add_argument("--weights", required=True, help="hub (pinned), random, or a folder with the published files")
    export.add_argument("--downloads", type=Path, help="folder of what the hub gave (else in the user's cache)")
    export.add_argument("--tokenizer", type=Path, help="tokenizer.json, with --weights random")
    export.add_argument("--size", type=Size, choices=list(Size), default=Size.FULL, help="reduced: with random weights")
    precisions = [Precision.FP32, Precision.FP16]
    export.add_argument("--precision", type=Precision, choices=precisions, default=Precision.FP32)
    export.add_argument("--seed", type=int, default=0, help="of --weights random")
    export.set_defaults(run=run_export)
    checkpoint = commands.add_parser("prepare-checkpoint", help="put published files where TensorRT-LLM reads them")
    checkpoint.add_argument("--model", choices=DESCRIBERS, required=True, metavar="NAME")
    checkpoint.add_argument("--target", type=Path, required=True, help="folder of the checkpoint and its settings")
    checkpoint.add_argument("--weights", required=True, help="hub (pinned), or a folder with the published files")
    checkpoint.add_argument("--downloads", type=Path, help="folder of what the hub gave (else in the user's cache)")
    checkpoint.set_defaults(run=run_checkpoint)
    room = Room()
    lay_out = commands.add_parser("lay-out-describer", help="write the model `describe` into a model repository")
    lay_out.add_argument("--graphs", type=Path, required=True, help="folder that export-describer wrote")
    lay_out.add_argument("--target", type=Path, required=True, help="folder of the repository")
    lay_out.add_argument("--together", type=int, default=room.together, help="answers that are written at once")
    lay_out.add_argument("--waiting", type=int, default=room.waiting, help="requests that may wait for these")
    lay_out.add_argument("--pictures", type=int, default=room.pictures, help="pictures of a request, at the most")
    lay_out.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="cores that it may take")
    lay_out.add_argument("--gpu", type=int, help="number of the GPU that it runs on; none: the processor")
    lay_out.add_argument("--runtime", type=Runtime, choices=list(Runtime), default=room.runtime, help="what runs it")
    lay_out.set_defaults(run=run_lay_out)
    make = commands.add_parser("quantise-describer", help="make a describer of fewer bits out of one in FP16")
    make.add_argument("--graphs", type=Path, required=True, help="folder of the FP16 graphs")
    make.add_argument("--target", type=Path, required=True, help="folder of what is made")
    make.add_argument("--decoder", choices=["fp16", "int8", "fp8", "int4-awq"], required=True)
    make.add_argument("--vision", choices=["fp16", "int8", "fp8"], default="fp16")
    _add_pictures(make, "to calibrate with")
    make.set_defaults(run=run_quantise)
    gate = commands.add_parser("gate-describer", help="measure a describer of fewer bits against its original")
    gate.add_argument("--original", type=Path, required=True, help="folder of the FP32 or FP16 graphs")
    gate.add_argument("--graphs", type=Path, required=True, help="folder of what quantise-describer made")
    gate.add_argument("--steps", type=int, default=32, help="tokens of each answer")
    _add_pictures(gate, "to measure by: others than it was calibrated with")
    gate.set_defaults(run=run_gate)
    build = commands.add_parser("build-describer", help="build a describer's TensorRT plans, or see whether they build")
    build.add_argument("--graphs", type=Path, required=True, help="folder of the graphs")
    build.add_argument("--plans", type=Path, required=True, help="folder of the plans")
    build.set_defaults(run=run_build)
    alike = commands.add_parser(
        "compare-describer", help="see whether a describer says the same on a GPU, and how fast"
    )
    alike.add_argument("--graphs", type=Path, required=True, help="folder of the graphs, and of plans")
    alike.add_argument("--device", type=int, help="number of the GPU; none: the processor, with itself")
    alike.add_argument("--runtime", type=Runtime, choices=[Runtime.ONNX, Runtime.TENSORRT], default=Runtime.ONNX)
    alike.add_argument("--tokens", type=int, default=96, help="of the longest answer")
    alike.add_argument("--pace", type=int, nargs="*", default=[1, 8], help="texts at once that are timed")
    alike.add_argument("--only-pace", action="store_true", help="of graphs that take the processor too long")
    _add_pictures(alike, "two or more")
    alike.set_defaults(run=run_compare)
    pace = commands.add_parser("figures-describer", help="time a server's describe beside transformers, in one run")
    pace.add_argument("--url", required=True, help="of a Triton server with the model describe")
    pace.add_argument("--graphs", type=Path, required=True, help="folder of the graphs that it serves")
    pace.add_argument("--model", choices=DESCRIBERS, required=True, metavar="NAME")
    pace.add_argument("--size", type=Size, choices=list(Size), default=Size.FULL)
    pace.add_argument("--seed", type=int, default=0, help="of the weights at random")
    pace.add_argument("--tokenizer", type=Path, required=True)
    pace.add_argument("--prompt", default="Say what the picture shows.")
    pace.add_argument("--tokens", type=int, default=64, help="of each answer")
    pace.add_argument("--requests", type=int, nargs="+", default=[1, 8], help="at once")
    pace.add_argument("--threads", type=int, default=1, help="of transformers: as many as the server's")
    _add_pictures(pace, "of each request")
    pace.set_defaults(run=run_pace)


def _add_pictures(command: argparse.ArgumentParser, what_for: str) -> None:
    command.add_argument("--pictures", type=Path, nargs="+", required=True, help=f"files of pictures {what_for}")


def _samples(pictures: Sequence[Path]) -> list[Sample]:
    from shelfmatch_triton.describe.samples import Sample

    asked = ("Say what the picture shows.", "Name its colours and its material.", "Read the text on it.")
    return [Sample(asked[number % len(asked)], (picture,)) for number, picture in enumerate(pictures)]


def run_quantise(args: argparse.Namespace) -> int:
    """Make it; return the exit status."""
    from shelfmatch_triton.describe.quantise import Bits, Recipe, quantise
    from shelfmatch_triton.describe.samples import Describing

    recipe = Recipe(Bits(args.vision), Bits(args.decoder))
    quantise(args.graphs, args.target, recipe, Describing(args.graphs).feeds(_samples(args.pictures), steps=1))
    print(f"{args.target}: {recipe.label}")
    return 0


def run_gate(args: argparse.Namespace) -> int:
    """Measure it; return 1 where it is refused."""
    from shelfmatch_triton.describe.gate import TOLERANCES, measure
    from shelfmatch_triton.describe.quantise import Bits
    from shelfmatch_triton.describe.runtime.settings import read_settings

    decoder, _, _ = read_settings(args.graphs).precision.partition("-vision-")
    measured = measure(args.original, args.graphs, _samples(args.pictures), args.steps)
    print(f"mean cosine {measured.mean_cosine:.5f}, least {measured.least_cosine:.5f}, ", end="")
    print(f"divergence {measured.mean_divergence:.5f} nats, {measured.agreement:.1%} of {measured.steps} tokens agree")
    faults = measured.faults(TOLERANCES[Bits(decoder)])
    print("; ".join(faults) or "passes")
    return 1 if faults else 0


def run_compare(args: argparse.Namespace) -> int:
    """Compare; return 1 where graphs in FP32 do not say the same, token for token."""
    from shelfmatch_triton.describe.compare import answers, compare, pace
    from shelfmatch_triton.describe.runtime.settings import read_settings

    place = Place(args.device, os.cpu_count() or 1, args.runtime)
    precision = read_settings(args.graphs).precision
    files = [file.read_bytes() for file in args.pictures]
    differs = False
    if not args.only_pace:
        wanted = answers(args.graphs, Place(None, os.cpu_count() or 1), files, args.tokens)
        compared = compare(wanted, answers(args.graphs, place, files, args.tokens))
        print(f"{precision}: {compared.agreed} of {compared.tokens} tokens are the processor's", flush=True)
        differs = precision == Precision.FP32 and compared.agreed < compared.tokens
    for at_once in args.pace:
        found = pace(args.graphs, place, files[0], at_once, args.tokens)
        print(f"{at_once} at once: first token after {found.first_ms:.1f} ms, then {found.tokens_per_s:.0f} tokens/s")
    return 1 if differs else 0


def run_pace(args: argparse.Namespace) -> int:
    """Measure it; return the exit status."""
    from shelfmatch_triton.describe.figures import run_figures

    return run_figures(args)


def run_build(args: argparse.Namespace) -> int:
    """Build the plans; return the exit status."""
    from shelfmatch_triton.describe.plan import build_plans, sizes_of
    from shelfmatch_triton.describe.runtime.settings import read_settings
    from shelfmatch_triton.plan.tensorrt_build import BuildError, find_toolchain

    try:
        for plan in build_plans(args.graphs, args.plans, sizes_of(read_settings(args.graphs)), find_toolchain(), print):
            print(plan)
    except BuildError as error:
        raise ValueError(str(error)) from error
    return 0


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
        hub = args.weights == "hub"
        found = from_hub(source, args.downloads) if hub else from_folder(source, Path(args.weights))
        print(f"weights: {found.origin}")
        describer, tokenizer = trained(source, found.folder)
    settings = export(describer, tokenizer.to_str(), args.target, args.precision)
    print(f"{args.target}: {settings.name}, {settings.precision}")
    return 0


def run_checkpoint(args: argparse.Namespace) -> int:
    """Copy the files of a checkpoint, with what ``describe`` has to know of it; return the exit status."""
    from tokenizers import Tokenizer

    from shelfmatch_triton.describe.export.write import marks_of, settings_of

    source = DESCRIBERS[args.model]
    if source.family != Family.QWEN3_VL:
        raise ValueError(f"TensorRT-LLM does not carry {source.name}: use export-describer")
    hub = args.weights == "hub"
    found = (
        from_hub(source, args.downloads, others=CHECKPOINT_OTHERS) if hub else from_folder(source, Path(args.weights))
    )
    print(f"weights: {found.origin}")
    target: Path = args.target / CHECKPOINT
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for file in sorted(found.folder.iterdir()):
        if file.suffix in (".json", ".safetensors", ".txt", ".jinja"):
            shutil.copyfile(file, target / file.name)
    tokenizer = Tokenizer.from_file(str(target / TOKENIZER))
    replace(settings_of(source, marks_of(tokenizer)), precision="bf16").write(args.target)
    shutil.copyfile(target / TOKENIZER, args.target / TOKENIZER)
    print(f"{args.target}: {source.name}, for TensorRT-LLM")
    return 0


def run_lay_out(args: argparse.Namespace) -> int:
    """Lay out; return the exit status."""
    room = Room(args.together, args.waiting, args.pictures, args.threads, args.gpu, args.runtime)
    print(lay_out_describer(args.graphs, args.target, room))
    return 0
