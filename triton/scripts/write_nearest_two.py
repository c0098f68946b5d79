"""Write the graph that compares the local features of two pictures: each query point's two nearest catalogue points.

A matrix product is what ONNX Runtime is quickest at; in plain JavaScript the same comparison takes six times as long.

Usage: ``python write_nearest_two.py <out.onnx>``
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

WIDTH = 128
OPSET = 20


def nearest_two() -> onnx.ModelProto:
    """Return the graph.

    ``query`` uint8 [q, 128] and ``catalogue`` uint8 [c, 128], c >= 2, give ``distances`` float32 [q, 2] (squared,
    rising) and ``nearest`` int64 [q, 2].
    """
    nodes = [
        helper.make_node("Cast", ["query"], ["a"], to=TensorProto.FLOAT),
        helper.make_node("Cast", ["catalogue"], ["b"], to=TensorProto.FLOAT),
        helper.make_node("ReduceSumSquare", ["a", "last"], ["aa"], keepdims=1),
        helper.make_node("ReduceSumSquare", ["b", "last"], ["bb_column"], keepdims=1),
        helper.make_node("Transpose", ["bb_column"], ["bb"], perm=[1, 0]),
        helper.make_node("Transpose", ["b"], ["b_turned"], perm=[1, 0]),
        helper.make_node("MatMul", ["a", "b_turned"], ["products"]),
        helper.make_node("Mul", ["products", "minus_two"], ["minus_twice"]),
        helper.make_node("Add", ["minus_twice", "bb"], ["beside_own"]),
        helper.make_node("TopK", ["beside_own", "two"], ["least", "nearest"], axis=1, largest=0, sorted=1),
        helper.make_node("Add", ["least", "aa"], ["distances"]),
    ]
    constants = [
        numpy_helper.from_array(np.array([1], np.int64), "last"),
        numpy_helper.from_array(np.array([2], np.int64), "two"),
        numpy_helper.from_array(np.array(-2, np.float32), "minus_two"),
    ]
    graph = helper.make_graph(
        nodes,
        "nearest-two",
        [
            helper.make_tensor_value_info("query", TensorProto.UINT8, ["q", WIDTH]),
            helper.make_tensor_value_info("catalogue", TensorProto.UINT8, ["c", WIDTH]),
        ],
        [
            helper.make_tensor_value_info("distances", TensorProto.FLOAT, ["q", 2]),
            helper.make_tensor_value_info("nearest", TensorProto.INT64, ["q", 2]),
        ],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)
    onnx.checker.check_model(model, full_check=True)
    return model


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", type=Path)
    args = parser.parse_args()
    onnx.save(nearest_two(), args.target)
    print(f"{args.target}: {args.target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
