"""Texts become the tokens that their encoder was trained on."""

from pathlib import Path

import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

from shelfmatch_triton.serving.text_ids import TextIds

WORDS = {"[U]": 0, "[B]": 1, "[E]": 2, "red": 3, "shoe": 4, "Red": 5, "[X]": 6}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A tokenizer that puts a mark before a text and behind it, and was told to pad and to cut."""
    tokenizer = Tokenizer(WordLevel(WORDS, unk_token="[U]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(single="[B] $A [E]", special_tokens=[("[B]", 1), ("[E]", 2)])
    tokenizer.enable_padding(length=16)
    tokenizer.enable_truncation(3)
    target = tmp_path / "tokenizer.json"
    tokenizer.save(str(target))
    return target


def test_a_text_ends_as_its_tokenizer_ends_it(file: Path) -> None:
    """Cut off or not; letters as they are."""
    ids = TextIds(file, {"max_tokens": "4"})
    assert ids("Red shoe") == [1, 5, 4, 2]
    assert ids("Red shoe red shoe") == [1, 5, 4, 2]


def test_lower_case_and_an_end_mark_of_its_own(file: Path) -> None:
    """As CLIP's and SigLIP 2's towers were trained."""
    ids = TextIds(file, {"max_tokens": "5", "lower_case": "true", "end_mark": "[X]"})
    assert ids("RED Shoe") == [1, 3, 4, 2, 6]
    assert ids("red red red red red") == [1, 3, 3, 3, 6]


def test_an_end_mark_that_is_not_known_is_refused(file: Path) -> None:
    """Rather than left out of every text."""
    with pytest.raises(ValueError, match=r"no token <eos>, which texts must end with"):
        TextIds(file, {"max_tokens": "5", "end_mark": "<eos>"})
