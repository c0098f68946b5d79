"""Where an encoder's weights come from: a model hub, a folder, or the package that carries them."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path

from shelfmatch_triton.identity import hash_files
from shelfmatch_triton.sources.model import SourceModel

SAFETENSORS = "model.safetensors"
"""What transformers prefers where a folder has several."""


class WeightsError(ValueError):
    """Weights can't be had, or are not those that were asked for; says what to do."""


@dataclass(frozen=True)
class WeightFiles:
    """Weights on this machine."""

    file: Path
    """Beside it lie the configuration and the tokenizer, where the origin has them."""
    sha256: str
    origin: str
    """Where they are from, for people."""


def from_hub(model: SourceModel, cache: Path | None = None, endpoint: str | None = None) -> WeightFiles:
    """Fetch the pinned revision, or go on where an earlier try stopped; nothing is fetched twice.

    Args:
        model: what to fetch.
        cache: folder of downloads; None: huggingface_hub's own, which HF_HOME moves.
        endpoint: address of the hub or a mirror; None: the public one, or HF_ENDPOINT's.

    Raises:
        WeightsError: the hub can't be reached or has no such revision, or the file is not the pinned one.
    """
    if model.hub is None:
        raise WeightsError(f"{model.name} is on no hub: use --weights shipped")
    # Large, and not there where models are only served.
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    hub, where = model.hub, f"{model.hub.repository} at {model.hub.revision[:8]}"

    def fetch(name: str, again: bool = False) -> Path:
        return Path(
            hf_hub_download(
                hub.repository,
                name,
                revision=hub.revision,
                cache_dir=cache,
                endpoint=endpoint,
                force_download=again,
            )
        )

    try:
        for name in hub.others:
            fetch(name)
        file = fetch(hub.weights)
        if hash_files([file]) != hub.sha256:
            # What lies in the cache may have been damaged since; what comes from the hub now is judged for good.
            file = fetch(hub.weights, again=True)
    except LocalEntryNotFoundError as error:
        hint = "download it elsewhere and name the folder with --weights FOLDER, or set HF_ENDPOINT to a mirror"
        raise WeightsError(f"{where}: the hub can't be reached ({error.__cause__ or error}); {hint}") from error
    except (HfHubHTTPError, OSError) as error:
        raise WeightsError(f"{where}: the hub does not give it: {error}") from error
    found = hash_files([file])
    if found != hub.sha256:
        file.resolve().unlink()
        raise WeightsError(
            f"{where}: {hub.weights} has the SHA-256 {found}, not {hub.sha256}. It was deleted; try again"
        )
    return WeightFiles(file, found, f"hub: {hub.repository}@{hub.revision}")


def from_folder(model: SourceModel, folder: Path) -> WeightFiles:
    """Take weights as a hub's folder has them, any that fit the network: a person's own training, too.

    Raises:
        WeightsError: the folder holds no weights.
    """
    pins = [pin for pin in (model.hub, model.package) if pin is not None]
    names = list(dict.fromkeys([SAFETENSORS, *(Path(pin.weights).name for pin in pins)]))
    file = next((folder / name for name in names if (folder / name).is_file()), None)
    if file is None:
        raise WeightsError(f"{folder} holds no weights of {model.name}: none of {', '.join(names)}")
    found = hash_files([file])
    pinned = found in {pin.sha256 for pin in pins}
    return WeightFiles(file, found, f"folder, {'as pinned' if pinned else 'not the pinned ones'}")


def shipped(model: SourceModel) -> WeightFiles:
    """Take the 32-bit originals of what the app ships with, from the package that carries them.

    Raises:
        WeightsError: the app does not ship with it, its package is missing, or has other weights.
    """
    package = model.package
    if package is None:
        raise WeightsError(f"{model.name} is not shipped: use --weights hub, a folder, or random")
    found = importlib.util.find_spec(package.module)
    if found is None or found.origin is None:
        raise WeightsError(f"{package.distribution} is not installed: it is in triton/requirements-models.txt")
    file = Path(found.origin).parent / package.weights
    sha256 = hash_files([file])
    if sha256 != package.sha256:
        raise WeightsError(f"{file.name} of {package.distribution} has the SHA-256 {sha256}, not {package.sha256}")
    return WeightFiles(file, sha256, f"package: {package.distribution}")
