"""A reduced network of each family, exported once for all the tests that look at it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from shelfmatch_triton.describe.export.write import Describer


@pytest.fixture(scope="session", name="family", params=["qwen3-vl-2b", "llava-onevision-0.5b", "internvl3-1b"])
def _family(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session", name="tokenizer")
def _tokenizer(family: str) -> Tokenizer:
    from shelfmatch_triton.describe.registry import DESCRIBERS
    from shelfmatch_triton.describe.testing import train_tokenizer

    return train_tokenizer(DESCRIBERS[family])


@pytest.fixture(scope="session", name="describer")
def _describer(family: str, tokenizer: Tokenizer) -> Describer:
    import torch

    from shelfmatch_triton.describe.export.write import at_random, marks_of
    from shelfmatch_triton.describe.registry import DESCRIBERS
    from shelfmatch_triton.sources.kinds import Size

    # A network as small as this one is no faster on more, and far slower where others run beside it.
    torch.set_num_threads(1)
    return at_random(DESCRIBERS[family].at(Size.REDUCED), marks_of(tokenizer))


@pytest.fixture(scope="session", name="graphs")
def _graphs(describer: Describer, tokenizer: Tokenizer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from shelfmatch_triton.describe.export.write import export

    folder = tmp_path_factory.mktemp("describer")
    export(describer, tokenizer.to_str(), folder)
    return folder


@pytest.fixture(scope="session", name="halved")
def _halved(describer: Describer, tokenizer: Tokenizer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from shelfmatch_triton.describe.export.write import at_random, export, marks_of
    from shelfmatch_triton.sources.kinds import Precision

    folder = tmp_path_factory.mktemp("describer-fp16")
    # The same weights again: to halve a network changes it.
    export(at_random(describer.source, marks_of(tokenizer)), tokenizer.to_str(), folder, Precision.FP16)
    return folder
