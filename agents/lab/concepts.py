"""Concept notes as they stand in the lab: found by what they are called, and named."""

from collections.abc import Iterable, Sequence
from typing import get_args

from agents.errors import OverwriteError
from agents.lab import naming
from agents.lab.find import Lab, inside
from agents.lab.inventory import Entry
from agents.lab.notes import Standing, load
from agents.note.concept import Area, ConceptNote
from agents.note.markdown import parse

AREAS: tuple[Area, ...] = get_args(Area)
_FOLDER = "notes"


def concepts(entries: Iterable[Entry]) -> list[Entry]:
    """The concept notes: also those that the person moved to a folder of his own, or wrote by hand in one of ours."""
    return [
        entry
        for entry in entries
        if entry.path.startswith(f"{_FOLDER}/")
        and (entry.kind == "concept" or (not entry.kind and entry.path.split("/")[1] in AREAS))
    ]


def find(entries: Iterable[Entry], names: Sequence[str]) -> Entry | None:
    """The concept note of that name. DataError when two notes have it."""
    return naming.find(concepts(entries), names)


def standing(lab: Lab, entry: Entry) -> Standing[ConceptNote]:
    """The note itself."""
    return load(lab, entry.path, read_concept)


def read_concept(text: str) -> ConceptNote:
    """The note of a concept; BrokenNote."""
    return parse(text, ConceptNote)


def new_path(area: str, name: str) -> str:
    """Where it is to stand."""
    return f"{_FOLDER}/{area}/{name}.md"


def refuse_taken(lab: Lab, entries: Iterable[Entry], path: str) -> None:
    """OverwriteError when a file stands at `path`, or one of which some disks say that it does."""
    if inside(lab, path).exists():
        title = next((entry.title for entry in entries if entry.path == path), "")
        about = f" and is about {title!r}" if title else ""
        hint = "name the new note with --slug, or ask for that one"
        raise OverwriteError(f"{path} stands there already{about}", hint)
