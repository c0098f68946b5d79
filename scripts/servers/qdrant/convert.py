"""From the models of the REST interface to those of the engine."""

from collections.abc import Sequence
from typing import Any, cast

import qdrant_edge as edge
from errors import bad_input, not_served
from qdrant_client import models

Conditions = Sequence[Any] | Any | None

DISTANCES = {distance: getattr(edge.Distance, distance.value) for distance in models.Distance}
#: Qdrant's own defaults (config/config.yaml and the OpenAPI document of 1.19), in kilobytes of vectors.
FULL_SCAN_THRESHOLD_KB = 10_000


def point_id(given: object) -> Any:  # noqa: ANN401 - an integer, or a UUID as a string
    return given if isinstance(given, int) else str(given)


def conditions(given: Conditions) -> list[Any] | None:
    if given is None:
        return None
    return [condition(one) for one in (given if isinstance(given, list) else [given])]


def to_filter(given: models.Filter | None) -> edge.Filter | None:
    if given is None:
        return None
    if given.min_should is not None:
        raise not_served("min_should")
    return edge.Filter(
        must=conditions(given.must), should=conditions(given.should), must_not=conditions(given.must_not)
    )


def condition(given: object) -> Any:  # noqa: ANN401 - any of the engine's conditions
    match given:
        case models.FieldCondition():
            return field_condition(given)
        case models.HasIdCondition():
            return edge.HasIdCondition({point_id(one) for one in given.has_id})
        case models.HasVectorCondition():
            return edge.HasVectorCondition(given.has_vector)
        case models.IsEmptyCondition():
            return edge.IsEmptyCondition(given.is_empty.key)
        case models.IsNullCondition():
            return edge.IsNullCondition(given.is_null.key)
        case models.Filter():
            return to_filter(given)
        case _:
            raise not_served(f"the condition {type(given).__name__}")


def field_condition(given: models.FieldCondition) -> edge.FieldCondition:
    if given.range is not None:
        if not isinstance(given.range, models.Range):
            raise not_served("ranges of dates")
        span = given.range
        return edge.FieldCondition(
            key=given.key, range=edge.RangeFloat(gte=span.gte, gt=span.gt, lte=span.lte, lt=span.lt)
        )
    match given.match:
        case models.MatchValue(value=bool()):
            # The engine's Python face never matches a boolean: better no answer than a wrong one.
            raise not_served("matching a boolean")
        case models.MatchValue(value=value):
            return edge.FieldCondition(key=given.key, match=edge.MatchValue(value))
        case models.MatchAny(any=values):
            return edge.FieldCondition(key=given.key, match=edge.MatchAny(cast(list[str], list(values))))
        case models.MatchExcept(except_=values):
            return edge.FieldCondition(key=given.key, match=edge.MatchExcept(cast(list[str], list(values))))
        case _:
            raise not_served(f"a condition on {given.key} other than match and range")


def quantisation(given: object) -> edge.ScalarQuantizationConfig | None:
    if given is None:
        return None
    if not isinstance(given, models.ScalarQuantization):
        raise not_served("quantisation other than scalar")
    scalar = given.scalar
    return edge.ScalarQuantizationConfig(
        type=edge.ScalarType.Int8, quantile=scalar.quantile, always_ram=scalar.always_ram
    )


def hnsw(given: models.HnswConfigDiff | None) -> edge.HnswIndexConfig:
    said = given or models.HnswConfigDiff()
    return edge.HnswIndexConfig(
        m=16 if said.m is None else said.m,
        ef_construct=said.ef_construct or 100,
        full_scan_threshold=said.full_scan_threshold or FULL_SCAN_THRESHOLD_KB,
        max_indexing_threads=1,
        payload_m=said.payload_m,
    )


def shard_config(given: models.CreateCollection, indexing_threshold_kb: int) -> edge.EdgeConfig:
    if not isinstance(given.vectors, dict):
        raise not_served("collections without named vectors")
    if given.sparse_vectors:
        raise not_served("sparse vectors")
    vectors = {
        name: edge.EdgeVectorParams(size=one.size, distance=DISTANCES[one.distance], on_disk=one.on_disk)
        for name, one in given.vectors.items()
    }
    return edge.EdgeConfig(
        vectors=vectors,
        hnsw_config=hnsw(given.hnsw_config),
        quantization_config=quantisation(given.quantization_config),
        optimizers=edge.EdgeOptimizersConfig(indexing_threshold=indexing_threshold_kb),
        on_disk_payload=given.on_disk_payload,
        max_search_threads=1,
    )


def field_index(schema: object) -> Any:  # noqa: ANN401 - the engine's schema type
    if not isinstance(schema, models.PayloadSchemaType):
        raise not_served("payload indexes with parameters")
    return getattr(edge.PayloadSchemaType, schema.value.capitalize())


def search_params(given: models.SearchParams | None) -> edge.SearchParams | None:
    if given is None:
        return None
    wanted = given.quantization
    return edge.SearchParams(
        hnsw_ef=given.hnsw_ef,
        exact=given.exact or False,
        indexed_only=given.indexed_only or False,
        quantization=None
        if wanted is None
        else edge.QuantizationSearchParams(
            ignore=wanted.ignore or False, rescore=wanted.rescore, oversampling=wanted.oversampling
        ),
    )


def nearest(query: object, using: str | None) -> Any:  # noqa: ANN401 - the engine's query
    vector = query.nearest if isinstance(query, models.NearestQuery) else query
    if using is None:
        raise bad_input("Not existing vector name error: ")
    if not isinstance(vector, list) or any(isinstance(one, list) for one in vector):
        raise not_served("queries other than the nearest of a vector")
    return edge.Query.Nearest(vector, using=using)


def with_payload(given: object) -> Any:  # noqa: ANN401 - a switch, or names of fields
    if given is None or isinstance(given, bool | list):
        return given
    raise not_served("payload selectors other than a list of fields")


def with_vector(given: object) -> Any:  # noqa: ANN401 - a switch, or names of vectors
    if given is None or isinstance(given, bool | list):
        return given or False
    raise not_served("vector selectors other than a list of names")
