"""Concept notes as they stand in the lab: found by what they are called, and named."""

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import get_args

from agents.errors import DataError, OverwriteError
from agents.lab.find import Lab, inside
from agents.lab.inventory import Entry
from agents.lab.notes import Standing, load
from agents.note.concept import Area, ConceptNote
from agents.note.markdown import parse
from agents.note.slug import any_slug, folded, slug

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
    """The concept note of that name: by title, else by alias, else by file name. DataError when two notes have it.

    Compared are letters and digits only, so "Cross Attention" finds cross-attention.md.
    """
    wanted = set(filter(None, map(folded, names)))
    pool = concepts(entries)
    for of in (_title, _aliases, _stem):
        found = [entry for entry in pool if of(entry) & wanted]
        if len(found) > 1:
            both = " and ".join(entry.path for entry in found)
            raise DataError(
                f"two notes are about this concept: {both}", "keep one of them, or take the name out of its aliases"
            )
        if found:
            return found[0]
    return None


def _title(entry: Entry) -> set[str]:
    return {folded(entry.title)}


def _aliases(entry: Entry) -> set[str]:
    return set(map(folded, entry.aliases))


def _stem(entry: Entry) -> set[str]:
    return {folded(PurePosixPath(entry.path).stem)}


def standing(lab: Lab, entry: Entry) -> Standing[ConceptNote]:
    """The note itself."""
    return load(lab, entry.path, read_concept)


def read_concept(text: str) -> ConceptNote:
    """The note of a concept; BrokenNote."""
    return parse(text, ConceptNote)


def stem(given: str, english_name: str, topic: str) -> str:
    """What a new note is called: as the person says, else by its English name, else by the topic's own words."""
    return given or slug(english_name) or any_slug(topic)


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
