"""Plans are built once, and what TensorRT says of a graph reaches whoever asked."""

import os
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from shelfmatch_triton.__main__ import main
from shelfmatch_triton.plan.profiles import Profile, Range
from shelfmatch_triton.plan.record import read_record, record_file
from shelfmatch_triton.plan.tensorrt_build import BuildError, Toolchain, build, find_toolchain

PROFILE = Profile(Range(1, 2, 4))


@pytest.fixture(scope="module", name="tools")
def _tools() -> Toolchain:
    return find_toolchain()


def linear(bias: str = "fp16") -> onnx.ModelProto:
    """Return a linear layer in FP16; with ``bias`` "int32", one as ONNX Runtime quantises it."""
    weights = [numpy_helper.from_array(np.ones((8, 8), np.float16), "w")]
    nodes = [helper.make_node("Cast", ["views"], ["x"], to=TensorProto.FLOAT16)]
    if bias == "int32":
        weights += [
            numpy_helper.from_array(np.ones(8, np.int32), "b.q"),
            numpy_helper.from_array(np.array(0.5, np.float16), "b.scale"),
        ]
        nodes.append(helper.make_node("DequantizeLinear", ["b.q", "b.scale"], ["b"], name="bias"))
    else:
        weights.append(numpy_helper.from_array(np.ones(8, np.float16), "b"))
    nodes += [
        helper.make_node("Gemm", ["x", "w", "b"], ["y"]),
        helper.make_node("Cast", ["y"], ["embedding"], to=TensorProto.FLOAT),
    ]
    views = helper.make_tensor_value_info("views", TensorProto.UINT8, ["n", 8])
    embedding = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["n", 8])
    made = helper.make_graph(nodes, "g", [views], [embedding], weights)
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 19)], ir_version=9)


def test_a_plan_that_is_there_is_not_built_again(tools: Toolchain, tmp_path: Path) -> None:
    """Of the same graph, for the same sizes; half a plan, another graph or other sizes are."""
    graph, plan = tmp_path / "a.onnx", tmp_path / "plans" / "a.plan"
    onnx.save(linear(), graph)
    told: list[str] = []

    def built(profile: Profile = PROFILE) -> bool:
        told.clear()
        build(graph, plan, profile, tools, told.append)
        return not any("is there" in line for line in told)

    assert built()
    assert any("Building engine" in line for line in told)
    assert not built()
    assert built(Profile(Range(1, 2, 8)))
    record_file(plan).unlink()
    assert built()
    onnx.save(linear(), graph.with_name("b.onnx"))
    graph.write_bytes(graph.read_bytes() + b"\x12\x01x")
    assert built()
    assert read_record(plan) is not None
    assert sorted(path.name for path in plan.parent.iterdir()) == ["a.plan", "a.plan.json"]


def test_the_parser_refuses_an_int32_bias_and_says_so(tools: Toolchain, tmp_path: Path) -> None:
    """What ONNX Runtime takes without a word: the reason for running the real parser on every change."""
    graph = tmp_path / "bias.onnx"
    onnx.save(linear("int32"), graph)
    with pytest.raises(BuildError, match=r"parser refuses bias\.onnx"):
        build(graph, tmp_path / "bias.plan", PROFILE, tools, print)
    assert not (tmp_path / "bias.plan").exists()


def test_sizes_that_do_not_vary_are_refused_by_name(tools: Toolchain, tmp_path: Path) -> None:
    """A batch fixed at export would be found out in production."""
    model = linear()
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1
    onnx.save(model, tmp_path / "fixed.onnx")
    with pytest.raises(BuildError, match="the input views does not fit a profile"):
        build(tmp_path / "fixed.onnx", tmp_path / "fixed.plan", PROFILE, tools, print)


def test_the_command_builds_the_rest_where_one_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With progress, the reason, and an exit status that tells; the second time, nothing is built again."""
    onnx.save(linear("int32"), tmp_path / "a.onnx")
    onnx.save(linear(), tmp_path / "b.onnx")
    command = ["x", "build", "--graphs", str(tmp_path), "--plans", str(tmp_path / "plans"), "--all"]
    monkeypatch.setattr("sys.argv", command)
    assert main() == 1
    told = capsys.readouterr()
    assert "[2/2] b.onnx" in told.out
    assert "1 plans" in told.out
    assert "parser refuses a.onnx" in told.err
    (tmp_path / "a.onnx").unlink()
    assert main() == 0
    assert "b.plan is there" in capsys.readouterr().out
    monkeypatch.setattr("sys.argv", [*command[:3], str(tmp_path / "none"), *command[4:]])
    assert main() == 1
    assert "there is no ONNX graph" in capsys.readouterr().err


def test_without_tensorrt_the_message_says_where_it_is_from(monkeypatch: pytest.MonkeyPatch) -> None:
    """The usual case on a workstation."""
    monkeypatch.setitem(__import__("sys").modules, "tensorrt", None)
    with pytest.raises(BuildError, match="link_tensorrt_rtx"):
        find_toolchain()
    assert os.environ.get("PYTHONPATH")
