"""What is written down of the published encoders fits together."""

from dataclasses import replace

import pytest

from shelfmatch_triton.graphs import MIDDLE, RANGE
from shelfmatch_triton.sources.images import DINOV2_SMALL
from shelfmatch_triton.sources.inputs import TextInput
from shelfmatch_triton.sources.kinds import Pooling, Size, Task
from shelfmatch_triton.sources.model import SourceModel
from shelfmatch_triton.sources.pins import Hub
from shelfmatch_triton.sources.registry import SOURCE_MODELS, source_model
from shelfmatch_triton.sources.texts import ALL_MINILM_L6_V2, GPT2
from shelfmatch_triton.sources.towers import CLIP_TEXT


@pytest.mark.parametrize("model", SOURCE_MODELS.values(), ids=SOURCE_MODELS)
def test_reduced_models_keep_their_kind(model: SourceModel) -> None:
    """Nothing but sizes changes, and the name says so."""
    reduced = model.at(Size.REDUCED)
    assert reduced.name == f"{model.name}-reduced"
    assert (reduced.task, reduced.family, reduced.space) == (model.task, model.family, model.space)
    assert reduced.configuration.keys() == model.configuration.keys()
    assert [tensor.name for tensor in reduced.inputs] == [tensor.name for tensor in model.inputs]
    assert reduced.outputs[0].dims == (model.reduced_dimensions,)


def test_every_space_has_a_tower_for_pictures_and_one_for_texts_of_one_width() -> None:
    """Else nothing could be compared."""
    towers = [model for model in SOURCE_MODELS.values() if model.space is not None]
    for space in {model.space for model in towers}:
        image, text = sorted((model for model in towers if model.space == space), key=lambda model: model.task)
        assert (image.task, text.task) == (Task.IMAGE_TOWER, Task.TEXT_TOWER)
        assert (image.dimensions, image.reduced_dimensions) == (text.dimensions, text.reduced_dimensions)
        assert image.hub is not None
        assert text.hub is not None
        assert image.hub.sha256 == text.hub.sha256


def test_another_side_makes_another_name() -> None:
    """Vectors of two resolutions are not compared."""
    larger = DINOV2_SMALL.at(Size.FULL, 336)
    assert larger.name == "dinov2-small-336"
    assert larger.inputs[0].dims == (336, 336, 3)
    assert DINOV2_SMALL.at(Size.FULL, 224) == DINOV2_SMALL
    with pytest.raises(TypeError, match="gpt2 looks at no pictures"):
        GPT2.at(Size.FULL, 224)


def test_scaling_and_names_are_those_of_the_fingerprints() -> None:
    """Rounding must not move 127 and 128, which are exact in float32."""
    assert (MIDDLE, RANGE) == (127.0, 128.0)
    assert DINOV2_SMALL.image.offset == (123.675, 116.28, 103.53)
    assert ALL_MINILM_L6_V2.input.preprocessing == "mean-256-v1"


def test_what_does_not_fit_is_refused() -> None:
    """Each mistake by its name."""
    with pytest.raises(ValueError, match="no commit"):
        Hub("a/b", "main", "model.safetensors", "0" * 64)
    with pytest.raises(ValueError, match="its input is not its task's"):
        replace(DINOV2_SMALL, input=TextInput(77, Pooling.MEAN))
    with pytest.raises(ValueError, match="a space is for towers"):
        replace(CLIP_TEXT, space=None)
    with pytest.raises(ValueError, match="reduces what is not configured"):
        replace(GPT2, reduced={"layers": 1})


def test_a_name_leads_to_the_encoder_at_its_size_and_resolution() -> None:
    """As its graphs are called."""
    assert source_model("dinov2-small") == SOURCE_MODELS["dinov2-small"]
    for size, side in ((Size.FULL, 112), (Size.REDUCED, None), (Size.REDUCED, 42)):
        model = SOURCE_MODELS["dinov2-small"].at(size, side)
        assert source_model(model.name) == model
    assert source_model("clip-vit-b32-text-reduced") == SOURCE_MODELS["clip-vit-b32-text"].at(Size.REDUCED)
    assert [source_model(name) for name in ("resnet", "gpt2-64", "dinov3-small-112", "")] == [None] * 4
