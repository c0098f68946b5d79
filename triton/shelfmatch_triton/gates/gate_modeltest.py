"""The shipped encoders in every precision against their FP32 originals, on the sample catalogue; gates that close."""

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from shelfmatch_triton.__main__ import main
from shelfmatch_triton.export.network import trained
from shelfmatch_triton.export.onnx_file import export
from shelfmatch_triton.gates.evaluation_set import EvaluationSet, read_evaluation_set, token_feeds
from shelfmatch_triton.gates.gate import Encoded, compare
from shelfmatch_triton.quantise.feeds import open_graph
from shelfmatch_triton.quantise.graph import GraphError, load_folded
from shelfmatch_triton.quantise.make import make
from shelfmatch_triton.quantise.precision import Recipe
from shelfmatch_triton.quantise.smooth import smooth
from shelfmatch_triton.sources.images import EFFICIENTNET_LITE0
from shelfmatch_triton.sources.kinds import Precision
from shelfmatch_triton.sources.model import Tolerance
from shelfmatch_triton.sources.texts import ALL_MINILM_L6_V2
from shelfmatch_triton.sources.weights import shipped

pytestmark = pytest.mark.filterwarnings("ignore")

WEIGHTS = Path(__file__).parent.parent.parent / "weights"
TOKENIZER = WEIGHTS / "all-minilm-l6-v2-tokenizer.json"


@pytest.fixture(scope="module", name="folder")
def _folder() -> Path:
    """Return the evaluation set that ``npm run test:models`` had the engine write."""
    return Path(os.environ["SHELFMATCH_EVALUATION_SET"])


@pytest.fixture(scope="module", name="sources")
def _sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sources")
    for model in (EFFICIENTNET_LITE0, ALL_MINILM_L6_V2):
        export(trained(model, shipped(model)), folder)
    return folder


def run(monkeypatch: pytest.MonkeyPatch, *words: str | Path) -> int:
    """Run the command line."""
    monkeypatch.setattr("sys.argv", ["x", *map(str, words)])
    return main()


def test_the_shipped_encoders_pass_in_fp8(
    folder: Path, sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Recall@1 within half a point of FP32's, AUROC within 0.005, and the report says so. FP16 and INT8: `accept`'s."""
    report = tmp_path / "report"
    status = run(
        monkeypatch,
        *("gate", "--sources", sources, "--set", folder, "--graphs", tmp_path / "graphs"),
        *("--report", report, "--calibrations", "max", "--precisions", "fp8"),
    )
    with capsys.disabled():
        print(f"\n{(report / 'gates.md').read_text(encoding='utf-8')}")
    assert status == 0
    rows = json.loads((report / "gates.json").read_text(encoding="utf-8"))
    assert [(row["model"], row["label"]) for row in rows] == [
        (model, "fp8-max") for model in ("efficientnet-lite0", "all-minilm-l6-v2")
    ]
    assert all(row["passed"] for row in rows)
    # A set on which everything is found would see no loss.
    assert all(0.5 < row["recall"]["value"] < 0.99 for row in rows)
    assert len({path.read_bytes()[:4096] for path in (tmp_path / "graphs").glob("*.onnx")}) == len(rows)


def test_a_graph_that_lost_too_much_is_refused(
    folder: Path, tmp_path: Path, sources: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The build fails, the report names the figure, and no other figure is blamed."""
    strict = {**ALL_MINILM_L6_V2.tolerances, Precision.FP16: Tolerance(least_cosine=1, largest_error=1)}
    monkeypatch.setitem(
        __import__("shelfmatch_triton.commands", fromlist=["SOURCE_MODELS"]).SOURCE_MODELS,
        "all-minilm-l6-v2",
        replace(ALL_MINILM_L6_V2, tolerances=strict),
    )
    status = run(
        monkeypatch,
        *("gate", "--sources", sources, "--set", folder, "--graphs", tmp_path, "--report", tmp_path),
        *("--models", "all-minilm-l6-v2", "--precisions", "fp16"),
    )
    assert status == 1
    assert "**refused**" in capsys.readouterr().out
    (row,) = json.loads((tmp_path / "gates.json").read_text(encoding="utf-8"))
    (failure,) = row["failures"]
    assert failure.startswith("the least cosine is 0.99999")


def test_recall_and_separation_close_the_gate_by_themselves() -> None:
    """Vectors that are near their originals on average, and no longer find their product."""
    random = np.random.default_rng(5)
    catalogue = random.normal(size=(20, 1, 16)).astype(np.float32)
    catalogue /= np.linalg.norm(catalogue, axis=2, keepdims=True)
    products = tuple(range(20))
    before = Encoded(catalogue, catalogue[:, 0], products, catalogue[:, 0])
    swapped = catalogue[[1, 0, *range(2, 20)], 0]
    after = Encoded(catalogue, swapped, products, catalogue[:, 0])
    lenient = Tolerance(least_cosine=0.9, largest_error=0.1, auroc_loss=1)
    outcome = compare("m", "l", 1, (before, after), lenient)
    assert outcome.recall_loss.value == pytest.approx(0.1)
    assert [failure.split()[0] for failure in outcome.failures] == ["recall@1"]
    blurred = Encoded(catalogue, np.roll(catalogue[:, 0], 1, axis=1), products, catalogue[:, 0])
    failed = compare("m", "l", 1, (before, blurred), Tolerance(least_cosine=0.9, largest_error=0.1)).failures
    assert [failure.split()[0] for failure in failed] == ["recall@1", "AUROC"]


@pytest.fixture(scope="module", name="evaluation")
def _evaluation(folder: Path) -> EvaluationSet:
    return read_evaluation_set(folder)


def test_smoothing_changes_the_weights_and_not_the_vectors(sources: Path, evaluation: EvaluationSet) -> None:
    """Dividing a channel and multiplying its weights is nothing in FP32."""
    feeds = token_feeds(TOKENIZER, evaluation.calibration_texts()[:8])
    model = load_folded(str(sources / "all-minilm-l6-v2.onnx"))
    before = [open_graph(model).run(["embedding"], dict(feed))[0] for feed in feeds]
    weights = {tensor.name: numpy_helper.to_array(tensor).copy() for tensor in model.graph.initializer}
    # Two norms in each of six layers; the last one is read by the pooling alone.
    assert smooth(model, feeds) == 12
    changed = [
        tensor.name
        for tensor in model.graph.initializer
        if tensor.name not in weights or not np.array_equal(weights[tensor.name], numpy_helper.to_array(tensor))
    ]
    assert len(changed) >= 24
    after = [open_graph(model).run(["embedding"], dict(feed))[0] for feed in feeds]
    assert max(float(np.abs(a - b).max()) for a, b in zip(before, after, strict=True)) < 1e-5


def test_smoothing_and_leaving_out_what_suffers_are_worth_it(
    sources: Path, evaluation: EvaluationSet, tmp_path: Path
) -> None:
    """Without either, INT8 moves the vectors of texts several times as far."""
    source = sources / "all-minilm-l6-v2.onnx"
    feeds = token_feeds(TOKENIZER, evaluation.calibration_texts())
    held_out = token_feeds(TOKENIZER, evaluation.texts[1::2])
    reference = open_graph(str(source))
    cosines = {}
    for name, recipe in {
        "plain": Recipe(Precision.INT8, smoothing=0, least_signal=0),
        "ours": Recipe(Precision.INT8),
    }.items():
        make(source, tmp_path / "made.onnx", recipe, feeds)
        made = open_graph(str(tmp_path / "made.onnx"))
        cosines[name] = min(
            float((reference.run(["embedding"], dict(one))[0] * made.run(["embedding"], dict(one))[0]).sum())
            for one in held_out
        )
    assert 1 - cosines["ours"] < 0.3 * (1 - cosines["plain"]), cosines


def test_what_can_t_be_quantised_is_refused(sources: Path, tmp_path: Path) -> None:
    """Each with its reason, and nothing is left on disk."""
    source, target = sources / "efficientnet-lite0.onnx", tmp_path / "made" / "x.onnx"
    with pytest.raises(GraphError, match="int8 needs calibration inputs"):
        make(source, target, Recipe(Precision.INT8))
    with pytest.raises(GraphError, match="is FP32 as it is"):
        make(source, target, Recipe(Precision.FP32))
    make(source, tmp_path / "half.onnx", Recipe(Precision.FP16))
    with pytest.raises(GraphError, match="does not compute in FP32"):
        make(tmp_path / "half.onnx", target, Recipe(Precision.FP16))
    assert not target.exists()


def test_the_command_makes_a_graph_and_says_of_what(
    folder: Path, sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """INT8 of the picture encoder, with the record beside it."""
    target = tmp_path / "int8.onnx"
    words = ("quantise", "--graph", sources / "efficientnet-lite0.onnx", "--target", target, "--precision", "int8")
    assert run(monkeypatch, *words) == 1
    assert "needs calibration inputs" in capsys.readouterr().err
    assert run(monkeypatch, *words, "--set", folder) == 0
    record = json.loads(Path(f"{target}.json").read_text(encoding="utf-8"))
    assert (record["label"], record["feeds"]) == ("int8-max", 27)
    # All 49 convolutions and the classifier, less the stem and 16 with one filter a channel.
    assert record["quantised_layers"] == 33
    operators = [node.op_type for node in onnx.load(target).graph.node]
    assert operators.count("Conv") == 49
