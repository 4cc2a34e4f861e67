"""Notes that are named by their topic (concepts, experiments): how one is found again, and what a new one is called."""

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from pydantic import TypeAdapter, ValidationError

from agents.errors import DataError, UsageError
from agents.lab.inventory import Entry
from agents.note.slug import any_slug, folded, slug
from agents.note.text import Plain

LONGEST_TOPIC = 200  # characters
_LIKE_A_PATH = re.compile(r"\.{0,2}/|~|[A-Za-z]:\\|.*(/|\\)\.\.(/|\\|$)|.*\.(md|pdf|ipynb)$", re.IGNORECASE)
_HINT = "name the topic in a few words"
_PLAIN: TypeAdapter[str] = TypeAdapter(Plain)


def topic(typed: str) -> str:
    """The topic as it was meant. UsageError when it cannot be one."""
    if len(typed) > LONGEST_TOPIC:
        raise UsageError(f"the topic is {len(typed)} characters long, at most {LONGEST_TOPIC} are taken", _HINT)
    try:
        text = _PLAIN.validate_python(typed)
    except ValidationError as error:
        why = "is empty" if not typed.strip() else error.errors()[0]["msg"].removeprefix("Value error, ")
        raise UsageError(f"the topic {why}", _HINT) from error
    if not any(map(str.isalnum, text)):
        raise UsageError(f"the topic {text!r} holds no word", _HINT)
    if "://" in text:
        raise UsageError(f"{text!r} is a link, not a topic", "for a paper: python -m agents.paper")
    if _LIKE_A_PATH.match(text):
        raise UsageError(f"{text!r} looks like a path, not a topic", f"{_HINT}; where it goes is ours to say")
    return text


def typed_slug(given: str | None) -> str:
    """--slug, "" where it was not given. UsageError unless it is a name as we would make it."""
    if given is None:
        return ""
    if not given or any_slug(given) != given:
        raise UsageError(
            f"--slug {given!r} is no name for a note", "small letters and digits, words joined by hyphens, at most 60"
        )
    return given


def find(pool: Sequence[Entry], names: Iterable[str]) -> Entry | None:
    """The note of that name: by title, else by alias, else by file name. DataError when two notes have it.

    Compared are letters and digits only, so "Cross Attention" finds cross-attention.md.
    """
    wanted = set(filter(None, map(folded, names)))
    for of in (_title, _aliases, _stem):
        found = [entry for entry in pool if of(entry) & wanted]
        if len(found) > 1:
            both = " and ".join(entry.path for entry in found)
            raise DataError(f"two notes are about this: {both}", "keep one, or take the name out of its aliases")
        if found:
            return found[0]
    return None


def _title(entry: Entry) -> set[str]:
    return {folded(entry.title)}


def _aliases(entry: Entry) -> set[str]:
    return set(map(folded, entry.aliases))


def _stem(entry: Entry) -> set[str]:
    return {folded(PurePosixPath(entry.path).stem)}


def stem(given: str, english_name: str, about: str) -> str:
    """What a new note is called: as the person says, else by its English name, else by the topic's own words."""
    return given or slug(english_name) or any_slug(about)


def free(name: str, taken: Iterable[str]) -> str:
    """The name, or with the first number behind it that no other file has."""
    others = {other.casefold() for other in taken}
    number = 2
    found = name
    while found.casefold() in others:
        found = f"{name}-{number}"
        number += 1
    return found
