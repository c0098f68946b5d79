"""Files that no pin has a hash of: trusted as they first came, and held to that from then on."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from shelfmatch_triton.sources.pins import Hub

LOCK_FILE = Path(__file__).parents[2] / "hub.lock.json"
"""Beside the project's own requirements: whoever downloads first commits it, and who comes later is held to it."""


class LockError(ValueError):
    """A file is another one than that which came first."""


@dataclass(frozen=True)
class Lock:
    """A file of hashes, by repository, commit and name."""

    file: Path = LOCK_FILE

    def check(self, hub: Hub, name: str, sha256: str) -> None:
        """Hold a file to what came first; where it is the first, write its hash down and say so.

        A first download proves nothing: who changed the file before that is believed. The weights themselves are never
        taken on trust, they have a hash in the pin.

        Raises:
            LockError: another file was recorded, or the lock itself can't be read.
        """
        known = self._read()
        own = known.setdefault(f"{hub.repository}@{hub.revision}", {})
        if name in own:
            if own[name] != sha256:
                raise LockError(
                    f"{name} of {hub.repository} has the SHA-256 {sha256}, and {self.file} says {own[name]} of the "
                    "first download: find out which of them is the publishers' before you delete its line"
                )
            return
        own[name] = sha256
        text = json.dumps(known, indent=1, sort_keys=True)
        self.file.write_text(f"{text}\n", encoding="utf-8")
        print(
            f"{name} of {hub.repository} has no pinned hash: taken as it came, and its SHA-256 written to {self.file}. "
            "Compare it with the hub's page and commit the file",
            file=sys.stderr,
        )

    def _read(self) -> dict[str, dict[str, str]]:
        if not self.file.is_file():
            return {}
        try:
            told: dict[str, dict[str, str]] = json.loads(self.file.read_text(encoding="utf-8"))
        except ValueError as error:
            raise LockError(f"{self.file} is damaged ({error}): take it from the repository again") from error
        return told
