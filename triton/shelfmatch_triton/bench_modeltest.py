"""The benchmark runs, and what it times is what was asked for."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from shelfmatch_triton import bench
from shelfmatch_triton.sources.model import Size, SourceModel
from shelfmatch_triton.sources.registry import SOURCE_MODELS

REDUCED = {name: model.at(Size.REDUCED) for name, model in SOURCE_MODELS.items()}


@pytest.mark.parametrize("model", REDUCED.values(), ids=REDUCED)
def test_every_network_of_transformers_is_timed(model: SourceModel) -> None:
    """Small ones, on a processor."""
    figures = bench.measure(model, ["eager"], [1, 3], "cpu")
    if bench.build(model) is None:
        assert figures == []
        return
    assert [figure.batch for figure in figures] == [1, 3]
    assert all(figure.milliseconds > 0 and figure.least_cosine > 0.9999 for figure in figures)
    assert figures[1].per_second == pytest.approx(3000 / figures[1].milliseconds)


def test_figures_go_into_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """By the command line."""
    monkeypatch.setattr(bench, "SOURCE_MODELS", REDUCED)
    file = tmp_path / "pace.json"
    monkeypatch.setattr(
        sys, "argv", ["bench", "dinov2-small", "--ways", "eager", "--batches", "2", "--json", str(file)]
    )
    assert bench.main() == 0
    [figure] = json.loads(file.read_text())
    assert (figure["way"], figure["batch"]) == ("eager", 2)
