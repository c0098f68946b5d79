"""Where an encoder's weights come from: a model hub, a folder, the package that carries them, or the app itself."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path

from shelfmatch_triton.identity import hash_files
from shelfmatch_triton.sources.hub import DownloadError, download, downloads, endpoint
from shelfmatch_triton.sources.lock import Lock, LockError
from shelfmatch_triton.sources.model import SourceModel
from shelfmatch_triton.sources.pins import Hub, Own

SAFETENSORS = "model.safetensors"
"""What transformers prefers where a folder has several."""

OWN_WEIGHTS = Path(__file__).parents[2] / "weights"
"""Where the project has the files that the app ships with."""


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
    place = fetch(hub, folder, address)
    return WeightFiles(place / hub.weights, hub.sha256, f"hub: {hub.repository}@{hub.revision}")


def fetch(hub: Hub, folder: Path | None = None, address: str | None = None, lock: Lock | None = None) -> Path:
    """Fetch all files of a pin, or go on where an earlier try stopped; return the folder that they lie in.

    Args:
        hub: what to fetch.
        folder: of downloads; None: the user's.
        address: of the hub or a mirror; None: the public one, or HF_ENDPOINT's.
        lock: what remembers files without a hash in the pin; None: they are taken as they come.

    Raises:
        WeightsError: the hub can't be reached or has no such revision, or a file is not the pinned one.
    """
    base = f"{address or endpoint()}/{hub.repository}/resolve/{hub.revision}"
    place = place_of(hub, folder or downloads())
    try:
        for name in hub.others:
            download(f"{base}/{name}", place / name, hub.hashes.get(name))
            if lock is not None and name not in hub.hashes:
                lock.check(hub, name, hash_files([place / name]))
        download(f"{base}/{hub.weights}", place / hub.weights, hub.sha256)
    except (DownloadError, LockError) as error:
        hint = "Or fetch it elsewhere and name its folder with --weights, or a mirror with HF_ENDPOINT."
        raise WeightsError(f"{error}. {hint}") from error
    return place


def place_of(hub: Hub, folder: Path) -> Path:
    """Return where a folder of downloads has a pin's files."""
    return folder / hub.repository.replace("/", "--") / hub.revision


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
        places += places_in(model.hub, folder)
    found_at = [place / name for place in [*places, folder] for name in names]
    file = next((each for each in found_at if each.is_file()), None)
    if file is None:
        raise WeightsError(f"{folder} holds no weights of {model.name}: none of {', '.join(names)}")
    found = hash_files([file])
    pinned = found in {pin.sha256 for pin in pins}
    return WeightFiles(file, found, f"folder, {'as pinned' if pinned else 'not the pinned ones'}")


def places_in(hub: Hub, folder: Path) -> list[Path]:
    """Return where below a folder a repository's files may lie: as ``fetch`` has them, or by the repository's name."""
    owner, repository = hub.repository.split("/")
    return [place_of(hub, folder), folder / owner / repository, folder / repository]


def shipped(model: SourceModel) -> WeightFiles:
    """Take what the app ships with: its own weights, or the 32-bit originals from the package that carries them.

    Raises:
        WeightsError: the app does not ship with it, its package or file is missing, or has other weights.
    """
    if model.own is not None:
        return _own(model.own)
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


def _own(own: Own) -> WeightFiles:
    file = OWN_WEIGHTS / own.file
    if not file.is_file():
        raise WeightsError(f"{file} is missing: it is part of the project")
    sha256 = hash_files([file])
    if sha256 != own.sha256:
        raise WeightsError(f"{file} has the SHA-256 {sha256}, not {own.sha256}")
    return WeightFiles(file, sha256, "the app's own")
