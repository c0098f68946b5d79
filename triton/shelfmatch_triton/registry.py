"""The models that Shelfmatch serves: one entry a model, from which its configuration and folder are generated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from shelfmatch_triton.graphs import IMAGE_GRAPH, TEXT_GRAPH
from shelfmatch_triton.identity import EncoderIdentity, hash_files
from shelfmatch_triton.model_config import (
    CPU_RESOURCE,
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
from shelfmatch_triton.onnx_wire import Wrapping
from shelfmatch_triton.sources.images import EFFICIENTNET_LITE0
from shelfmatch_triton.sources.texts import ALL_MINILM_L6_V2

SIDE = EFFICIENTNET_LITE0.image.side
MAX_TOKENS = ALL_MINILM_L6_V2.text.max_tokens


@dataclass(frozen=True)
class ServedModel:
    """A model: what it is (its vectors' identity), what it takes and gives, and what runs it."""

    name: str
    encoder: str
    """The network's name in the fingerprint; several served models may run the same network."""
    precision: str
    preprocessing: str
    dimensions: int
    hashed: tuple[str, ...]
    """Files of the weights folder whose contents make the identity, in this order."""
    module: str
    """Module of ``shelfmatch_triton.serving`` that runs it."""
    max_batch_size: int
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    batching: DynamicBatching
    warm_ups: tuple[WarmUp, ...]
    parameters: Mapping[str, str] = field(default_factory=dict)
    response_cache: bool = True
    tokenizer: str | None = None
    """File of the weights folder that makes the tokens which the model takes."""
    graph: Wrapping | None = None
    """What makes a whole model of the weights, for ONNX Runtime's own backend; None where only Python can run it."""
    device: DeviceKind = DeviceKind.CPU

    def identity(self, weights: Path) -> EncoderIdentity:
        """Return the identity of the vectors, hashed from the files in the folder ``weights``."""
        return EncoderIdentity(
            model=self.encoder,
            weights=hash_files([weights / name for name in self.hashed]),
            precision=self.precision,
            preprocessing=self.preprocessing,
            dimensions=self.dimensions,
        )

    @property
    def backends(self) -> tuple[Backend, ...]:
        """Return what can run it."""
        return (Backend.PYTHON,) if self.graph is None else (Backend.PYTHON, Backend.ONNXRUNTIME)

    def config(self, weights: Path, instances: int, backend: Backend = Backend.PYTHON) -> ModelConfig:
        """Return the configuration: ``instances`` copies of the model, one core each.

        Raises:
            ValueError: ``backend`` can't run it.
        """
        if backend not in self.backends:
            raise ValueError(f"{self.name} does not run on {backend}")
        identity = self.identity(weights)
        tokenizer = {} if self.tokenizer is None else {"tokenizer_sha256": hash_files([weights / self.tokenizer])}
        return ModelConfig(
            name=self.name,
            backend=backend,
            max_batch_size=self.max_batch_size,
            inputs=self.inputs if backend == Backend.PYTHON else _without_python(self.inputs),
            outputs=self.outputs,
            instances=InstanceGroup(self.device, instances, resources={CPU_RESOURCE: 1}),
            dynamic_batching=self.batching,
            warm_ups=self.warm_ups,
            response_cache=self.response_cache,
            parameters={
                "fingerprint": identity.fingerprint,
                "model": identity.model,
                "weights_sha256": identity.weights,
                "precision": identity.precision,
                "preprocessing": identity.preprocessing,
                "dimensions": str(identity.dimensions),
                "weights_file": self.hashed[0],
                **tokenizer,
                **self.parameters,
                **({"intra_op_thread_count": "1"} if backend == Backend.ONNXRUNTIME else {}),
            },
        )


def _without_python(inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Return the inputs as a graph has them: none that it does not read, and each batch of one length."""
    return tuple(replace(tensor, ragged=False) for tensor in inputs if not tensor.optional)


SALT = Tensor("salt", DataType.INT32, (1,), optional=True)
"""An input that no model reads. Triton's response cache keeps a request that failed as an answer without tensors; with
a salt the same request can be made again."""

# Larger batches are no faster a picture on a core, and a person's photo waits for the one that runs.
IMAGE_BATCHING = DynamicBatching(preferred_sizes=(4, 8), max_queue_delay_us=500, max_queue_size=1024)

IMAGE_VIEWS = ServedModel(
    name=EFFICIENTNET_LITE0.name,
    encoder=EFFICIENTNET_LITE0.name,
    precision="fp16w",
    preprocessing=EFFICIENTNET_LITE0.input.preprocessing,
    dimensions=EFFICIENTNET_LITE0.dimensions,
    hashed=("efficientnet-lite0.onnx",),
    module="image_views",
    max_batch_size=8,
    inputs=(*EFFICIENTNET_LITE0.inputs, SALT),
    outputs=EFFICIENTNET_LITE0.outputs,
    batching=IMAGE_BATCHING,
    warm_ups=(
        WarmUp("one", 1, {"views": WarmUpInput((SIDE, SIDE, 3))}),
        WarmUp("largest", 8, {"views": WarmUpInput((SIDE, SIDE, 3))}),
    ),
    parameters={"classes": "imagenet-1k"},
    graph=IMAGE_GRAPH,
)

TEXT_TOKENS = ServedModel(
    name=ALL_MINILM_L6_V2.name,
    encoder=ALL_MINILM_L6_V2.name,
    precision="int8w",
    preprocessing=ALL_MINILM_L6_V2.input.preprocessing,
    dimensions=ALL_MINILM_L6_V2.dimensions,
    hashed=("all-minilm-l6-v2.onnx", "all-minilm-l6-v2-tokenizer.json"),
    module="text_tokens",
    max_batch_size=16,
    # Ragged: texts of different lengths share a batch, which the model pads.
    inputs=(*(replace(tensor, ragged=True) for tensor in ALL_MINILM_L6_V2.inputs), SALT),
    outputs=ALL_MINILM_L6_V2.outputs,
    batching=DynamicBatching(preferred_sizes=(8, 16), max_queue_delay_us=500, max_queue_size=1024),
    # Zeros are padding, masked: ids at random would lie beyond the vocabulary.
    warm_ups=(
        WarmUp("short", 1, {name: WarmUpInput((16,), "zero") for name in ("input_ids", "attention_mask")}),
        WarmUp("long", 16, {name: WarmUpInput((MAX_TOKENS,), "zero") for name in ("input_ids", "attention_mask")}),
    ),
    parameters={"max_tokens": str(MAX_TOKENS)},
    tokenizer="all-minilm-l6-v2-tokenizer.json",
    graph=TEXT_GRAPH,
)

SERVED_MODELS: Mapping[str, ServedModel] = {model.name: model for model in (IMAGE_VIEWS, TEXT_TOKENS)}
