"""What was done already: a run that was stopped goes on where it stopped."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Key = Mapping[str, object]
"""Everything that a step's result depends on."""


@dataclass(frozen=True)
class Ledger:
    """A folder with one JSON file a step: what it was done with, and its result."""

    folder: Path
    say: Callable[[str], None]

    def once(self, step: str, key: Key, work: Callable[[], Any], files: Sequence[Path] = ()) -> Any:  # noqa: ANN401
        """Return a step's result, of values that JSON has; done now, unless it was done with the same key before.

        Args:
            step: its name, which no other has.
            key: what it depends on.
            work: does it.
            files: what it leaves behind; where one is missing it is done again.
        """
        file = self.folder / f"{step}.json"
        known: dict[str, object] = json.loads(json.dumps(key))
        if file.is_file() and all(each.is_file() for each in files):
            try:
                done = json.loads(file.read_text(encoding="utf-8"))
            except ValueError:
                # Half a file: the machine lost power.
                done = {}
            if done.get("key") == known:
                self.say(f"{step}: done before")
                return done["result"]
        self.say(step)
        result = json.loads(json.dumps(work()))
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh = self.folder / f".{step}.json"
        fresh.write_text(f"{json.dumps({'key': known, 'result': result}, indent=1)}\n", encoding="utf-8")
        fresh.replace(file)
        return result
