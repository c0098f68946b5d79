"""Every describer is pinned, and a folder says what it has."""

from pathlib import Path

import pytest

from shelfmatch_triton.describe.registry import DESCRIBERS
from shelfmatch_triton.describe.source import DescriberSource
from shelfmatch_triton.describe.weights import CONFIG, PINS, from_folder
from shelfmatch_triton.sources.weights import WeightsError


@pytest.mark.parametrize("source", DESCRIBERS.values(), ids=DESCRIBERS)
def test_the_pin_is_of_the_same_repository(source: DescriberSource) -> None:
    """And has what `trained` asks for."""
    pin = PINS[source.name]
    assert pin.repository == source.repository
    assert {CONFIG, "tokenizer.json"} == set(pin.others)


def test_a_folder_is_found_by_its_names_and_compared_with_the_pin(tmp_path: Path) -> None:
    """A person's own training is taken, and told from what was published."""
    source = DESCRIBERS["qwen3-vl-2b"]
    with pytest.raises(WeightsError, match=r"holds no config\.json of qwen3-vl-2b: get all files of Qwen/"):
        from_folder(source, tmp_path)
    folder = tmp_path / "Qwen3-VL-2B-Instruct"
    folder.mkdir()
    (folder / CONFIG).write_text("{}", encoding="utf-8")
    found = from_folder(source, tmp_path)
    assert found.folder == folder
    assert found.origin == "folder, not the pinned config.json, tokenizer.json, model.safetensors"
