"""Ensembles fit the encoder that they end in, and say what their vectors are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import text_format

from shelfmatch_triton.__main__ import WEIGHTS, main
from shelfmatch_triton.ensembles import surround
from shelfmatch_triton.graph_layout import find_graphs, lay_out_graphs
from shelfmatch_triton.layout import lay_out
from shelfmatch_triton.model_config import Backend
from shelfmatch_triton.proto import model_config_pb2
from shelfmatch_triton.registry import IMAGE_VIEWS, SERVED_MODELS, TEXT_TOKENS

TOKENIZER = WEIGHTS / "all-minilm-l6-v2-tokenizer.json"


def read(folder: Path) -> Any:  # noqa: ANN401 - Triton's messages have no types
    """Return the folder's configuration, as Triton's own definitions read it."""
    text = (folder / "config.pbtxt").read_text(encoding="utf-8")
    return text_format.Parse(text, model_config_pb2().ModelConfig())


def check(repository: Path) -> None:
    """Check every ensemble in the repository against the models that it names."""
    configs = {folder.name: read(folder) for folder in repository.iterdir()}
    ensembles = {name: config for name, config in configs.items() if config.platform == "ensemble"}
    encoders = [name for name, config in configs.items() if {"views", "input_ids"} & {t.name for t in config.input}]
    assert {config.ensemble_scheduling.step[1].model_name for config in ensembles.values()} == set(encoders)
    fingerprints = [
        c.parameters["fingerprint"].string_value for n, c in configs.items() if n in {*ensembles, *encoders}
    ]
    assert len(set(fingerprints)) == len(fingerprints) == 2 * len(ensembles) > 0
    for name, config in ensembles.items():
        known = {(tensor.name, tensor.data_type, tuple(tensor.dims)) for tensor in config.input}
        for step in config.ensemble_scheduling.step:
            model = configs[step.model_name]
            assert config.max_batch_size <= model.max_batch_size
            given = {(t.name, t.data_type, tuple(t.dims)) for t in model.input if not t.optional}
            assert given <= known, f"{name}: {step.model_name} lacks inputs"
            assert set(step.input_map) <= {tensor.name for tensor in model.input}
            known |= {(t.name, t.data_type, tuple(t.dims)) for t in model.output}
        assert {(t.name, t.data_type, tuple(t.dims)) for t in config.output} <= known
        assert (repository / name / "1").is_dir()
        assert not config.response_cache.enable


@pytest.mark.parametrize("backend", [Backend.PYTHON, Backend.ONNXRUNTIME])
def test_every_shipped_encoder_has_one(tmp_path: Path, backend: Backend) -> None:
    """With what the python backend needs for the first step, whatever runs the encoder."""
    folders = lay_out(SERVED_MODELS.values(), WEIGHTS, tmp_path, 2, backend)
    assert sorted(folders) == sorted(tmp_path.iterdir())
    check(tmp_path)
    for step, file in (("picture-views-224", "grey.jpeg"), ("all-minilm-l6-v2-tokens", "word.txt")):
        assert (tmp_path / step / "1" / "model.py").is_file()
        assert (tmp_path / step / "warmup" / file).stat().st_size > 4
    assert (tmp_path / "all-minilm-l6-v2-tokens" / "1" / TOKENIZER.name).read_bytes() == TOKENIZER.read_bytes()
    salted = {
        step.model_name
        for name in ("efficientnet-lite0-picture", "all-minilm-l6-v2-text")
        for step in read(tmp_path / name).ensemble_scheduling.step
        if "salt" in step.input_map
    }
    # A graph reads no salt.
    assert salted == (set(SERVED_MODELS) if backend == Backend.PYTHON else set())


@pytest.mark.parametrize("backend", [Backend.PYTHON, Backend.ONNXRUNTIME])
def test_exported_graphs_are_laid_out_in_every_precision(tmp_path: Path, backend: Backend) -> None:
    """What is in them is the backend's matter, not the layout's."""
    graphs, target = tmp_path / "graphs", tmp_path / "models"
    graphs.mkdir()
    names = ["dinov2-small", "dinov2-small.fp16", "dinov2-small-112.fp16", "all-minilm-l6-v2.fp16"]
    for name in names:
        (graphs / f"{name}.onnx").write_bytes(name.encode())
    lay_out_graphs(find_graphs(graphs), WEIGHTS, target, 2, backend)
    check(target)
    assert (target / "dinov2-small-fp32" / "1" / "model.onnx").read_bytes() == b"dinov2-small"
    small = read(target / "dinov2-small-112-fp16")
    assert list(small.input[0].dims) == [112, 112, 3]
    assert small.backend == backend
    assert small.platform == ("onnxruntime_onnx" if backend == Backend.ONNXRUNTIME else "")
    assert [(group.count, [held.name for held in group.rate_limiter.resources]) for group in small.instance_group] == [
        (2, ["cpu"])
    ]
    assert list(small.dynamic_batching.preferred_batch_size)[-1] == small.max_batch_size
    assert small.response_cache.enable
    assert [warm_up.batch_size for warm_up in small.model_warmup] == [1, small.max_batch_size]
    assert small.parameters["fingerprint"].string_value.startswith("dinov2-small-112-fp16-384-")
    assert read(target / "dinov2-small-112-fp16-picture").ensemble_scheduling.step[0].model_name == "picture-views-112"
    text = read(target / "all-minilm-l6-v2-fp16")
    assert [tensor.allow_ragged_batch for tensor in text.input][:2] == [backend == Backend.PYTHON] * 2


def test_integers_are_not_given_to_a_backend_that_takes_their_scales_wrongly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The python backend runs them as they are written."""
    (tmp_path / "dinov2-small.int8-max.onnx").write_bytes(b"graph")
    words = ["x", "lay-out", "--target", str(tmp_path / "m"), "--graphs", str(tmp_path)]
    monkeypatch.setattr("sys.argv", [*words, "--backend", "onnxruntime"])
    assert main() == 1
    assert "use --backend python" in capsys.readouterr().err
    monkeypatch.setattr("sys.argv", words)
    assert main() == 0
    assert str(tmp_path / "m" / "dinov2-small-int8-max-picture") in capsys.readouterr().out.split()


@pytest.mark.parametrize("name", ["resnet", "dinov2-smaller", "dinov3-small-224"])
def test_graphs_of_no_encoder_are_refused(tmp_path: Path, name: str) -> None:
    """Nothing would say what their vectors are."""
    with pytest.raises(ValueError, match="there is no ONNX graph"):
        find_graphs(tmp_path)
    (tmp_path / f"{name}.onnx").write_bytes(b"graph")
    with pytest.raises(ValueError, match=r"is not <model>\[.<precision>\].onnx"):
        find_graphs(tmp_path)


def test_parts_that_do_not_fit_together_are_refused(tmp_path: Path) -> None:
    """Another tokenizer makes other tokens."""
    text = TEXT_TOKENS.config(WEIGHTS, 1)
    other = tmp_path / "tokenizer.json"
    other.write_text("{}", encoding="utf-8")
    with pytest.raises(ValueError, match="is not the tokenizer of all-minilm-l6-v2"):
        surround(text, other, 1)
    with pytest.raises(ValueError, match="takes neither views, nor tokens"):
        surround(text, None, 1)
    ensemble = surround(IMAGE_VIEWS.config(WEIGHTS, 1), None, 1).ensemble
    with pytest.raises(ValueError, match="no name of a model"):
        replace(ensemble, name="a/b")
    with pytest.raises(ValueError, match="does not take batches of 33"):
        replace(ensemble, max_batch_size=33)
