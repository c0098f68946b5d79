"""Write the instance encoder as it ships: the published graph, its weights half way to the trained ones.

    python -m shelfmatch_triton.instance.export --graph <published float32 graph> --state <folder of train.py> \\
        --target <.onnx> [--keep 0.5]

`--keep` mixes trained and published weights (Wortsman et al. 2022): 1 is what was trained alone, 0 what was published.
The graph's outputs stay what they are; the head of the training is left out
(docs/decisions/0025-instance-encoder.md).
`scripts/shrink_image_encoder.py` then stores the weights as FP16.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from shelfmatch_triton.instance.network import InstanceEncoder, folded


def trained(state: Path) -> InstanceEncoder:
    """Return the trained encoder for inference, batch norms in the convolutions."""
    values: dict[str, Tensor] = {}
    for part in sorted(state.glob("weights-*.pt")):
        values |= torch.load(part, weights_only=True, map_location="cpu")
    encoder = InstanceEncoder(len(values["head.weight"]))
    encoder.load_state_dict(values)
    return folded(encoder)


def counterparts(graph: onnx.GraphProto, encoder: InstanceEncoder) -> Iterator[tuple[str, Tensor]]:
    """Yield the graph's initializers that are weights, and what they are in the trained encoder.

    Raises:
        ValueError: the graph is of another network.
    """
    nodes = [node for node in graph.node if node.op_type in ("Conv", "Gemm")]
    layers = [layer for layer in encoder.backbone.modules() if isinstance(layer, nn.Conv2d)]
    for node, layer in zip(nodes, [*layers, encoder.classifier], strict=True):
        yield node.input[1], layer.weight.detach()
        yield node.input[2], layer.bias.detach()


def mix(model: onnx.ModelProto, encoder: InstanceEncoder, keep: float) -> None:
    """Move the graph's weights by ``keep`` of the way to the encoder's."""
    initializers = {tensor.name: tensor for tensor in model.graph.initializer}
    for name, value in counterparts(model.graph, encoder):
        published = torch.from_numpy(numpy_helper.to_array(initializers[name]).copy())
        if published.shape != value.shape:
            raise ValueError(f"{name} is {tuple(published.shape)}, not {tuple(value.shape)}")
        initializers[name].CopyFrom(numpy_helper.from_array(published.lerp(value, keep).numpy(), name))
    onnx.checker.check_model(model, full_check=True)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--graph", type=Path, required=True)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--target", type=Path, required=True)
    parser.add_argument("--keep", type=float, default=0.5)
    args = parser.parse_args()
    model = onnx.load(args.graph)
    mix(model, trained(args.state), args.keep)
    onnx.save(model, args.target)
    print(f"{args.target}: {args.target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
