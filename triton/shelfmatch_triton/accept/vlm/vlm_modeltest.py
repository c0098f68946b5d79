"""`accept --vlm` whole, on a real Triton: a small network in the place of the published one, by way of a hub."""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shelfmatch_triton.__main__ import main
from shelfmatch_triton.accept import steps as encoder_steps
from shelfmatch_triton.describe import files
from shelfmatch_triton.describe.export.write import at_random, marks_of
from shelfmatch_triton.describe.registry import DESCRIBERS
from shelfmatch_triton.describe.testing import train_tokenizer
from shelfmatch_triton.describe.weights import CONFIG, OTHERS, PINS
from shelfmatch_triton.sources.kinds import Size
from shelfmatch_triton.sources.pins import Hub
from shelfmatch_triton.sources.testing import TestHub, serving

NO_SERVER = "npm run test:models says what this machine lacks for a tritonserver"
pytestmark = [
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif("SHELFMATCH_TRITONSERVER" not in os.environ, reason=NO_SERVER),
]
SERVER = os.environ.get("SHELFMATCH_TRITONSERVER", "tritonserver")
NODE = os.environ.get("SHELFMATCH_NODE", "node")
NAME = "qwen3-vl-2b"
INTERNVL = "internvl3-1b"
REVISION = "cd" * 20
# Less of everything than a person would measure: the way is what is tested.
BRIEF = ["--samples", "2", "--steps", "6", "--answer-tokens", "24", "--requests", "1", "2", "--tokens", "6"]
WEIGHTS = "model.safetensors"


def accept(target: Path, *words: str | Path, name: str = NAME) -> tuple[int, dict[str, Any], str]:
    """Run the command line; return its status, what it tells, and the page."""
    with pytest.MonkeyPatch.context() as patched:
        given = ["accept", "--vlm", name, "--target", target, "--node", NODE, "--threads", "1", *BRIEF]
        patched.setattr("sys.argv", ["x", *map(str, [*given, *words])])
        status = main()
    told = json.loads((target / "accept-vlm.json").read_text(encoding="utf-8"))
    return status, told, (target / "accept-vlm.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module", name="published")
def _published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Stand in for the published network: one of the reduced size under its name, saved as publishers do."""
    with pytest.MonkeyPatch.context() as patched:
        folder = publish(NAME, tmp_path_factory.mktemp("published"), patched)
        # Weights beside the graphs, as those of two thousand million parameters are.
        patched.setattr(files, "EXTERNAL", 1 << 16)
        yield folder


def publish(name: str, folder: Path, patched: pytest.MonkeyPatch) -> Path:
    """Write a reduced network as publishers do, and pin it under this name; return its folder."""
    source = replace(DESCRIBERS[name].at(Size.REDUCED), name=name)
    tokenizer = train_tokenizer(source)
    network: Any = at_random(source, marks_of(tokenizer), seed=3).network
    network.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    patched.setitem(DESCRIBERS, name, source)
    # The configuration has no hash in the pin: the first download's is recorded.
    hashes = {file: _hash(folder / file) for file in OTHERS if file != CONFIG}
    patched.setitem(PINS, name, Hub("maker/describer", REVISION, WEIGHTS, _hash(folder / WEIGHTS), OTHERS, hashes))
    return folder


@pytest.fixture(scope="module", name="hub")
def _hub(published: Path) -> Iterator[TestHub]:
    place = f"maker/describer/resolve/{REVISION}"
    with serving({f"{place}/{name}": (published / name).read_bytes() for name in (*OTHERS, WEIGHTS)}) as hub:
        yield hub


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_from_a_hub_to_what_descriptions_find(
    published: Path, hub: TestHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Fetched, held to its hashes, exported, quantised, judged, served, described and timed; then gone on with."""
    monkeypatch.setenv("HF_ENDPOINT", hub.address)
    lock = tmp_path / "hub.lock.json"
    monkeypatch.setattr("shelfmatch_triton.describe.weights.Lock", lambda: _lock_at(lock))
    target = tmp_path / "accepted"
    words: list[str | Path] = ["--weights", "hub", "--downloads", tmp_path / "hub", "--tritonserver", SERVER]
    # The weights' connection breaks off once; of the small files before them, none does.
    hub.cut = [1 << 20, 1 << 20, 7000]
    status, told, page = accept(target, *words, "--decoders", "fp32", "fp16", "int4-awq")
    assert json.loads(lock.read_text(encoding="utf-8"))[f"maker/describer@{REVISION}"] == {
        CONFIG: _hash(published / CONFIG)
    }
    assert (WEIGHTS, "bytes=7000-") in hub.asked
    assert told["about"][NAME] == f"hub: maker/describer@{REVISION}"
    rows = {row["precision"]: row for row in told["rows"]}
    assert list(rows) == ["fp32", "fp16", "int4-awq"]
    # Its next tokens are transformers' own, and FP16's are FP32's.
    assert rows["fp32"]["gate"]["agreement"] == 1
    assert rows["fp16"]["gate"]["mean_cosine"] > 0.9999
    # A network at random is unsure of every token, and four bits change its mind: refused, and not served.
    assert rows["int4-awq"]["faults"]
    assert "were refused" in rows["int4-awq"]["speed"]["not_run"]
    assert rows["int4-awq"]["bytes"] < rows["fp16"]["bytes"] < rows["fp32"]["bytes"]
    assert (target / "describers" / NAME / "fp16" / "decoder.onnx.data").is_file()
    for label in ("fp32", "fp16"):
        row = rows[label]
        # By the app's own encoders: the pictures are found, words at random are not.
        assert row["worth"]["queries"] == 54
        assert row["worth"]["pictures"]["value"] > 0.8 > 0.3 > row["worth"]["words"]["value"]
        assert [(each["way"], each["at_once"]) for each in row["speed"]] == [("Triton", 1), ("Triton", 2)]
        assert all(each["first_ms"] > 0 and each["tokens_per_s"] > 0 for each in row["speed"])
        assert row["memory"] > 10_000_000
        assert row["limit"] > 0
        assert row["plans"] == {
            "not_run": encoder_steps.NO_GPU if label == "fp16" else "plans are built of FP16 and fewer bits",
            "broken": False,
        }
        assert len(row["examples"]) == 54
    assert status == 1
    assert [each["at_once"] for each in told["transformers"][NAME]] == [1, 2]
    assert "- Triton: 2.51.0" in page
    assert "**refused**" in page
    # Again: nothing is fetched, made or asked anew, and the page is the same but for the memory's pace.
    asked = len(hub.asked)
    capsys.readouterr()
    again = accept(target, *words, "--decoders", "fp32", "fp16", "int4-awq")[1]
    assert len(hub.asked) == asked
    done = [line for line in capsys.readouterr().out.partition("# Describers")[0].splitlines() if NAME in line]
    assert len([line for line in done if line.endswith("done before")]) >= 8
    for one, other in zip(told["rows"], again["rows"], strict=True):
        assert {**one, "limit": 0} == {**other, "limit": 0}


def _lock_at(file: Path) -> Any:  # noqa: ANN401
    from shelfmatch_triton.sources.lock import Lock

    return Lock(file)


def test_what_is_missing_is_said_and_another_family(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No files in a folder. No Triton, with files that a person trained: InternVL3's, which are then served as well."""
    empty = tmp_path / "empty"
    empty.mkdir()
    status, told, _ = accept(tmp_path / "a", "--weights", empty, "--decoders", "fp16")
    assert status == 1
    assert f"holds no {CONFIG} of {NAME}" in told["rows"][0]["gate"]["not_run"]
    other = tmp_path / "internvl"
    other.mkdir()
    words: list[str | Path] = ["--weights", publish(INTERNVL, other, monkeypatch), "--decoders", "fp32"]
    status, told, page = accept(tmp_path / "b", *words, name=INTERNVL)
    assert status == 0
    assert told["about"][INTERNVL] == "folder, as pinned"
    (row,) = told["rows"]
    assert row["gate"]["agreement"] == 1
    assert row["worth"]["not_run"] == row["speed"]["not_run"] == "no Triton: give --tritonserver or --triton-url"
    assert "no Triton: give --tritonserver" in page
    status, told, page = accept(tmp_path / "b", *words, "--tritonserver", SERVER, name=INTERNVL)
    (row,) = told["rows"]
    assert status == 0 and row["gate"]["agreement"] == 1
    assert row["worth"]["queries"] == len(row["examples"]) == 54
    assert [each["at_once"] for each in row["speed"]] == [1, 2]
    assert f"| {INTERNVL} | fp32 |" in page and "passes" in page
