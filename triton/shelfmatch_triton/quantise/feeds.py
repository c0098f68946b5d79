"""Inputs that a graph is calibrated or compared with, and running it on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime as ort

Feed = Mapping[str, npt.NDArray[Any]]
"""One batch: each input's values by name."""


class FeedReader:
    """Feeds as ONNX Runtime's calibration takes them, one a call; it may be read again after ``rewind``."""

    def __init__(self, feeds: Sequence[Feed]) -> None:
        """Keep the feeds."""
        self.feeds = feeds
        self.left: Iterator[Feed] = iter(feeds)

    def get_next(self) -> dict[str, npt.NDArray[Any]] | None:
        """Return the next batch; None behind the last."""
        feed = next(self.left, None)
        return None if feed is None else dict(feed)


def open_graph(
    model: onnx.ModelProto | str,
    providers: Sequence[Any] = ("CPUExecutionProvider",),
    threads: int = 0,
    timed: bool = False,
) -> ort.InferenceSession:
    """Return a session over a graph, or a graph's file.

    Args:
        model: the graph, or its file.
        providers: ONNX Runtime's, in order; the CPU if none are given.
        threads: of the CPU; 0 is ONNX Runtime's own choice.
        timed: its threads may spin between operators; otherwise they leave the cores to others.
    """
    options = ort.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = threads
    if not timed:
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Q/DQ pairs are computed as they are written. Fused into integer kernels, FP16 scales come out wrong: an
    # EfficientNet-Lite0 whose cosines are 0.98 gave 0.29 (ONNX Runtime 1.30).
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    source = model if isinstance(model, str) else model.SerializeToString()
    return ort.InferenceSession(source, options, providers=list(providers))


def collect(
    model: onnx.ModelProto,
    tensors: Sequence[str],
    feeds: Sequence[Feed],
    reduce: Callable[[npt.NDArray[np.float32]], npt.NDArray[np.float32]],
) -> dict[str, list[npt.NDArray[np.float32]]]:
    """Return what ``reduce`` makes of each tensor inside the graph, feed by feed."""
    if not tensors:
        return {}
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    known = {output.name for output in watched.graph.output}
    watched.graph.output.extend(onnx.ValueInfoProto(name=name) for name in tensors if name not in known)
    session = open_graph(watched)
    found: dict[str, list[npt.NDArray[np.float32]]] = {name: [] for name in tensors}
    for feed in feeds:
        for name, values in zip(tensors, session.run(list(tensors), dict(feed)), strict=True):
            found[name].append(reduce(values))
    return found
