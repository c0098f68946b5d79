"""Prompts with pictures, and what they make of a describer's graphs: what it is calibrated with and measured by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shelfmatch_triton.describe.runtime.executors.executor import Executor, Tensor
from shelfmatch_triton.describe.runtime.graphs import Decoder, Vision
from shelfmatch_triton.describe.runtime.picture import Floats, decode
from shelfmatch_triton.describe.runtime.prompt import build_prompt, open_tokenizer
from shelfmatch_triton.describe.runtime.settings import TOKENIZER, read_settings

Feed = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class Sample:
    """A question about pictures."""

    prompt: str
    pictures: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Told:
    """What graphs say to a sample, step by step."""

    scores: Floats
    """[steps, vocabulary]."""
    tokens: list[int]
    """That were put behind the prompt: all but the last step's."""


class _Recorder:
    """An executor that keeps what it is given."""

    def __init__(self, executor: Executor) -> None:
        self.executor = executor
        self.memory, self.kinds, self.limits = executor.memory, executor.kinds, executor.limits
        self.feeds: list[Feed] = []

    def run(self, inputs: Mapping[str, Tensor], outputs: Mapping[str, Tensor], again: bool = False) -> None:
        self.feeds.append({name: self.memory.get(tensor) for name, tensor in inputs.items()})
        self.executor.run(inputs, outputs, again)


class Describing:
    """The graphs of a folder, one sample at a time."""

    def __init__(self, folder: Path) -> None:
        """Open them.

        Raises:
            OSError: a file can't be read.
            ValueError: the folder's files are not those of one network.
        """
        self.settings = read_settings(folder)
        self.tokenizer = open_tokenizer(folder / TOKENIZER)
        self.vision = Vision(folder, self.settings)
        self.decoder = Decoder(folder, self.settings, rows=1)

    def tell(self, sample: Sample, steps: int, tokens: Sequence[int] | None = None) -> Told:
        """Return the scores of so many steps: each is behind the most probable token, or behind the given ones."""
        pictures = [decode(file.read_bytes(), file.name) for file in sample.pictures]
        shown = self.vision.cut(pictures)
        prompt = build_prompt(self.tokenizer, self.settings, sample.prompt, shown)
        (row,), (scores,) = self.decoder.prefill([prompt], [self.vision.look(shown)])
        said, all_scores = [], [scores]
        for step in range(steps - 1):
            token = int(all_scores[-1].argmax()) if tokens is None else tokens[step]
            position = np.array([prompt.next_position + step], np.int64)
            all_scores.append(self.decoder.step(np.array([token], np.int64), position)[0])
            said.append(token)
        self.decoder.cache.leave(row)
        return Told(np.stack(all_scores), said)

    def feeds(self, samples: Sequence[Sample], steps: int) -> tuple[list[Feed], list[Feed]]:
        """Return what the vision tower and the decoder are given for the samples."""
        vision, decoder = _Recorder(self.vision.executor), _Recorder(self.decoder.executor)
        executors = self.vision.executor, self.decoder.executor
        self.vision.executor, self.decoder.executor = vision, decoder
        try:
            for sample in samples:
                self.tell(sample, steps)
        finally:
            self.vision.executor, self.decoder.executor = executors
        return vision.feeds, decoder.feeds
