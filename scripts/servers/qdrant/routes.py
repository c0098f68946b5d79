"""The part of Qdrant's REST interface that is served: method, path, models of request and reply, and what it does."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from collection import Collection
from info import collection_info
from qdrant_client import models
from qdrant_client.http.models import models as wire_models
from storage import Storage

Parts = tuple[str, ...]


@dataclass(frozen=True)
class Route:
    """`path`: with `{}` for what a name stands for; `body`: the request's model, None where there is none."""

    method: str
    path: str
    body: Any
    reply: Any
    run: Callable[[Storage, Parts, Any], object]
    query: frozenset[str] = frozenset()

    def match(self, method: str, path: str) -> Parts | None:
        found = re.fullmatch(re.escape(self.path).replace(r"\{\}", "([^/]+)"), path)
        return found.groups() if found and method == self.method else None


def _batch(collection: Collection, operations: list[Any]) -> list[dict[str, Any]]:
    """One after the other, in the order given."""
    done = []
    for operation in operations:
        match operation:
            case models.UpsertOperation(upsert=points):
                done.append(collection.upsert(points))
            case models.DeleteOperation(delete=chosen):
                done.append(collection.delete(chosen))
    return done


def _queries(collection: Collection, searches: list[models.QueryRequest]) -> list[dict[str, Any]]:
    return [{"points": collection.query(one, one.limit or 10, one.offset or 0)} for one in searches]


READ = frozenset({"consistency", "timeout"})
WRITE = frozenset({"wait", "ordering", "timeout"})
META = frozenset({"timeout"})

ROUTES = [
    Route(
        "GET",
        "/collections",
        None,
        models.CollectionsResponse,
        lambda s, p, b: {"collections": [{"name": name} for name in sorted(s.collections)]},
    ),
    Route("PUT", "/collections/{}", models.CreateCollection, bool, lambda s, p, b: s.create(p[0], b), META),
    Route("GET", "/collections/{}", None, models.CollectionInfo, lambda s, p, b: collection_info(s.get(p[0]))),
    Route("DELETE", "/collections/{}", None, bool, lambda s, p, b: s.delete(p[0]), META),
    Route(
        "POST",
        "/collections/aliases",
        models.ChangeAliasesOperation,
        bool,
        lambda s, p, b: s.change_aliases(b.actions),
        META,
    ),
    Route("GET", "/aliases", None, models.CollectionsAliasesResponse, lambda s, p, b: {"aliases": s.list_aliases()}),
    Route(
        "GET",
        "/collections/{}/aliases",
        None,
        models.CollectionsAliasesResponse,
        lambda s, p, b: {"aliases": s.list_aliases(p[0])},
    ),
    Route(
        "PUT",
        "/collections/{}/index",
        models.CreateFieldIndex,
        models.UpdateResult,
        lambda s, p, b: s.get(p[0]).create_index(b),
        WRITE,
    ),
    Route(
        "PUT",
        "/collections/{}/points",
        wire_models.PointInsertOperations,
        models.UpdateResult,
        lambda s, p, b: s.get(p[0]).upsert(b),
        WRITE,
    ),
    Route(
        "POST",
        "/collections/{}/points/delete",
        wire_models.PointsSelector,
        models.UpdateResult,
        lambda s, p, b: s.get(p[0]).delete(b),
        WRITE,
    ),
    Route(
        "POST",
        "/collections/{}/points/batch",
        models.UpdateOperations,
        list[models.UpdateResult],
        lambda s, p, b: _batch(s.get(p[0]), b.operations),
        WRITE,
    ),
    Route(
        "POST",
        "/collections/{}/points/query",
        models.QueryRequest,
        models.QueryResponse,
        lambda s, p, b: _queries(s.get(p[0]), [b])[0],
        READ,
    ),
    Route(
        "POST",
        "/collections/{}/points/query/batch",
        models.QueryRequestBatch,
        list[models.QueryResponse],
        lambda s, p, b: _queries(s.get(p[0]), b.searches),
        READ,
    ),
    Route(
        "POST",
        "/collections/{}/points/query/groups",
        models.QueryGroupsRequest,
        models.GroupsResult,
        lambda s, p, b: {"groups": s.get(p[0]).groups(b)},
        READ,
    ),
    Route(
        "POST",
        "/collections/{}/points/scroll",
        models.ScrollRequest,
        models.ScrollResult,
        lambda s, p, b: s.get(p[0]).scroll(b),
        READ,
    ),
    Route(
        "POST",
        "/collections/{}/points/count",
        models.CountRequest,
        models.CountResult,
        lambda s, p, b: {"count": s.get(p[0]).count(b)},
        READ,
    ),
    Route(
        "GET",
        "/collections/{}/snapshots",
        None,
        list[models.SnapshotDescription],
        lambda s, p, b: s.list_snapshots(s.get(p[0])),
    ),
    Route(
        "POST",
        "/collections/{}/snapshots",
        None,
        models.SnapshotDescription,
        lambda s, p, b: s.create_snapshot(s.get(p[0])),
        frozenset({"wait"}),
    ),
    Route(
        "DELETE",
        "/collections/{}/snapshots/{}",
        None,
        bool,
        lambda s, p, b: s.delete_snapshot(s.get(p[0]), p[1]),
        frozenset({"wait"}),
    ),
]
