"""How notes stand to each other by what they say themselves: relations of a concept, comparisons, arXiv ids, links."""

import posixpath
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from agents.lab.inventory import Entry
from agents.note.links import targets, wiki_names
from agents.note.outline import passage
from agents.note.related import LINKS, Relation
from agents.note.slug import folded
from agents.note.text import one_line
from agents.note.ties import Tie

_ARXIV = re.compile(r"(?<![\d.])\d{4}\.\d{4,5}(?!\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_COMPARED = "横向对比"


@dataclass(frozen=True, slots=True)
class Edge:
    """One relation: `source` and `target` are paths, `basis` says on what it rests."""

    source: str
    target: str
    tie: Tie
    basis: str = ""


def said(notes: Mapping[str, Entry], texts: Mapping[str, str]) -> Iterator[Edge]:
    """The edges that the notes state; `texts` are theirs, without code blocks."""
    places = _Places(notes)
    papers = {arxiv(entry): path for path, entry in notes.items() if arxiv(entry)}
    old_ids = [known for known in papers if "/" in known]
    for path, text in texts.items():
        folder = posixpath.dirname(path)
        yield from _related(path, text, places)
        for rival in targets(passage(text, "assessment.comparison"), folder):
            if other := places.at(rival):
                yield _compared(notes[path], notes[other])
        cited = {*_ARXIV.findall(text), *(known for known in old_ids if known in text)}
        yield from (Edge(path, papers[known], "citation", f"arXiv:{known}") for known in cited & papers.keys())
        linked = [places.at(target) for target in targets(text, folder)]
        linked += [places.named(name, folder) for name in wiki_names(text)]
        yield from (Edge(path, other, "link") for other in linked if other)


class _Places:
    """Where a link leads: the notes by path, and by the names that Obsidian's links use."""

    def __init__(self, notes: Mapping[str, Entry]) -> None:
        self._paths = {_normal(path): path for path in notes}
        self._names: dict[str, list[str]] = defaultdict(list)
        for path in notes:
            self._names[folded(posixpath.basename(path).removesuffix(".md"))].append(path)
        for path, entry in notes.items():
            for name in entry.names:
                self._names.setdefault(name, [path])

    def at(self, path: str) -> str:
        """The note at a path, with or without its ending; "" where there is none."""
        return self._paths.get(_normal(path)) or self._paths.get(f"{_normal(path)}.md", "")

    def named(self, name: str, folder: str) -> str:
        """The note that a wiki link in `folder` names; of several with that name the one beside it, else the first."""
        if place := self.at(name) or self.at(posixpath.normpath(posixpath.join(folder, name))):
            return place
        found = self._names.get(folded(posixpath.basename(name).removesuffix(".md")), [])
        beside = [path for path in found if posixpath.dirname(path) == folder]
        return next(iter(beside or found), "")


def _normal(path: str) -> str:
    """A file system may write é in two characters where a link has one."""
    return unicodedata.normalize("NFC", path)


def _related(path: str, text: str, places: _Places) -> Iterator[Edge]:
    """The relations of a concept, line by line: one that a person has broken is still a link."""
    for line in passage(text, "related").split("\n"):
        with suppress(ValueError):
            for found in LINKS.read(line):
                target = next(targets(line, posixpath.dirname(path)), "")
                if other := places.at(target):
                    yield _relation(path, other, found["relation"], one_line(found["reason"]))


def _relation(path: str, other: str, relation: Relation, reason: str) -> Edge:
    if relation == "prerequisite":
        return Edge(other, path, "dependence", reason)
    if relation == "extends":
        return Edge(other, path, "evolution", reason)
    if relation == "mentions":  # in a draft, which has only found the name there
        return Edge(path, other, "link", reason)
    return Edge(path, other, "application" if relation == "applies" else "contrast", reason)


def _compared(one: Entry, other: Entry) -> Edge:
    """Two papers side by side: an evolution where it is known which came first."""
    older, newer = sorted((one, other), key=_published)
    first, then = _published(older), _published(newer)
    if first and not then.startswith(first):  # by its id a paper has a month only
        return Edge(older.path, newer.path, "evolution", _COMPARED)
    return Edge(one.path, other.path, "contrast", _COMPARED)


def arxiv(entry: Entry) -> str:
    """A paper's id; "" without one."""
    known = entry.front.get("arxiv")
    return known.casefold() if isinstance(known, str) else ""


def _published(entry: Entry) -> str:
    """The day, or by its id the month, in which a paper came out."""
    day = entry.front.get("published")
    if isinstance(day, str) and _DAY.fullmatch(day):
        return day
    month = re.match(r"(\d\d)(\d\d)\.", arxiv(entry))
    return f"20{month[1]}-{month[2]}" if month else ""
