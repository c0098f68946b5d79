"""JSON in and out, through the models of PyPI `qdrant-client`; a field that they don't know is an error both ways."""

from functools import cache
from typing import Any

from errors import malformed
from pydantic import TypeAdapter, ValidationError


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:  # noqa: ANN401 - models and unions of models alike
    """Made once a type: building one takes milliseconds."""
    return TypeAdapter(kind)


def as_json(value: object) -> Any:  # noqa: ANN401 - JSON
    """Only what was said, under the names of the wire."""
    kind: Any = type(value)
    return adapter(kind).dump_python(value, mode="json", exclude_unset=True, by_alias=True)


def parse(kind: Any, body: bytes) -> Any:  # noqa: ANN401 - a union has no type of its own
    """Parse a request's body.

    Raises a 400 where it is no such request, or says more than the model knows.
    """
    try:
        raw = adapter(Any).validate_json(body)
        parsed = adapter(kind).validate_python(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        at = ".".join(str(part) for part in first["loc"])
        raise malformed("JSON body", f"{first['msg']} at {at}") from error
    # Some models let unknown fields pass and forget them.
    if adapter(kind).dump_python(parsed, mode="json", exclude_unset=True, by_alias=True) != raw:
        raise malformed("JSON body", "unknown field, or a value that is no such thing")
    return parsed


def checked(kind: Any, result: object) -> object:  # noqa: ANN401 - a union has no type of its own
    """Hand the result back as it is when the model of the client reads it whole; else the server itself is wrong."""
    parsed = adapter(kind).validate_python(result)
    kept = adapter(kind).dump_python(parsed, mode="json", exclude_unset=True, by_alias=True)
    if kept != result:
        raise AssertionError(f"The reply says what {kind} does not know: {result!r}, kept {kept!r}")
    return result
