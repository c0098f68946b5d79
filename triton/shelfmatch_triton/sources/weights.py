"""Where an encoder's weights come from: a model hub, a folder, or the package that carries them."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path

from shelfmatch_triton.identity import hash_files
from shelfmatch_triton.sources.hub import DownloadError, download, downloads, endpoint
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


def from_hub(model: SourceModel, folder: Path | None = None, address: str | None = None) -> WeightFiles:
    """Fetch the pinned revision, or go on where an earlier try stopped; nothing is fetched twice.

    Args:
        model: what to fetch.
        folder: of downloads; None: the user's.
        address: of the hub or a mirror; None: the public one, or HF_ENDPOINT's.

    Raises:
        WeightsError: the hub can't be reached or has no such revision, or the file is not the pinned one.
    """
    hub = model.hub
    if hub is None:
        raise WeightsError(f"{model.name} is on no hub: use --weights shipped")
    base = f"{address or endpoint()}/{hub.repository}/resolve/{hub.revision}"
    place = (folder or downloads()) / hub.repository.replace("/", "--") / hub.revision
    try:
        for name in hub.others:
            download(f"{base}/{name}", place / name)
        download(f"{base}/{hub.weights}", place / hub.weights, hub.sha256)
    except DownloadError as error:
        hint = "Or fetch it elsewhere and name its folder with --weights, or a mirror with HF_ENDPOINT."
        raise WeightsError(f"{error}. {hint}") from error
    return WeightFiles(place / hub.weights, hub.sha256, f"hub: {hub.repository}@{hub.revision}")


def from_folder(model: SourceModel, folder: Path) -> WeightFiles:
    """Take weights as a hub's folder has them, any that fit the network: a person's own training, too.

    Looked for in the folder itself, below it under the model's name or its repository's, and where ``from_hub`` puts
    them: what another machine downloaded.

    Raises:
        WeightsError: the folder holds no weights.
    """
    pins = [pin for pin in (model.hub, model.package) if pin is not None]
    names = list(dict.fromkeys([SAFETENSORS, *(Path(pin.weights).name for pin in pins)]))
    places = [folder / model.name]
    if model.hub is not None:
        owner, repository = model.hub.repository.split("/")
        places += [folder / f"{owner}--{repository}" / model.hub.revision, folder / owner / repository]
        places += [folder / repository]
    found_at = [place / name for place in [*places, folder] for name in names]
    file = next((each for each in found_at if each.is_file()), None)
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
