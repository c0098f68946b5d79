"""The describer that a machine was given: a folder of graphs, or an empty one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from shelfmatch_triton.describe.files import graph_files
from shelfmatch_triton.describe.layout import CHECKPOINT, NAME, Room, lay_out_describer
from shelfmatch_triton.describe.plan import build_plans, sizes_of
from shelfmatch_triton.describe.runtime.executors.place import Runtime, plan_of
from shelfmatch_triton.describe.runtime.settings import DECODER, FILE, TOKENIZER, VISION, read_settings
from shelfmatch_triton.identity import hash_files
from shelfmatch_triton.plan.tensorrt_build import BuildError, Toolchain

Say = Callable[[str], None]
RECORD = "describer.plans.txt"
"""Says of which graphs, by which TensorRT and for which GPU a folder's plans are; written last."""


def lay_out_given(graphs: Path, target: Path, room: Room, say: Say) -> Path | None:
    """Lay out the describer of a folder; take one away that is not given any more.

    Returns:
        The model's folder; None where ``graphs`` holds none.

    Raises:
        OSError: a file can't be read or written.
        ValueError: the folder's files do not fit together.
    """
    if not (graphs / FILE).is_file():
        shutil.rmtree(target / NAME, ignore_errors=True)
        return None
    folder = lay_out_describer(graphs, target, room)
    say(f"laid out {folder.name}: {read_settings(graphs).name}, {room.runtime} on {where(room)}")
    return folder


def where(room: Room) -> str:
    """Return where a describer runs, for people."""
    return "the processor" if room.gpu is None else f"GPU {room.gpu}"


def deploy_given(graphs: Path, work: Path, target: Path, tools: Toolchain, room: Room, say: Say) -> Path | None:
    """Lay out the describer of a folder for the GPU at hand: a checkpoint by TensorRT-LLM, graphs by plans built here.

    Plans that were built of the same graphs by the same TensorRT for the same GPU are kept. Graphs that TensorRT does
    not take run on the processor, as do all where there is no GPU.

    Raises:
        OSError, ValueError: as ``lay_out_given`` has it.
    """
    if not (graphs / FILE).is_file():
        shutil.rmtree(work / NAME, ignore_errors=True)
        return lay_out_given(graphs, target, room, say)
    on_gpu = replace(room, gpu=0)
    if (graphs / CHECKPOINT).is_dir() and not tools.is_rtx:
        return lay_out_given(graphs, target, replace(on_gpu, runtime=Runtime.TENSORRT_LLM), say)
    try:
        built = _plans(graphs, work / NAME, tools, room.together, say)
    except BuildError as error:
        say(f"  the describer runs on the processor: {error}")
        return lay_out_given(graphs, target, room, say)
    if tools.is_rtx:
        say("  the describer runs on the processor: TensorRT-RTX's plans are for trying the command")
        return lay_out_given(graphs, target, room, say)
    return lay_out_given(built, target, replace(on_gpu, runtime=Runtime.TENSORRT), say)


def _plans(graphs: Path, built: Path, tools: Toolchain, together: int, say: Say) -> Path:
    settings = read_settings(graphs)
    sizes = sizes_of(settings, together)
    files = [file for name in (VISION, DECODER) for file in graph_files(graphs, name)]
    record = f"{hash_files(files)}\n{tools.version}\n{tools.device}\n{sizes}\n"
    there = [built / RECORD, *(plan_of(built, name) for name in (VISION, DECODER))]
    if all(file.is_file() for file in there) and (built / RECORD).read_text(encoding="utf-8") == record:
        say(f"plans of {settings.name} are there")
    else:
        (built / RECORD).unlink(missing_ok=True)
        for plan in build_plans(graphs, built, sizes, tools, lambda line: say(f"  {line}")):
            say(f"{plan.name} of {settings.name}: {plan.stat().st_size / 1e6:.1f} MB")
        (built / RECORD).write_text(record, encoding="utf-8")
    for name in (FILE, TOKENIZER):
        shutil.copyfile(graphs / name, built / name)
    return built
