"""Write the comparer's graph: pictures as bytes in, log-odds out; weights as FP16, computed in FP32.

python -m shelfmatch_triton.comparer.export --state <comparer.pt> --target weights/comparer.onnx
"""

from __future__ import annotations

import argparse
import copy
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from shelfmatch_triton.comparer.network import SIDE, Comparer

OPSET = 17
SMALL = 64
"""Weights of fewer numbers stay FP32: they are no size, and shapes and constants are among them."""


class Bytes(nn.Module):
    """Takes pictures as they lie in memory."""

    def __init__(self, comparer: Comparer) -> None:
        super().__init__()
        self.comparer = comparer

    def forward(self, catalogue: Tensor, photo: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """uint8 [n, 3, SIDE, SIDE] twice and [n, 1, SIDE, SIDE] to log-odds: ``same`` [n], ``differs`` [n, 18, 18]."""
        judged = self.comparer(catalogue.float(), photo.float(), mask.float())
        return judged.same, judged.differs


def halved(model: onnx.ModelProto) -> None:
    """Store weights as FP16, widened by a Cast that the runtime folds once, at load."""
    casts = []
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < SMALL:
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
        casts.append(onnx.helper.make_node("Cast", [f"{name}.half"], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def export(comparer: Comparer, target: Path) -> None:
    """Write it."""
    folded = copy.deepcopy(comparer).eval()
    folded.fold()
    picture = torch.zeros(1, 3, SIDE, SIDE, dtype=torch.uint8)
    mask = torch.ones(1, 1, SIDE, SIDE, dtype=torch.uint8)
    batch = {0: "batch"}
    torch.onnx.export(
        Bytes(folded).eval(), (picture, picture, mask), str(target), opset_version=OPSET, dynamo=False,
        input_names=["catalogue", "photo", "mask"], output_names=["same", "differs"],
        dynamic_axes={name: batch for name in ("catalogue", "photo", "mask", "same", "differs")},
    )  # fmt: skip
    model = onnx.load(target)
    halved(model)
    onnx.checker.check_model(model)
    onnx.save(model, target)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--target", type=Path, required=True)
    args = parser.parse_args()
    comparer = Comparer()
    comparer.load_state_dict(torch.load(args.state, weights_only=True))
    export(comparer, args.target)
    print(f"{args.target}: {args.target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
