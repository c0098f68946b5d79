"""Answers that follow a schema, wherever they end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shelfmatch_triton.describe.runtime.batcher import Batcher, Limits
from shelfmatch_triton.describe.runtime.grammar import Schemas
from shelfmatch_triton.describe.runtime.request import Fault, Finish, RequestError
from shelfmatch_triton.describe.runtime.settings import TOKENIZER, Settings, read_settings
from shelfmatch_triton.describe.runtime.testing import Ear, ask

pytestmark = pytest.mark.filterwarnings("ignore")


SCHEMAS = (
    {
        "type": "object",
        "properties": {
            "caption": {"type": "string"},
            "colours": {"type": "array", "items": {"type": "string"}},
            "kind": {"enum": ["chair", "plant", "camera"]},
            "count": {"type": "integer"},
            "material": {"type": ["string", "null"]},
        },
        "required": ["caption", "colours", "kind", "count"],
        "additionalProperties": False,
    },
    {
        "type": "array",
        "items": {"type": "object", "properties": {"a": {"type": "number"}}, "required": ["a"]},
        "minItems": 2,
    },
    {"type": "string", "minLength": 12, "maxLength": 40},
    {
        "$defs": {
            "part": {
                "type": "object",
                "properties": {"of": {"$ref": "#/$defs/part"}, "is": {"type": "boolean"}},
                "required": ["is"],
            }
        },
        "$ref": "#/$defs/part",
    },
)


@pytest.fixture(scope="module", name="settings")
def _settings(graphs: Path) -> Settings:
    return read_settings(graphs)


@pytest.fixture(name="batcher")
def _batcher(graphs: Path) -> Iterator[Batcher]:
    batcher = Batcher(graphs, Limits(together=3, waiting=16))
    yield batcher
    batcher.close()


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: str(schema.get("type", "itself")))
def test_answers_parse_wherever_they_are_cut_off(batcher: Batcher, schema: dict[str, Any]) -> None:
    """At every limit, greedy and drawn; each limit is reached, or the schema was at its end before."""
    ears = [
        (limit, ask(batcher, Ear(), schema=json.dumps(schema), max_tokens=limit, temperature=temperature, seed=limit))
        for limit in (1, 2, 3, 5, 8, 13, 40)
        for temperature in (0.0, 1.3)
    ]
    for limit, ear in ears:
        answer = ear.wait()
        value = json.loads(answer.text)
        assert answer.text == "".join(ear.pieces)
        assert follows(value, schema), answer.text
        if answer.finish == Finish.LENGTH:
            assert len(answer.tokens) >= limit
        else:
            assert answer.finish == Finish.END and len(answer.tokens) <= limit


def follows(value: Any, schema: dict[str, Any]) -> bool:  # noqa: ANN401
    """Return whether a value is what the tests' schemas ask for."""
    if "$ref" in schema:
        return (
            isinstance(value, dict)
            and isinstance(value["is"], bool)
            and ("of" not in value or follows(value["of"], schema))
        )
    if schema.get("type") == "array":
        return (
            isinstance(value, list)
            and len(value) >= schema["minItems"]
            and all(isinstance(each["a"], int | float) for each in value)
        )
    if schema.get("type") == "string":
        return isinstance(value, str) and schema["minLength"] <= len(value) <= schema["maxLength"]
    return (
        isinstance(value, dict)
        and set(schema["required"]) <= set(value) <= set(schema["properties"])
        and isinstance(value["caption"], str)
        and all(isinstance(colour, str) for colour in value["colours"])
        and value["kind"] in schema["properties"]["kind"]["enum"]
        and isinstance(value["count"], int)
        and isinstance(value.get("material"), str | None)
    )


def test_schemas_that_can_not_be_followed_are_refused(graphs: Path, settings: Settings) -> None:
    """With the reason."""
    schemas = Schemas(graphs / TOKENIZER, settings)
    endless = {
        "$defs": {"a": {"type": "object", "properties": {"b": {"$ref": "#/$defs/a"}}, "required": ["b"]}},
        "$ref": "#/$defs/a",
    }
    for schema in (
        "{",
        "[]",
        '{"type": "wood"}',
        '{"type": "string", "minLength": 9, "maxLength": 3}',
        json.dumps(endless),
    ):
        with pytest.raises(RequestError, match="JSON schema can't be followed") as caught:
            schemas.open(schema)
        assert caught.value.fault == Fault.INVALID
