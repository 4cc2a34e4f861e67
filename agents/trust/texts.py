"""The parts and texts of any reply or note, each with its place: "method.formulas.items.0.meaning"."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, get_args

from pydantic import BaseModel

P = TypeVar("P", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Text:
    """A string of a field, alone or one of several there."""

    where: str
    text: str
    field: str
    metadata: tuple[Any, ...]  # of the field: what kind of text it takes


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


def texts(part: BaseModel, where: str = "") -> Iterator[Text]:
    """Every string in the fields of a reply or a note and of its parts, in their order."""
    for name, metadata in fields(type(part)):
        yield from _held(getattr(part, name), f"{where}{name}", name, metadata)


def _held(value: Any, where: str, field: str, metadata: tuple[Any, ...]) -> Iterator[Text]:
    if isinstance(value, str):
        yield Text(where, value, field, metadata)
    elif isinstance(value, BaseModel):
        yield from texts(value, f"{where}.")
    elif isinstance(value, tuple):
        for n, one in enumerate(value):
            yield from _held(one, f"{where}.{n}", field, metadata)


@cache
def fields(model: type[BaseModel]) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    """The fields of a model with their metadata, those too of what a tuple in them holds."""
    return tuple(
        (name, (*field.metadata, *(one for inner in get_args(field.annotation) for one in _metadata(inner))))
        for name, field in model.model_fields.items()
    )


def _metadata(annotation: Any) -> tuple[Any, ...]:
    return getattr(annotation, "__metadata__", ())
