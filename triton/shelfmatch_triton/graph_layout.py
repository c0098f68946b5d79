"""Writes exported graphs, in any precision, into a model repository: run by ONNX Runtime on the CPU."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from shelfmatch_triton.exported import recorded_parameters
from shelfmatch_triton.identity import EncoderIdentity, hash_files
from shelfmatch_triton.layout import VERSION, fresh_folder, lay_out_around, write_python_model
from shelfmatch_triton.model_config import (
    CPU_RESOURCE,
    Backend,
    DataType,
    DeviceKind,
    InstanceGroup,
    ModelConfig,
    WarmUp,
    WarmUpInput,
)
from shelfmatch_triton.registry import IMAGE_VIEWS, SALT, TEXT_TOKENS
from shelfmatch_triton.sources.inputs import TextInput
from shelfmatch_triton.sources.kinds import Precision
from shelfmatch_triton.sources.model import SourceModel
from shelfmatch_triton.sources.registry import SOURCE_MODELS, source_model
from shelfmatch_triton.tokenizer import tokenizer_of

GRAPH_FILE = "model.onnx"
SHORT = 16
"""Tokens of a warm-up's short text."""


@dataclass(frozen=True)
class ServedGraph:
    """A graph of an encoder. Its file is called ``<model>.onnx`` (FP32) or ``<model>.<label>.onnx``."""

    model: SourceModel
    label: str
    file: Path

    @property
    def name(self) -> str:
        """Return the name in the repository, which a plan of the same precision has in its place."""
        return f"{self.model.name}-{self.label}"

    def tokenizer(self, tokenizers: Path) -> Path | None:
        """Return what makes a text encoder's tokens, of the graph's folder or this one.

        None of an image encoder, and where the weights are at random.

        Raises:
            ValueError: there is none.
        """
        return tokenizer_of(self.model, self.file.parent, tokenizers)

    def config(self, tokenizers: Path, instances: int, backend: Backend) -> ModelConfig:
        """Return the configuration: ``instances`` copies, one core each.

        Raises:
            OSError: the graph, or a text encoder's ``<model>-tokenizer.json`` in ``tokenizers``, can't be read.
            ValueError: the backend would compute other vectors.
        """
        if backend == Backend.ONNXRUNTIME and self.label not in (Precision.FP32, Precision.FP16):
            # Fused to integer kernels: docs/decisions/0010-quantisation.md.
            raise ValueError(
                f"ONNX Runtime's backend would run {self.file.name} with wrong scales; use --backend python"
            )
        tokenizer = self.tokenizer(tokenizers)
        identity = EncoderIdentity(
            model=self.model.name,
            weights=hash_files([self.file, *([] if tokenizer is None else [tokenizer])]),
            precision=self.label,
            preprocessing=self.model.input.preprocessing,
            dimensions=self.model.dimensions,
        )
        told = {} if self.model.classes == 0 else {"classes": "imagenet-1k"}
        if tokenizer is not None:
            told = {**self.model.text.parameters, "tokenizer_sha256": hash_files([tokenizer])}
        recorded = recorded_parameters(self.file)
        if "space" in recorded:
            # Of the weights that the graph was made of, which only its record knows.
            told["space"] = recorded["space"]
        # The app runs the same graph under the name that its record gives; a text's vector is its tokenizer's, too.
        stated = recorded if recorded and tokenizer is None else identity.parameters
        python = backend == Backend.PYTHON
        text = isinstance(self.model.input, TextInput)
        shipped = TEXT_TOKENS if text else IMAGE_VIEWS
        inputs = tuple(replace(tensor, ragged=python and text) for tensor in self.model.inputs)
        return ModelConfig(
            name=self.name,
            backend=backend,
            max_batch_size=shipped.max_batch_size,
            inputs=(*inputs, SALT) if python else inputs,
            outputs=self.model.outputs,
            instances=InstanceGroup(DeviceKind.CPU, instances, resources={CPU_RESOURCE: 1}),
            dynamic_batching=shipped.batching,
            warm_ups=self._warm_ups(shipped.max_batch_size),
            parameters={
                **stated,
                "weights_file": GRAPH_FILE,
                **told,
                **({} if python else {"intra_op_thread_count": "1"}),
            },
        )

    def _warm_ups(self, largest: int) -> tuple[WarmUp, ...]:
        longest = self.model.input.max_tokens if isinstance(self.model.input, TextInput) else 0

        def request(name: str, batch: int, tokens: int) -> WarmUp:
            filled = {
                tensor.name: WarmUpInput(
                    tuple(tokens if side == -1 else side for side in tensor.dims),
                    # Zeros are padding: ids at random would lie beyond the vocabulary.
                    "zero" if tensor.data_type == DataType.INT64 else "random",
                )
                for tensor in self.model.inputs
            }
            return WarmUp(name, batch, filled)

        return request("one", 1, min(SHORT, longest)), request("largest", largest, longest)


def find_graphs(folder: Path) -> list[ServedGraph]:
    """Return the graphs in a folder of ``export``, ``quantise`` or ``gate``.

    Raises:
        ValueError: there is none, or one is of no encoder.
    """
    found = []
    for file in sorted(folder.glob("*.onnx")):
        name, _, label = file.stem.partition(".")
        found.append(ServedGraph(_model_called(name, file), label or Precision.FP32.value, file))
    if not found:
        raise ValueError(f"there is no ONNX graph in {folder}; `export` writes some")
    return found


def _model_called(name: str, file: Path) -> SourceModel:
    model = source_model(name)
    # Of weights at random, for tests: nothing but its record could say which.
    if model is None or (model.name not in SOURCE_MODELS and "-reduced" in name and not recorded_parameters(file)):
        raise ValueError(f"{file.name} is not <model>[.<precision>].onnx; models are {', '.join(SOURCE_MODELS)}")
    return model


def lay_out_graphs(
    graphs: Iterable[ServedGraph], tokenizers: Path, target: Path, instances: int, backend: Backend
) -> list[Path]:
    """Write each graph below ``target``, and the ensemble around it, in the place of what had that name.

    Returns the folders, each once.

    Raises:
        OSError: a file is missing, or can't be written.
        ValueError: parts do not fit together.
    """
    folders: list[Path] = []
    for graph in graphs:
        config = graph.config(tokenizers, instances, backend)
        if backend == Backend.PYTHON:
            folder = write_python_model(config, "whole_graph", [], target)
        else:
            folder = fresh_folder(target, config.name, config.pbtxt())
        shutil.copyfile(graph.file, folder / VERSION / GRAPH_FILE)
        folders.append(folder)
        tokenizer = graph.tokenizer(tokenizers)
        # A text encoder with weights at random has nothing that makes its tokens.
        if tokenizer is not None or not isinstance(graph.model.input, TextInput):
            folders += lay_out_around(config, tokenizer, target, instances)
    return list(dict.fromkeys(folders))
