"""`accept` whole, on a real Triton: what the app ships with by its real weights, and a small network at random."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shelfmatch_triton.__main__ import main
from shelfmatch_triton.accept import steps
from shelfmatch_triton.accept.material import REPOSITORY
from shelfmatch_triton.accept.triton_http import TritonError
from shelfmatch_triton.accept.tritonserver import serving
from shelfmatch_triton.sources.images import DINOV2_SMALL, EFFICIENTNET_LITE0
from shelfmatch_triton.sources.kinds import Precision
from shelfmatch_triton.sources.model import Tolerance
from shelfmatch_triton.sources.registry import SOURCE_MODELS
from shelfmatch_triton.sources.texts import ALL_MINILM_L6_V2

NO_SERVER = "npm run test:models says what this machine lacks for a tritonserver"
pytestmark = [
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif("SHELFMATCH_TRITONSERVER" not in os.environ, reason=NO_SERVER),
]

SERVER = Path(os.environ.get("SHELFMATCH_TRITONSERVER", "tritonserver"))
NODE = os.environ.get("SHELFMATCH_NODE", "node")
BRIEF = ("--seconds", "0.05", "--batches", "1", "4")
GRAPH, PLAN, SERVED = "ONNX Runtime, here", "TensorRT, in Triton", "ONNX Runtime (python, CPU), in Triton"
EAGER, COMPILED = "PyTorch, eager", "PyTorch, compiled"
Rows = list[dict[str, Any]]


def accept(target: Path, *words: str | Path) -> tuple[int, Rows]:
    """Run the command line; return its status and the table's rows."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sys.argv", ["x", "accept", "--target", str(target), *BRIEF, *map(str, words)])
        status = main()
    told = json.loads((target / "accept.json").read_text(encoding="utf-8"))
    return status, told["rows"]


def at_random(target: Path, *words: str | Path) -> tuple[int, Rows]:
    """Run it for DINOv2 small at reduced size."""
    model = ("--models", "dinov2-small", "--weights", "random", "--size", "reduced")
    return accept(target, *model, "--precisions", "fp16", *words)


@pytest.fixture(scope="module", name="shipped")
def _shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int, Rows]]:
    """Accept what the app ships with, once."""
    target = tmp_path_factory.mktemp("shipped")
    models = ("--models", "efficientnet-lite0", "all-minilm-l6-v2", "--weights", "shipped")
    given = ("--set", os.environ["SHELFMATCH_EVALUATION_SET"], "--tritonserver", SERVER)
    yield (target, *accept(target, *models, "--precisions", "fp32", "fp16", "int8", *given))


def test_the_shipped_encoders_are_accepted_by_what_triton_serves(shipped: tuple[Path, int, Rows]) -> None:
    """Every row is there; served vectors find as much as the FP32 graph's, within the gate; a GPU's are not run."""
    target, status, rows = shipped
    assert status == 0
    labels = ("fp32", "fp16", "int8-max")
    assert [(row["model"], row["precision"], row["runtime"]) for row in rows] == [
        (model.name, *what)
        for model in (EFFICIENTNET_LITE0, ALL_MINILM_L6_V2)
        for what in [
            *((label, runtime) for label in labels for runtime in (GRAPH, SERVED, PLAN)),
            ("fp32", EAGER),
            ("fp32", COMPILED),
        ]
    ]
    for row in rows:
        if row["runtime"] in (GRAPH, SERVED):
            quality = row["quality"]
            assert 0.5 < quality["recall"]["value"] < 0.99
            assert quality["recall_loss"]["value"] <= 0.005
            assert quality["auroc_loss"]["value"] <= 0.005
            assert quality["likeness"]["least_cosine"] > (0.97 if row["precision"] == "int8-max" else 0.999)
            assert row["bytes"] > 1_000_000
        if row["runtime"] in (SERVED, EAGER):
            assert set(row["speed"]["milliseconds"]) == {"1", "4"}
            assert all(each > 0 for each in row["speed"]["milliseconds"].values())
        if row["runtime"] == PLAN:
            reason = "plans are built of FP16, INT8 and FP8" if row["precision"] == "fp32" else steps.NO_GPU
            assert row["quality"] == row["speed"] == {"not_run": reason, "broken": False}
        if row["runtime"] == COMPILED:
            assert "on a GPU" in row["speed"]["not_run"]
    served = {(row["model"], row["precision"]): row["quality"]["likeness"] for row in rows if row["runtime"] == SERVED}
    # Vectors that came over HTTP are another precision's each, and not the FP32 graph's own.
    assert len({each["mean_cosine"] for each in served.values()}) == len(served)
    page = (target / "accept.md").read_text(encoding="utf-8")
    assert "- Triton: 2.51.0" in page
    assert "all-minilm-l6-v2 int8-max, batch 32: not run" in page


def test_what_was_done_is_not_done_again(shipped: tuple[Path, int, Rows], capsys: pytest.CaptureFixture[str]) -> None:
    """The same table, from what was kept; what is asked for beside it is done."""
    target, _, rows = shipped
    capsys.readouterr()
    model = ("--models", "all-minilm-l6-v2", "--weights", "shipped", "--tritonserver", SERVER)
    given = ("--set", os.environ["SHELFMATCH_EVALUATION_SET"])
    status, again = accept(target, *model, *given, "--precisions", "fp32", "int8")
    assert status == 0
    assert again == [row for row in rows if row["model"] == "all-minilm-l6-v2" and row["precision"] != "fp16"]
    before_the_table = capsys.readouterr().out.partition("# Encoders")[0]
    told = [line for line in before_the_table.splitlines() if line.startswith("- all-minilm-l6-v2")]
    assert len(told) > 5
    assert all(line.endswith("done before") for line in told), told


def test_the_engine_takes_what_was_laid_out(shipped: tuple[Path, int, Rows], tmp_path: Path) -> None:
    """The app's own adapter checks inputs, outputs, tokenizer and fingerprint, and its vectors are the encoder's."""
    repository = shipped[0] / "repository"
    names = ["efficientnet-lite0-int8-max", "all-minilm-l6-v2-int8-max"]
    with serving(SERVER, repository, tmp_path / "log") as triton:
        for name in names:
            triton.load(name)
        stated = [triton.config(name)["parameters"]["fingerprint"]["string_value"] for name in names]
        command = [NODE, str(Path("scripts", "probe-triton.ts")), triton.url, *names]
        probe = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert probe.returncode == 0, probe.stderr
    told = json.loads(probe.stdout)
    assert [told["image"]["fingerprint"], told["text"]["fingerprint"]] == stated
    assert told["image"]["cosine"] > 0.97
    assert told["text"]["cosine"] > 0.97
    assert told["states"] == ["ready", "ready"]


def test_an_export_states_its_tokenizer(shipped: tuple[Path, int, Rows]) -> None:
    """The shipped encoders' is the app's own, which lies beside the graph."""
    graphs = shipped[0] / "graphs"
    stated = json.loads((graphs / "all-minilm-l6-v2.json").read_text(encoding="utf-8"))["parameters"]
    assert stated["tokenizer_sha256"] == "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
    assert stated["max_tokens"] == "256"
    assert (graphs / "all-minilm-l6-v2-tokenizer.json").is_file()


def test_weights_at_random_are_compared_and_find_nothing(tmp_path: Path) -> None:
    """By a server that runs already: graph, server and times are proved; what the vectors would find is not run."""
    repository = tmp_path / "served"
    repository.mkdir()
    with serving(SERVER, repository, tmp_path / "log") as triton:
        status, rows = at_random(tmp_path, "--triton-url", triton.url, "--repository", repository)
    assert status == 0
    graph, served, plan, eager, _ = rows
    assert graph["model"] == "dinov2-small-reduced"
    for row in (graph, served):
        assert row["quality"]["likeness"]["least_cosine"] > 0.999
        assert row["quality"]["recall"] is None
    assert plan["quality"]["not_run"] == steps.NO_GPU
    assert set(served["speed"]["milliseconds"]) == set(eager["speed"]["milliseconds"]) == {"1", "4"}
    assert "weights at random recognise nothing" in (tmp_path / "accept.md").read_text(encoding="utf-8")


def test_a_gate_that_closes_ends_badly_and_keeps_it_from_being_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By name; the other precision goes on."""
    strict = {**DINOV2_SMALL.tolerances, Precision.FP16: Tolerance(least_cosine=1, largest_error=1e-9)}
    monkeypatch.setitem(SOURCE_MODELS, "dinov2-small", replace(DINOV2_SMALL, tolerances=strict))
    status, rows = at_random(tmp_path, "--tritonserver", SERVER, "--precisions", "fp16", "fp32")
    assert status == 1
    found = {(row["precision"], row["runtime"]): row for row in rows}
    assert "the largest error is" in "; ".join(found["fp16", GRAPH]["failures"])
    assert "was refused" in found["fp16", SERVED]["quality"]["not_run"]
    assert found["fp32", SERVED]["quality"]["failures"] == []
    assert "**refused**" in (tmp_path / "accept.md").read_text(encoding="utf-8")


def test_what_is_missing_is_said_and_the_rest_goes_on(tmp_path: Path) -> None:
    """No weights for one encoder, no Triton for all; nothing is guessed."""
    empty = tmp_path / "empty"
    empty.mkdir()
    words = ("--models", "gpt2", "--weights", empty, "--precisions", "int8")
    status, rows = accept(tmp_path / "a", *words)
    assert status == 1
    assert len(rows) == 3
    assert all("holds no weights of gpt2" in row["quality"]["not_run"] for row in rows)
    status, rows = at_random(tmp_path / "b")
    assert status == 0
    assert {row["runtime"]: row["speed"] for row in rows}[SERVED] == {
        "not_run": "no Triton: give --tritonserver or --triton-url",
        "broken": False,
    }
    status, rows = at_random(tmp_path / "b", "--triton-url", "http://127.0.0.1:1")
    assert status == 1
    assert {row["runtime"]: row["speed"] for row in rows}[SERVED]["broken"]


def test_a_server_that_does_not_start_says_its_last_words(tmp_path: Path) -> None:
    """It is stopped, and its log is quoted."""
    (tmp_path / "models").mkdir()
    program = tmp_path / "broken"
    program.write_text("#!/bin/sh\necho 'no such library'\nexit 3\n", encoding="utf-8")
    program.chmod(0o755)
    with pytest.raises(TritonError, match="no such library"), serving(program, tmp_path, tmp_path / "log"):
        raise AssertionError("it came up")


def running() -> Iterator[bytes]:
    """Return the command line of each process of this machine."""
    for process in Path("/proc").glob("[0-9]*"):
        # It may end while it is looked at.
        with contextlib.suppress(OSError):
            yield (process / "cmdline").read_bytes()


def test_ended_from_outside_it_leaves_no_server_behind(tmp_path: Path) -> None:
    """The server is stopped before the command's process is gone."""
    words = ("--models", "dinov2-small", "--weights", "random", "--size", "reduced", "--seconds", "600")
    command = [sys.executable, "-m", "shelfmatch_triton", "accept", "--target", str(tmp_path), *words]
    with subprocess.Popen([*command, "--tritonserver", str(SERVER)], cwd=REPOSITORY / "triton") as process:
        log = tmp_path / "tritonserver.log"
        deadline = time.monotonic() + 300
        while not (log.is_file() and b"successfully loaded" in log.read_bytes()):
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(120) == 128 + signal.SIGTERM
    assert not any(str(tmp_path / "repository").encode() in words for words in running())
