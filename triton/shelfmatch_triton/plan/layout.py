"""Writes plans into a model repository, with the configurations that Triton reads."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from shelfmatch_triton.exported import record_of
from shelfmatch_triton.identity import EncoderIdentity, hash_files
from shelfmatch_triton.layout import VERSION, fresh_folder, lay_out_around
from shelfmatch_triton.model_config import (
    GPU_RESOURCE,
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
from shelfmatch_triton.plan.profiles import Profile
from shelfmatch_triton.plan.record import PlanRecord, read_record
from shelfmatch_triton.sources.model import SourceModel
from shelfmatch_triton.sources.registry import SOURCE_MODELS, source_model
from shelfmatch_triton.tokenizer import tokenizer_of

PLAN_FILE = "model.plan"
QUEUE_DELAY_US = 500
QUEUE_SIZE = 4096


@dataclass(frozen=True)
class Planned:
    """A plan of an encoder in one precision. Its file and its graph's are called ``<model>.<label>``."""

    model: SourceModel
    label: str
    graph: Path
    plan: Path
    record: PlanRecord

    @property
    def name(self) -> str:
        """Return the name in the repository, such as ``efficientnet-lite0-int8-max``."""
        return f"{self.model.name}-{self.label}"

    def identity(self, tokenizers: Path) -> EncoderIdentity:
        """Return the identity of the plan's vectors: never those of another precision, or of the same on a CPU."""
        tokenizer = self.tokenizer(tokenizers)
        return EncoderIdentity(
            model=self.model.name,
            weights=hash_files([self.graph, *([] if tokenizer is None else [tokenizer])]),
            precision=f"{self.label}-trt",
            preprocessing=self.model.input.preprocessing,
            dimensions=self.model.dimensions,
        )

    def tokenizer(self, tokenizers: Path) -> Path | None:
        """Return what makes a text encoder's tokens, of the graph's folder or this one; None of an image encoder.

        Raises:
            ValueError: there is none.
        """
        return tokenizer_of(self.model, self.graph.parent, tokenizers)

    def config(self, tokenizers: Path, instances: int) -> ModelConfig:
        """Return the configuration: ``instances`` copies on each GPU.

        Raises:
            OSError: the graph, or a text encoder's ``<model>-tokenizer.json`` in ``tokenizers``, can't be read.
        """
        identity = self.identity(tokenizers)
        told = {} if self.model.classes == 0 else {"classes": "imagenet-1k"}
        tokenizer = self.tokenizer(tokenizers)
        if tokenizer is not None:
            told = {**self.model.text.parameters, "tokenizer_sha256": hash_files([tokenizer])}
        # Of the weights that the graph was made of, which only its record knows.
        space = record_of(self.graph).get("parameters", {}).get("space")
        if space is not None:
            told["space"] = space
        profile = self.record.profile
        return ModelConfig(
            name=self.name,
            backend=Backend.TENSORRT,
            max_batch_size=profile.batch.largest,
            inputs=self.model.inputs,
            outputs=self.model.outputs,
            instances=InstanceGroup(DeviceKind.GPU, instances, resources={GPU_RESOURCE: 1}),
            dynamic_batching=DynamicBatching(
                # The sizes that kernels were chosen for.
                preferred_sizes=tuple(sorted({profile.batch.usual, profile.batch.largest})),
                max_queue_delay_us=QUEUE_DELAY_US,
                max_queue_size=QUEUE_SIZE,
            ),
            warm_ups=_warm_ups(self.model.inputs, profile),
            parameters={
                "fingerprint": identity.fingerprint,
                "model": identity.model,
                "weights_sha256": identity.weights,
                "precision": identity.precision,
                "preprocessing": identity.preprocessing,
                "dimensions": str(identity.dimensions),
                "weights_file": PLAN_FILE,
                "tensorrt": self.record.tensorrt,
                "gpu": self.record.device,
                **told,
            },
        )


def _warm_ups(inputs: tuple[Tensor, ...], profile: Profile) -> tuple[WarmUp, ...]:
    """Return one request of each end of the profile: the first of a size would wait for its memory."""

    def request(name: str, batch: int, tokens: int) -> WarmUp:
        filled = {
            tensor.name: WarmUpInput(
                tuple(tokens if side == -1 else side for side in tensor.dims),
                # Zeros are padding: ids at random would lie beyond the vocabulary.
                "zero" if tensor.data_type == DataType.INT64 else "random",
            )
            for tensor in inputs
        }
        return WarmUp(name, batch, filled)

    batch, tokens = profile.batch, profile.tokens
    return request("one", batch.least, tokens.usual), request("largest", batch.largest, tokens.largest)


def find_plans(graphs: Path, plans: Path) -> list[Planned]:
    """Return the plans in a folder, each with the graph of the same name.

    Raises:
        ValueError: a plan is not of its graph, of no encoder, or of TensorRT-RTX; the message says what to do.
    """
    found = []
    for plan in sorted(plans.glob("*.plan")):
        record = read_record(plan)
        if record is None:
            raise ValueError(f"{plan} has no record, so it may be half a plan; build it again")
        name, _, label = plan.stem.partition(".")
        model = source_model(name)
        if model is None or not label:
            raise ValueError(f"{plan.name} is not <model>.<precision>.plan; models are {', '.join(SOURCE_MODELS)}")
        if record.tensorrt.startswith("rtx"):
            raise ValueError(f"{plan.name} is of TensorRT-RTX, which Triton does not run; build in its container")
        graph = graphs / f"{plan.stem}.onnx"
        if hash_files([graph]) != record.graph_sha256:
            raise ValueError(f"{plan.name} was built of another {graph.name}; build it again")
        found.append(Planned(model, label, graph, plan, record))
    return found


def lay_out_plans(
    planned: Iterable[Planned], tokenizers: Path, target: Path, instances: int = 1, steps: int = 1
) -> list[Path]:
    """Write each plan below ``target``, and the ensemble around it, in the place of what had that name.

    ``instances`` copies of a plan on each GPU, ``steps`` of what decodes pictures or reads texts on the CPU. Returns
    the folders, each once.

    Raises:
        OSError: a file is missing, or can't be written.
        ValueError: parts do not fit together.
    """
    folders: list[Path] = []
    for one in planned:
        config = one.config(tokenizers, instances)
        folder = fresh_folder(target, config.name, config.pbtxt())
        _link(one.plan, folder / VERSION / PLAN_FILE)
        folders += [folder, *lay_out_around(config, one.tokenizer(tokenizers), target, steps)]
    return list(dict.fromkeys(folders))


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        # Another file system.
        shutil.copyfile(source, target)
