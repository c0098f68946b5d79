"""Where a describer's weights come from: the hub, at a pinned commit, or a folder that was filled elsewhere.

The hashes are those that public texts state of these commits - three unrelated ones and more, of InternVL3 one - and
the files' sizes fit the networks' parameters; nobody has downloaded them for this project yet, and a download with
another hash is refused. Of InternVL3's configuration and tokenizer none was found: ``sources.lock`` records what first
comes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from shelfmatch_triton.describe.runtime.settings import TOKENIZER
from shelfmatch_triton.describe.source import DescriberSource
from shelfmatch_triton.identity import hash_files
from shelfmatch_triton.sources.lock import Lock
from shelfmatch_triton.sources.pins import Hub
from shelfmatch_triton.sources.weights import WeightsError, fetch, places_in

CONFIG = "config.json"
OTHERS = (CONFIG, TOKENIZER)
CHECKPOINT_OTHERS = (
    "generation_config.json",
    "preprocessor_config.json",
    "tokenizer_config.json",
    "chat_template.json",
)
"""What else TensorRT-LLM reads of a checkpoint. Without a pinned hash: as they first come (``sources.lock``)."""

PINS: Mapping[str, Hub] = {
    "qwen3-vl-2b": Hub(
        repository="Qwen/Qwen3-VL-2B-Instruct",
        revision="89644892e4d85e24eaac8bacfd4f463576704203",
        weights="model.safetensors",
        sha256="7de1838c87a5349b016c26a1c3f7d2bc400a3d485f95ef39a7059ffd734977a0",
        others=OTHERS,
        hashes={
            CONFIG: "bec4b3d446efa05807365c9e1cec03ac590836879d02f3a6da879971154bdd3b",
            TOKENIZER: "a5d85b6dcc535e6b93115a9ef287e6132fdbf30270da6218194ba742261173c7",
        },
    ),
    "llava-onevision-0.5b": Hub(
        repository="llava-hf/llava-onevision-qwen2-0.5b-ov-hf",
        revision="74dd0bf867a4cda7950c17663794267c60cf4b40",
        weights="model.safetensors",
        sha256="07b3362c3412de79baf2379e44e5b0b2a8f4b965ebebd11d7b5b3eb4450fe96e",
        others=OTHERS,
        hashes={
            CONFIG: "839a4fba0bd6949f0db22d4f840935cb0318f6ac28b29c9ce1a5b15735a4a740",
            TOKENIZER: "3c0ce3213b50ff38d8aa1e91136a2d2cb142a3f569246170872e439cb2a29d15",
        },
    ),
    "internvl3-1b": Hub(
        repository="OpenGVLab/InternVL3-1B-hf",
        revision="014c0583a0d4bedf29fbe2dbff4f865eb998e171",
        weights="model.safetensors",
        sha256="fdf8d51c7db5e31938300642b1bebce7f28592a2adefafc931cb8c21a8395517",
        others=OTHERS,
    ),
}


@dataclass(frozen=True)
class Published:
    """A describer's files on this machine."""

    folder: Path
    """Has the configuration, the weights and the tokenizer."""
    origin: str
    """Where they are from, for people."""


def pin_of(source: DescriberSource) -> Hub:
    """Return where the hub has a describer.

    Raises:
        WeightsError: nobody has pinned it.
    """
    hub = PINS.get(source.name)
    if hub is None:
        raise WeightsError(f"{source.name} is pinned to no commit: get {source.repository} and name its folder")
    return hub


def from_hub(
    source: DescriberSource,
    folder: Path | None = None,
    address: str | None = None,
    lock: Lock | None = None,
    others: tuple[str, ...] = (),
) -> Published:
    """Fetch the pinned commit, or go on where an earlier try stopped; nothing is fetched twice.

    Args:
        source: what to fetch.
        folder: of downloads; None: the user's.
        address: of the hub or a mirror; None: the public one, or HF_ENDPOINT's.
        lock: of files without a pinned hash; None: the project's.
        others: files that are wanted beside those of the pin.

    Raises:
        WeightsError: the hub can't be reached or has no such commit, or a file is not the pinned one.
    """
    hub = pin_of(source)
    hub = replace(hub, others=(*hub.others, *others))
    place = fetch(hub, folder, address, lock or Lock())
    return Published(place, f"hub: {hub.repository}@{hub.revision}")


def from_folder(source: DescriberSource, folder: Path) -> Published:
    """Take the files as a hub's folder has them, any that fit the network: a person's own training, too.

    Looked for in the folder itself, below it under the model's name or its repository's, and where ``from_hub`` puts
    them: what another machine downloaded.

    Raises:
        WeightsError: the folder holds none.
    """
    hub = pin_of(source)
    places = [folder / source.name, *places_in(hub, folder), folder]
    found = next((place for place in places if (place / CONFIG).is_file()), None)
    if found is None:
        raise WeightsError(f"{folder} holds no {CONFIG} of {source.name}: get all files of {source.repository}")
    wanted = {**hub.hashes, hub.weights: hub.sha256}
    others = [name for name, sha256 in wanted.items() if _hash(found / name) != sha256]
    told = "as pinned" if not others else f"not the pinned {', '.join(others)}"
    return Published(found, f"folder, {told}")


def _hash(file: Path) -> str | None:
    return hash_files([file]) if file.is_file() else None
