"""Networks take published files as they are: both towers in one, PyTorch's own format, the hub's addresses."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertForMaskedLM, CLIPConfig, CLIPModel

from shelfmatch_triton.__main__ import main
from shelfmatch_triton.export.network import at_random, trained
from shelfmatch_triton.export.samples import samples
from shelfmatch_triton.sources.images import DINOV2_SMALL
from shelfmatch_triton.sources.kinds import Size
from shelfmatch_triton.sources.model import SourceModel
from shelfmatch_triton.sources.pins import Hub
from shelfmatch_triton.sources.testing import serving
from shelfmatch_triton.sources.texts import ALL_MINILM_L6_V2, BERT_BASE
from shelfmatch_triton.sources.towers import CLIP_IMAGE, CLIP_TEXT
from shelfmatch_triton.sources.weights import WeightsError, from_folder, from_hub, shipped


def small(model: SourceModel) -> SourceModel:
    """Return the model at reduced size."""
    return model.at(Size.REDUCED)


@pytest.fixture
def clip(tmp_path: Path) -> tuple[CLIPModel, Path]:
    """Both towers, saved as OpenAI's are: in PyTorch's format, under one configuration."""
    text, vision = (dict(small(model).configuration) for model in (CLIP_TEXT, CLIP_IMAGE))
    model = CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=32)).eval()
    model.save_pretrained(tmp_path / "saved")
    folder = tmp_path / "clip"
    folder.mkdir()
    (folder / "config.json").write_bytes((tmp_path / "saved" / "config.json").read_bytes())
    torch.save(model.state_dict(), folder / "pytorch_model.bin")
    return model, folder


@pytest.mark.parametrize("source", [CLIP_IMAGE, CLIP_TEXT], ids=lambda source: source.name)
def test_each_tower_takes_its_own_of_one_file(source: SourceModel, clip: tuple[CLIPModel, Path]) -> None:
    """The vectors are those of the whole model."""
    whole, folder = clip
    network = trained(small(source), from_folder(small(source), folder))
    inputs = samples(network.model, 3)
    with torch.no_grad():
        found = network.exporter.reference(network.model, network.module, inputs)["embedding"]
        if "views" in inputs:
            mean, std = (torch.tensor(values) for values in (source.image.mean, source.image.std))
            pixels = ((inputs["views"] / 255 - mean) / std).permute(0, 3, 1, 2)
            wanted = whole.get_image_features(pixel_values=pixels)
        else:
            wanted = whole.get_text_features(**inputs)
    rows = getattr(wanted, "pooler_output", wanted)
    assert torch.allclose(found, torch.nn.functional.normalize(rows, dim=1), atol=1e-5)


def test_weights_of_another_network_are_refused(clip: tuple[CLIPModel, Path], tmp_path: Path) -> None:
    """By its configuration, or else by what is missing."""
    _, folder = clip
    with pytest.raises(WeightsError, match="is not of clip-vit-b32-text: its"):
        trained(CLIP_TEXT, from_folder(CLIP_TEXT, folder))
    BertForMaskedLM(BertConfig(**{**small(BERT_BASE).configuration, "num_hidden_layers": 1})).save_pretrained(tmp_path)
    (tmp_path / "config.json").unlink()
    with pytest.raises(WeightsError, match=r"lacks weights of bert-base-reduced: encoder\.layer\.1"):
        trained(small(BERT_BASE), from_folder(small(BERT_BASE), tmp_path))


def test_bert_comes_without_what_guesses_words(tmp_path: Path) -> None:
    """As published: its weights lie below `bert.`, beside a head that no vector needs."""
    whole = BertForMaskedLM(BertConfig(**small(BERT_BASE).configuration)).eval()
    whole.save_pretrained(tmp_path)
    network = trained(small(BERT_BASE), from_folder(small(BERT_BASE), tmp_path))
    wanted = whole.bert.state_dict()
    assert all(torch.equal(tensor, wanted[name]) for name, tensor in network.module.state_dict().items())


def test_from_the_hub_to_a_network(tmp_path: Path) -> None:
    """By the hub's addresses, broken off once on the way."""
    original = at_random(small(DINOV2_SMALL), seed=5)
    original.module.save_pretrained(tmp_path / "saved")
    content = (tmp_path / "saved" / "model.safetensors").read_bytes()
    pin = Hub("maker/encoder", "ef" * 20, "model.safetensors", hashlib.sha256(content).hexdigest())
    model = replace(small(DINOV2_SMALL), hub=pin)
    place = f"{pin.repository}/resolve/{pin.revision}"
    config = (tmp_path / "saved" / "config.json").read_bytes()
    files: Mapping[str, bytes] = {f"{place}/model.safetensors": content, f"{place}/config.json": config}
    with serving(files) as hub:
        hub.cut = [len(config), 3000]
        network = trained(model, from_hub(model, tmp_path / "downloads", hub.address))
        assert ("model.safetensors", "bytes=3000-") in hub.asked
    fetched = network.module.state_dict()
    assert all(torch.equal(fetched[name], tensor) for name, tensor in original.module.state_dict().items())
    assert network.sha256 == pin.sha256


def test_shipped_originals_are_the_pinned_files() -> None:
    """The package has the very file of the hub."""
    assert ALL_MINILM_L6_V2.hub is not None
    assert shipped(ALL_MINILM_L6_V2).sha256 == ALL_MINILM_L6_V2.hub.sha256


def test_the_command_exports_and_says_what_it_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line a graph, one an output; a model that fails does not stop the next."""

    def run(*arguments: str) -> int:
        monkeypatch.setattr("sys.argv", ["shelfmatch_triton", "export", "--target", str(tmp_path), *arguments])
        return main()

    assert run("--model", "dinov2-small", "--weights", "random", "--size", "reduced") == 0
    assert "embedding, 5 at once: least cosine 1.00000" in capsys.readouterr().out
    record = json.loads((tmp_path / "dinov2-small-reduced.json").read_text(encoding="utf-8"))
    assert record["weights"] == "random, seed 0"
    assert run("--model", "dinov2-small", "all-minilm-l6-v2", "--weights", "shipped") == 1
    outcome = capsys.readouterr()
    assert "dinov2-small could not be exported: dinov2-small is not shipped" in outcome.err
    assert (tmp_path / "all-minilm-l6-v2.onnx").is_file()
    assert run("--model", "gpt2", "--size", "reduced") == 1
    assert "no weights were trained for the reduced size" in capsys.readouterr().err
