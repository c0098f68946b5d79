"""The start of the stack with a describer: laid out by its own command, served by the real tritonserver."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from shelfmatch_triton.describe.compare import ASKED, answers
from shelfmatch_triton.describe.given import deploy_given
from shelfmatch_triton.describe.layout import Room
from shelfmatch_triton.describe.runtime.executors.place import ON_CPU
from shelfmatch_triton.describe.runtime.testing import ONE_FAMILY
from shelfmatch_triton.describe.testing import pictures
from shelfmatch_triton.describe.testing_server import encoded, serving
from shelfmatch_triton.plan.tensorrt_build import find_toolchain

pytestmark = [pytest.mark.filterwarnings("ignore"), ONE_FAMILY]
TRITON = Path(__file__).parents[2]
TOKENS = 24


def deploy(folder: Path, describer: Path) -> list[str]:
    """Run the command as the stack does, another process each time; return what it said."""
    where = (f"--target={folder / 'models'}", f"--work={folder / 'plans'}", f"--describer={describer}")
    command = [sys.executable, "-m", "shelfmatch_triton", "deploy", *where, "--without-gpu"]
    done = subprocess.run(command, cwd=TRITON, env=os.environ, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_a_deployed_describer_answers(graphs: Path, tmp_path: Path) -> None:
    """Its plans build, once; without a GPU its graphs are served, and say what they say. One taken away is gone."""
    first = deploy(tmp_path, graphs)
    assert "laid out describe: qwen3-vl-2b-reduced, onnx on the processor" in first
    assert sum(line.startswith(("vision.plan of", "decoder.plan of")) for line in first) == 2
    files = pictures(3)
    wanted = answers(graphs, ON_CPU, [file.read_bytes() for file in files], TOKENS)
    with serving(tmp_path / "models") as server:
        for number, ((prompt, shown, share), tokens) in enumerate(zip(ASKED, wanted, strict=True)):
            given = [encoded(files[(number + each) % len(files)]) for each in range(shown)]
            asked = {"prompt": prompt, "max_tokens": max(1, round(share * TOKENS))}
            asked |= {"pictures": given} if given else {}
            assert server.generate(**asked).tokens == list(tokens), prompt
    again = deploy(tmp_path, graphs)
    assert "plans of qwen3-vl-2b-reduced are there" in again
    assert not any("Building engine" in line for line in again)
    empty = tmp_path / "empty"
    empty.mkdir()
    assert deploy_given(empty, tmp_path / "plans", tmp_path / "models", find_toolchain(), Room(), print) is None
    assert not (tmp_path / "models" / "describe").exists() and not (tmp_path / "plans" / "describe").exists()
