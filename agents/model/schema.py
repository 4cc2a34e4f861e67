"""The JSON schema of a reply: as text for endpoints that take none, and measured against the API's limits."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from pydantic import BaseModel

# Per request, else 400 "Schema is too complex for compilation".
MOST_OPTIONAL = 24
MOST_UNIONS = 16


class Limits(NamedTuple):
    """What a schema uses of the two allowances above."""

    optional: int  # properties that need not be given
    unions: int  # `X | None` counts


@cache
def as_text(reply: type[BaseModel]) -> str:
    """The schema for a prompt: many endpoints that speak Claude's protocol ignore `output_config` in silence."""
    schema = json.dumps(reply.model_json_schema(), ensure_ascii=False, separators=(",", ":"))
    return f"Answer with one JSON object, nothing before or after it, that holds this JSON schema:\n{schema}"


def limits(schema: dict[str, Any]) -> Limits:
    """Count what the API limits, in a schema as pydantic or the SDK prints it; a shared definition counts once."""
    optional = unions = 0
    for node in _nodes(schema):
        optional += len(node.get("properties", {}).keys() - set(node.get("required", [])))
        unions += "anyOf" in node or "oneOf" in node or isinstance(node.get("type"), list)
    return Limits(optional, unions)


def _nodes(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, list):
        for item in schema:
            yield from _nodes(item)
    elif isinstance(schema, dict):
        yield schema
        for key, value in schema.items():
            if key in {"properties", "$defs"}:  # here the keys are names, so "anyOf" may be a field of ours
                yield from _nodes(list(value.values()))
            elif key in {"items", "anyOf", "oneOf", "allOf"}:
                yield from _nodes(value)
