"""What every kind of note has: the facts of its front matter and the person's parts."""

import hashlib
import json
from datetime import date
from typing import Annotated, Any

from pydantic import Field, field_validator

from agents.note.plain import LINES
from agents.note.section import Part, Section, places
from agents.note.text import AnyLine, Plain

REMARKS = Section("我的批注")
# Keys that a person may change without having edited what we wrote.
_PERSONAL = {"tags", "aliases", "status", "updated", "written", "remarks", "own_sections", "own_keys"}
_NOT_FRONT = {"remarks", "own_sections", "own_keys", "edited"}


class OwnSection(Part):
    """A section that the person added: kept byte for byte, after the section of ours that it stood after."""

    after: str  # anchor; "" for text before the first section
    text: str = Field(pattern=r"\n\z")


class Note(Part):
    """Fields without a section are front matter, in this order; the last three are the person's."""

    title: Plain
    kind: str
    tags: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    created: date
    updated: date
    engine: str
    model: str = ""
    checks: dict[str, tuple[int, int]] = Field(default_factory=dict)
    written: str = ""
    provenance: Annotated[tuple[AnyLine, ...], Section("溯源", LINES)] = ()
    remarks: str = "\n"
    own_sections: tuple[OwnSection, ...] = ()
    own_keys: str = Field(default="", pattern=r"\A\z|\n\z")

    def ours(self) -> dict[str, Any]:
        """What we wrote, as plain data: what is the person's to change is left out."""
        return self.model_dump(mode="json", exclude=_PERSONAL)

    def own(self) -> tuple[object, ...]:
        """What in it is the person's: a rewrite keeps it."""
        status = getattr(self, "status", "")
        return self.tags, self.aliases, status, self.remarks, self.own_sections, self.own_keys

    @property
    def has_own_words(self) -> bool:
        """Whether the person has written anything into it."""
        return bool(self.remarks.strip() or self.own_sections or self.own_keys)

    @field_validator("tags", "aliases", mode="before")
    @classmethod
    def _empty_list(cls, value: Any) -> Any:
        return value or ()  # Obsidian writes an empty list as nothing at all


class KeptNote(Note):
    """A note that later runs refresh section by section: what the person has edited comes back byte for byte.

    A section is his when its hash is not the one of what we wrote; its field then holds the default.
    """

    sections: dict[str, str] = Field(default_factory=dict)  # anchor -> hash of the section's body as we wrote it
    edited: dict[str, str] = Field(default_factory=dict)  # anchor -> the text as it stands; "" for one taken out


def body_hash(body: str) -> str:
    """What tells whether a section was edited; line ends and blank lines around it do not count."""
    return hashlib.sha256(body.encode()).hexdigest()[:12]


def front_matter(model: type[Note]) -> list[str]:
    """The keys of our front matter, in order."""
    sections = {place.path[0] for place in places(model)}
    return [name for name in model.model_fields if name not in sections | _NOT_FRONT]


def fingerprint(note: Note) -> str:
    """A hash of what we wrote: the same when the person only reformats, tags, or writes in his own sections."""
    return hashlib.sha256(json.dumps(note.ours(), ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:16]
