"""The sections that a person added to a template: as a part of the reply that Claude must give, and of the note."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar, cast

from pydantic import Field, create_model

from agents.note.note import More
from agents.note.section import Part
from agents.note.template import Added
from agents.note.text import Prose

R = TypeVar("R", bound=Part)

NOT_WRITTEN = "（draft 没有写这一节；有 key 之后重跑会写。）"
_LONGEST = 1000  # characters of an instruction that go into the schema; CLAUDE.md as a whole is sent anyway


@lru_cache(maxsize=16)
def extended(reply: type[R], asked: tuple[Added, ...]) -> type[R]:
    """The reply with a field for each of these sections, all of them required; the same where none is asked for."""
    if not asked:
        return reply
    fields: dict[str, Any] = {name: (Prose, Field(description=_told(one))) for name, one in _fields(asked)}
    group = create_model("More", __base__=Part, **fields)
    said = Field(description="the sections that this lab's CLAUDE.md asks for beyond the usual ones, in Chinese")
    return cast("type[R]", create_model(reply.__name__, __base__=reply, more=(group, said)))


def _fields(asked: Sequence[Added]) -> list[tuple[str, Added]]:
    """By number: the API takes no Chinese name, and Claude is told the heading."""
    return [(f"section_{n}", one) for n, one in enumerate(asked, start=1)]


def _told(one: Added) -> str:
    return f"the section “{one.heading}”: {one.instruction[:_LONGEST]}".removesuffix(": ")


def texts(reply: Part) -> dict[str, str]:
    """What a reply says in them, by field; {} of one that was not asked for any."""
    more = getattr(reply, "more", None)
    return more.model_dump() if isinstance(more, Part) else {}


def written(asked: Sequence[Added], said: Mapping[str, str]) -> tuple[More, ...]:
    """The sections as they stand in the note; one that nobody has written says so."""
    return tuple(
        More(
            anchor=one.anchor,
            after=one.after,
            level=one.level,
            heading=one.heading,
            text=said.get(name, NOT_WRITTEN),
        )
        for name, one in _fields(asked)
    )
