"""The two graphs, run by ONNX Runtime."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime as ort
from PIL import Image

from shelfmatch_triton.describe.runtime.cache import Cache
from shelfmatch_triton.describe.runtime.families.family import FAMILIES
from shelfmatch_triton.describe.runtime.picture import Floats
from shelfmatch_triton.describe.runtime.positions import Ints
from shelfmatch_triton.describe.runtime.prompt import Prompt
from shelfmatch_triton.describe.runtime.settings import DECODER, VISION, Settings
from shelfmatch_triton.describe.runtime.shown import Shown

Seen = tuple[Floats, Floats]
"""A request's pictures: what takes the place of their tokens, and DeepStack's part."""
ELEMENTS = {"tensor(float)": np.float32, "tensor(float16)": np.float16}


def open_session(file: Path, threads: int, precision: str) -> ort.InferenceSession:
    """Return a session on the CPU that runs each operator on so many threads."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Threads that spin between tokens take the cores that other models need.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if "int8" in precision or "fp8" in precision:
        # Computed as they are written: fused into integer kernels, FP16 scales come out wrong (ONNX Runtime 1.30).
        options.add_session_config_entry("session.disable_quant_qdq", "1")
    return ort.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


class Vision:
    """Pictures to what takes the place of their tokens."""

    def __init__(self, folder: Path, settings: Settings, threads: int = 1) -> None:
        """Open the graph."""
        self.settings = settings
        self.session = open_session(folder / VISION, threads, settings.precision)

    def look(self, shown: Sequence[Shown]) -> Seen:
        """Return float32 [1 + tokens, width] and [layers, 1 + tokens, width] of all pictures; zeros come first."""
        width, layers = self.settings.hidden, self.settings.deepstack_layers
        visual, deepstack = [np.zeros((1, width), np.float32)], [np.zeros((layers, 1, width), np.float32)]
        outputs = ["tokens", *(["deepstack"] if layers > 0 else [])]
        for picture in shown:
            tokens, *deep = self.session.run(outputs, picture.feed)
            visual.append(tokens)
            deepstack += deep or [np.zeros((0, len(tokens), width), np.float32)]
        return np.concatenate(visual), np.concatenate(deepstack, axis=1)

    def cut(self, pictures: Sequence[Image.Image]) -> list[Shown]:
        """Return the pictures of one request as the graph takes them."""
        return FAMILIES[self.settings.family].cut(pictures, self.settings)


class Decoder:
    """Tokens to the scores of the next one. What it computed of them lies in the cache's rows."""

    def __init__(self, folder: Path, settings: Settings, rows: int, threads: int = 1) -> None:
        """Open the graph, with a cache for ``rows`` texts at once."""
        self.settings = settings
        self.session = open_session(folder / DECODER, threads, settings.precision)
        kinds = {each.name: each.type for each in self.session.get_inputs()}
        self.cache = Cache(settings, rows, ELEMENTS[kinds["past_key.0"]])
        self.outputs = [each.name for each in self.session.get_outputs()]
        # What a step has of pictures: nothing, but the row of zeros.
        zeros = np.zeros((settings.deepstack_layers, 1, settings.hidden), np.float32)
        self.blind = self._seen(np.zeros((1, settings.hidden), np.float32), zeros)

    def _seen(self, visual: Floats, deepstack: Floats) -> dict[str, Floats]:
        return {"visual": visual, **({"deepstack": deepstack} if self.settings.deepstack_layers > 0 else {})}

    def prefill(self, prompts: Sequence[Prompt], seen: Sequence[Seen]) -> tuple[range, Floats]:
        """Read prompts into new rows behind the others; return the rows, and float32 [prompts, vocabulary].

        Args:
            prompts: read together, each as if it were alone.
            seen: what ``Vision.look`` gives of each one's pictures.

        Raises:
            IndexError: there are fewer rows left.
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
        feed = {
            "input_ids": ids,
            "position_ids": positions,
            "past_lengths": np.zeros(count, np.int64),
            "last": np.array(lengths, np.int64) - 1,
            **self._seen(visual, deepstack),
            "visual_index": visual_index,
            **self.cache.nothing(count),
        }
        logits, *new = self.session.run(self.outputs, feed)
        scores: Floats = logits
        return self.cache.join(new, lengths), scores

    def step(self, ids: Ints, positions: Ints) -> Floats:
        """Put one token behind each row's text; return float32 [rows, vocabulary].

        Args:
            ids: [rows].
            positions: [rows]; behind a prompt, all three coordinates are one.
        """
        count = len(ids)
        feed = {
            "input_ids": ids[:, np.newaxis],
            "position_ids": np.ascontiguousarray(np.broadcast_to(positions[np.newaxis, :, np.newaxis], (3, count, 1))),
            "past_lengths": self.cache.lengths[:count].copy(),
            "last": np.zeros(count, np.int64),
            "visual_index": np.zeros((count, 1), np.int64),
            **self.blind,
            **self.cache.views(),
        }
        logits, *new = self.session.run(self.outputs, feed)
        self.cache.append(new)
        scores: Floats = logits
        return scores
