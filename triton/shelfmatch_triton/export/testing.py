"""A real pair of towers for the engine's tests, and what transformers itself says of its vectors.

``python -m shelfmatch_triton.export.testing make --target DIR --lines FILE``: CLIP's towers at reduced size, weights at
random, and a BPE tokenizer of CLIP's kind trained on the lines of a file. ``... ask --questions FILE``: cosines of
texts and views, by the published networks and the tokenizers library: no graph, no server, none of the engine's code.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from shelfmatch_triton.export.network import Network, at_random
from shelfmatch_triton.export.onnx_file import export
from shelfmatch_triton.sources.kinds import Size
from shelfmatch_triton.sources.towers import CLIP_IMAGE, CLIP_TEXT

START, END = "<|startoftext|>", "<|endoftext|>"
PIECES = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


def towers(seed: int) -> tuple[Network, Network]:
    """Return the tower for pictures and the one for texts."""
    return at_random(CLIP_IMAGE.at(Size.REDUCED), seed), at_random(CLIP_TEXT.at(Size.REDUCED), seed)


def write_tokenizers(lines: Sequence[str], whole: Path, bare: Path) -> None:
    """Train a tokenizer as CLIP's is: bytes to pairs, ends of words marked, the marks' ids the largest.

    Args:
        lines: what it is trained on.
        whole: file that makes texts lower case and puts the marks around them.
        bare: the same, leaving both to its caller, as tokenizers of other families do.
    """
    from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

    kind = {"end_of_word_suffix": "</w>", "continuing_subword_prefix": ""}

    def around(model: models.BPE) -> Tokenizer:
        made = Tokenizer(model)
        made.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " ")])
        split = pre_tokenizers.Split(Regex(PIECES), behavior="removed", invert=True)
        made.pre_tokenizer = pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(add_prefix_space=False)])
        return made

    size = int(CLIP_TEXT.at(Size.REDUCED).configuration["vocab_size"])
    trained = around(models.BPE(**kind))
    trainer = trainers.BpeTrainer(vocab_size=size - 2, end_of_word_suffix="</w>", show_progress=False)
    trained.train_from_iterator([line.lower() for line in lines], trainer)
    learnt = json.loads(trained.to_str())["model"]
    vocabulary = {**learnt["vocab"], START: len(learnt["vocab"]), END: len(learnt["vocab"]) + 1}
    merges = [tuple(pair) for pair in learnt["merges"]]
    made = around(models.BPE(vocab=vocabulary, merges=merges, unk_token=END, **kind))
    made.add_special_tokens([AddedToken(START, special=True), AddedToken(END, special=True)])
    made.save(str(bare))
    made.normalizer = normalizers.Sequence([made.normalizer, normalizers.Lowercase()])
    marks = (END, vocabulary[END]), (START, vocabulary[START])
    made.post_processor = processors.RobertaProcessing(*marks, trim_offsets=False, add_prefix_space=False)
    made.save(str(whole))


def make(target: Path, lines: Sequence[str], seed: int) -> None:
    """Write both towers, with their records and the tokenizer, and a tokenizer that leaves lower case to its caller."""
    target.mkdir(parents=True, exist_ok=True)
    tokenizer = target / "made-tokenizer.json"
    write_tokenizers(lines, tokenizer, target / "bare.json")
    image, text = towers(seed)
    export(image, target)
    export(text, target, tokenizer)
    tokenizer.unlink()


def ask(folder: Path, questions: Path, seed: int) -> dict[str, list[list[float]] | list[list[int]]]:
    """Return the ids of the texts, and the cosine of each text with each view, by transformers.

    Args:
        folder: as ``make`` wrote it.
        questions: JSON of ``texts`` and ``views``, the name of a file of uint8 [n, side, side, 3].
        seed: of the weights.
    """
    from tokenizers import Tokenizer

    image, text = towers(seed)
    asked = json.loads(questions.read_text(encoding="utf-8"))
    side = image.model.image.side
    views = np.fromfile(asked["views"], np.uint8).reshape(-1, side, side, 3)
    reader = Tokenizer.from_file(str(folder / f"{text.model.name}-tokenizer.json"))
    reader.enable_truncation(text.model.text.max_tokens)
    ids = [encoded.ids for encoded in reader.encode_batch(asked["texts"])]
    with torch.no_grad():
        pictures = image.exporter.reference(image.model, image.module, {"views": torch.from_numpy(views)})["embedding"]
        words = [
            text.exporter.reference(text.model, text.module, {"input_ids": row, "attention_mask": torch.ones_like(row)})
            for row in (torch.tensor([one]) for one in ids)
        ]
    cosines = torch.cat([one["embedding"] for one in words]) @ pictures.T
    return {"ids": ids, "cosines": cosines.tolist()}


def main() -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["make", "ask"])
    parser.add_argument("--target", type=Path, required=True)
    parser.add_argument("--lines", type=Path)
    parser.add_argument("--questions", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    if args.what == "make":
        make(args.target, args.lines.read_text(encoding="utf-8").splitlines(), args.seed)
    else:
        json.dump(ask(args.target, args.questions, args.seed), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
