"""Every family's graph is as the registry says and gives what the published network gives."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest
import torch

from shelfmatch_triton.__main__ import WEIGHTS
from shelfmatch_triton.export.network import Network, at_random, trained
from shelfmatch_triton.export.onnx_file import Exported, export
from shelfmatch_triton.export.parity import compare, faults, parity
from shelfmatch_triton.export.samples import samples
from shelfmatch_triton.resized import resize
from shelfmatch_triton.serving.arrays import mean_pool, normalise_rows
from shelfmatch_triton.sources.images import DINOV2_SMALL, EFFICIENTNET_LITE0
from shelfmatch_triton.sources.kinds import Precision, Size
from shelfmatch_triton.sources.model import SourceModel
from shelfmatch_triton.sources.registry import SOURCE_MODELS
from shelfmatch_triton.sources.texts import ALL_MINILM_L6_V2, BERT_BASE, GPT2
from shelfmatch_triton.sources.towers import CLIP_IMAGE, CLIP_TEXT, SIGLIP2_TEXT
from shelfmatch_triton.sources.weights import shipped

Made = tuple[Network, Exported]


@pytest.fixture(scope="module", params=list(SOURCE_MODELS.values()), ids=list(SOURCE_MODELS))
def reduced(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Each model at reduced size, weights at random."""
    model: SourceModel = request.param
    network = at_random(model.at(Size.REDUCED))
    return network, export(network, tmp_path_factory.mktemp(model.name))


def session(exported: Exported) -> ort.InferenceSession:
    """Return the graph, ready to run."""
    return ort.InferenceSession(str(exported.file), providers=["CPUExecutionProvider"])


@pytest.mark.parametrize("count", [1, 5])
def test_outputs_are_those_of_the_published_network(reduced: Made, count: int) -> None:
    """Per output, in a batch and alone; at lengths and batches that the export did not see."""
    network, exported = reduced
    results = parity(network, exported.file, samples(network.model, count, seed=3))
    assert [each.output for each in results] == [tensor.name for tensor in network.model.outputs]
    assert faults(network, results) == []
    # Vectors that are all the same would agree without any graph being right.
    assert results[0].alike < 0.97


def test_embeddings_have_length_one_and_are_independent_of_the_batch(reduced: Made) -> None:
    """What shares a batch, and how long it is, moves nothing."""
    network, exported = reduced
    inputs = {name: tensor.numpy() for name, tensor in samples(network.model, 4, tokens=30).items()}
    run = session(exported)
    (together,) = run.run(["embedding"], inputs)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    own = int(inputs["attention_mask"][0].sum()) if "attention_mask" in inputs else None
    alone = {name: rows[:1, :own] if own is not None else rows[:1] for name, rows in inputs.items()}
    assert np.allclose(run.run(["embedding"], alone)[0], together[:1], atol=1e-5)


def test_a_seed_makes_the_same_weights_and_another_seed_others() -> None:
    """Weights at random are as good as a file: anyone has the same."""
    model = CLIP_IMAGE.at(Size.REDUCED)
    first, again, other = (at_random(model, seed) for seed in (1, 1, 2))
    assert first.sha256 == again.sha256
    assert first.sha256 != other.sha256


def test_a_wrong_graph_is_found(tmp_path: Path) -> None:
    """Parity fails for the graph of other weights, and names what is off."""
    model = BERT_BASE.at(Size.REDUCED)
    exported = export(at_random(model, seed=1), tmp_path)
    network = at_random(model, seed=2)
    (fault,) = faults(network, parity(network, exported.file, samples(model, 3)))
    assert "embedding is off: least cosine" in fault
    with pytest.raises(ValueError, match="has the shape"):
        compare("embedding", np.zeros((2, 3)), np.zeros((2, 4)))
    assert not compare("embedding", np.ones((2, 3)), np.full((2, 3), np.nan)).within(model.tolerances[Precision.FP32])


def test_the_record_states_what_the_engine_asks_for(tmp_path: Path) -> None:
    """The parameters of triton/README.md, and the texts' limit."""
    picture = export(at_random(DINOV2_SMALL.at(Size.REDUCED, 42)), tmp_path)
    stated = {"fingerprint", "model", "weights_sha256", "precision", "preprocessing", "dimensions"}
    assert picture.parameters.keys() == stated
    assert picture.parameters["model"] == "dinov2-small-reduced-42"
    assert picture.parameters["fingerprint"].startswith("dinov2-small-reduced-42-fp32-64-")
    text = export(at_random(GPT2.at(Size.REDUCED)), tmp_path)
    assert text.parameters.keys() == {*stated, "max_tokens"}
    assert (tmp_path / "gpt2-reduced.json").is_file()


def test_dinov2_refuses_squares_that_its_patches_do_not_fill() -> None:
    """Its patches are 14 pixels wide."""
    network = at_random(DINOV2_SMALL.at(Size.REDUCED, 64))
    with pytest.raises(ValueError, match="64 is no multiple"):
        network.exporter.graph(network.model, network.module)


def test_siglip_texts_longer_than_its_places_are_cut(tmp_path: Path) -> None:
    """The engine cuts them too; a graph that failed would take its batch-mates along."""
    network = at_random(SIGLIP2_TEXT.at(Size.REDUCED))
    graph = network.exporter.graph(network.model, network.module)
    ids = torch.randint(1, 500, (1, 90))
    longer = graph(ids, torch.ones_like(ids))
    assert torch.allclose(longer, graph(ids[:, :64], torch.ones_like(ids[:, :64])), atol=1e-6)


def test_dinov2_small_at_full_size(tmp_path: Path) -> None:
    """Published configuration, weights at random."""
    network = at_random(DINOV2_SMALL)
    exported = export(network, tmp_path)
    assert faults(network, parity(network, exported.file, samples(DINOV2_SMALL, 3))) == []


def test_the_original_of_the_shipped_text_encoder(tmp_path: Path) -> None:
    """Real weights in 32 bits; and what the app ships with lies where its README says, seen on other texts."""
    network = trained(ALL_MINILM_L6_V2, shipped(ALL_MINILM_L6_V2))
    exported = export(network, tmp_path)
    inputs = samples(ALL_MINILM_L6_V2, 6, tokens=48)
    assert faults(network, parity(network, exported.file, inputs)) == []
    feed = {name: tensor.numpy() for name, tensor in inputs.items()}
    (embedding,) = session(exported).run(["embedding"], feed)
    quantised = ort.InferenceSession(str(WEIGHTS / "all-minilm-l6-v2.onnx"), providers=["CPUExecutionProvider"])
    (hidden,) = quantised.run(["last_hidden_state"], {**feed, "token_type_ids": np.zeros_like(feed["input_ids"])})
    quantised_embedding = normalise_rows(mean_pool(hidden, feed["attention_mask"]))
    assert compare("embedding", embedding, quantised_embedding).least_cosine > 0.99


@pytest.mark.parametrize("side", [96, 320])
def test_the_shipped_image_encoder_at_another_resolution(side: int, tmp_path: Path) -> None:
    """What is made by Python alone is the network of that resolution, paddings and all, as PyTorch builds it."""
    network = trained(EFFICIENTNET_LITE0.at(Size.FULL, side), shipped(EFFICIENTNET_LITE0))
    inputs = samples(network.model, 3)
    graph = ort.InferenceSession(str(resize(WEIGHTS, side, tmp_path)), providers=["CPUExecutionProvider"])
    (embedding,) = graph.run(["embedding"], {"views": inputs["views"].numpy()})
    wanted = network.exporter.reference(network.model, network.module, inputs)["embedding"]
    assert compare("embedding", wanted.detach().numpy(), embedding).least_cosine > 0.9999


def test_towers_state_their_space_and_what_their_texts_need(tmp_path: Path) -> None:
    """Weights at random have a space of their own, by their seed."""
    image, text = (export(at_random(model.at(Size.REDUCED), seed=7), tmp_path) for model in (CLIP_IMAGE, CLIP_TEXT))
    assert image.parameters["space"] == text.parameters["space"] == "clip-vit-b32-random-7"
    assert text.parameters["lower_case"] == "true"
    assert text.parameters["end_mark"] == "<|endoftext|>"
    pinned = replace(at_random(CLIP_IMAGE.at(Size.REDUCED)), sha256=CLIP_IMAGE.hub.sha256 if CLIP_IMAGE.hub else "")
    assert pinned.space == "clip-vit-b32"


def test_the_original_of_the_shipped_image_encoder(tmp_path: Path) -> None:
    """Real weights, widened from the shipped file's 16 bits."""
    network = trained(EFFICIENTNET_LITE0, shipped(EFFICIENTNET_LITE0))
    exported = export(network, tmp_path)
    inputs = samples(EFFICIENTNET_LITE0, 3)
    assert faults(network, parity(network, exported.file, inputs)) == []
    (embedding,) = session(exported).run(["embedding"], {"views": inputs["views"].numpy()})
    halved = ort.InferenceSession(str(WEIGHTS / "efficientnet-lite0.onnx"), providers=["CPUExecutionProvider"])
    pixels = ((inputs["views"].permute(0, 3, 1, 2).to(torch.float32) - 127) / 128).numpy()
    (raw,) = halved.run(["embedding"], {"pixels": pixels})
    assert compare("embedding", embedding, normalise_rows(raw)).least_cosine > 0.9999
