"""Inputs at random, of the shapes that a model meets."""

from __future__ import annotations

import torch

from shelfmatch_triton.export.exporter import Tensors
from shelfmatch_triton.sources.inputs import ImageInput
from shelfmatch_triton.sources.model import SourceModel


def samples(model: SourceModel, count: int, tokens: int | None = None, seed: int = 0) -> Tensors:
    """Return ``count`` inputs by name: views of blocks of colour, or padded texts of ``tokens`` ids at the longest."""
    generator = torch.Generator().manual_seed(seed)
    if isinstance(model.input, ImageInput):
        side = model.input.side
        blocks = torch.randint(0, 256, (count, 3, 8, 8), generator=generator).to(torch.float32)
        # Noise alone looks alike to most networks.
        pictures = torch.nn.functional.interpolate(blocks, size=(side, side), mode="bilinear")
        return {"views": pictures.round().to(torch.uint8).permute(0, 2, 3, 1).contiguous()}
    longest = min(tokens or model.input.max_tokens, model.input.max_tokens)
    vocabulary = int(model.configuration["vocab_size"])
    ids = torch.randint(1, vocabulary - 1, (count, longest), generator=generator)
    lengths = torch.linspace(min(2, longest), longest, count).round().to(torch.int64)
    lengths[-1] = longest
    places = torch.arange(longest).unsqueeze(0)
    # The end mark has the largest id, as CLIP's.
    ids[places == lengths.unsqueeze(1) - 1] = vocabulary - 1
    mask = (places < lengths.unsqueeze(1)).to(torch.int64)
    return {"input_ids": ids * mask, "attention_mask": mask}
