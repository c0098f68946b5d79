"""The graphs of the reduced network say what transformers says: every output, prompts and steps, in FP32 and FP16."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
import pytest
import torch
from tokenizers import Tokenizer
from transformers import DynamicCache

from shelfmatch_triton.describe.export import qwen3_vl
from shelfmatch_triton.describe.export.write import Describer, trained
from shelfmatch_triton.describe.published import Reference, cosine, reference_of
from shelfmatch_triton.describe.registry import DESCRIBERS, QWEN3_VL_2B
from shelfmatch_triton.describe.runtime.graphs import Vision
from shelfmatch_triton.describe.runtime.settings import DECODER, Settings, read_settings
from shelfmatch_triton.describe.testing import pictures
from shelfmatch_triton.sources.model import Precision
from shelfmatch_triton.sources.weights import WeightsError

pytestmark = pytest.mark.filterwarnings("ignore")

LEAST_COSINE = {Precision.FP32: 0.99999, Precision.FP16: 0.999}
LARGEST_ERROR = {Precision.FP32: 1e-4, Precision.FP16: 0.15}
"""Of numbers around 1; four layers at random, whose rounding adds up."""
STEPS = 4


@pytest.fixture(scope="module", name="reference")
def _reference(describer: Describer, tokenizer: Tokenizer) -> Reference:
    return reference_of(describer, tokenizer)


@pytest.fixture(scope="module", name="folders")
def _folders(graphs: Path, halved: Path) -> dict[Precision, Path]:
    return {Precision.FP32: graphs, Precision.FP16: halved}


def near(name: str, wanted: torch.Tensor, found: np.ndarray[Any, Any], precision: Precision) -> None:
    """Check one output."""
    reference = wanted.to(torch.float32).numpy()
    assert reference.shape == found.shape, name
    assert cosine(reference, found) >= LEAST_COSINE[precision], name
    error = float(np.abs(reference - found.astype(np.float32)).max())
    assert error <= LARGEST_ERROR[precision], f"{name}: {error}"


def test_the_published_configuration_is_that_network() -> None:
    """Its parameters are counted, without their memory."""
    with torch.device("meta"):
        network = qwen3_vl.build(QWEN3_VL_2B, dict.fromkeys([*QWEN3_VL_2B.tokens.ends, "<|image_pad|>"], 1) | MARKS)
    count = sum(parameter.numel() for parameter in network.parameters())
    assert count == 2_127_532_032
    assert list(DESCRIBERS) == ["qwen3-vl-2b"]


MARKS = {"<|vision_start|>": 2, "<|vision_end|>": 3}


@pytest.mark.parametrize("precision", list(LEAST_COSINE))
def test_vision_gives_what_the_tower_gives(
    folders: dict[Precision, Path], describer: Describer, reference: Reference, precision: Precision
) -> None:
    """The merged tokens, and each layer of DeepStack, of pictures of several shapes."""
    vision = Vision(folders[precision], read_settings(folders[precision]))
    tower: Any = describer.network
    grids = set()
    for file in pictures(8):
        asked = reference.inputs("", [file])
        grid = asked["image_grid_thw"]
        with torch.no_grad():
            wanted = tower.model.visual(asked["pixel_values"], grid_thw=grid)
        shape = int(grid[0, 1]), int(grid[0, 2])
        grids.add(shape)
        tokens, deepstack = vision.look([(asked["pixel_values"].numpy(), shape)])
        assert not tokens[0].any() and not deepstack[:, 0].any()
        near("tokens", wanted.pooler_output, tokens[1:], precision)
        for number, layer in enumerate(wanted.deepstack_features):
            near(f"deepstack {number}", layer, deepstack[number, 1:], precision)
    assert len(grids) > 2


class Rows:
    """Texts that are decoded together, and each by transformers alone."""

    def __init__(self, describer: Describer, folder: Path, settings: Settings, asked: list[dict[str, Any]]) -> None:
        """Read the prompts, both ways."""
        self.network: Any = describer.network
        self.settings = settings
        self.asked = asked
        options = ort.SessionOptions()
        options.log_severity_level = 3
        self.session = ort.InferenceSession(str(folder / DECODER), options, providers=["CPUExecutionProvider"])
        self.kind = np.float16 if settings.precision == Precision.FP16 else np.float32
        self.vision = Vision(folder, settings)
        self.caches = [DynamicCache(config=self.network.config.text_config) for _ in asked]
        self.lengths = [each["input_ids"].shape[1] for each in asked]
        self.next_positions: list[int] = []

    def prompts(self) -> tuple[list[torch.Tensor], list[np.ndarray[Any, Any]]]:
        """Return the scores that transformers gives each prompt, and all that the graph gives them together."""
        longest, count = max(self.lengths), len(self.asked)
        feed = {
            "input_ids": np.full((count, longest), 7, np.int64),
            "position_ids": np.zeros((3, count, longest), np.int64),
            "visual_index": np.zeros((count, longest), np.int64),
        }
        wanted, shown = [], []
        for row, (each, cache) in enumerate(zip(self.asked, self.caches, strict=True)):
            ids, length = each["input_ids"], self.lengths[row]
            positions = torch.arange(length).expand(3, 1, length)
            if "image_grid_thw" in each:
                found = self.network.model.get_rope_index(ids, each["mm_token_type_ids"], each["image_grid_thw"])
                positions = found[0]
            with torch.no_grad():
                output = self.network(**each, position_ids=positions, past_key_values=cache, logits_to_keep=1)
            wanted.append(output.logits[:, -1])
            self.next_positions.append(int(positions.max()) + 1)
            feed["input_ids"][row, :length] = ids[0].numpy()
            feed["position_ids"][:, row, :length] = positions[:, 0].numpy()
            if "pixel_values" in each:
                is_picture = each["mm_token_type_ids"][0].numpy() > 0
                before = sum(
                    int((other["mm_token_type_ids"] > 0).sum()) for other in self.asked[:row] if "pixel_values" in other
                )
                feed["visual_index"][row, :length][is_picture] = np.arange(1, is_picture.sum() + 1) + before
                start = 0
                for grid in each["image_grid_thw"].tolist():
                    shown.append((each["pixel_values"].numpy()[start : start + grid[1] * grid[2]], (grid[1], grid[2])))
                    start += grid[1] * grid[2]
        visual, deepstack = self.vision.look(shown)
        feed |= {"visual": visual, "deepstack": deepstack}
        return wanted, self._run(feed, np.zeros(count, np.int64), np.array(self.lengths) - 1, self._room(count, 0))

    def step(
        self, tokens: list[int], past: dict[str, np.ndarray[Any, Any]]
    ) -> tuple[list[torch.Tensor], list[np.ndarray[Any, Any]]]:
        """Return both for one more token a row."""
        count = len(tokens)
        wanted = []
        for row, token in enumerate(tokens):
            position = torch.full((3, 1, 1), self.next_positions[row])
            with torch.no_grad():
                output = self.network(
                    input_ids=torch.tensor([[token]]), position_ids=position, past_key_values=self.caches[row]
                )
            wanted.append(output.logits[:, -1])
        feed = {
            "input_ids": np.array(tokens, np.int64)[:, np.newaxis],
            "position_ids": np.broadcast_to(
                np.array(self.next_positions)[np.newaxis, :, np.newaxis], (3, count, 1)
            ).copy(),
            "visual_index": np.zeros((count, 1), np.int64),
            "visual": np.zeros((1, self.settings.hidden), np.float32),
            "deepstack": np.zeros((self.settings.deepstack_layers, 1, self.settings.hidden), np.float32),
        }
        found = self._run(feed, np.array(self.lengths, np.int64), np.zeros(count, np.int64), past)
        self.lengths = [length + 1 for length in self.lengths]
        self.next_positions = [position + 1 for position in self.next_positions]
        return wanted, found

    def _room(self, rows: int, capacity: int) -> dict[str, np.ndarray[Any, Any]]:
        heads, width = self.settings.cache_heads, self.settings.head_width
        names = [each.name for each in self.session.get_inputs() if each.name.startswith("past_")]
        return {name: np.zeros((rows, heads, capacity, width), self.kind) for name in names if "." in name}

    def room(self, capacity: int) -> dict[str, np.ndarray[Any, Any]]:
        """Return a cache that is full of what must not be seen."""
        made = self._room(len(self.asked), capacity)
        for values in made.values():
            values[:] = 9
        return made

    def _run(
        self,
        feed: dict[str, np.ndarray[Any, Any]],
        past_lengths: np.ndarray[Any, Any],
        last: np.ndarray[Any, Any],
        past: dict[str, np.ndarray[Any, Any]],
    ) -> list[np.ndarray[Any, Any]]:
        return list(self.session.run(None, {**feed, "past_lengths": past_lengths, "last": last, **past}))


@pytest.mark.parametrize("precision", list(LEAST_COSINE))
def test_decoder_gives_what_the_network_gives(
    folders: dict[Precision, Path], describer: Describer, reference: Reference, precision: Precision
) -> None:
    """Texts of different lengths at once, with no, one and two pictures: scores, keys and values, then step by step."""
    folder, (first, second, third) = folders[precision], pictures(3)
    settings = read_settings(folder)
    asked = [
        reference.inputs("What is this?", []),
        reference.inputs("Say what the picture shows, and in which colours.", [first], system="You are brief."),
        reference.inputs("Are these two the same product?", [second, third]),
    ]
    rows = Rows(describer, folder, settings, asked)
    capacity = max(rows.lengths) + STEPS
    wanted, (logits, *new) = rows.prompts()
    past = rows.room(capacity)
    for row, cache in enumerate(rows.caches):
        near(f"scores of prompt {row}", wanted[row][0], logits[row], precision)
        for number, name in enumerate(past):
            layer = cache.layers[number // 2]
            kept = layer.keys if number % 2 == 0 else layer.values
            own = new[number][row, :, : rows.lengths[row]]
            near(f"{name} of prompt {row}", kept[0], own, precision)
            past[name][row, :, : rows.lengths[row]] = own
    for step in range(STEPS):
        before = list(rows.lengths)
        tokens = [int(scores.argmax()) for scores in wanted]
        wanted, (logits, *new) = rows.step(tokens, past)
        for row in range(len(asked)):
            near(f"scores of step {step}, row {row}", wanted[row][0], logits[row], precision)
            for number, name in enumerate(past):
                past[name][row, :, before[row]] = new[number][row, :, 0]


def test_published_files_give_the_same_network(describer: Describer, tokenizer: Tokenizer, tmp_path: Path) -> None:
    """Weights in a folder, as the hub has them; what is missing or another's is said."""
    published = tmp_path / "published"
    network: Any = describer.network
    network.save_pretrained(published)
    with pytest.raises(WeightsError, match=r"tokenizer\.json"):
        trained(describer.source, published)
    tokenizer.save(str(published / "tokenizer.json"))
    loaded, read = trained(describer.source, published)
    assert loaded.settings == describer.settings
    assert read.to_str() == tokenizer.to_str()
    found = loaded.network.state_dict()
    for name, tensor in network.state_dict().items():
        assert torch.equal(found[name], tensor), name
    with pytest.raises(WeightsError, match="depth is 4, not 24"):
        trained(QWEN3_VL_2B, published)
    weights = published / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:5000])
    with pytest.raises(WeightsError, match="does not fit"):
        trained(describer.source, published)
