"""What a review is about: the graph, the weak spots, and the sections that can be asked about. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from agents.lab.inventory import Entry
from agents.lab.knowledge import Graph
from agents.lab.weakness import Shelf, Weakness
from agents.note.outline import Passage, passages
from agents.note.text import one_line

MOST_SECTIONS = 40
_SHORTEST = 20  # characters of a section that says anything
_LONGEST_KEY = 160
_ODD = re.compile(r"[`\s]+")  # what would break a key in `…`
_KINDS = 4  # of the telling sections of a note that take turns in coming first
# What says most comes first; sections of other names come last.
_TELLING = (
    "method.formulas",
    "experiments.ablation",
    "definition.formulas",
    "mistakes",
    "method.intuition",
    "interview",
    "assessment.improvements",
    "definition.statement",
    "example",
    "assessment.limitations",
    "summary",
)
_STARTS: dict[str, str | tuple[str, ...]] = {
    "method.formulas": "**公式**",
    "definition.formulas": "**公式**",
    "experiments.ablation": ("| ", "- "),
}
_OTHERS = {"provenance", "related", "further_reading", "method.diagram", "diagram", "assessment.comparison"}


@dataclass(frozen=True)
class Subject:
    """What a review is about."""

    graph: Graph  # the notes that are reviewed
    of_notes: int  # how many the lab has
    weak: tuple[Weakness, ...]
    shelf: Shelf
    since: date | None
    left_out: int  # files that cannot be read as text

    @cached_property
    def sections(self) -> Mapping[str, tuple[Entry, Passage]]:
        """What can be asked about, by key."""
        return sections(self.graph)


def sections(graph: Graph) -> dict[str, tuple[Entry, Passage]]:
    """At most 40, by key: one section of each note, the best connected note first; then a second one of each.

    Which one comes first changes from note to note, so that also in a big lab they are of many kinds.
    """
    columns: list[tuple[Entry, list[Passage]]] = []
    for path in graph.ranked:
        if telling := sorted(_told(graph.notes[path]), key=_rank):
            turn = len(columns) % min(len(telling), _KINDS)
            columns.append((graph.notes[path], telling[turn:] + telling[:turn]))
        if len(columns) == MOST_SECTIONS:
            break
    depth = max((len(telling) for _, telling in columns), default=0)
    row_by_row = ((entry, telling[n]) for n in range(depth) for entry, telling in columns if n < len(telling))
    found: dict[str, tuple[Entry, Passage]] = {}
    for entry, passage in row_by_row:
        if len(found) == MOST_SECTIONS:
            break
        found.setdefault(_key(entry, passage), (entry, passage))
    return found


def _told(entry: Entry) -> Iterator[Passage]:
    for passage in passages(entry.text):
        start = _STARTS.get(passage.anchor, "")
        says_something = len(passage.text) >= _SHORTEST and passage.text.startswith(start)
        if says_something and passage.anchor not in _OTHERS and one_line(passage.heading):
            yield passage


def _rank(passage: Passage) -> int:
    return _TELLING.index(passage.anchor) if passage.anchor in _TELLING else len(_TELLING)


def _key(entry: Entry, passage: Passage) -> str:
    """Lower case: the API keeps to an enum, but not to its capitals."""
    return _ODD.sub("-", f"{entry.path}#{passage.anchor or passage.heading}".lower())[:_LONGEST_KEY]
