"""What stands around an encoder for callers that have picture files or texts: an ensemble, and its first step.

The step decodes and cuts (``picture-views-<side>``, for all encoders of a side) or makes tokens (``<model>-tokens``);
the ensemble (``<encoder>-picture``, ``<encoder>-text``) hands what comes of it to the encoder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from shelfmatch_triton.identity import EncoderIdentity, hash_files
from shelfmatch_triton.model_config import (
    CPU_RESOURCE,
    NAME,
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
from shelfmatch_triton.prototext import Message, to_text
from shelfmatch_triton.registry import SALT

LARGEST_BATCH = 32
# An execution has one core, whatever its batch: what waits for no other is spread over the cores.
BATCHING = DynamicBatching(preferred_sizes=(), max_queue_delay_us=0, max_queue_size=1024)
SALT_MADE = replace(SALT, optional=False)
"""Another number with each input, for encoders that take one: what failed in an encoder is not its cache's answer."""
PICTURE = Tensor("picture", DataType.STRING, (1,))
TEXT = Tensor("text", DataType.STRING, (1,))
PILLOW = "pillow-whole-1"
"""Pillow's pixels are not sharp's: another fingerprint than the engine's views have. Changes with ``picture_file``."""
NO_IDENTITY = ("fingerprint", "preprocessing", "weights_file", "intra_op_thread_count")
"""Parameters of an encoder that are not its ensemble's."""


@dataclass(frozen=True)
class Ensemble:
    """A chain of a step and an encoder. Each gathers its own batches; there is no cache.

    A cache of an ensemble keeps a request that failed in the encoder, and gives it out as an answer without tensors.
    """

    name: str
    max_batch_size: int
    input: Tensor
    outputs: tuple[Tensor, ...]
    step: ModelConfig
    encoder: ModelConfig
    parameters: Mapping[str, str]

    def __post_init__(self) -> None:
        """Check the name, and that each part takes what the ensemble lets through."""
        if NAME.fullmatch(self.name) is None:
            raise ValueError(f"{self.name!r} is no name of a model")
        if not 0 < self.max_batch_size <= self.step.max_batch_size:
            raise ValueError(f"{self.name}: {self.step.name} does not take batches of {self.max_batch_size}")

    def pbtxt(self) -> str:
        """Return the text of ``config.pbtxt``."""
        return to_text(self.message())

    def message(self) -> Message:
        """Return the ``ModelConfig``."""
        taken = {tensor.name for tensor in self.encoder.inputs}
        between = [tensor.name for tensor in self.step.outputs if tensor.name in taken]
        outputs = [tensor.name for tensor in self.outputs]
        return {
            "name": self.name,
            "platform": "ensemble",
            "max_batch_size": self.max_batch_size,
            "input": [self.input.message()],
            "output": [tensor.message() for tensor in self.outputs],
            "ensemble_scheduling": {
                "step": [
                    _step(self.step.name, [self.input.name], between),
                    _step(self.encoder.name, between, outputs),
                ]
            },
            "parameters": [
                {"key": key, "value": {"string_value": value}} for key, value in sorted(self.parameters.items())
            ],
        }


def _step(model: str, inputs: list[str], outputs: list[str]) -> Message:
    """Return a step; tensors have the same names inside of the ensemble as in its models."""
    return {
        "model_name": model,
        "model_version": -1,
        "input_map": [{"key": name, "value": name} for name in inputs],
        "output_map": [{"key": name, "value": name} for name in outputs],
    }


@dataclass(frozen=True)
class Surrounding:
    """An ensemble and what its step is made of."""

    ensemble: Ensemble
    module: str
    """Of ``shelfmatch_triton.serving``, that runs the step."""
    files: tuple[Path, ...]
    """That lie in the step's version folder."""

    @property
    def step(self) -> ModelConfig:
        """Return the first step."""
        return self.ensemble.step


def surround(encoder: ModelConfig, tokenizer: Path | None, instances: int) -> Surrounding:
    """Return the ensemble that ends in this encoder, with ``instances`` copies of its first step, one core each.

    Args:
        encoder: an encoder's configuration, whatever runs it; its parameters say what its vectors are.
        tokenizer: a text encoder's ``tokenizer.json``.
        instances: of the step; it runs on the CPU.

    Raises:
        ValueError: the encoder takes neither views nor tokens.
        OSError: the tokenizer can't be read.
    """
    inputs = {tensor.name: tensor for tensor in encoder.inputs}
    if "views" in inputs:
        return _of_pictures(encoder, inputs["views"], instances)
    if "input_ids" in inputs and tokenizer is not None:
        return _of_texts(encoder, tokenizer, instances)
    raise ValueError(f"{encoder.name} takes neither views, nor tokens of a tokenizer that is at hand")


def _of_pictures(encoder: ModelConfig, views: Tensor, instances: int) -> Surrounding:
    side = views.dims[0]
    step = _first_step(
        name=f"picture-views-{side}",
        tensors=(PICTURE, (Tensor("views", DataType.UINT8, (side, side, 3)), SALT_MADE)),
        warm_up=WarmUpInput((1,), "grey.jpeg"),
        parameters={"side": str(side), "preprocessing": PILLOW},
        instances=instances,
    )
    return Surrounding(_ensemble(f"{encoder.name}-picture", encoder, step, PILLOW), "picture_views", ())


def _of_texts(encoder: ModelConfig, tokenizer: Path, instances: int) -> Surrounding:
    stated = ("max_tokens", "lower_case", "end_mark", "tokenizer_sha256")
    told = {key: encoder.parameters[key] for key in stated if key in encoder.parameters}
    if hash_files([tokenizer]) != told["tokenizer_sha256"]:
        raise ValueError(f"{tokenizer} is not the tokenizer of {encoder.name}: its SHA-256 is another")
    preprocessing = f"tokenizers-{encoder.parameters['preprocessing']}"
    tokens = tuple(Tensor(name, DataType.INT64, (-1,)) for name in ("input_ids", "attention_mask"))
    step = _first_step(
        name=f"{encoder.parameters['model']}-tokens",
        tensors=(TEXT, (*tokens, SALT_MADE)),
        warm_up=WarmUpInput((1,), "word.txt"),
        parameters={"tokenizer_file": tokenizer.name, "preprocessing": preprocessing, **told},
        instances=instances,
    )
    return Surrounding(_ensemble(f"{encoder.name}-text", encoder, step, preprocessing), "text_words", (tokenizer,))


def _first_step(
    name: str,
    tensors: tuple[Tensor, tuple[Tensor, ...]],
    warm_up: WarmUpInput,
    parameters: Mapping[str, str],
    instances: int,
) -> ModelConfig:
    given, made = tensors
    return ModelConfig(
        name=name,
        backend=Backend.PYTHON,
        max_batch_size=LARGEST_BATCH,
        inputs=(given,),
        outputs=made,
        instances=InstanceGroup(DeviceKind.CPU, instances, resources={CPU_RESOURCE: 1}),
        dynamic_batching=BATCHING,
        warm_ups=(WarmUp("one", 1, {given.name: warm_up}),),
        # Of a picture that could not be read, the cache would say later on that it was read and gave nothing.
        response_cache=False,
        parameters=parameters,
    )


def _ensemble(name: str, encoder: ModelConfig, step: ModelConfig, preprocessing: str) -> Ensemble:
    own = {key: value for key, value in encoder.parameters.items() if key not in NO_IDENTITY}
    identity = EncoderIdentity(
        model=own["model"],
        weights=own["weights_sha256"],
        precision=own["precision"],
        preprocessing=preprocessing,
        dimensions=int(own["dimensions"]),
    )
    return Ensemble(
        name=name,
        max_batch_size=min(encoder.max_batch_size, step.max_batch_size),
        input=step.inputs[0],
        outputs=encoder.outputs,
        step=step,
        encoder=encoder,
        parameters={**own, "preprocessing": preprocessing, "fingerprint": identity.fingerprint},
    )
