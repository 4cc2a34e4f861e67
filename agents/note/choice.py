"""The reply about a concept in a lab that holds notes: it may link to some of them, named by an enum of their paths.

A kept reply is replayed in a lab that may have changed since: a link to a note that is gone is then dropped, and
`related` may be there or not, whatever it was when the reply was paid for.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, create_model, model_validator

from agents.note.concept import ConceptReply
from agents.note.related import Judged, Link
from agents.note.section import Part
from agents.note.text import Line

MOST_CANDIDATES = 40
_NOTES = (".md", ".ipynb")


class Choice(Part):
    note: str
    relation: Judged = Field(
        description="how that note stands to this concept: it is needed first, it builds on it, it uses it, or it is "
        "an alternative to it"
    )
    reason: Line = Field(description="why, in Chinese, one sentence about both of them")


class LinkedReply(ConceptReply):
    related: tuple[Choice, ...]

    @model_validator(mode="before")
    @classmethod
    def _made_without_candidates(cls, data: Any) -> Any:
        return {"related": [], **data} if isinstance(data, dict) else data


class UnlinkedReply(ConceptReply):
    @model_validator(mode="before")
    @classmethod
    def _made_with_candidates(cls, data: Any) -> Any:
        return {name: value for name, value in data.items() if name != "related"} if isinstance(data, dict) else data


def reply_model(candidates: Sequence[str]) -> type[ConceptReply]:
    """The model of a reply that may link to these notes of the lab, best-ranked first; at most 40 are offered."""
    offered = tuple(candidates[:MOST_CANDIDATES])
    if not offered:
        return UnlinkedReply
    path: Any = Literal[offered]
    one: Any = create_model("Choice", __base__=Choice, note=(path, Field(description="path of a note of this lab")))
    known = {path.casefold(): path for path in offered}

    def standing(value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return [_named(item, known) for item in value if not _is_gone(item, known)]

    many: Any = Annotated[tuple[one, ...], BeforeValidator(standing)]
    said = "the notes of this lab that this concept is connected with; [] if there are none"
    return create_model("LinkedReply", __base__=LinkedReply, related=(many, Field(description=said)))


def _path(item: Any) -> str:
    note = item.get("note") if isinstance(item, dict) else None
    return note.casefold() if isinstance(note, str) else ""


def _is_gone(item: Any, known: Mapping[str, str]) -> bool:
    """A path of no candidate; what is no path at all is left for the schema to refuse."""
    return _path(item).endswith(_NOTES) and _path(item) not in known


def _named(item: Any, known: Mapping[str, str]) -> Any:
    """The API keeps to an enum, but not to its capitals."""
    return {**item, "note": known[_path(item)]} if _path(item) in known else item


def links(reply: ConceptReply, titles: Mapping[str, str]) -> tuple[Link, ...]:
    """The chosen links to notes that have a title here, each note once: path and title are the lab's."""
    chosen: dict[str, Link] = {}
    for choice in reply.related if isinstance(reply, LinkedReply) else ():
        if choice.note in titles and choice.note not in chosen:
            chosen[choice.note] = Link(
                path=choice.note, title=titles[choice.note], relation=choice.relation, reason=choice.reason
            )
    return tuple(chosen.values())
