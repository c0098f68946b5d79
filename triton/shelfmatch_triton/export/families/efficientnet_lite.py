"""EfficientNet-Lite0 (https://arxiv.org/abs/1905.11946, for phones): the mean of its last map, and its classes."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from shelfmatch_triton.export.exporter import Exporter, Tensors, lengths_one, published_pixels
from shelfmatch_triton.export.parts import Scale, unit
from shelfmatch_triton.export.samples import samples
from shelfmatch_triton.sources.model import SourceModel
from shelfmatch_triton.sources.weights import WeightsError


class EfficientNetGraph(nn.Module):
    """Views to embeddings and the most probable classes."""

    def __init__(self, model: SourceModel, network: Any) -> None:  # noqa: ANN401
        """Keep the network."""
        super().__init__()
        self.scale = Scale(model.image)
        self.classes = model.classes
        self.network = network

    def forward(self, views: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return embeddings, places of the classes and their probabilities."""
        means = self.network.extract_features(self.scale(views)).mean(dim=(2, 3))
        probabilities = self.network._fc(means).softmax(dim=1)
        probability, index = probabilities.topk(self.classes, dim=1)
        return unit(means), index.to(torch.int32), probability


def take_graph(network: nn.Module, file: Path) -> None:
    """Give the network the weights of a graph of it, whose batch norms are in its convolutions.

    Raises:
        WeightsError: the graph is of another network.
    """
    graph = onnx.load(file).graph
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    # Stored in 16 bits, and widened where they are used.
    values |= {
        node.output[0]: values[node.input[0]] for node in graph.node if node.input[:1] and node.input[0] in values
    }
    nodes = [node for node in graph.node if node.op_type in ("Conv", "Gemm")]
    layers = [module for module in network.modules() if isinstance(module, nn.Conv2d | nn.Linear)]
    every_norm = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    norms = iter(every_norm)
    if len(nodes) != len(layers):
        raise WeightsError(f"{file} has {len(nodes)} layers, the network {len(layers)}")
    with torch.no_grad():
        for node, layer in zip(nodes, layers, strict=True):
            weight, bias = (torch.from_numpy(values[name].astype("float32")) for name in node.input[1:3])
            if weight.shape != layer.weight.shape:
                raise WeightsError(
                    f"{file} has {tuple(weight.shape)} where the network has {tuple(layer.weight.shape)}"
                )
            layer.weight.copy_(weight)
            # A norm behind each convolution, which adds what the graph's convolution adds and does nothing else.
            added = layer.bias if isinstance(layer, nn.Linear) else next(norms).bias
            added.copy_(bias)
        for norm in every_norm:
            norm.running_mean.zero_()
            norm.running_var.fill_(1 - norm.eps)
            norm.weight.fill_(1)


class EfficientNetLiteExporter(Exporter):
    """EfficientNet-Lite0 of the package efficientnet-lite-pytorch."""

    def build(self, model: SourceModel) -> nn.Module:
        """Return the network with weights at random; its paddings are those of the views' side."""
        # A package that no other model needs.
        from efficientnet_lite_pytorch import EfficientNet

        overrides = {"num_classes": model.configuration["num_classes"], "image_size": model.image.side}
        network: nn.Module = EfficientNet.from_name("efficientnet-lite0")
        network = EfficientNet(network._blocks_args, network._global_params._replace(**overrides))
        return network.eval()

    def load(self, model: SourceModel, weights: Path) -> nn.Module:
        """Return the network with the weights of the file."""
        network = self.build(model)
        if weights.suffix == ".onnx":
            take_graph(network, weights)
            return network
        try:
            network.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
        except RuntimeError as error:
            raise WeightsError(f"{weights} does not fit {model.name}: {error}") from error
        return network

    def settle(self, model: SourceModel, network: nn.Module) -> None:
        """Measure the batch norms on samples: without, the biases drown every picture."""
        norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
        for norm in norms:
            norm.momentum = 1.0
            norm.train()
        network(published_pixels(model, samples(model, 16)["views"]))
        for norm in norms:
            norm.eval()

    def graph(self, model: SourceModel, network: nn.Module) -> nn.Module:
        """Return the graph."""
        return EfficientNetGraph(model, copy.deepcopy(network))

    def reference(self, model: SourceModel, network: nn.Module, inputs: Tensors) -> Tensors:
        """Return what the package's own pooling and classifier give."""
        pixels = published_pixels(model, inputs["views"])
        features = network.extract_features(pixels)
        probability, index = network(pixels).to(torch.float64).softmax(dim=1).topk(model.classes, dim=1)
        return {
            "embedding": lengths_one(nn.functional.adaptive_avg_pool2d(features, 1).flatten(1)),
            "class_index": index.to(torch.int32),
            "class_probability": probability.to(torch.float32),
        }
