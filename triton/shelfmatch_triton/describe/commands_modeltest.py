"""The commands, one after the other, on the reduced network."""

from __future__ import annotations

from pathlib import Path

import pytest
from tokenizers import Tokenizer

from shelfmatch_triton.__main__ import main
from shelfmatch_triton.describe.layout import lay_out_describer
from shelfmatch_triton.describe.runtime.settings import read_settings
from shelfmatch_triton.describe.testing import pictures
from shelfmatch_triton.describe.testing_server import serving

pytestmark = [
    pytest.mark.filterwarnings("ignore"),
    # One family: what differs between them is tested by itself.
    pytest.mark.parametrize("family", ["qwen3-vl-2b"], indirect=True),
]


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    """Run a command."""
    monkeypatch.setattr("sys.argv", ["x", *map(str, words)])
    return main()


def test_from_weights_to_a_repository(
    graphs: Path,
    halved: Path,
    tokenizer: Tokenizer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Export, quantise, gate, lay out; what is refused says why."""
    file, exported, made = tmp_path / "tokenizer.json", tmp_path / "exported", tmp_path / "made"
    tokenizer.save(str(file))
    random = ["--model", "qwen3-vl-2b", "--weights", "random", "--size", "reduced", "--target", exported]
    assert run(monkeypatch, "export-describer", *random) == 1
    assert "name its file with --tokenizer" in capsys.readouterr().err
    assert run(monkeypatch, "export-describer", *random, "--tokenizer", file, "--precision", "fp16") == 0
    assert (exported / "decoder.onnx").read_bytes() == (halved / "decoder.onnx").read_bytes()
    files = pictures(8)
    asked = ["--graphs", exported, "--target", made, "--decoder", "int8", "--pictures", *files[:2]]
    assert run(monkeypatch, "quantise-describer", *asked) == 0
    assert read_settings(made).precision == "int8-vision-fp16"
    status = run(monkeypatch, "gate-describer", "--original", graphs, "--graphs", made, "--pictures", *files[4:])
    told = capsys.readouterr().out
    # A network at random is unsure of its next token: what agrees may be too little, and is said.
    assert "of 128 tokens agree" in told
    assert (status == 0) == told.strip().endswith("passes")
    models = tmp_path / "models"
    assert run(monkeypatch, "lay-out-describer", "--graphs", made, "--target", models, "--together", 2) == 0
    config = (models / "describe" / "config.pbtxt").read_text()
    assert 'string_value: "int8-vision-fp16"' in config
    assert "decoupled: true" in config
    assert run(monkeypatch, "lay-out-describer", "--graphs", tmp_path, "--target", models) == 1


def test_figures_name_both_ways(
    graphs: Path,
    tokenizer: Tokenizer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Beside each other, out of one run; a server that is not there is said."""
    file, models = tmp_path / "tokenizer.json", tmp_path / "models"
    tokenizer.save(str(file))
    lay_out_describer(graphs, models)
    asked = ["--graphs", graphs, "--model", "qwen3-vl-2b", "--size", "reduced", "--tokenizer", file, "--tokens", 8]
    words = ["figures-describer", *asked, "--requests", 1, 2, "--pictures", pictures(1)[0]]
    with serving(models) as server:
        assert run(monkeypatch, *words, "--url", server.url) == 0
    table = capsys.readouterr().out
    rows = [line.split("|") for line in table.splitlines() if line.startswith(("| Triton", "| transformers"))]
    assert [(row[1].strip(), row[2].strip()) for row in rows] == [
        ("Triton", "1"),
        ("transformers", "1"),
        ("Triton", "2"),
        ("transformers", "2"),
    ]
    assert all(float(row[3]) > 0 and float(row[4]) > 0 for row in rows)
    assert run(monkeypatch, *words, "--url", "http://127.0.0.1:9") == 1
    assert "refused" in capsys.readouterr().err
