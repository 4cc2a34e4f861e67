"""Title, authors and abstract of the page."""

import re
from collections.abc import Iterator
from itertools import takewhile

from agents.source.html_tree import Element, classes, elements, first, line, put, text_of

_PLACE = re.compile(
    r"\b(?:Universit\w*|Institut\w*|Departments?|Dept|Lab|Labs|Laborator\w+|Schools?|Colleges?|Facult\w+|Cent(?:er|re)s?"
    r"|Academy|Research|Inc|Ltd|GmbH|Corporation|Google|Microsoft|Meta|OpenAI|DeepMind|Facebook|Amazon|Nvidia)\b",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[\d*†‡§¶∗♠♣,;]+$|\$[^$]*\$|[†‡§¶∗]")
_STOP = "\u2028"  # in place of a line's end that the author made
_NAME = re.compile(r"^[^\W\d_][^\d@{}<>:/\\]{1,60}$")


def read_title(article: Element) -> str:
    node = first(article, "ltx_title_document")
    return text_of(node) if node is not None else ""


def read_abstract(article: Element) -> str:
    node = first(article, "ltx_abstract")
    if node is None:
        return ""
    text = text_of(node)
    title = first(node, "ltx_title_abstract", "ltx_title")
    return text.removeprefix(text_of(title)).lstrip(" .:—–-") if title is not None else text


def read_authors(article: Element) -> tuple[str, ...]:
    """The names, as far as they can be told: authors write names, places and addresses into one field."""
    names: list[str] = []
    for creator in elements(article, "ltx_creator"):
        if "ltx_role_author" in classes(creator):
            for person in elements(creator, "ltx_personname"):
                names += _names(person)
    return tuple(dict.fromkeys(names))


def _names(person: Element) -> list[str]:
    for stop in person.iter("br"):
        put(stop, "tail", _STOP + (stop.tail or ""))
    text = "".join(_unraised(person))
    found: list[str] = []
    for part in re.split(rf"[{_STOP}&]", text):
        pieces = re.split(r",|;|\band\b", part) if "@" not in part else []
        people = takewhile(lambda piece: not _PLACE.search(piece), pieces)  # behind a place its town follows
        found += filter(None, map(_name, people))
    if found:
        return found
    team = _name(text.strip().partition("\n")[0], least=1)  # or a place behind the name, without a stop between them
    return [team] if team else []


def _unraised(person: Element) -> Iterator[str]:
    """The text without the marks of affiliations."""
    yield person.text or ""
    for child in person:
        if child.tag != "sup":
            yield from _unraised(child)
        yield child.tail or ""


def _name(text: str, least: int = 2) -> str:
    name = line(_MARKS.sub("", line(text)))
    return name if _NAME.match(name) and least <= len(name.split()) < 7 else ""
