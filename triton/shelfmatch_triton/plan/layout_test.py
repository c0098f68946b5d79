"""Plans are laid out with configurations that Triton reads, and never where they do not belong together."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from google.protobuf import text_format

from shelfmatch_triton.__main__ import WEIGHTS, main
from shelfmatch_triton.identity import hash_files
from shelfmatch_triton.plan.layout import find_plans, lay_out_plans
from shelfmatch_triton.plan.profiles import Profile, Range
from shelfmatch_triton.plan.record import PlanRecord, read_record, record_file, write_record
from shelfmatch_triton.proto import model_config_pb2

NAMES = ["efficientnet-lite0.fp16", "efficientnet-lite0.int8-max", "all-minilm-l6-v2.int8-max", "dinov2-small.fp8-max"]
RECORD = PlanRecord("", "11.4.0.106", "NVIDIA L40S, 8.9", Profile(Range(1, 8, 32), Range(1, 64, 256)))


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """Return graphs and plans side by side. What is in them is TensorRT's matter, not the layout's."""
    for name in NAMES:
        graph = tmp_path / f"{name}.onnx"
        graph.write_bytes(name.encode())
        (tmp_path / f"{name}.plan").write_bytes(b"plan of " + name.encode())
        write_record(tmp_path / f"{name}.plan", replace(RECORD, graph_sha256=hash_files([graph])))
    return tmp_path


def test_configurations_are_read_by_triton_and_say_what_the_plans_are(folder: Path) -> None:
    """Platform, GPU, the batches that kernels were chosen for, warm-ups of both ends, and the identity."""
    laid_out = lay_out_plans(find_plans(folder, folder), WEIGHTS, folder / "models")
    folders = [path for path in laid_out if (path / "1" / "model.plan").is_file()]
    fingerprints = set()
    for path in folders:
        text = (path / "config.pbtxt").read_text(encoding="utf-8")
        config = text_format.Parse(text, model_config_pb2().ModelConfig())
        assert config.name == path.name
        assert (config.platform, config.backend) == ("tensorrt_plan", "tensorrt")
        assert config.max_batch_size == 32
        assert list(config.dynamic_batching.preferred_batch_size) == [8, 32]
        assert [(group.count, group.kind) for group in config.instance_group] == [
            (1, model_config_pb2().ModelInstanceGroup.KIND_GPU)
        ]
        (held,) = config.instance_group[0].rate_limiter.resources
        assert (held.name, held.count) == ("gpu", 1)
        assert config.dynamic_batching.default_queue_policy.max_queue_size > 0
        assert config.dynamic_batching.priority_levels == 2
        assert config.response_cache.enable
        assert [warm_up.batch_size for warm_up in config.model_warmup] == [1, 32]
        assert not any(tensor.allow_ragged_batch or tensor.optional for tensor in config.input)
        parameters = {key: value.string_value for key, value in config.parameters.items()}
        assert parameters["gpu"] == "NVIDIA L40S, 8.9"
        assert parameters["precision"].endswith("-trt")
        assert parameters["dimensions"] == str(config.output[0].dims[0])
        fingerprints.add(parameters["fingerprint"])
        assert (path / "1" / "model.plan").read_bytes().startswith(b"plan of ")
    assert [path.name for path in folders] == sorted(name.replace(".", "-") for name in NAMES)
    assert len(fingerprints) == len(NAMES)


def test_a_text_encoder_names_its_tokenizer_and_warms_up_within_its_vocabulary(folder: Path) -> None:
    """Ids at random would lie beyond it."""
    planned = next(one for one in find_plans(folder, folder) if one.model.name == "all-minilm-l6-v2")
    config = planned.config(WEIGHTS, 2)
    assert config.parameters["tokenizer_sha256"] == hash_files([WEIGHTS / "all-minilm-l6-v2-tokenizer.json"])
    assert config.parameters["max_tokens"] == "256"
    assert config.instances.count == 2
    assert {filled.source for warm_up in config.warm_ups for filled in warm_up.inputs.values()} == {"zero"}
    assert config.warm_ups[1].inputs["input_ids"].dims == (256,)


def _another_graph(folder: Path) -> None:
    (folder / f"{NAMES[0]}.onnx").write_bytes(b"made again")


def _no_record(folder: Path) -> None:
    record_file(folder / f"{NAMES[0]}.plan").unlink()


def _broken_record(folder: Path) -> None:
    record_file(folder / f"{NAMES[0]}.plan").write_text("{}", encoding="utf-8")


def _of_rtx(folder: Path) -> None:
    plan = folder / f"{NAMES[0]}.plan"
    record = read_record(plan)
    assert record is not None
    write_record(plan, replace(record, tensorrt="rtx-1.7.1"))


def _unknown(folder: Path) -> None:
    for suffix in ("plan", "plan.json"):
        (folder / f"{NAMES[0]}.{suffix}").rename(folder / f"resnet.fp16.{suffix}")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_another_graph, "was built of another efficientnet-lite0.fp16.onnx"),
        (_no_record, "has no record"),
        (_broken_record, "no record of a plan"),
        (_of_rtx, "is of TensorRT-RTX, which Triton does not run"),
        (_unknown, "is not <model>.<precision>.plan"),
    ],
)
def test_plans_that_do_not_belong_are_refused(folder: Path, spoil: Callable[[Path], None], words: str) -> None:
    """Served, they would give vectors under another's fingerprint, or none."""
    spoil(folder)
    with pytest.raises(ValueError, match=words):
        find_plans(folder, folder)


def test_the_command_lays_plans_out(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With Python alone, as in Triton's container."""
    target = folder / "models"
    monkeypatch.setattr("sys.argv", ["x", "lay-out", "--target", str(target), "--plans", str(folder)])
    assert main() == 0
    assert str(target / "dinov2-small-fp8-max") in capsys.readouterr().out.split()
