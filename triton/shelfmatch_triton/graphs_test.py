"""The wrapped graphs are valid and give what the python backend's code gives for the same weights."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime as ort
import pytest

from shelfmatch_triton.__main__ import WEIGHTS
from shelfmatch_triton.layout import lay_out
from shelfmatch_triton.model_config import Backend
from shelfmatch_triton.onnx_wire import Node, Wrapping
from shelfmatch_triton.registry import IMAGE_VIEWS, TEXT_TOKENS, ServedModel
from shelfmatch_triton.serving.arrays import mean_pool, normalise_rows, scale_views, top_classes

RANDOM = np.random.default_rng(7)


def wrapped(model: ServedModel, target: Path) -> Path:
    """Lay the model out for ONNX Runtime's backend and return its file."""
    folder, *_ = lay_out([model], WEIGHTS, target, 1, Backend.ONNXRUNTIME)
    assert sorted(path.name for path in (folder / "1").iterdir()) == ["model.onnx"]
    return folder / "1" / "model.onnx"


def original(model: ServedModel) -> ort.InferenceSession:
    """Return a session on the shipped weights."""
    return ort.InferenceSession(str(WEIGHTS / model.hashed[0]), providers=["CPUExecutionProvider"])


def least_cosine(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> float:
    """Return the least cosine of rows, computed in float64."""
    return float((a.astype(np.float64) * b.astype(np.float64)).sum(axis=1).min())


@pytest.mark.parametrize("model", [IMAGE_VIEWS, TEXT_TOKENS], ids=lambda model: model.name)
def test_the_file_is_valid_and_its_tensors_are_those_of_the_configuration(model: ServedModel, tmp_path: Path) -> None:
    """Names, element types and sides agree, and ONNX's own checker finds nothing."""
    proto = onnx.load(str(wrapped(model, tmp_path)))
    onnx.checker.check_model(proto, full_check=True)
    config = model.config(WEIGHTS, 1, Backend.ONNXRUNTIME)
    for described, tensors in ((config.inputs, proto.graph.input), (config.outputs, proto.graph.output)):
        found = {tensor.name: tensor.type.tensor_type for tensor in tensors}
        assert found.keys() == {tensor.name for tensor in described}
        for tensor in described:
            name = onnx.TensorProto.DataType.Name(found[tensor.name].elem_type)
            assert tensor.data_type.value.removeprefix("TYPE_").replace("FP32", "FLOAT") == name
            _, *sides = found[tensor.name].shape.dim
            assert tuple(side.dim_value or -1 for side in sides) == tensor.dims


def test_images_have_the_same_vectors_and_classes(tmp_path: Path) -> None:
    """Pictures of noise and of one colour."""
    views = RANDOM.integers(0, 256, (5, 224, 224, 3)).astype(np.uint8)
    views[1] = 0
    views[2, :, :112] = 255
    session = ort.InferenceSession(str(wrapped(IMAGE_VIEWS, tmp_path)), providers=["CPUExecutionProvider"])
    embedding, index, probability = session.run(["embedding", "class_index", "class_probability"], {"views": views})
    raw, logits = original(IMAGE_VIEWS).run(["embedding", "logits"], {"pixels": scale_views(views)})
    places, probabilities = top_classes(logits, 5)
    assert least_cosine(embedding, normalise_rows(raw)) > 1 - 1e-6
    assert index.dtype == np.int32
    assert np.array_equal(index, places)
    assert np.allclose(probability, probabilities, atol=1e-5)


def test_texts_have_the_same_vectors(tmp_path: Path) -> None:
    """Texts of several lengths in one batch, padded."""
    lengths = [2, 17, 64]
    ids = RANDOM.integers(1000, 30000, (3, 64))
    mask = (np.arange(64) < np.array(lengths)[:, np.newaxis]).astype(np.int64)
    feed = {"input_ids": ids * mask, "attention_mask": mask}
    session = ort.InferenceSession(str(wrapped(TEXT_TOKENS, tmp_path)), providers=["CPUExecutionProvider"])
    (embedding,) = session.run(["embedding"], feed)
    (hidden,) = original(TEXT_TOKENS).run(["last_hidden_state"], {**feed, "token_type_ids": np.zeros_like(ids)})
    assert least_cosine(embedding, normalise_rows(mean_pool(hidden, mask))) > 1 - 1e-6


def test_fingerprints_stay_and_only_python_needs_a_salt(tmp_path: Path) -> None:
    """The same weights, prepared alike: whichever backend runs them."""
    python, graph = (IMAGE_VIEWS.config(WEIGHTS, 1, backend) for backend in (Backend.PYTHON, Backend.ONNXRUNTIME))
    assert graph.parameters["fingerprint"] == python.parameters["fingerprint"]
    assert [tensor.name for tensor in python.inputs] == ["views", "salt"]
    assert [tensor.name for tensor in graph.inputs] == ["views"]
    assert not any(tensor.ragged for tensor in TEXT_TOKENS.config(WEIGHTS, 1, Backend.ONNXRUNTIME).inputs)


def test_what_only_python_can_run_is_refused(tmp_path: Path) -> None:
    """A model without a graph of its own."""
    with pytest.raises(ValueError, match="efficientnet-lite0 does not run on onnxruntime"):
        lay_out([replace(IMAGE_VIEWS, graph=None)], WEIGHTS, tmp_path, 1, Backend.ONNXRUNTIME)


@pytest.mark.parametrize("file", [b"\xff", b"\x3a\x7f\x00", b"\x0b\x00"], ids=["cut number", "cut field", "other kind"])
def test_a_file_that_is_no_model_is_refused(file: bytes) -> None:
    """Nothing half-read is ever written."""
    with pytest.raises(ValueError, match="no ONNX model"):
        Wrapping([], [], [Node("Identity", ["a"], ["b"])], []).wrap(file)
