"""The environment that makes the models is the one that the pinned list says."""

import re
from importlib.metadata import distributions
from pathlib import Path

PINNED = Path(__file__).parent.parent / "requirements-models.txt"


def test_every_pinned_package_is_there_and_nothing_that_was_left_out() -> None:
    """A second ONNX Runtime would lie in the folder of the first."""
    installed = {re.sub(r"[-_.]+", "-", each.name).lower(): each.version for each in distributions()}
    pinned = dict(re.findall(r"^([\w.-]+)==(\S+)", PINNED.read_text(encoding="utf-8"), re.MULTILINE))
    assert {name: installed.get(name) for name in pinned} == pinned
    assert "onnxruntime-gpu" not in installed
