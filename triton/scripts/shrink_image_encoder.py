"""Store the weights of an ONNX model as FP16 and compute with them in FP32.

Every float32 initializer of at least ``MIN_ELEMENTS`` values becomes a float16 one followed by a Cast to float32.
ONNX Runtime folds the Casts when it loads the model, so inference runs as before; the file is half the size.

Usage: ``python shrink_image_encoder.py <in.onnx> <out.onnx>``
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

MIN_ELEMENTS = 256
"""Smaller tensors (biases, scalars) stay float32: they weigh nothing and carry the offsets."""


def store_weights_as_fp16(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return a copy of ``model`` whose large float32 initializers are float16 with a Cast to float32.

    Raises:
        ValueError: a weight lies outside float16's range.
    """
    shrunk = onnx.ModelProto()
    shrunk.CopyFrom(model)
    graph = shrunk.graph
    casts: list[onnx.NodeProto] = []
    for tensor in graph.initializer:
        if tensor.data_type != TensorProto.FLOAT:
            continue
        values = numpy_helper.to_array(tensor)
        if values.size < MIN_ELEMENTS:
            continue
        if float(np.abs(values).max()) > float(np.finfo(np.float16).max):
            raise ValueError(f"{tensor.name} does not fit float16")
        name = tensor.name
        stored = f"{name}.fp16"
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), stored))
        casts.append(helper.make_node("Cast", [stored], [name], name=f"{name}.widen", to=TensorProto.FLOAT))
    nodes = list(graph.node)
    del graph.node[:]
    graph.node.extend(casts + nodes)
    onnx.checker.check_model(shrunk, full_check=True)
    return shrunk


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    args = parser.parse_args()
    onnx.save(store_weights_as_fp16(onnx.load(args.source)), args.target)
    print(f"{args.target}: {args.target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
