"""What a plan was built of: written beside it, read when it is laid out, compared before it is built again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from shelfmatch_triton.plan.profiles import Profile, Range


@dataclass(frozen=True)
class PlanRecord:
    """A plan runs on the GPU and with the TensorRT that it was built by, and on no others."""

    graph_sha256: str
    tensorrt: str
    """Version, with ``rtx`` in front where TensorRT-RTX built it."""
    device: str
    """Name and compute capability of the GPU; of TensorRT-RTX without one, ``none``."""
    profile: Profile


def record_file(plan: Path) -> Path:
    """Return where a plan's record lies."""
    return plan.with_name(f"{plan.name}.json")


def write_record(plan: Path, record: PlanRecord) -> None:
    """Write it in one step: a record says that its plan is whole."""
    fresh = plan.with_name(f".{plan.name}.json")
    fresh.write_text(f"{json.dumps(asdict(record), indent=1)}\n", encoding="utf-8")
    fresh.replace(record_file(plan))


def read_record(plan: Path) -> PlanRecord | None:
    """Return a plan's record; None where there is no whole plan.

    Raises:
        ValueError: the record is none.
    """
    if not plan.is_file() or not record_file(plan).is_file():
        return None
    try:
        read = json.loads(record_file(plan).read_text(encoding="utf-8"))
        batch, tokens = (Range(**read["profile"][side]) for side in ("batch", "tokens"))
        return PlanRecord(read["graph_sha256"], read["tensorrt"], read["device"], Profile(batch, tokens))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{record_file(plan)} is no record of a plan ({error}); delete it and build again") from error
