"""``python -m shelfmatch_triton accept``: weights, graphs, gates, plans, Triton, the seed, speed, and one table."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import torch

from shelfmatch_triton.accept.ledger import Ledger
from shelfmatch_triton.accept.reached import reached, refuse_spaces, words_of
from shelfmatch_triton.accept.served import served_runner, speed_of
from shelfmatch_triton.accept.steps import Encoder, Folders, toolchain
from shelfmatch_triton.accept.table import TENSORRT, NotRun, Row, Speed, write_table
from shelfmatch_triton.accept.triton_http import Triton, TritonError
from shelfmatch_triton.bench.in_torch import EAGERLY, torch_runners
from shelfmatch_triton.bench.in_triton import triton_runners
from shelfmatch_triton.bench.row import COMPILED, EAGER
from shelfmatch_triton.gates.gate import Encoded
from shelfmatch_triton.graph_layout import lay_out_graphs
from shelfmatch_triton.model_config import Backend
from shelfmatch_triton.plan.layout import lay_out_plans
from shelfmatch_triton.plan.tensorrt_build import Toolchain, gpu_at_hand
from shelfmatch_triton.quantise.precision import Calibration, Recipe
from shelfmatch_triton.sources.kinds import Precision
from shelfmatch_triton.sources.registry import SOURCE_MODELS

STEP_ERRORS = Exception
"""What one encoder's step may end with, without keeping the others from going on. ONNX Runtime, PyTorch and NVIDIA's
quantiser raise all kinds: a driver too old, an operator not known, a graph that a pass can't read."""
GRAPH = "ONNX Runtime, here"


def say(line: str) -> None:
    """Tell the person who waits."""
    print(f"- {line}", flush=True)


class Acceptance:
    """One run of the command."""

    def __init__(self, args: argparse.Namespace, weights: Path) -> None:
        """Look at what is there."""
        self.args = args
        self.weights = weights
        self.folders = Folders(args.target, args.repository or args.target / "repository")
        self.ledger = Ledger(args.target / "steps", say)
        self.rows: list[Row] = []
        self.tools = toolchain()
        self.backend = Backend(args.backend)
        if self.backend == Backend.PYTHON:
            refuse_spaces(self.folders.repository)
        gpu = gpu_at_hand()
        self.onnx = f"ONNX Runtime ({self.backend}, CPU), in Triton"
        self.about = {
            "weights": str(args.weights) + (", reduced size" if args.size == "reduced" else ""),
            "GPU": gpu or "none",
            "TensorRT": self.tools.version if isinstance(self.tools, Toolchain) else f"not run: {self.tools.reason}",
            "PyTorch": str(torch.__version__),
            "Triton": "not run",
        }

    def run(self) -> int:
        """Do all of it; return the exit status: 1 where a gate failed or a step broke."""
        ready = [encoder for name in self.args.models if (encoder := self._exported(name)) is not None]
        with self._triton() as triton:
            for number, encoder in enumerate(ready, 1):
                say(f"[{number}/{len(ready)}] {encoder.model.name}")
                for precision in map(Precision, self.args.precisions):
                    if precision in encoder.model.tolerances:
                        self._precision(encoder, precision, triton)
                self._pytorch(encoder)
                encoder.release()
                write_table(self.rows, self.about, self.args.batches, self.args.target)
        page = write_table(self.rows, self.about, self.args.batches, self.args.target)
        print(page.read_text(encoding="utf-8"))
        refused = any(row.failures for row in self.rows)
        return 1 if refused or any(part.broken for row in self.rows for part in row.missing) else 0

    def _exported(self, name: str) -> Encoder | None:
        model = SOURCE_MODELS[name].at(self.args.size)
        encoder = Encoder(model, self.args, self.folders, self.ledger, self.weights)
        try:
            encoder.export()
        except STEP_ERRORS as error:
            absent = NotRun(f"{model.name} was not exported: {words_of(error)}", broken=True)
            say(absent.reason)
            self.rows += [
                Row(model.name, precision, runtime, None, absent, absent)
                for precision in self.args.precisions
                for runtime in (GRAPH, self.onnx, TENSORRT)
            ]
            return None
        return encoder

    @contextmanager
    def _triton(self) -> Iterator[Triton | NotRun]:
        with reached(self.args, self.folders.repository, self.args.target / "tritonserver.log") as triton:
            yield triton if isinstance(triton, NotRun) else self._noted(triton)

    def _noted(self, triton: Triton) -> Triton:
        self.about["Triton"] = triton.version()
        return triton

    def _precision(self, encoder: Encoder, precision: Precision, triton: Triton | NotRun) -> None:
        recipe = Recipe(precision, Calibration(self.args.calibration))
        label, name = recipe.label, encoder.model.name
        graph = encoder.graph_of(label)
        try:
            if precision != Precision.FP32:
                encoder.quantise(recipe)
            quality = encoder.gate(label, precision)
        except STEP_ERRORS as error:
            absent = NotRun(f"{name} {label} was not made: {words_of(error)}", broken=True)
            say(absent.reason)
            self.rows.append(Row(name, label, GRAPH, None, absent, None))
            absent = NotRun(f"{name} {label} was not made")
            self.rows += [Row(name, label, runtime, None, absent, absent) for runtime in (self.onnx, TENSORRT)]
            return
        self.rows.append(Row(name, label, GRAPH, graph.stat().st_size, quality, None))
        if quality.failures:
            say(f"{name} {label} refused: {'; '.join(quality.failures)}")
            absent = NotRun(f"the graph {name} {label} was refused")
            self.rows += [Row(name, label, runtime, None, absent, absent) for runtime in (self.onnx, TENSORRT)]
            return
        plan, onnx = (lambda: self._plan(encoder, label)), (lambda: self._graph(encoder, label))
        # The plan comes last: it takes the graph's name in the repository, and stays.
        for runtime, lay_out in ((self.onnx, onnx), (TENSORRT, plan)):
            self.rows.append(self._served(encoder, label, precision, runtime, triton, lay_out))

    def _plan(self, encoder: Encoder, label: str) -> tuple[str, int] | NotRun:
        if label == Precision.FP32:
            return NotRun("plans are built of FP16, INT8 and FP8")
        if isinstance(self.tools, NotRun):
            return self.tools
        planned = encoder.plan(label, self.tools, lambda line: print(f"  {line}", flush=True))
        lay_out_plans([planned], self.weights, self.folders.repository, self.args.instances)
        return planned.name, planned.plan.stat().st_size

    def _graph(self, encoder: Encoder, label: str) -> tuple[str, int] | NotRun:
        served = encoder.served_graph(label)
        lay_out_graphs([served], self.weights, self.folders.repository, self.args.instances, self.backend)
        return served.name, served.file.stat().st_size

    def _served(
        self,
        encoder: Encoder,
        label: str,
        precision: Precision,
        runtime: str,
        triton: Triton | NotRun,
        lay_out: Callable[[], tuple[str, int] | NotRun],
    ) -> Row:
        """Build and lay out, then match the seed and time it through Triton; each part that fails says why."""
        model = encoder.model
        try:
            laid = lay_out()
        except STEP_ERRORS as error:
            laid = NotRun(f"{model.name} {label} was not laid out for {runtime}: {words_of(error)}", broken=True)
        if isinstance(laid, NotRun):
            return Row(model.name, label, runtime, None, laid, laid)
        name, size = laid
        if isinstance(triton, NotRun):
            return Row(model.name, label, runtime, size, triton, triton)
        key = {"about": repr(sorted(self.about.items())), "runtime": runtime, "model": name}
        loaded = False

        def load() -> None:
            nonlocal loaded
            if not loaded:
                triton.load(name)
                loaded = True

        def encode() -> Encoded:
            load()
            return encoder.material.encode(served_runner(triton, name))

        def speed() -> dict[str, object]:
            load()
            pacers = [each for each in triton_runners(triton.url, model) if each.name == f"Triton, {name}"]
            return _told(speed_of(model.name, pacers, encoder.cases, self.args.seconds))

        try:
            step = f"served by {runtime}"
            quality = encoder.measured(label, precision, step, key, encode)
            timed = {**key, "batches": list(self.args.batches), "seconds": self.args.seconds, "bytes": size}
            told = self.ledger.once(f"{name} speed in {runtime}", timed, speed)
            return Row(model.name, label, runtime, size, quality, _speed(told))
        except STEP_ERRORS as error:
            absent = NotRun(f"{name} was not served: {words_of(error)}", broken=True)
            say(absent.reason)
            return Row(model.name, label, runtime, size, absent, absent)
        finally:
            if loaded:
                _unload(triton, name)

    def _pytorch(self, encoder: Encoder) -> None:
        device = "cuda" if torch.cuda.is_available() else "cpu"
        precision = "fp16" if device == "cuda" else "fp32"
        for way, runtime in ((EAGERLY, EAGER), ("reduce-overhead", COMPILED)):
            speed: Speed | NotRun
            if way != EAGERLY and device == "cpu":
                speed = NotRun(f"compiled PyTorch is the mark on a GPU, and there is none: {NO_GPU_HINT}")
            else:
                speed = self._pace(encoder, way, device)
            self.rows.append(Row(encoder.model.name, precision, runtime, None, None, speed))

    def _pace(self, encoder: Encoder, way: str, device: str) -> Speed | NotRun:
        seconds = self.args.seconds
        made_with = {"device": self.about["GPU"], "torch": torch.__version__, "seconds": seconds}
        key = {**made_with, "model": repr(encoder.model), "batches": list(self.args.batches)}

        def work() -> dict[str, object]:
            mark = Precision.FP16 if device == "cuda" else Precision.FP32
            pacers = torch_runners(encoder.network, device, [mark], [way])
            return _told(speed_of(encoder.model.name, pacers, encoder.cases, seconds))

        try:
            return _speed(self.ledger.once(f"{encoder.model.name} PyTorch {way}", key, work))
        except STEP_ERRORS as error:
            return NotRun(f"{encoder.model.name} was not timed in PyTorch ({way}): {words_of(error)}", broken=True)


NO_GPU_HINT = "run it where nvidia-smi names one"


def _told(speed: Speed | NotRun) -> dict[str, object]:
    """Return it with values that JSON has; what was not run is not kept, so that it is tried again."""
    if isinstance(speed, NotRun):
        raise RuntimeError(speed.reason)
    return asdict(speed)


def _speed(told: dict[str, object]) -> Speed:
    times, absent = ({int(batch): each for batch, each in told[name].items()} for name in ("milliseconds", "not_run"))  # type: ignore[attr-defined]
    return Speed(times, float(str(told["per_second"])), absent)


def _unload(triton: Triton, name: str) -> None:
    try:
        triton.unload(name)
    except TritonError as error:
        # The server died with it: the next model says so.
        say(str(error))
