"""The start of a machine with a GPU, by TensorRT-RTX in the place of TensorRT: plans are built once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf import text_format

from shelfmatch_triton.__main__ import WEIGHTS
from shelfmatch_triton.export.network import at_random
from shelfmatch_triton.export.onnx_file import export
from shelfmatch_triton.plan.deploy import shipped_graphs
from shelfmatch_triton.proto import model_config_pb2
from shelfmatch_triton.quantise.make import make
from shelfmatch_triton.quantise.precision import Recipe
from shelfmatch_triton.sources.images import DINOV2_SMALL
from shelfmatch_triton.sources.kinds import Precision, Size

pytestmark = pytest.mark.filterwarnings("ignore")

TRITON = Path(__file__).parents[2]
SHIPPED = ["all-minilm-l6-v2-int8w", "efficientnet-lite0-fp16w"]


def start(folder: Path, *words: str) -> list[str]:
    """Run the command as the container does, another process each time; return what it said."""
    where = (f"--target={folder / 'models'}", f"--work={folder / 'plans'}", f"--graphs={folder / 'graphs'}")
    command = [sys.executable, "-m", "shelfmatch_triton", "deploy", *where, "--without-gpu", *words]
    done = subprocess.run(command, cwd=TRITON, env=os.environ, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def laid_out(folder: Path) -> list[str]:
    """Return the plans of the repository."""
    return sorted(path.parent.parent.name for path in (folder / "models").glob("*/1/model.plan"))


def test_plans_are_built_on_the_first_start_and_kept_on_the_second(tmp_path: Path) -> None:
    """Of what ships and of what was mounted; a graph that came is built, one that went is forgotten."""
    graphs = tmp_path / "graphs"
    source = export(at_random(DINOV2_SMALL.at(Size.REDUCED)), graphs).file
    mounted = graphs / "dinov2-small-reduced.fp16.onnx"
    make(source, mounted, Recipe(Precision.FP16))
    (graphs / "refused.fp16.onnx").write_bytes(b"nobody knows it")
    (graphs / "bert-base.fp16.onnx").write_bytes(b"no graph, and no tokenizer")
    first = start(tmp_path)
    assert any("Building engine" in line for line in first)
    assert "[1/4] efficientnet-lite0.fp16w.onnx" in first
    assert any(line.startswith("  left out: bert-base has no tokenizer") for line in first)
    assert any(line.startswith("refused.fp16.onnx is left out") for line in first)
    assert first[-1] == "3 plans are ready, 1 graphs were left out"
    assert laid_out(tmp_path) == sorted([*SHIPPED, "dinov2-small-reduced-fp16"])
    for name in laid_out(tmp_path):
        text = (tmp_path / "models" / name / "config.pbtxt").read_text(encoding="utf-8")
        config = text_format.Parse(text, model_config_pb2().ModelConfig())
        assert config.platform == "tensorrt_plan"
        assert [held.name for held in config.instance_group[0].rate_limiter.resources] == ["gpu"]
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "plans").glob("*.plan")}

    second = start(tmp_path)
    assert not any("Building engine" in line for line in second)
    assert sum(line.endswith(".plan is there") for line in second) == 3
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "plans").glob("*.plan")} == times

    mounted.unlink()
    # As if the machine had been stopped between a plan and its record.
    (tmp_path / "plans" / "efficientnet-lite0.fp16w.plan.json").unlink()
    third = start(tmp_path)
    assert sum("Building engine" in line for line in third) == 1
    assert laid_out(tmp_path) == SHIPPED
    assert not list((tmp_path / "plans").glob("dinov2*"))


def test_without_a_gpu_it_says_so(tmp_path: Path) -> None:
    """Rather than laying out plans that Triton does not run."""
    command = [sys.executable, "-m", "shelfmatch_triton", "deploy", f"--target={tmp_path}", f"--work={tmp_path}"]
    done = subprocess.run(command, cwd=TRITON, env=os.environ, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "whose plans Triton does not run" in done.stderr


def test_what_ships_as_graphs_gives_the_same_vectors(tmp_path: Path) -> None:
    """Weights that are stored in 8 bits are wider there, and no other numbers."""
    import numpy as np
    import onnxruntime as ort

    from shelfmatch_triton.registry import TEXT_TOKENS

    graph = next(path for model, _, path in shipped_graphs(WEIGHTS, tmp_path) if model.name == TEXT_TOKENS.name)
    assert TEXT_TOKENS.graph is not None
    whole = TEXT_TOKENS.graph.wrap((WEIGHTS / TEXT_TOKENS.hashed[0]).read_bytes())
    ids = np.array([[101, 7592, 2088, 102]], np.int64)
    feed = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
    vectors = [ort.InferenceSession(model).run(["embedding"], feed)[0] for model in (whole, str(graph))]
    assert np.array_equal(*vectors)
