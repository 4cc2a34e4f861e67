"""The graph of what a lab knows, computed: its notes, and how they stand to each other. Pure: entries in, graph out."""

import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from agents.lab.inventory import Entry
from agents.lab.relations import Edge, said
from agents.lab.shared_names import named, tagged
from agents.note import note_link
from agents.note.links import without_code
from agents.note.slug import short_name
from agents.note.text import one_line
from agents.note.ties import TIES, Tie

REVIEWS = "notes/reviews"
_HOLD_NOTES = ("papers/", "notes/")
_UNDIRECTED: set[Tie] = {"contrast", "concept"}
_LONGEST_TITLE, _SHORT = 200, 20
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Graph:
    """Notes by path, and their relations; both in a fixed order."""

    notes: Mapping[str, Entry]
    edges: tuple[Edge, ...]

    @cached_property
    def degrees(self) -> Counter[str]:
        """With how many others each note stands in a relation."""
        return _degrees(self.edges)

    @cached_property
    def ranked(self) -> tuple[str, ...]:
        """Paths: the best connected first, and what notes say counts before shared concepts; of equals the latest."""
        said = _degrees(edge for edge in self.edges if edge.tie != "concept")
        by_day = sorted(sorted(self.notes), key=lambda path: day(self.notes[path]), reverse=True)
        return tuple(sorted(by_day, key=lambda path: (-said[path], -self.degrees[path])))


def _degrees(edges: Iterable[Edge]) -> Counter[str]:
    pairs = {frozenset((edge.source, edge.target)) for edge in edges}
    return Counter(path for pair in pairs for path in pair)


def is_note(entry: Entry) -> bool:
    """Whether an entry is a note or a paper; a review only speaks of them."""
    review = entry.kind == "review" or entry.path.startswith(f"{REVIEWS}/")
    return entry.path.startswith(_HOLD_NOTES) and not review


def title(entry: Entry) -> str:
    """Its title as it can be printed anywhere."""
    return one_line(entry.title)[:_LONGEST_TITLE].rstrip() or one_line(posixpath.basename(entry.path)) or "（无题）"


def label(entry: Entry) -> str:
    """A short name by which it is known: of a paper what stands before the colon, or what its method is called."""
    whole = title(entry)
    if entry.kind != "paper" or (short := short_name(whole)) != whole:
        return whole if entry.kind != "paper" else short
    return next((alias for alias in map(one_line, entry.aliases) if 0 < len(alias) <= _SHORT), whole)


def linked(entry: Entry) -> note_link.NoteLink:
    """The link to a note, by its short name."""
    return note_link.NoteLink(path=entry.path, title=label(entry))


def day(entry: Entry) -> str:
    """When it was last written by a program, else made: an ISO day, "" where its front matter does not say."""
    for key in ("updated", "created"):
        if isinstance(value := entry.front.get(key), str) and _DAY.fullmatch(value):
            return value
    return ""


def graph(entries: Iterable[Entry]) -> Graph:
    """The notes among the entries, by paths that can be printed, and everything that ties them.

    What the notes say themselves goes before what only their words have in common.
    """
    notes = {entry.path: entry for entry in entries if is_note(entry) and note_link.is_path(entry.path)}
    texts = {path: without_code(entry.text) for path, entry in notes.items()}
    found: dict[tuple[str, str], dict[Tie, str]] = defaultdict(dict)
    for edge in (*said(notes, texts), *named(notes, texts), *tagged(notes)):
        ends = (edge.source, edge.target)
        if edge.source != edge.target:
            pair = (min(ends), max(ends)) if edge.tie in _UNDIRECTED else ends
            found[pair].setdefault(edge.tie, edge.basis)
    edges = [Edge(*pair, tie, basis) for pair, ties in found.items() for tie, basis in ties.items()]
    return Graph(notes, tuple(sorted(_without_doubles(edges), key=_order)))


def _order(edge: Edge) -> tuple[int, str, str]:
    return tuple(TIES).index(edge.tie), edge.source, edge.target


def _without_doubles(edges: Sequence[Edge]) -> Iterator[Edge]:
    """A plain link says nothing beside a relation that was named, nor a shared concept beside anything."""
    ties: dict[frozenset[str], set[Tie]] = defaultdict(set)
    for edge in edges:
        ties[frozenset((edge.source, edge.target))].add(edge.tie)
    for edge in edges:
        others = ties[frozenset((edge.source, edge.target))] - {edge.tie}
        told = others if edge.tie == "concept" else others - {"concept"} if edge.tie == "link" else set()
        if not told:
            yield edge


def within(whole: Graph, fresh: set[str]) -> Graph:
    """The part of a graph that some notes make, with what they touch."""
    edges = tuple(edge for edge in whole.edges if edge.source in fresh or edge.target in fresh)
    kept = fresh.union(*((edge.source, edge.target) for edge in edges))
    return Graph({path: entry for path, entry in whole.notes.items() if path in kept}, edges)
