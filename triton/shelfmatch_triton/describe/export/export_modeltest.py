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

from shelfmatch_triton.describe.export.write import EXPORTERS, Describer, trained
from shelfmatch_triton.describe.published import SHOWN, Reference, cosine, reference_of
from shelfmatch_triton.describe.registry import DESCRIBERS
from shelfmatch_triton.describe.runtime.graphs import Vision
from shelfmatch_triton.describe.runtime.prompt import build_prompt, open_tokenizer
from shelfmatch_triton.describe.runtime.settings import DECODER, TOKENIZER, read_settings
from shelfmatch_triton.describe.runtime.shown import Shown
from shelfmatch_triton.describe.source import Family
from shelfmatch_triton.describe.testing import pictures
from shelfmatch_triton.sources.kinds import Precision
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


COUNTS = [("qwen3-vl-2b", 2_127_532_032), ("llava-onevision-0.5b", 893_675_552), ("internvl3-1b", 938_193_024)]


@pytest.mark.parametrize(("family", "parameters"), COUNTS, indirect=["family"])
def test_the_published_configuration_is_that_network(family: str, parameters: int) -> None:
    """Its parameters are counted, without their memory."""
    source = DESCRIBERS[family]
    marks = [each for each in vars(source.tokens).values() if isinstance(each, str) and each]
    with torch.device("meta"):
        network = EXPORTERS[source.family].build(source, dict.fromkeys([*marks, *source.tokens.ends], 1))
    assert sum(parameter.numel() for parameter in network.parameters()) == parameters


@pytest.mark.parametrize("precision", list(LEAST_COSINE))
def test_vision_gives_what_the_tower_gives(
    folders: dict[Precision, Path], describer: Describer, reference: Reference, precision: Precision
) -> None:
    """A picture's tokens, and each layer of DeepStack, of pictures of several shapes, alone and beside another."""
    vision = Vision(folders[precision], read_settings(folders[precision]))
    network: Any = describer.network
    files = pictures(8)
    sizes = set()
    for own in [[file] for file in files] + [files[:2]]:
        asked = reference.inputs("", own)
        images = asked[SHOWN]
        with torch.no_grad():
            wanted = network.model.get_image_features(**reference.cut([images]))
        tokens, deepstack = vision.look(vision.cut(images))
        sizes.add(len(tokens))
        assert not tokens[0].any() and not deepstack[:, 0].any()
        near("tokens", torch.cat(list(wanted.pooler_output)), tokens[1:], precision)
        for number, layer in enumerate(getattr(wanted, "deepstack_features", None) or []):
            near(f"deepstack {number}", torch.cat(list(layer)), deepstack[number, 1:], precision)
    assert len(sizes) > 2


class Rows:
    """Texts that are decoded together, and each by transformers alone."""

    def __init__(
        self, describer: Describer, reference: Reference, folder: Path, asked: list[tuple[str, list[Path], str]]
    ) -> None:
        """Read the prompts, pictures and the system's words."""
        settings = read_settings(folder)
        self.texts, self.systems = [each[0] for each in asked], [each[2] for each in asked]
        self.tokenizer = open_tokenizer(folder / TOKENIZER)
        self.network: Any = describer.network
        self.settings = settings
        self.asked = [reference.inputs(*each) for each in asked]
        options = ort.SessionOptions()
        options.log_severity_level = 3
        self.session = ort.InferenceSession(str(folder / DECODER), options, providers=["CPUExecutionProvider"])
        self.kind = np.float16 if settings.precision == Precision.FP16 else np.float32
        self.vision = Vision(folder, settings)
        self.caches = [DynamicCache(config=self.network.config.text_config) for _ in asked]
        self.lengths = [each["input_ids"].shape[1] for each in self.asked]
        self.next_positions: list[int] = []

    def prompts(self) -> tuple[list[torch.Tensor], list[np.ndarray[Any, Any]]]:
        """Return the scores that transformers gives each prompt, and all that the graph gives them together."""
        longest, count = max(self.lengths), len(self.asked)
        feed = {
            "input_ids": np.full((count, longest), 7, np.int64),
            "position_ids": np.zeros((3, count, longest), np.int64),
            "visual_index": np.zeros((count, longest), np.int64),
        }
        wanted: list[torch.Tensor] = []
        shown: list[Shown] = []
        for row, (each, cache) in enumerate(zip(self.asked, self.caches, strict=True)):
            own = self.vision.cut(each[SHOWN])
            prompt = build_prompt(self.tokenizer, self.settings, self.texts[row], own, self.systems[row])
            inputs = {name: value for name, value in each.items() if name != SHOWN}
            with torch.no_grad():
                output = self.network(**inputs, **self._at(prompt.positions), past_key_values=cache, logits_to_keep=1)
            wanted.append(output.logits[:, -1])
            self.next_positions.append(prompt.next_position)
            length, before = self.lengths[row], sum(each.tokens for each in shown)
            assert prompt.ids.tolist() == each["input_ids"][0].tolist()
            feed["input_ids"][row, :length] = prompt.ids
            feed["position_ids"][:, row, :length] = prompt.positions
            feed["visual_index"][row, :length] = np.where(prompt.visual_index > 0, prompt.visual_index + before, 0)
            shown += own
        visual, deepstack = self.vision.look(shown)
        feed |= {"visual": visual, "deepstack": deepstack}
        return wanted, self._run(feed, np.zeros(count, np.int64), np.array(self.lengths) - 1, self._room(count, 0))

    def _at(self, positions: np.ndarray[Any, Any]) -> dict[str, torch.Tensor]:
        """Return the argument that says where tokens stand, of the networks that take three coordinates."""
        if self.settings.family != Family.QWEN3_VL:
            return {}
        return {"position_ids": torch.from_numpy(positions)[:, None]}

    def step(
        self, tokens: list[int], past: dict[str, np.ndarray[Any, Any]]
    ) -> tuple[list[torch.Tensor], list[np.ndarray[Any, Any]]]:
        """Return both for one more token a row."""
        count = len(tokens)
        wanted = []
        for row, token in enumerate(tokens):
            at = self._at(np.full((3, 1), self.next_positions[row]))
            with torch.no_grad():
                output = self.network(input_ids=torch.tensor([[token]]), **at, past_key_values=self.caches[row])
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
        if self.settings.deepstack_layers == 0:
            feed = {name: values for name, values in feed.items() if name != "deepstack"}
        return list(self.session.run(None, {**feed, "past_lengths": past_lengths, "last": last, **past}))


@pytest.mark.parametrize("precision", list(LEAST_COSINE))
def test_decoder_gives_what_the_network_gives(
    folders: dict[Precision, Path], describer: Describer, reference: Reference, precision: Precision
) -> None:
    """Texts of different lengths at once, with no, one and two pictures: scores, keys and values, then step by step."""
    folder, (first, second, third) = folders[precision], pictures(3)
    asked: list[tuple[str, list[Path], str]] = [
        ("What is this?", [], ""),
        ("Say what the picture shows, and in which colours.", [first], "You are brief."),
        ("Are these two the same product?", [second, third], ""),
    ]
    rows = Rows(describer, reference, folder, asked)
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
    full = next(source for source in DESCRIBERS.values() if source.family == describer.source.family)
    with pytest.raises(WeightsError, match=r"is \d+, not \d+"):
        trained(full, published)
    weights = published / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:5000])
    with pytest.raises(WeightsError, match="does not fit"):
        trained(describer.source, published)
