"""Notes that are named by their topic (concepts, experiments): how one is found again, and what a new one is called."""

import re
import unicodedata
from collections.abc import Iterable

from agents.errors import DataError, UsageError
from agents.lab.inventory import Entry
from agents.note.slug import folded, slug
from agents.note.text import one_line

LONGEST_TOPIC = 200  # characters
_LONGEST_NAME = 60
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def topic(typed: str) -> str:
    """What was typed as a topic, as one clean line. UsageError where it names nothing, or is an essay."""
    line = one_line(typed)
    if not any(map(str.isalnum, line)):
        raise UsageError(f"the topic {line!r} holds no word", 'name one: "Cross-Attention 在多模态模型中的作用"')
    if len(line) > LONGEST_TOPIC:
        raise UsageError(f"the topic has {len(line)} characters, at most {LONGEST_TOPIC} make one", "shorten it")
    return line


def typed_slug(typed: str | None) -> str:
    """The file name that --slug asks for; "" where it was not given. UsageError."""
    if typed is None:
        return ""
    if len(typed) > _LONGEST_NAME or not _SLUG.fullmatch(typed) or slug(typed) != typed:
        hint = f"lower-case letters and digits joined by hyphens, at most {_LONGEST_NAME}: cross-attention"
        raise UsageError(f"--slug {typed[:80]!r} is no file name for a note", hint)
    return typed


def find(entries: Iterable[Entry], *names: str) -> Entry | None:
    """The note whose title or alias is one of these names, however they are written. DataError where two are."""
    wanted = set(filter(None, map(folded, names)))
    found = [entry for entry in entries if entry.names & wanted]
    if len(found) > 1:
        paths = " and ".join(entry.path for entry in found[:2])
        raise DataError(f"two notes are about this: {paths}", "keep one of them, or give it another title and aliases")
    return found[0] if found else None


def stem(typed: str, english: str, about: str) -> str:
    """The name of a new note: by --slug, else by the English name of the reply, else by the topic's own words."""
    return typed or slug(english) or slug_in_any_script(about)


def slug_in_any_script(text: str) -> str:
    """A slug that keeps Han and other letters: 交叉注意力. Cut at a word where there is more than one."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).lower())
    while len("-".join(words)) > _LONGEST_NAME and len(words) > 1:
        words.pop()
    return "-".join(words)[:_LONGEST_NAME]


def free(name: str, taken: Iterable[str]) -> str:
    """The name, or with the first number behind it that no other file has."""
    others = {other.casefold() for other in taken}
    number = 2
    found = name
    while found.casefold() in others:
        found = f"{name}-{number}"
        number += 1
    return found
