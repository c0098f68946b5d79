"""The two graphs, whatever runs them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from shelfmatch_triton.describe.runtime.cache import Cache, New
from shelfmatch_triton.describe.runtime.executors.choose import open_executor
from shelfmatch_triton.describe.runtime.executors.executor import Array, Tensor
from shelfmatch_triton.describe.runtime.executors.place import ON_CPU, Place
from shelfmatch_triton.describe.runtime.families.family import FAMILIES
from shelfmatch_triton.describe.runtime.picture import Floats
from shelfmatch_triton.describe.runtime.positions import Ints
from shelfmatch_triton.describe.runtime.prompt import Prompt
from shelfmatch_triton.describe.runtime.settings import DECODER, VISION, Settings
from shelfmatch_triton.describe.runtime.shown import Shown

Seen = tuple[Floats, Floats]
"""A request's pictures: what takes the place of their tokens, and DeepStack's part."""


class Vision:
    """Pictures to what takes the place of their tokens."""

    def __init__(self, folder: Path, settings: Settings, place: Place = ON_CPU) -> None:
        """Open the graph.

        Raises:
            OSError: its file can't be read.
            ValueError: what is to run it is not there.
        """
        self.settings = settings
        self.executor = open_executor(folder, VISION, settings, place)

    def look(self, shown: Sequence[Shown]) -> Seen:
        """Return float32 [1 + tokens, width] and [layers, 1 + tokens, width] of all pictures; zeros come first."""
        width, layers = self.settings.hidden, self.settings.deepstack_layers
        visual, deepstack = [np.zeros((1, width), np.float32)], [np.zeros((layers, 1, width), np.float32)]
        memory, kinds = self.executor.memory, self.executor.kinds
        for picture in shown:
            shapes: dict[str, tuple[int, ...]] = {"tokens": (picture.tokens, width)}
            if layers > 0:
                shapes["deepstack"] = (layers, picture.tokens, width)
            outputs = {name: memory.make(shape, kinds[name]) for name, shape in shapes.items()}
            self.executor.run({name: self._put(values, name) for name, values in picture.feed.items()}, outputs)
            tokens, *deep = (memory.get(tensor) for tensor in outputs.values())
            visual.append(tokens)
            deepstack += deep or [np.zeros((0, len(tokens), width), np.float32)]
        return np.concatenate(visual), np.concatenate(deepstack, axis=1)

    def _put(self, values: Array, name: str) -> Tensor:
        tensor = self.executor.memory.make(values.shape, self.executor.kinds[name])
        self.executor.memory.put(values, tensor)
        return tensor

    def cut(self, pictures: Sequence[Image.Image]) -> list[Shown]:
        """Return the pictures of one request as the graph takes them."""
        return FAMILIES[self.settings.family].cut(pictures, self.settings)


class Decoder:
    """Tokens to the scores of the next one. What it computed of them lies in the cache's rows."""

    def __init__(self, folder: Path, settings: Settings, rows: int, place: Place = ON_CPU) -> None:
        """Open the graph, with a cache for ``rows`` texts at once.

        Raises:
            OSError: its file can't be read.
            ValueError: what is to run it is not there.
        """
        self.settings = settings
        self.executor = open_executor(folder, DECODER, settings, place)
        self.memory = self.executor.memory
        self.limits = self.executor.limits
        self.cache = Cache(settings, rows, self.executor.kinds["past_key.0"], self.memory, self.limits)
        # What a step has of pictures: nothing, but the row of zeros.
        visual, deepstack = (1, settings.hidden), (settings.deepstack_layers, 1, settings.hidden)
        self.blind = self._seen(*(self.memory.make(shape, np.float32) for shape in (visual, deepstack)))
        self._step = Step(self, rows)

    def _seen(self, visual: Tensor, deepstack: Tensor) -> dict[str, Tensor]:
        return {"visual": visual, **({"deepstack": deepstack} if self.settings.deepstack_layers > 0 else {})}

    def _put(self, values: Array) -> Tensor:
        tensor = self.memory.make(values.shape, values.dtype)
        self.memory.put(values, tensor)
        return tensor

    def prefill(self, prompts: Sequence[Prompt], seen: Sequence[Seen]) -> tuple[range, Floats]:
        """Read prompts into new rows behind the others; return the rows, and float32 [prompts, vocabulary].

        Args:
            prompts: read together, each as if it were alone.
            seen: what ``Vision.look`` gives of each one's pictures.

        Raises:
            IndexError: there are fewer rows left.
            ValueError: it is more than the graph was built for.
        """
        lengths = [len(prompt.ids) for prompt in prompts]
        count, longest = len(prompts), max(lengths)
        ids, visual_index = np.zeros((2, count, longest), np.int64)
        positions = np.zeros((3, count, longest), np.int64)
        # All pictures' tokens lie behind one row of zeros.
        before = np.cumsum([0, *(len(visual) - 1 for visual, _ in seen)])
        for row, (prompt, length) in enumerate(zip(prompts, lengths, strict=True)):
            ids[row, :length] = prompt.ids
            positions[:, row, :length] = prompt.positions
            visual_index[row, :length] = np.where(prompt.visual_index > 0, prompt.visual_index + before[row], 0)
        visual = np.concatenate([seen[0][0][:1], *(visual[1:] for visual, _ in seen)])
        deepstack = np.concatenate([seen[0][1][:, :1], *(deep[:, 1:] for _, deep in seen)], axis=1)
        inputs = {
            "input_ids": self._put(ids),
            "position_ids": self._put(positions),
            "past_lengths": self._put(np.zeros(count, np.int64)),
            "last": self._put(np.array(lengths, np.int64) - 1),
            **self._seen(self._put(visual), self._put(deepstack)),
            "visual_index": self._put(visual_index),
            **self.cache.nothing(count),
        }
        new = self.cache.new(count, longest)
        logits = self.memory.make((count, self.settings.vocabulary), np.float32)
        self.executor.run(inputs, {"logits": logits, **new.tensors})
        return self.cache.join(new, lengths), self.memory.get(logits)

    def step(self, ids: Ints, positions: Ints) -> Floats:
        """Put one token behind each row's text; return float32 [rows, vocabulary].

        Args:
            ids: [rows].
            positions: [rows]; behind a prompt, all three coordinates are one.
        """
        self.cache.prepare()
        logits, new = self._step.run(ids, positions)
        self.cache.append(new)
        return self.memory.get(logits)


class Step:
    """The tensors of a step, which stay where they are: all that changes goes to the device in one piece."""

    ALIGNED_INTS = 32
    """Of 8 bytes: where an aligned address is."""

    def __init__(self, decoder: Decoder, rows: int) -> None:
        """Make room for so many texts."""
        self.decoder = decoder
        names = {"input_ids": rows, "position_ids": 3 * rows, "past_lengths": rows, "last": rows, "visual_index": rows}
        self.begins: dict[str, int] = {}
        end = 0
        for name, size in names.items():
            self.begins[name] = end
            end += -(-size // self.ALIGNED_INTS) * self.ALIGNED_INTS
        self.values = np.zeros(end, np.int64)
        self.tensor = decoder.memory.make((end,), np.int64)
        self.logits = decoder.memory.make((rows, decoder.settings.vocabulary), np.float32)
        self.new: dict[int, New] = {}
        """By the number of texts."""

    def run(self, ids: Ints, positions: Ints) -> tuple[Tensor, New]:
        """Decode a token of each row's text; return the scores and the new keys and values."""
        decoder, count = self.decoder, len(ids)
        lengths = decoder.cache.lengths[:count]
        for name, values in (("input_ids", ids), ("position_ids", np.tile(positions, 3)), ("past_lengths", lengths)):
            self.values[self.begins[name] : self.begins[name] + len(values)] = values
        decoder.memory.put(self.values, self.tensor)
        shapes = {
            "input_ids": (count, 1),
            "position_ids": (3, count, 1),
            "past_lengths": (count,),
            "last": (count,),
            "visual_index": (count, 1),
        }
        inputs = {name: self.tensor.part(8 * self.begins[name], shape) for name, shape in shapes.items()}
        if count not in self.new:
            self.new[count] = decoder.cache.new(count, 1)
        new = self.new[count]
        logits = self.logits.part(0, (count, decoder.settings.vocabulary))
        decoder.executor.run(
            {**inputs, **decoder.blind, **decoder.cache.inputs()}, {"logits": logits, **new.tensors}, again=True
        )
        return logits, new
