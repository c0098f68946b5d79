"""A repository that was laid out is whole, and says what its vectors are."""

from pathlib import Path

import pytest
from google.protobuf import text_format

from shelfmatch_triton.__main__ import WEIGHTS, main
from shelfmatch_triton.identity import hash_files
from shelfmatch_triton.layout import lay_out
from shelfmatch_triton.proto import model_config_pb2
from shelfmatch_triton.registry import SERVED_MODELS

INSTANCES = 3


@pytest.fixture(name="repository", scope="module")
def _repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("models")
    lay_out(SERVED_MODELS.values(), WEIGHTS, target, INSTANCES)
    return target


@pytest.mark.parametrize("name", SERVED_MODELS)
def test_configuration_is_valid_and_agrees_with_the_folder(repository: Path, name: str) -> None:
    """Triton's own definitions read it; the files that it names are there."""
    folder = repository / name
    text = (folder / "config.pbtxt").read_text(encoding="utf-8")
    config = text_format.Parse(text, model_config_pb2().ModelConfig())
    assert config.name == name
    assert config.max_batch_size in config.dynamic_batching.preferred_batch_size
    assert [(group.count, group.kind) for group in config.instance_group] == [
        (INSTANCES, model_config_pb2().ModelInstanceGroup.KIND_CPU)
    ]
    assert [resource.name for resource in config.instance_group[0].rate_limiter.resources] == ["cpu"]
    assert len(config.model_warmup) > 0
    for warm_up in config.model_warmup:
        for filled in warm_up.inputs.values():
            assert not filled.input_data_file or (folder / "warmup" / filled.input_data_file).stat().st_size > 4
    parameters = {key: value.string_value for key, value in config.parameters.items()}
    assert parameters["fingerprint"].startswith(f"{parameters['model']}-{parameters['precision']}-")
    weights = [folder / "1" / file for file in SERVED_MODELS[name].hashed]
    assert weights[0].name == parameters["weights_file"]
    assert hash_files(weights) == parameters["weights_sha256"]
    assert parameters["dimensions"] == str(config.output[0].dims[0])
    assert (folder / "1" / "model.py").is_file()
    assert not list(folder.rglob("*_test.py"))


def test_fingerprints_differ_where_vectors_do(repository: Path) -> None:
    """As many encoders, as many fingerprints."""
    assert len({model.identity(WEIGHTS).fingerprint for model in SERVED_MODELS.values()}) == len(SERVED_MODELS)


def test_laying_out_again_leaves_nothing_old(repository: Path) -> None:
    """A file of an earlier version would be served with the new ones."""
    old = repository / "all-minilm-l6-v2" / "1" / "old.onnx"
    old.write_bytes(b"old")
    lay_out([SERVED_MODELS["all-minilm-l6-v2"]], WEIGHTS, repository, INSTANCES)
    assert not old.exists()
    assert (repository / "efficientnet-lite0" / "config.pbtxt").is_file()


def test_command_names_the_folders(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command lays out what it is told to, or says why it could not."""
    target = ["--target", str(tmp_path / "new" / "models")]
    monkeypatch.setattr("sys.argv", ["x", "lay-out", *target, "--models", "efficientnet-lite0", "--instances", "1"])
    assert main() == 0
    names = ["efficientnet-lite0", "picture-views-224", "efficientnet-lite0-picture"]
    assert capsys.readouterr().out.split() == [str(tmp_path / "new" / "models" / name) for name in names]
    monkeypatch.setattr("sys.argv", ["x", "lay-out", *target, "--weights", str(tmp_path)])
    assert main() == 1
    assert "could not be laid out" in capsys.readouterr().err
