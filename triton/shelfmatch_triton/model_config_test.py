"""Configurations are checked, and their text says what they say."""

from dataclasses import replace

import pytest
from google.protobuf import text_format
from google.protobuf.message import Message

from shelfmatch_triton.model_config import (
    Backend,
    DataType,
    DeviceKind,
    DynamicBatching,
    InstanceGroup,
    ModelConfig,
    Tensor,
    WarmUp,
    WarmUpInput,
)
from shelfmatch_triton.proto import model_config_pb2

BATCHING = DynamicBatching(preferred_sizes=(2, 4), max_queue_delay_us=100, max_queue_size=10)
CONFIG = ModelConfig(
    name="m",
    backend=Backend.PYTHON,
    max_batch_size=4,
    inputs=(Tensor("x", DataType.UINT8, (2, -1), ragged=True), Tensor("s", DataType.INT32, (1,), optional=True)),
    outputs=(Tensor("y", DataType.FP32, (3,)),),
    instances=InstanceGroup(DeviceKind.CPU, 2, resources={"cpu": 1}, priority=3),
    dynamic_batching=BATCHING,
    parameters={"fingerprint": 'a "b" \\ ü\n', "dimensions": "3"},
    warm_ups=(WarmUp("w", 2, {"x": WarmUpInput((2, 5), "zero")}), WarmUp("f", 1, {"x": WarmUpInput((2, 1), "file")})),
)


def parsed(config: ModelConfig) -> Message:
    """Return what Triton's own definitions read out of the text; unknown fields are an error."""
    proto: Message = text_format.Parse(config.pbtxt(), model_config_pb2().ModelConfig())
    return proto


def test_text_reads_back_as_what_was_described() -> None:
    """Every part arrives in Triton's own message."""
    proto = parsed(CONFIG)
    expected = """
        name: "m" backend: "python" max_batch_size: 4
        input { name: "x" data_type: TYPE_UINT8 dims: [2, -1] allow_ragged_batch: true }
        input { name: "s" data_type: TYPE_INT32 dims: [1] optional: true }
        output { name: "y" data_type: TYPE_FP32 dims: [3] }
        instance_group {
          count: 2 kind: KIND_CPU rate_limiter { resources { name: "cpu" count: 1 } priority: 3 }
        }
        dynamic_batching {
          preferred_batch_size: [2, 4] max_queue_delay_microseconds: 100
          priority_levels: 2 default_priority_level: 2
          default_queue_policy { timeout_action: REJECT allow_timeout_override: true max_queue_size: 10 }
        }
        response_cache { enable: true }
        model_warmup {
          name: "w" batch_size: 2 count: 1
          inputs { key: "x" value { data_type: TYPE_UINT8 dims: [2, 5] zero_data: true } }
        }
        model_warmup {
          name: "f" batch_size: 1 count: 1
          inputs { key: "x" value { data_type: TYPE_UINT8 dims: [2, 1] input_data_file: "file" } }
        }
        parameters { key: "dimensions" value { string_value: "3" } }
        parameters { key: "fingerprint" value { string_value: "a \\"b\\" \\\\ ü\\n" } }
    """
    assert proto == text_format.Parse(expected, model_config_pb2().ModelConfig())


def test_an_instance_without_resources_has_no_limiter() -> None:
    """A rate limiter without resources would still take part in the server's turns."""
    plain = replace(CONFIG, instances=InstanceGroup(DeviceKind.GPU, 1), response_cache=False)
    text = plain.pbtxt()
    assert "rate_limiter" not in text
    assert "kind: KIND_GPU" in text
    assert "enable: false" in text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "no name/"}, "no name of a model"),
        ({"max_batch_size": 0}, "largest batch"),
        ({"max_batch_size": 3}, "prefers batches"),
        ({"inputs": ()}, "needs inputs"),
        ({"outputs": ()}, "needs inputs and outputs"),
        ({"outputs": CONFIG.outputs * 2}, "names a tensor twice"),
        ({"parameters": {"fingerprint": ""}}, "empty parameter"),
        ({"warm_ups": (WarmUp("w", 9, {"x": WarmUpInput((2, 5))}),)}, "does not fit the largest batch"),
        ({"warm_ups": (WarmUp("w", 1, {}),)}, "must fill the model's inputs"),
        ({"warm_ups": (WarmUp("w", 1, {"x": WarmUpInput((2, 5)), "z": WarmUpInput((1,))}),)}, "and no others"),
        ({"warm_ups": (WarmUp("w", 1, {"x": WarmUpInput((3, 5))}),)}, "does not fit"),
        ({"warm_ups": (WarmUp("w", 1, {"x": WarmUpInput((2, -1))}),)}, "does not fit"),
        ({"warm_ups": (WarmUp("w", 1, {"x": WarmUpInput((2,))}),)}, "does not fit"),
    ],
)
def test_parts_that_do_not_fit_together_are_refused(change: dict[str, object], words: str) -> None:
    """A configuration that Triton would refuse, or misread, is never written."""
    with pytest.raises(ValueError, match=words):
        replace(CONFIG, **change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Tensor("", DataType.FP32, (1,)),
        lambda: Tensor("x", DataType.FP32, ()),
        lambda: Tensor("x", DataType.FP32, (0,)),
        lambda: replace(BATCHING, preferred_sizes=(4, 2)),
        lambda: replace(BATCHING, preferred_sizes=(0, 2)),
        lambda: replace(BATCHING, max_queue_delay_us=-1),
        lambda: replace(BATCHING, max_queue_size=0),
        lambda: replace(BATCHING, priority_levels=0),
        lambda: InstanceGroup(DeviceKind.CPU, 0),
        lambda: InstanceGroup(DeviceKind.CPU, 1, resources={"cpu": 0}),
        lambda: InstanceGroup(DeviceKind.CPU, 1, priority=0),
    ],
)
def test_parts_are_checked_by_themselves(make: object) -> None:
    """Each part says at once what is wrong with it."""
    assert callable(make)
    with pytest.raises(ValueError, match=r"."):
        make()
