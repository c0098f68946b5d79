"""How much memory the process of a served model takes."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

PROCESSES = Path("/proc")


def peak_memory(model: Path) -> int | None:
    """Return the bytes of memory that a model's processes had at their largest, together.

    Args:
        model: its folder in the repository, which the python backend names to its processes.

    Returns:
        None where none of them runs on this machine.
    """
    found: list[int] = []
    for process in PROCESSES.glob("[0-9]*"):
        # It may end while it is looked at.
        with suppress(OSError):
            words = (process / "cmdline").read_bytes().split(b"\0")
            if "stub" in Path(words[0].decode(errors="replace")).name and any(
                str(model.absolute()).encode() in word for word in words[1:]
            ):
                peak = re.search(r"VmHWM:\s+(\d+) kB", (process / "status").read_text(encoding="utf-8"))
                found += [1024 * int(peak[1])] if peak is not None else []
    return sum(found) if found else None
