"""A collection: one shard of Qdrant's engine in a folder, and the settings that it was made with."""

import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import qdrant_edge as edge
import wire
from convert import field_index, nearest, point_id, search_params, shard_config, to_filter, with_payload, with_vector
from errors import Refusal, bad_input, not_served
from qdrant_client import models

#: Queries that Qdrant spends on finding groups.
GROUP_ROUNDS = 5


@dataclass(frozen=True)
class Tuning:
    """When graphs are built and vectors quantised: Qdrant does it beside the calls, this server in between."""

    #: Kilobytes of vectors of a segment below which there is no graph; Qdrant's `indexing_threshold_kb`.
    indexing_threshold_kb: int
    #: Points changed between two runs of the optimisers.
    optimise_after: int


class Wanted(Protocol):
    """What a query says of the points that it wants."""

    query: Any
    using: str | None
    filter: models.Filter | None
    params: models.SearchParams | None
    score_threshold: float | None
    with_payload: Any
    with_vector: Any


def _json_point(point: Any) -> dict[str, Any]:  # noqa: ANN401 - a scored point or a record
    found: dict[str, Any] = {"id": point.id if isinstance(point.id, int) else str(point.id)}
    if point.payload is not None:
        found["payload"] = dict(point.payload)
    if point.vector is not None:
        found["vector"] = point.vector
    return found


class Collection:
    """Writes wait for each other; the engine itself lets reads go beside them."""

    def __init__(self, folder: Path, tuning: Tuning) -> None:
        """Open what `create` made."""
        self.folder = folder
        saved = (folder / "config.json").read_bytes()
        self.settings: models.CreateCollection = wire.parse(models.CreateCollection, saved)
        self.tuning = tuning
        self.shard = edge.EdgeShard.load(str(folder / "shard"))
        self.writing = threading.RLock()
        self.operations = 0
        self.changed = 0

    @staticmethod
    def create(folder: Path, settings: models.CreateCollection, tuning: Tuning) -> None:
        edge.EdgeShard.create(str(folder / "shard"), shard_config(settings, tuning.indexing_threshold_kb)).close()
        (folder / "config.json").write_text(json.dumps(wire.as_json(settings)), encoding="utf8")

    @property
    def vectors(self) -> dict[str, models.VectorParams]:
        assert isinstance(self.settings.vectors, dict)
        return self.settings.vectors

    def update(self, operation: object, points: int) -> dict[str, Any]:
        """Write to the engine's log, then to the points: survives the end of the process once it returns."""
        with self.writing:
            try:
                self.shard.update(operation)  # type: ignore[arg-type]
            except Exception as error:
                raise bad_input(str(error)) from error
            self.operations += 1
            self.changed += points
            if self.changed >= self.tuning.optimise_after:
                self.changed = 0
                self.shard.optimize()
            return {"operation_id": self.operations, "status": "completed"}

    def upsert(self, given: models.PointsBatch | models.PointsList) -> dict[str, Any]:
        if not isinstance(given, models.PointsList):
            raise not_served("points in columns")
        points = [edge.Point(point_id(one.id), self.vectors_of(one), one.payload or {}) for one in given.points]
        return self.update(edge.UpdateOperation.upsert_points(points), len(points))

    def vectors_of(self, point: models.PointStruct) -> Any:  # noqa: ANN401 - lists of numbers, under their names
        if not isinstance(point.vector, dict):
            raise bad_input("Not existing vector name error: ")
        for name, values in point.vector.items():
            self.assert_fits(name, values)
        return point.vector

    def assert_fits(self, name: str | None, values: object) -> None:
        """Refuse an unknown name and another length in Qdrant's words."""
        params = self.vectors.get(name or "")
        if params is None:
            raise bad_input(f"Not existing vector name error: {name}")
        if isinstance(values, list) and len(values) != params.size:
            raise bad_input(f"Vector dimension error: expected dim: {params.size}, got {len(values)}")

    def delete(self, given: models.PointIdsList | models.FilterSelector) -> dict[str, Any]:
        if isinstance(given, models.PointIdsList):
            ids = [point_id(one) for one in given.points]
            return self.update(edge.UpdateOperation.delete_points(ids), len(ids))
        chosen = to_filter(given.filter)
        assert chosen is not None
        return self.update(edge.UpdateOperation.delete_points_by_filter(chosen), 1)

    def create_index(self, given: models.CreateFieldIndex) -> dict[str, Any]:
        schema = field_index(given.field_schema)
        return self.update(edge.UpdateOperation.create_field_index(given.field_name, schema), 0)

    def query(self, given: Wanted, limit: int, offset: int = 0) -> list[dict[str, Any]]:
        self.assert_fits(given.using, given.query)
        request = edge.QueryRequest(
            limit=limit,
            offset=offset,
            query=nearest(given.query, given.using),
            filter=to_filter(given.filter),
            params=search_params(given.params),
            score_threshold=given.score_threshold,
            with_payload=with_payload(given.with_payload),
            with_vector=with_vector(given.with_vector),
        )
        points = self.shard.query(request)
        return [_json_point(one) | {"version": one.version, "score": one.score} for one in points]

    def groups(self, given: models.QueryGroupsRequest) -> list[dict[str, Any]]:
        """Group by a field with no more effort than the server takes (lib/shard/src/grouping/driver.rs).

        So many rounds of as many candidates as groups are wanted, each without the groups that were found.
        """
        wanted = given.limit or 10
        if (given.group_size or 3) != 1:
            raise not_served("groups of more than one point")
        groups: dict[str, dict[str, Any]] = {}
        for _ in range(GROUP_ROUNDS):
            must: list[Any] = [] if given.filter is None else [given.filter]
            if groups:
                found = models.MatchExcept.model_validate({"except": list(groups)})
                must.append(models.FieldCondition(key=given.group_by, match=found))
            mine = models.Filter(must=must)
            whole = given.model_copy(update={"with_payload": True, "filter": mine})
            points = self.query(whole, wanted)
            for point in points:
                groups.setdefault(point["payload"][given.group_by], point)
            if not points or len(groups) >= wanted:
                break
        best = sorted(groups.items(), key=lambda one: -one[1]["score"])[:wanted]
        for _, point in best:
            if isinstance(given.with_payload, list):
                point["payload"] = {key: value for key, value in point["payload"].items() if key in given.with_payload}
            elif given.with_payload is not True:
                del point["payload"]
        return [{"id": key, "hits": [point]} for key, point in best]

    def scroll(self, given: models.ScrollRequest) -> dict[str, Any]:
        if given.order_by is not None:
            raise not_served("an order of scrolling")
        if given.limit is not None and given.limit < 1:
            raise Refusal(422, "Validation error in JSON body: [limit: value 0 invalid, must be 1 or larger]")
        points, following = self.shard.scroll(
            edge.ScrollRequest(
                offset=None if given.offset is None else point_id(given.offset),
                limit=given.limit or 10,
                filter=to_filter(given.filter),
                with_payload=with_payload(True if given.with_payload is None else given.with_payload),
                with_vector=with_vector(given.with_vector),
            )
        )
        after = None if following is None else following if isinstance(following, int) else str(following)
        return {"points": [_json_point(one) for one in points], "next_page_offset": after}

    def count(self, given: models.CountRequest) -> int:
        return self.shard.count(edge.CountRequest(exact=given.exact is not False, filter=to_filter(given.filter)))

    def close(self) -> None:
        with self.writing:
            self.shard.flush()
            self.shard.close()
