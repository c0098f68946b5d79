"""``python -m shelfmatch_triton accept --vlm``: describers from weights to one page of what they say, find and cost."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import cached_property
from pathlib import Path

import torch

from shelfmatch_triton.accept.ledger import Ledger
from shelfmatch_triton.accept.material import REPOSITORY, evaluation_of
from shelfmatch_triton.accept.reached import reached, refuse_spaces, words_of
from shelfmatch_triton.accept.steps import toolchain
from shelfmatch_triton.accept.table import NotRun
from shelfmatch_triton.accept.triton_http import Triton, TritonError
from shelfmatch_triton.accept.vlm.memory import peak_memory
from shelfmatch_triton.accept.vlm.page import Gate, Row, write_page
from shelfmatch_triton.accept.vlm.retrieval import Product, Retrieval
from shelfmatch_triton.accept.vlm.steps import Steps
from shelfmatch_triton.accept.vlm.words import Asking, texts_of
from shelfmatch_triton.describe.figures import Asked, Pace, measure, memory_pace, served_way, transformers_way
from shelfmatch_triton.describe.figures import Row as Speed
from shelfmatch_triton.describe.files import graph_bytes
from shelfmatch_triton.describe.layout import NAME
from shelfmatch_triton.describe.registry import DESCRIBERS
from shelfmatch_triton.describe.runtime.settings import DECODER
from shelfmatch_triton.describe.samples import Sample
from shelfmatch_triton.plan.tensorrt_build import Toolchain, gpu_at_hand
from shelfmatch_triton.sources.kinds import Precision, Size

STEP_ERRORS = Exception
"""What one describer's step may end with, without keeping the others from going on, as for encoders."""
PICTURES = REPOSITORY / "seed" / "images"
SIDE = 224
PLAIN = "Say what the picture shows."
MEANINGLESS = "weights at random describe nothing"
NO_PLANS = "plans are built of FP16 and fewer bits"
NOT_LOCAL = "the server's process is not on this machine"


Loader = Callable[[], None]
"""Lays out and loads what is asked, once."""


def say(line: str) -> None:
    """Tell the person who waits."""
    print(f"- {line}", flush=True)


class DescriberAcceptance:
    """One run of the command."""

    def __init__(self, args: argparse.Namespace, weights: Path) -> None:
        """Look at what is there.

        Args:
            args: the command line's.
            weights: folder of the app's own weights.
        """
        self.args = args
        self.weights = weights
        self.repository: Path = args.repository or args.target / "repository"
        refuse_spaces(self.repository)
        self.ledger = Ledger(args.target / "steps", say)
        self.rows: list[Row] = []
        self.marks: dict[str, tuple[Speed, ...]] = {}
        self.tools = toolchain()
        files = sorted(PICTURES.glob("*.jpg"))
        # Every other picture is for calibration alone.
        self.calibration = _samples(files[::2][: args.samples])
        self.held_out = _samples(files[1::2][: args.samples])
        self.about = {
            "weights": str(args.weights) + (", reduced size" if args.size == Size.REDUCED else ""),
            "GPU": gpu_at_hand() or "none",
            "TensorRT": self.tools.version if isinstance(self.tools, Toolchain) else f"not run: {self.tools.reason}",
            "PyTorch": str(torch.__version__),
            "Triton": "not run",
        }

    def run(self) -> int:
        """Do all of it; return the exit status: 1 where a gate closed or a step broke."""
        torch.set_num_threads(self.args.threads)
        names = self.args.vlm or list(DESCRIBERS)
        with self._triton() as triton:
            for number, name in enumerate(names, 1):
                source = DESCRIBERS[name].at(self.args.size)
                say(f"[{number}/{len(names)}] {source.name}")
                steps = Steps(source, self.args, self.ledger, self.calibration, self.held_out)
                self._describer(steps, triton)
                write_page(self.rows, self.marks, self.about, self.args.target)
        page = write_page(self.rows, self.marks, self.about, self.args.target)
        print(page.read_text(encoding="utf-8"))
        refused = any(row.faults for row in self.rows)
        return 1 if refused or any(part.broken for row in self.rows for part in row.missing) else 0

    @contextmanager
    def _triton(self) -> Iterator[Triton | NotRun]:
        with reached(self.args, self.repository, self.args.target / "tritonserver.log") as triton:
            if isinstance(triton, Triton):
                self.about["Triton"] = triton.version()
            yield triton

    def _describer(self, steps: Steps, triton: Triton | NotRun) -> None:
        name = steps.source.name
        try:
            if steps.published is not None:
                self.about[name] = steps.published.origin
            exported = steps.export()
        except STEP_ERRORS as error:
            absent = NotRun(f"{name} was not exported: {words_of(error)}", broken=True)
            say(absent.reason)
            self.rows += [_nothing(name, label, absent) for label in self.args.decoders]
            return
        before: Retrieval | None = None
        for label in self.args.decoders:
            row = self._precision(steps, label, exported, triton, before)
            self.rows.append(row)
            if before is None and isinstance(row.worth, Retrieval):
                before = row.worth
        try:
            self.marks[name] = self._transformers(steps)
        except STEP_ERRORS as error:
            say(f"{name} was not timed in transformers: {words_of(error)}")

    def _precision(
        self, steps: Steps, label: str, exported: Gate, triton: Triton | NotRun, before: Retrieval | None
    ) -> Row:
        name = steps.source.name
        try:
            if label not in (Precision.FP32, Precision.FP16):
                steps.quantise(label)
            gate = exported if label == Precision.FP32 else steps.gate(label)
        except STEP_ERRORS as error:
            absent = NotRun(f"{name} {label} was not made: {words_of(error)}", broken=True)
            say(absent.reason)
            return _nothing(name, label, absent)
        size = steps.size(label)
        limit = self.pace / graph_bytes(steps.folder(label), DECODER)
        plans = self._plans(steps, label)
        if gate.faults:
            say(f"{name} {label} refused: {'; '.join(gate.faults)}")
            absent = NotRun(f"the graphs of {name} {label} were refused")
            return Row(name, label, size, gate, absent, absent, limit, absent, plans, gate.faults)
        absent = triton if isinstance(triton, NotRun) else NotRun("not yet")
        row = Row(name, label, size, gate, absent, absent, limit, absent, plans)
        return row if isinstance(triton, NotRun) else self._served(steps, label, triton, row, before)

    def _plans(self, steps: Steps, label: str) -> int | NotRun:
        if label == Precision.FP32:
            return NotRun(NO_PLANS)
        if isinstance(self.tools, NotRun):
            return self.tools
        try:
            return steps.plan(label, self.tools, lambda line: print(f"  {line}", flush=True))
        except STEP_ERRORS as error:
            return NotRun(f"no plans of {steps.source.name} {label}: {words_of(error)}", broken=True)

    def _served(self, steps: Steps, label: str, triton: Triton, row: Row, before: Retrieval | None) -> Row:
        """Describe and time through Triton; each part that fails says why."""
        loaded = False

        def load() -> None:
            nonlocal loaded
            if not loaded:
                steps.lay_out(label, self.repository)
                triton.load(NAME)
                loaded = True

        key = {"about": repr(sorted(self.about.items())), "graphs": steps.served(label), "threads": self.args.threads}
        try:
            speed, memory = self._speed(steps, label, triton, key, load)
            row = replace(row, speed=speed, memory=memory)
            if steps.published is None:
                row = replace(row, worth=NotRun(MEANINGLESS))
            else:
                row = self._worth(steps, label, triton, key, load, row, before)
            return row
        except STEP_ERRORS as error:
            absent = NotRun(f"{row.model} {label} was not served: {words_of(error)}", broken=True)
            say(absent.reason)
            kept = {each: absent for each in ("worth", "speed", "memory") if isinstance(getattr(row, each), NotRun)}
            return replace(row, **kept)  # type: ignore[arg-type]
        finally:
            if loaded:
                _unload(triton)

    def _speed(
        self, steps: Steps, label: str, triton: Triton, key: Mapping[str, object], load: Loader
    ) -> tuple[tuple[Speed, ...], int | NotRun]:
        key = {**key, "requests": self.args.requests, "tokens": self.args.tokens}

        def work() -> dict[str, object]:
            load()
            times = _times("Triton", served_way(triton.url, self._asked), self.args.requests)
            return {"times": times, "memory": peak_memory(self.repository / NAME)}

        told = self.ledger.once(f"{steps.source.name} {label} speed", key, work)
        memory = told["memory"]
        return _speeds(told["times"]), NotRun(NOT_LOCAL) if memory is None else int(memory)

    def _worth(
        self,
        steps: Steps,
        label: str,
        triton: Triton,
        key: Mapping[str, object],
        load: Loader,
        row: Row,
        before: Retrieval | None,
    ) -> Row:
        product = self.product
        key = {**key, "photos": product.key, "tokens": self.args.answer_tokens}

        def work() -> dict[str, object]:
            load()
            asking = Asking.read(product.evaluation.folder)
            together = max(self.args.requests)
            answers = asking.ask(triton, product.photos, self.args.answer_tokens, together)
            texts = texts_of(answers, self.args.node)
            return {"worth": asdict(product.worth(texts)), "texts": texts}

        told = self.ledger.once(f"{steps.source.name} {label} described", key, work)
        worth = Retrieval.read(told["worth"])
        names = [product.evaluation.skus[int(each)] for each in product.own]
        examples = tuple(zip(names, map(str, told["texts"]), strict=True))
        return replace(row, worth=worth, examples=examples, faults=(*row.faults, *worth.faults(before)))

    def _transformers(self, steps: Steps) -> tuple[Speed, ...]:
        key = {"torch": torch.__version__, "graphs": steps.served(Precision.FP32), "threads": self.args.threads}
        key = {**key, "requests": self.args.requests, "tokens": self.args.tokens}

        def work() -> list[dict[str, object]]:
            way = transformers_way(steps.reference(), self._asked)
            return _times("transformers, FP32, CPU", way, self.args.requests)

        return _speeds(self.ledger.once(f"{steps.source.name} transformers speed", key, work))

    @property
    def _asked(self) -> Asked:
        return Asked(PLAIN, self.held_out[0].pictures, self.args.tokens)

    @cached_property
    def pace(self) -> float:
        """Return the bytes of memory that a thread reads a second."""
        return memory_pace()

    @cached_property
    def product(self) -> Product:
        """Return the app's encoders and the photos; an error of it is raised when it is first needed."""
        sets = self.args.target / "sets"
        evaluation = evaluation_of(SIDE, self.args.set, sets, self.args.node, pictures=True)
        return Product(evaluation, self.weights, self.args.photos)


def _samples(pictures: Sequence[Path]) -> list[Sample]:
    asked = (PLAIN, "Name its colours and its material.", "Read the text on it.")
    return [Sample(asked[number % len(asked)], (picture,)) for number, picture in enumerate(pictures)]


def _times(way: str, ask: Callable[[int], list[Pace]], requests: Sequence[int]) -> list[dict[str, object]]:
    return [asdict(measure(way, at_once, ask)) for at_once in requests]


def _speeds(told: Sequence[Mapping[str, object]]) -> tuple[Speed, ...]:
    return tuple(Speed(**each) for each in told)  # type: ignore[arg-type]


def _nothing(name: str, label: str, why: NotRun) -> Row:
    return Row(name, label, None, why, why, why, None, why, why)


def _unload(triton: Triton) -> None:
    try:
        triton.unload(NAME)
    except TritonError as error:
        # The server died with it: the next precision says so.
        say(str(error))
