"""ChatML as Qwen3-VL's and InternVL3's templates write it."""

from __future__ import annotations

from collections.abc import Sequence

from shelfmatch_triton.describe.runtime.settings import Settings
from shelfmatch_triton.describe.runtime.shown import Shown


def chat(
    settings: Settings, prompt: str, system: str, shown: Sequence[Shown], behind_picture: str = ""
) -> list[int | str | Shown]:
    """Return a turn of the user, pictures first, behind one of the system's where that says something."""
    marks = settings.tokens
    told: list[int | str | Shown] = []
    if system:
        told = [marks.turn_start, f"system\n{system}", marks.turn_end, "\n"]
    told += [marks.turn_start, "user\n"]
    for picture in shown:
        told += [marks.picture_start, picture, marks.picture_end]
        if behind_picture:
            told.append(behind_picture)
    return [*told, prompt, marks.turn_end, "\n", marks.turn_start, "assistant\n"]
