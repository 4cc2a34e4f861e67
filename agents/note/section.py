"""Where a field of a note stands in the Markdown: metadata on the model's field, read by render and parse.

A model that holds sections is itself a section with a heading and no body of its own; so the tree of headings is the
tree of models. A field without a `Section` is front matter.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """Base of everything in a note: frozen, nothing unknown. Validators are built on first use: `--help` is fast."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    @classmethod
    def model_rebuild(cls, **options: Any) -> bool | None:
        """Pydantic asks this of a generic model whose parameter is given; its validator is never used, and 22 ms."""
        return None if cls.__pydantic_generic_metadata__["parameters"] else super().model_rebuild(**options)


@dataclass(frozen=True, slots=True)
class Body:
    """How a section's value is printed, and read back: `read(show(value))` validates to `value`."""

    show: Callable[[Any], str]
    read: Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Section:
    """The default heading of a field, and its body; None where the field is a group of sections."""

    heading: str
    body: Body | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """One heading of a note: `anchor` is its identity ("method.intuition"), `level` the number of #."""

    anchor: str
    level: int
    section: Section
    path: tuple[str, ...]


def places(model: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[Place]:
    """All headings of a note model, in the order of the note."""
    for name, field in model.model_fields.items():
        for section in field.metadata:
            if isinstance(section, Section):
                here = (*path, name)
                yield Place(".".join(here), len(here) + 1, section, here)
                if section.body is None:
                    yield from places(_group(field.annotation), here)


def _group(annotation: Any) -> type[BaseModel]:
    for candidate in (annotation, *get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    raise TypeError(f"{annotation!r} is a heading without body, but no model of sections")


def anchor_of(place: Place) -> str:
    """The invisible mark after a heading, by which it is found again whatever its text says."""
    return f"<!-- field: {place.anchor} -->"
