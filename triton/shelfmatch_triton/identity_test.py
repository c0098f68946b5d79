"""The identity of an encoder is the engine's."""

from dataclasses import replace
from pathlib import Path

from shelfmatch_triton.identity import EncoderIdentity, hash_files

IDENTITY = EncoderIdentity("efficientnet-lite0", "00ff", "fp16w", "v1", 1280)


def test_fingerprint_is_that_of_the_engine() -> None:
    """The digest was made by `fingerprint` of engine/encode/fingerprint.ts for the same identity."""
    assert IDENTITY.fingerprint == "efficientnet-lite0-fp16w-1280-6a081466"


def test_fingerprint_keeps_what_json_could_escape() -> None:
    """JavaScript writes letters beyond ASCII and slashes as they are."""
    identity = replace(IDENTITY, preprocessing='ü/"quoted"')
    assert identity.fingerprint == "efficientnet-lite0-fp16w-1280-54136682"


def test_hash_is_of_the_contents_in_order(tmp_path: Path) -> None:
    """Two files hash as one that holds both."""
    first, second, both = (tmp_path / name for name in ("first", "second", "both"))
    first.write_bytes(b"ab")
    second.write_bytes(b"cd")
    both.write_bytes(b"abcd")
    assert hash_files([first, second]) == hash_files([both])
    assert hash_files([second, first]) != hash_files([both])
