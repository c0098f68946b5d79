"""The shipped encoder at another resolution, and graphs with records laid out for CPUs."""

from pathlib import Path

import pytest
from google.protobuf import text_format

from shelfmatch_triton.__main__ import WEIGHTS, main
from shelfmatch_triton.exported import recorded_parameters
from shelfmatch_triton.graph_layout import find_graphs
from shelfmatch_triton.model_config import Backend
from shelfmatch_triton.proto import model_config_pb2
from shelfmatch_triton.registry import IMAGE_VIEWS
from shelfmatch_triton.resized import resize


@pytest.fixture(name="graph", scope="module")
def _graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return resize(WEIGHTS, 160, tmp_path_factory.mktemp("graphs"))


def test_another_resolution_has_a_fingerprint_of_its_own(graph: Path) -> None:
    """And the shipped one's resolution has the shipped one's: the same vectors."""
    parameters = recorded_parameters(graph)
    assert graph.name == "efficientnet-lite0-160.onnx"
    assert parameters["fingerprint"].startswith("efficientnet-lite0-160-fp16w-1280-")
    same = recorded_parameters(resize(WEIGHTS, 224, graph.parent / "same"))
    assert same["fingerprint"] == IMAGE_VIEWS.identity(WEIGHTS).fingerprint


@pytest.mark.parametrize("side", [0, 100, 64, 480])
def test_sides_that_the_network_can_not_look_at_are_refused(side: int, tmp_path: Path) -> None:
    """Its paddings are those of whole strides; and no view has more pixels than the picture that it is cut from."""
    with pytest.raises(ValueError, match="multiple of 32 from 96 to 448"):
        resize(WEIGHTS, side, tmp_path)


def test_the_command_writes_what_can_be_laid_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One after the other, as a person does; the app gives the same graph the same fingerprint."""
    graphs, target = tmp_path / "graphs", tmp_path / "repository"
    for line in (f"resize --side 192 --target {graphs}", f"lay-out --graphs {graphs} --target {target}"):
        monkeypatch.setattr("sys.argv", ["shelfmatch_triton", *line.split()])
        assert main() == 0
    text = (target / "efficientnet-lite0-192-fp32" / "config.pbtxt").read_text(encoding="utf-8")
    config = text_format.Parse(text, model_config_pb2().ModelConfig())
    recorded = recorded_parameters(graphs / "efficientnet-lite0-192.onnx")
    assert config.parameters["fingerprint"].string_value == recorded["fingerprint"]
    assert [(tensor.name, list(tensor.dims)) for tensor in config.input] == [("views", [192, 192, 3]), ("salt", [1])]


def test_a_graph_with_the_record_of_another_is_refused(graph: Path, tmp_path: Path) -> None:
    """Its vectors would be taken for that one's."""
    other = tmp_path / graph.name
    other.write_bytes(graph.read_bytes() + b"\n")
    other.with_suffix(".json").write_text(graph.with_suffix(".json").read_text(encoding="utf-8"), encoding="utf-8")
    (served,) = find_graphs(tmp_path)
    with pytest.raises(ValueError, match="is not the graph that its record speaks of"):
        served.config(WEIGHTS, 1, Backend.PYTHON)
