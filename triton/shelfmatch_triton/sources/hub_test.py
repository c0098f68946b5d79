"""Downloads survive what networks do, and nothing but the pinned file is ever taken."""

import hashlib
import multiprocessing
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from shelfmatch_triton.sources.hub import DownloadError, download
from shelfmatch_triton.sources.images import DINOV2_SMALL, EFFICIENTNET_LITE0
from shelfmatch_triton.sources.model import SourceModel
from shelfmatch_triton.sources.pins import Hub
from shelfmatch_triton.sources.testing import TestHub, serving
from shelfmatch_triton.sources.weights import WeightsError, from_folder, from_hub, shipped

CONTENT = bytes(range(256)) * 64
SHA256 = hashlib.sha256(CONTENT).hexdigest()
REVISION = "ab" * 20
PLACE = f"maker/encoder/resolve/{REVISION}"
MODEL = replace(DINOV2_SMALL, hub=Hub("maker/encoder", REVISION, "model.safetensors", SHA256))


@pytest.fixture
def hub() -> Iterator[TestHub]:
    """A hub with one model."""
    with serving({f"{PLACE}/model.safetensors": CONTENT, f"{PLACE}/config.json": b"{}"}) as served:
        yield served


def test_weights_come_with_what_they_need_and_only_once(hub: TestHub, tmp_path: Path) -> None:
    """The second time, nothing is asked of the hub."""
    files = from_hub(MODEL, tmp_path, hub.address)
    assert files.file.read_bytes() == CONTENT
    assert (files.file.parent / "config.json").read_bytes() == b"{}"
    assert files.sha256 == SHA256
    assert files.origin == f"hub: maker/encoder@{REVISION}"
    assert hub.asked == [("config.json", None), ("model.safetensors", None)]
    assert from_hub(MODEL, tmp_path, hub.address) == files
    assert len(hub.asked) == 2


def test_a_broken_connection_goes_on_where_it_broke(hub: TestHub, tmp_path: Path) -> None:
    """Twice, in one call."""
    hub.cut = [5000, 1000]
    target = tmp_path / "file"
    download(f"{hub.address}/{PLACE}/model.safetensors", target, SHA256, pause_s=0)
    assert target.read_bytes() == CONTENT
    assert [span for _, span in hub.asked] == [None, "bytes=5000-", "bytes=6000-"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "file.lock"]


def test_another_process_goes_on_where_one_ended(hub: TestHub, tmp_path: Path) -> None:
    """What an earlier process left, whole or in part."""
    (tmp_path / "file.part").write_bytes(CONTENT[:7000])
    download(f"{hub.address}/{PLACE}/model.safetensors", tmp_path / "file", SHA256)
    (tmp_path / "whole.part").write_bytes(CONTENT)
    download(f"{hub.address}/{PLACE}/model.safetensors", tmp_path / "whole", SHA256)
    assert (tmp_path / "file").read_bytes() == (tmp_path / "whole").read_bytes() == CONTENT
    assert [span for _, span in hub.asked] == ["bytes=7000-", f"bytes={len(CONTENT)}-"]


def test_a_server_without_ranges_starts_anew(hub: TestHub, tmp_path: Path) -> None:
    """Its answer is the whole file, which is not put behind the half."""
    hub.ranges = False
    (tmp_path / "file.part").write_bytes(CONTENT[:7000])
    download(f"{hub.address}/{PLACE}/model.safetensors", tmp_path / "file", SHA256)
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_a_leftover_of_another_file_is_refused_and_gone(hub: TestHub, tmp_path: Path) -> None:
    """The next try is not spoilt by it."""
    (tmp_path / "file.part").write_bytes(b"x" * 7000)
    address = f"{hub.address}/{PLACE}/model.safetensors"
    with pytest.raises(DownloadError, match=f"not {SHA256}. It was deleted; try again"):
        download(address, tmp_path / "file", SHA256)
    assert not (tmp_path / "file").exists()
    (tmp_path / "file.part").write_bytes(b"x" * 100_000)
    download(address, tmp_path / "file", SHA256, pause_s=0)
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_a_damaged_file_of_the_cache_is_fetched_anew(hub: TestHub, tmp_path: Path) -> None:
    """Disks forget, too."""
    file = from_hub(MODEL, tmp_path, hub.address).file
    file.write_bytes(CONTENT[:-1] + b"?")
    assert from_hub(MODEL, tmp_path, hub.address).file.read_bytes() == CONTENT


def test_a_hub_that_is_busy_is_asked_again_and_one_that_refuses_is_not(hub: TestHub, tmp_path: Path) -> None:
    """503 and 429 pass; 401 does not."""
    address = f"{hub.address}/{PLACE}/config.json"
    hub.refusals = [503, 429]
    download(address, tmp_path / "file", pause_s=0)
    assert len(hub.asked) == 3
    hub.refusals = [401]
    with pytest.raises(DownloadError, match="is refused: 401"):
        download(address, tmp_path / "other", pause_s=0)
    assert len(hub.asked) == 4
    hub.refusals = [503] * 9
    with pytest.raises(DownloadError, match=r"can't be had \(503 Service Unavailable, 5 times\)"):
        download(address, tmp_path / "third", pause_s=0)


def test_other_contents_than_pinned_are_refused(hub: TestHub, tmp_path: Path) -> None:
    """The message says what to do."""
    changed = replace(MODEL, hub=Hub("maker/encoder", REVISION, "model.safetensors", "0" * 64))
    with pytest.raises(WeightsError, match=r"has the SHA-256 .* not 0{64}\. It was deleted"):
        from_hub(changed, tmp_path, hub.address)
    moved = replace(MODEL, hub=Hub("maker/encoder", "cd" * 20, "model.safetensors", SHA256))
    with pytest.raises(WeightsError, match=r"is refused: 404.*--weights.*HF_ENDPOINT"):
        from_hub(moved, tmp_path, hub.address)


def _fetch(folder: Path, address: str) -> None:
    from_hub(MODEL, folder, address)


def test_two_processes_fetch_it_once(hub: TestHub, tmp_path: Path) -> None:
    """The second waits."""
    context = multiprocessing.get_context("spawn")
    both = [context.Process(target=_fetch, args=(tmp_path, hub.address)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join()
    assert [process.exitcode for process in both] == [0, 0]
    assert [name for name, _ in hub.asked].count("model.safetensors") == 1


def test_a_folder_gives_what_it_has(tmp_path: Path) -> None:
    """And says whether it is what the hub has."""
    with pytest.raises(WeightsError, match=r"holds no weights of dinov2-small: none of model\.safetensors"):
        from_folder(MODEL, tmp_path)
    (tmp_path / "model.safetensors").write_bytes(CONTENT)
    assert from_folder(MODEL, tmp_path).origin == "folder, as pinned"
    (tmp_path / "model.safetensors").write_bytes(b"others")
    assert from_folder(MODEL, tmp_path).origin == "folder, not the pinned ones"


@pytest.mark.parametrize(("model", "message"), [(DINOV2_SMALL, "is not shipped"), (EFFICIENTNET_LITE0, "on no hub")])
def test_where_weights_are_not_is_said(model: SourceModel, message: str) -> None:
    """With where they are."""
    with pytest.raises(WeightsError, match=message):
        shipped(model) if model.hub else from_hub(model)
