"""The benchmark runs what it says, its vectors are right, and what can't be run says why."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import pytest
import torch

from shelfmatch_triton.__main__ import main
from shelfmatch_triton.bench import in_onnx_runtime
from shelfmatch_triton.bench.in_torch import plain
from shelfmatch_triton.bench.pace import Case, Runner, opened, rows_of
from shelfmatch_triton.export.exporter import lengths_one
from shelfmatch_triton.export.network import at_random, trained
from shelfmatch_triton.export.parity import compare
from shelfmatch_triton.export.samples import samples
from shelfmatch_triton.sources.kinds import Precision, Size
from shelfmatch_triton.sources.model import SourceModel
from shelfmatch_triton.sources.registry import SOURCE_MODELS
from shelfmatch_triton.sources.weights import shipped

pytestmark = pytest.mark.filterwarnings("ignore")

ROOT = Path(__file__).parents[3]
NOWHERE = "http://127.0.0.1:1"


def run(monkeypatch: pytest.MonkeyPatch, *words: str | Path) -> int:
    """Run the command line on reduced networks, each row as short as can be."""
    brief = ("--size", "reduced", "--seconds", "0.01", "--threads", "1")
    monkeypatch.setattr("sys.argv", ["shelfmatch_triton", "bench", *brief, *map(str, words)])
    return main()


def test_each_row_is_measured_and_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One row a model, runner, precision and batch; with the cosine of what was computed, and the mark's ratio 1."""
    words = ("--model", "dinov2-small", "gpt2", "--batches", "1", "3", "--report", tmp_path)
    assert run(monkeypatch, *words, "--ways", "eager", "default", "--graphs", tmp_path, "--triton-url", NOWHERE) == 0
    report = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    found = [(row["model"], row["runner"], row["precision"], row["batch"]) for row in report["rows"]]
    ways = [("PyTorch, eager", "fp32"), ("PyTorch, compiled (default)", "fp32")]
    ways += [("ONNX Runtime, CPU", name) for name in ("fp32", "fp16", "int8")]
    models = ("dinov2-small-reduced", "gpt2-reduced")
    assert found == [(model, *way, n) for model in models for way in [*ways, ("Triton", "")] for n in (1, 3)]
    for row in report["rows"]:
        if row["runner"] == "Triton":
            assert NOWHERE in row["not_run"]
            assert row["median_ms"] is None
            continue
        assert row["not_run"] is None
        assert row["least_cosine"] > {"fp32": 0.99999, "fp16": 0.9999, "int8": 0.99}[row["precision"]]
        assert row["median_ms"] > 0
        assert row["core_ms"] > 0
        assert row["per_second"] == pytest.approx(1000 * row["batch"] / row["median_ms"])
        assert (row["ratio"] == 1) == ("compiled" in row["runner"])
    halves = [
        row["bytes"] for row in report["rows"] if row["precision"] in ("fp32", "fp16") and "ONNX" in row["runner"]
    ]
    assert halves[2] < 0.7 * halves[0]
    table = (tmp_path / "bench.md").read_text(encoding="utf-8")
    assert table in capsys.readouterr().out
    assert table.count(f"not run: {NOWHERE}") == 4


SERVE = """
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { layOutModels, prepareTriton, startTriton } from "./scripts/servers/triton.mjs";
const { install, missing } = prepareTriton();
if (install === null) throw new Error(missing);
const repository = mkdtempSync(join(tmpdir(), "shelfmatch-models-"));
layOutModels(repository, ["--instances", "1"]);
const server = await startTriton(install, { repository, models: ["efficientnet-lite0-picture"] });
console.log(server.url);
process.stdin.resume().on("end", async () => {
  await server.stop();
  rmSync(repository, { recursive: true });
});
"""


@pytest.fixture(name="triton")
def _triton() -> Iterator[str]:
    """Return the address of a real server with the shipped image encoder, and its ensemble, which is no encoder."""
    node = [str(ROOT / "node_modules" / ".bin" / "node"), "--input-type=module", "--eval", SERVE]
    with subprocess.Popen(node, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.stdin.close()


def test_a_served_model_is_measured_past_its_cache(
    triton: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside the network that it was made of; a batch that it does not take says so."""
    words = ("--model", "efficientnet-lite0", "--weights", "shipped", "--size", "full", "--batches", "1", "2", "9")
    only = ("--ways", "eager", "--precisions", "fp32", "--triton-url", triton)
    assert run(monkeypatch, *words, *only, "--report", tmp_path) == 0
    rows = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))["rows"]
    *served, refused = [row for row in rows if "Triton" in row["runner"]]
    assert {row["runner"] for row in [*served, refused]} == {"Triton, efficientnet-lite0"}
    assert [(row["batch"], row["precision"], row["not_run"]) for row in served] == [
        (1, "fp16w", None),
        (2, "fp16w", None),
    ]
    assert all(row["least_cosine"] > 0.9999 and row["ratio"] > 0 for row in served)
    assert "must be <= 8" in refused["not_run"]
    with urlopen(f"{triton}/v2/models/efficientnet-lite0/stats") as reply:
        figures = json.load(reply)["model_stats"][0]["inference_stats"]
    assert figures["cache_hit"]["count"] == 0
    assert figures["cache_miss"]["count"] > 20


def test_eager_is_the_mark_where_nothing_is_compiled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Graphs that are there are not made again."""
    words = ("--model", "all-minilm-l6-v2", "--batches", "2", "--ways", "eager", "--precisions", "fp32")
    assert run(monkeypatch, *words, "--graphs", tmp_path, "--report", tmp_path) == 0
    [eager, graph] = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))["rows"]
    assert eager["ratio"] == 1
    assert graph["ratio"] == pytest.approx(eager["core_ms"] / graph["core_ms"])
    made = (tmp_path / "all-minilm-l6-v2-reduced.onnx").stat().st_mtime_ns
    assert run(monkeypatch, *words, "--graphs", tmp_path) == 0
    assert (tmp_path / "all-minilm-l6-v2-reduced.onnx").stat().st_mtime_ns == made


def test_a_model_that_can_t_be_built_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its package may not be there; weights at a folder may be another's."""
    monkeypatch.setitem(sys.modules, "efficientnet_lite_pytorch", None)
    words = ("--model", "efficientnet-lite0", "dinov2-small", "--batches", "1", "--ways", "eager")
    assert run(monkeypatch, *words, "--precisions", "fp32", "--report", tmp_path) == 0
    [missing, *measured] = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))["rows"]
    assert missing["model"] == "efficientnet-lite0"
    assert "efficientnet_lite_pytorch" in missing["not_run"]
    assert [row["not_run"] for row in measured] == [None, None]


def test_without_the_quantiser_fp16_is_there_and_int8_says_why_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As on a machine that has PyTorch and ONNX Runtime alone."""

    def missing(*_: object) -> None:
        raise ImportError("No module named 'modelopt'")

    monkeypatch.setattr(in_onnx_runtime, "make", missing)
    words = ("--model", "dinov2-small", "--batches", "2", "--ways", "eager", "--precisions", "fp16", "int8")
    assert run(monkeypatch, *words, "--report", tmp_path) == 0
    # FP16 in PyTorch is for GPUs.
    [half, integers] = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))["rows"]
    assert half["least_cosine"] > 0.9999
    assert "no dinov2-small-reduced.int8-max.onnx" in integers["not_run"]
    assert "modelopt" in integers["not_run"]


def test_a_way_that_fails_in_the_middle_keeps_its_other_rows() -> None:
    """A batch may be too large; the ones before it and behind it were measured."""
    inputs = {"x": torch.zeros(1)}
    cases = {batch: Case(inputs, np.ones((1, 2), np.float32)) for batch in (1, 2, 4)}
    calls = iter(range(10))

    def bind(_: object) -> object:
        if next(calls) == 1:
            raise MemoryError("too | large\nby far")
        return lambda: torch.ones(4, 2)

    rows = list(rows_of("m", Runner("r", "fp32", lambda: opened(bind, 7)), cases, 0))  # type: ignore[arg-type]
    assert [row.not_run for row in rows] == [None, "MemoryError: too / large", None]
    assert [row.batch for row in rows] == [1, 2, 4]


def test_what_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is measured."""
    assert run(monkeypatch, "--ways", "eager", "faster") == 1
    assert "there is no way faster" in capsys.readouterr().err
    assert run(monkeypatch, "--batches", "0") == 1
    assert "one input or more" in capsys.readouterr().err


@pytest.mark.parametrize("model", list(SOURCE_MODELS.values()), ids=list(SOURCE_MODELS))
def test_half_precision_keeps_the_vectors(model: SourceModel) -> None:
    """In PyTorch; nothing leaves the range of 16 bits. With real weights where they are at hand."""
    network = trained(model, shipped(model)) if model.package else at_random(model.at(Size.REDUCED))
    inputs = samples(network.model, 3, tokens=20)
    with torch.inference_mode():
        found = plain(network, Precision.FP16)(*inputs.values())
        wanted = network.exporter.reference(network.model, network.module, inputs)["embedding"]
    rows = found[0] if isinstance(found, tuple) else found
    result = compare("embedding", wanted.numpy(), lengths_one(rows).numpy())
    assert result.within(model.tolerances[Precision.FP16])
