"""What the API allows in a schema, and what a schema uses of it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

# Per request, else 400 "Schema is too complex for compilation".
MOST_OPTIONAL = 24
MOST_UNIONS = 16


class Limits(NamedTuple):
    """What a schema uses of the two allowances above."""

    optional: int  # properties that need not be given
    unions: int  # `X | None` counts


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
