"""The parts and texts of any reply or note, each with its place: "method.formulas.items.0.meaning"."""

from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel

P = TypeVar("P", bound=BaseModel)


def everything(value: Any, where: str = "") -> Iterator[tuple[str, BaseModel]]:
    """Every model in it, itself first, then what it holds."""
    if isinstance(value, BaseModel):
        yield where, value
        held = ((name, getattr(value, name)) for name in type(value).model_fields)
    elif isinstance(value, tuple | list):
        held = ((str(n), one) for n, one in enumerate(value))
    else:
        return
    for name, inner in held:
        yield from everything(inner, f"{where}.{name}" if where else name)


def parts(value: BaseModel, kind: type[P]) -> Iterator[tuple[str, P]]:
    """The parts of one kind."""
    yield from ((where, part) for where, part in everything(value) if isinstance(part, kind))
