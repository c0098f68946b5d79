"""What the tests of describers have in common: a small tokenizer out of real texts, and pictures of products.

Run as a program it writes the tokenizer, for the engine's own tests.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from shelfmatch_triton.describe.source import DescriberSource

SEED = Path(__file__).parents[3] / "seed"
PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
"""How Qwen's tokenizers cut a text before its bytes are joined."""


def train_tokenizer(source: DescriberSource, vocabulary: int = 1500) -> Tokenizer:
    """Return a byte-level BPE of the sample catalogue's texts, built as the published one, with its marks."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PATTERN), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    marks = source.tokens
    special = [*marks.ends, marks.turn_start, marks.picture_start, marks.picture, marks.picture_end]
    special = [mark for mark in special if mark]
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(dict.fromkeys(special)),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    with (SEED / "products.csv").open(encoding="utf-8") as file:
        texts = [" ".join(value for value in row.values() if value) for row in csv.DictReader(file)]
    # Words of the chat, and JSON, which a schema's answers are made of.
    chat = ["system\n", "user\n", "assistant\n", '{"caption": "a red chair", "colours": ["red"], "count": 3}']
    tokenizer.train_from_iterator([*texts, *chat], trainer)
    return tokenizer


def pictures(count: int) -> list[Path]:
    """Return pictures of the sample catalogue, of different shapes where it has them."""
    return sorted((SEED / "images").glob("*.jpg"))[:count]


def main() -> None:
    """Write a network's small tokenizer."""
    from shelfmatch_triton.describe.registry import DESCRIBERS

    parser = argparse.ArgumentParser()
    parser.add_argument("--model", choices=DESCRIBERS, required=True)
    parser.add_argument("--tokenizer", required=True, help="file to write")
    args = parser.parse_args()
    train_tokenizer(DESCRIBERS[args.model]).save(args.tokenizer)


if __name__ == "__main__":
    main()
