"""The collections and aliases of a folder; each change is whole on the disk before it is answered."""

import hashlib
import json
import os
import shutil
import tarfile
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from collection import Collection, Tuning
from errors import Refusal, bad_input, no_collection
from qdrant_client import models

FORBIDDEN = set('<>:"/\\|?*\0\x1f')


class Storage:
    """One server's data."""

    def __init__(self, folder: Path, tuning: Tuning) -> None:
        """Open every collection there is; what a killed server left half made or half removed goes."""
        self.folder = folder
        self.tuning = tuning
        self.lock = threading.RLock()
        for part in ("collections", "snapshots"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        shutil.rmtree(folder / "unfinished", ignore_errors=True)
        (folder / "unfinished").mkdir()
        self.collections = {one.name: Collection(one, tuning) for one in sorted((folder / "collections").iterdir())}
        file = folder / "aliases.json"
        self.aliases: dict[str, str] = json.loads(file.read_text("utf8")) if file.exists() else {}

    def get(self, name: str) -> Collection:
        """Find a collection by its name or its alias."""
        with self.lock:
            found = self.collections.get(self.aliases.get(name, name))
        if found is None:
            raise no_collection(name)
        return found

    def create(self, name: str, settings: models.CreateCollection) -> bool:
        with self.lock:
            if not name or len(name) > 255 or FORBIDDEN & set(name):
                raise Refusal(422, f"Validation error in path parameters: [collection_name: {name!r}]")
            if name in self.collections:
                raise Refusal(409, f"Wrong input: Collection `{name}` already exists!")
            if name in self.aliases:
                raise bad_input(f"Can't create collection with name {name}. Alias with the same name already exists")
            unfinished, final = self.folder / "unfinished" / name, self.folder / "collections" / name
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            Collection.create(unfinished, settings, self.tuning)
            unfinished.rename(final)
            self.collections[name] = Collection(final, self.tuning)
            return True

    def delete(self, name: str) -> bool:
        with self.lock:
            self._write_aliases({alias: target for alias, target in self.aliases.items() if target != name})
            found = self.collections.pop(name, None)
            if found is None:
                return False
            gone = self.folder / "unfinished" / name
            shutil.rmtree(gone, ignore_errors=True)
            found.close()
            found.folder.rename(gone)
            shutil.rmtree(gone)
            return True

    def change_aliases(self, actions: list[Any]) -> bool:
        """All of the actions, or none."""
        with self.lock:
            wanted = dict(self.aliases)
            for action in actions:
                match action:
                    case models.CreateAliasOperation(create_alias=made):
                        if made.collection_name not in self.collections:
                            raise no_collection(made.collection_name)
                        if made.alias_name in self.collections:
                            raise bad_input(f"Collection with name `{made.alias_name}` already exists!")
                        wanted[made.alias_name] = made.collection_name
                    case models.DeleteAliasOperation(delete_alias=gone):
                        wanted.pop(gone.alias_name, None)
                    case models.RenameAliasOperation(rename_alias=moved):
                        if moved.old_alias_name not in wanted:
                            raise Refusal(404, f"Not found: Alias {moved.old_alias_name} does not exists!")
                        wanted[moved.new_alias_name] = wanted.pop(moved.old_alias_name)
            self._write_aliases(wanted)
            return True

    def _write_aliases(self, wanted: dict[str, str]) -> None:
        new = self.folder / "aliases.json.new"
        with new.open("w", encoding="utf8") as file:
            json.dump(wanted, file)
            file.flush()
            os.fsync(file.fileno())
        new.rename(self.folder / "aliases.json")
        self.aliases = wanted

    def list_aliases(self, collection: str | None = None) -> list[dict[str, str]]:
        return [
            {"alias_name": alias, "collection_name": target}
            for alias, target in sorted(self.aliases.items())
            if collection in (None, target)
        ]

    def create_snapshot(self, collection: Collection) -> dict[str, Any]:
        name = collection.folder.name
        moment = datetime.now(UTC)
        folder = self.folder / "snapshots" / name
        folder.mkdir(exist_ok=True)
        file = folder / f"{name}-{moment:%Y-%m-%d-%H-%M-%S-%f}.snapshot"
        with collection.writing:
            collection.shard.flush()
            # The engine's files are mostly reserved space.
            with tarfile.open(file, "w:gz", compresslevel=1) as archive:
                archive.add(collection.folder, arcname=".")
        return self._snapshot(file)

    def list_snapshots(self, collection: Collection) -> list[dict[str, Any]]:
        folder = self.folder / "snapshots" / collection.folder.name
        return [self._snapshot(file) for file in sorted(folder.glob("*.snapshot"))]

    def delete_snapshot(self, collection: Collection, name: str) -> bool:
        file = self.folder / "snapshots" / collection.folder.name / Path(name).name
        if not file.exists():
            raise Refusal(404, f"Not found: Snapshot {name} not found")
        file.unlink()
        return True

    @staticmethod
    def _snapshot(file: Path) -> dict[str, Any]:
        stat = file.stat()
        made = datetime.fromtimestamp(int(stat.st_mtime), UTC).replace(tzinfo=None)
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        return {"name": file.name, "creation_time": made.isoformat(), "size": stat.st_size, "checksum": digest}

    def close(self) -> None:
        for collection in self.collections.values():
            collection.close()
