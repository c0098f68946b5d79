"""Files without a pinned hash are taken once, and never another one afterwards."""

import hashlib
import json
from pathlib import Path

import pytest

from shelfmatch_triton.sources.lock import Lock, LockError
from shelfmatch_triton.sources.pins import Hub
from shelfmatch_triton.sources.testing import serving
from shelfmatch_triton.sources.weights import WeightsError, fetch

CONTENT = b"weights" * 300
PIN = Hub(
    "maker/describer",
    "ab" * 20,
    "model.safetensors",
    hashlib.sha256(CONTENT).hexdigest(),
    others=("config.json", "tokenizer.json"),
    hashes={"tokenizer.json": hashlib.sha256(b"[]").hexdigest()},
)
PLACE = f"maker/describer/resolve/{PIN.revision}"
FILES = {f"{PLACE}/model.safetensors": CONTENT, f"{PLACE}/tokenizer.json": b"[]"}


def test_the_first_is_written_down_and_others_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On the next machine, which has the committed file and nothing else; the user hears of it once."""
    lock = Lock(tmp_path / "hub.lock.json")
    with serving({**FILES, f"{PLACE}/config.json": b"{}"}) as hub:
        place = fetch(PIN, tmp_path / "first", hub.address, lock)
        assert "taken as it came" in capsys.readouterr().err
        assert fetch(PIN, tmp_path / "first", hub.address, lock) == place
        assert capsys.readouterr().err == ""
    told = json.loads(lock.file.read_text(encoding="utf-8"))
    # What the pin has a hash of is not the lock's business.
    assert told == {f"maker/describer@{PIN.revision}": {"config.json": hashlib.sha256(b"{}").hexdigest()}}
    with serving({**FILES, f"{PLACE}/config.json": b'{"other": 1}'}) as hub, pytest.raises(WeightsError) as refused:
        fetch(PIN, tmp_path / "second", hub.address, lock)
    assert "of the first download: find out which of them is the publishers'" in str(refused.value)


def test_another_file_than_the_pinned_is_refused_whatever_the_lock_says(tmp_path: Path) -> None:
    """The pin's hashes are of small files, too."""
    files = {**FILES, f"{PLACE}/config.json": b"{}", f"{PLACE}/tokenizer.json": b"{}"}
    with serving(files) as hub, pytest.raises(WeightsError, match=r"tokenizer\.json has the SHA-256"):
        fetch(PIN, tmp_path, hub.address, Lock(tmp_path / "hub.lock.json"))


def test_a_damaged_lock_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    """Else whatever comes next would be believed."""
    file = tmp_path / "hub.lock.json"
    file.write_text("<<<<<<<", encoding="utf-8")
    with pytest.raises(LockError, match="is damaged"):
        Lock(file).check(PIN, "config.json", "0" * 64)
