"""The arguments of ``python -m shelfmatch_triton accept``; what it does needs requirements-models.txt."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from shelfmatch_triton.describe.registry import DESCRIBERS
from shelfmatch_triton.export_command import add_weights
from shelfmatch_triton.model_config import Backend
from shelfmatch_triton.quantise.precision import Calibration
from shelfmatch_triton.sources.kinds import Precision
from shelfmatch_triton.sources.registry import SOURCE_MODELS

BATCHES = (1, 8, 32)
DECODERS = ("fp32", "fp16", "int8", "fp8", "int4-awq")
"""Of describers: what the decoder is made of, with a tower of the same or FP16."""


def add_accept(commands: argparse._SubParsersAction[argparse.ArgumentParser], weights: Path) -> None:
    """Declare it on the command line.

    Args:
        commands: where to.
        weights: folder of the app's own weights.
    """
    about = "weights, graphs, gates, plans, Triton, the sample catalogue and speed: one table of quality and speed"
    command = commands.add_parser("accept", help=about)
    command.add_argument("--target", type=Path, required=True, help="folder of all that is made; run again, it goes on")
    command.add_argument("--models", nargs="+", choices=SOURCE_MODELS, default=list(SOURCE_MODELS), metavar="NAME")
    precisions = [each.value for each in Precision]
    command.add_argument("--precisions", nargs="+", choices=precisions, default=precisions, metavar="PRECISION")
    command.add_argument("--calibration", choices=[each.value for each in Calibration], default=Calibration.MAX.value)
    add_weights(command, default="hub")
    server = command.add_mutually_exclusive_group()
    server.add_argument("--tritonserver", type=Path, help="the program, started on loopback and stopped in the end")
    server.add_argument("--triton-url", help="a Triton that runs, serves --repository and lets models be loaded")
    command.add_argument("--repository", type=Path, help="model repository (default: below --target)")
    backends = [Backend.PYTHON.value, Backend.ONNXRUNTIME.value]
    command.add_argument("--backend", choices=backends, default=Backend.PYTHON.value, help="what runs ONNX graphs")
    command.add_argument("--instances", type=int, default=min(2, os.cpu_count() or 1), help="copies of each model")
    command.add_argument("--set", type=Path, help="folder of scripts/evaluation-set.ts (default: made)")
    command.add_argument("--node", default="node", help="Node 24, which makes evaluation sets")
    command.add_argument("--batches", nargs="+", type=int, default=list(BATCHES), help="sizes that are timed")
    command.add_argument("--seconds", type=float, default=2.0, help="that each time is measured for, at least")

    _add_vlm(command)

    def run(args: argparse.Namespace) -> int:
        if args.vlm is not None:
            from shelfmatch_triton.accept.vlm.command import DescriberAcceptance

            return DescriberAcceptance(args, weights).run()
        # Seconds to load, and not there where models are only laid out.
        from shelfmatch_triton.accept.command import Acceptance

        return Acceptance(args, weights).run()

    command.set_defaults(run=run)


def _add_vlm(command: argparse.ArgumentParser) -> None:
    """Declare what is for networks that describe pictures; the rest of the words means the same for them."""
    group = command.add_argument_group("networks that describe pictures")
    what = "accept these instead of encoders; all without a name"
    group.add_argument("--vlm", nargs="*", choices=DESCRIBERS, metavar="NAME", help=what)
    group.add_argument("--decoders", nargs="+", choices=DECODERS, default=list(DECODERS), metavar="PRECISION")
    group.add_argument("--samples", type=int, default=8, help="pictures to calibrate with, and as many to measure by")
    group.add_argument("--steps", type=int, default=32, help="tokens of each answer that gates compare")
    group.add_argument("--photos", type=int, default=1, help="of each product, that are described and searched")
    group.add_argument("--answer-tokens", type=int, default=200, help="of a description, at the most")
    group.add_argument("--requests", type=int, nargs="+", default=[1, 8], help="at once, that are timed")
    group.add_argument("--tokens", type=int, default=64, help="of each answer that is timed")
    group.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="of the model, and of transformers")
