"""What an encoder is calibrated and measured with: the seed, or inputs at random where its weights are."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from shelfmatch_triton.export.samples import samples
from shelfmatch_triton.gates.evaluation_set import EvaluationSet, read_evaluation_set, token_feeds
from shelfmatch_triton.gates.gate import Encoded, Runner, compare, encode_pictures, encode_texts, likeness_failures
from shelfmatch_triton.gates.measures import Interval, Likeness, likeness
from shelfmatch_triton.identity import hash_files
from shelfmatch_triton.quantise.feeds import Feed
from shelfmatch_triton.sources.model import SourceModel, Tolerance

REPOSITORY = Path(__file__).parents[3]
SET_SCRIPT = Path("scripts", "evaluation-set.ts")
RANDOM_TOKENS = 40
HELD_OUT = 8
MEANINGLESS = "weights at random recognise nothing"


class MaterialError(ValueError):
    """There is nothing to measure with; says what to do."""


@dataclass(frozen=True)
class Quality:
    """What vectors are worth beside those of the FP32 graph. Losses are of the same queries; negative is better."""

    likeness: Likeness
    recall: Interval | None
    """None, as the three below: of weights at random."""
    recall_loss: Interval | None
    auroc: Interval | None
    auroc_loss: Interval | None
    queries: int
    failures: tuple[str, ...]

    @staticmethod
    def read(told: dict[str, object]) -> Quality:
        """Return what ``asdict`` and JSON made of one."""
        given: dict[str, dict[str, float] | None] = {name: told[name] for name in INTERVALS}  # type: ignore[misc]
        return Quality(
            likeness=Likeness(**told["likeness"]),  # type: ignore[arg-type]
            queries=int(str(told["queries"])),
            failures=tuple(told["failures"]),  # type: ignore[arg-type]
            **{name: None if value is None else Interval(**value) for name, value in given.items()},
        )


INTERVALS = ("recall", "recall_loss", "auroc", "auroc_loss")


@dataclass(frozen=True)
class Material:
    """Inputs. Held-out ones were not calibrated with."""

    key: str
    """Another one: other inputs."""
    evaluation: EvaluationSet | None
    """None where weights are at random: then vectors are compared, and nothing is searched."""
    model: SourceModel
    tokenizer: Path | None

    def calibration(self) -> Sequence[Feed]:
        """Return what a quantised graph is calibrated with."""
        if self.evaluation is None:
            return [_at_random(self.model, 4, seed) for seed in range(4)]
        if self.tokenizer is None:
            return self.evaluation.calibration_views()
        rules = self.model.text.parameters
        return token_feeds(self.tokenizer, self.evaluation.calibration_texts(), rules)

    def encode(self, run: Runner) -> Encoded:
        """Return an encoder's vectors of all that it is measured by."""
        if self.evaluation is None:
            vectors = np.concatenate(run([_at_random(self.model, HELD_OUT, seed=99)]))
            return Encoded(vectors[:, np.newaxis], vectors, tuple(range(len(vectors))), vectors)
        if self.tokenizer is None:
            return encode_pictures(run, self.evaluation)
        return encode_texts(run, self.evaluation, self.tokenizer, self.model.text.parameters)

    def judge(self, reference: Encoded, candidate: Encoded, tolerance: Tolerance) -> Quality:
        """Measure vectors against those of the FP32 graph."""
        if self.evaluation is None:
            near = likeness(reference.held_out, candidate.held_out)
            failures = tuple(likeness_failures(near, tolerance))
            return Quality(near, None, None, None, None, len(candidate.queries), failures)
        outcome = compare(self.model.name, "", 0, (reference, candidate), tolerance)
        figures = {name: getattr(outcome, name) for name in INTERVALS}
        return Quality(outcome.likeness, queries=outcome.queries, failures=outcome.failures, **figures)


def _at_random(model: SourceModel, count: int, seed: int) -> Feed:
    return {name: rows.numpy() for name, rows in samples(model, count, tokens=RANDOM_TOKENS, seed=seed).items()}


def material_at_random(model: SourceModel) -> Material:
    """Return inputs at random, the same each time."""
    return Material(f"random {RANDOM_TOKENS} {HELD_OUT}", None, model, None)


def material_of_seed(model: SourceModel, tokenizer: Path | None, evaluation: EvaluationSet) -> Material:
    """Return the sample catalogue and made queries, as the engine prepares them."""
    files = [evaluation.folder / name for name in ("set.json", "catalogue.bin", "queries.bin")]
    tokens = [] if tokenizer is None else [tokenizer]
    return Material(hash_files([*files, *tokens]), evaluation, model, tokenizer)


def evaluation_of(side: int, given: Path | None, work: Path, node: str, pictures: bool = False) -> EvaluationSet:
    """Return the evaluation set with pictures of this side: the given one where it is of that, else made by the engine.

    Args:
        side: of the views, in pixels.
        given: a folder that may have it.
        work: folder of those that are made.
        node: the program.
        pictures: whether the queries' files are needed as well.

    Raises:
        MaterialError: the engine's Node is not there, or failed.
    """
    name = f"{side}-pictures" if pictures else f"{side}"
    for folder in (given, work / name):
        if folder is not None and (folder / "set.json").is_file():
            found = read_evaluation_set(folder)
            if found.side == side and (not pictures or found.picture(0).is_file()):
                return found
    program = shutil.which(node)
    if program is None:
        raise MaterialError(f"there is no {node} to make the evaluation set with: give --node, or a set with --set")
    folder = work / name
    command = [program, str(SET_SCRIPT), str(folder), "--side", str(side), *(["--pictures"] if pictures else [])]
    made = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if made.returncode != 0:
        raise MaterialError(f"{SET_SCRIPT} failed: {made.stderr.strip()[-500:]}")
    return read_evaluation_set(folder)


def as_json(quality: Quality) -> dict[str, object]:
    """Return it with values that JSON has."""
    return asdict(quality)
