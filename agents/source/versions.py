"""What changed between two versions of a paper: its sections, and the numbers in its abstract and its tables. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from agents.note.text import letters
from agents.source import agree
from agents.source.document import Document, Section, Table

_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*(?![\w])")


@dataclass(frozen=True, slots=True)
class Number:
    """A cell that holds another number than before."""

    table: str  # "Table 2"
    row: str
    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changes:
    added: tuple[str, ...]  # headings
    removed: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    numbers: tuple[Number, ...]
    abstract: tuple[tuple[str, ...], tuple[str, ...]]  # the numbers that are gone from it, and those that are new in it


def changes(before: Document, after: Document) -> Changes:
    """Sections are the same when their titles are, whatever their numbers; tables when their captions are."""
    added, removed, renamed = _sections(before.sections, after.sections)
    numbers = tuple(number for old, new in _pairs(before.tables, after.tables) for number in _cells(old, new))
    old, new = (list(dict.fromkeys(_NUMBER.findall(side.abstract))) for side in (before, after))
    gone = tuple(number for number in old if number not in new)
    return Changes(added, removed, renamed, numbers, (gone, tuple(number for number in new if number not in old)))


def _sections(
    before: Sequence[Section], after: Sequence[Section]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, str], ...]]:
    """(added, removed, renamed): renamed is what stands in the place of another one under a title like its own."""
    added: list[str] = []
    removed: list[str] = []
    renamed: list[tuple[str, str]] = []
    old, new = ([letters(section.title) for section in side] for side in (before, after))
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        for one, other in zip_longest(before[a:b], after[c:d]):
            if one and other and one.level == other.level and _like(one.title, other.title):
                renamed.append((one.heading, other.heading))
                continue
            removed += [one.heading] if one and letters(one.title) not in new else []
            added += [other.heading] if other and letters(other.title) not in old else []
    return tuple(added), tuple(removed), tuple(renamed)


def _like(one: str, other: str) -> bool:
    first, second = (set(re.findall(r"\w{4,}", title.casefold())) for title in (one, other))
    return bool(first & second) or agree.alike(letters(one), letters(other))


def _pairs(before: Sequence[Table], after: Sequence[Table]) -> Iterator[tuple[Table, Table]]:
    for old in before:
        alike = [new for new in after if old.caption and new.caption and agree.same_caption(old, new)]
        same = [new for new in alike if new.label == old.label] or alike
        if same:
            yield old, same[0]


def _cells(before: Table, after: Table) -> Iterator[Number]:
    """The cells of rows and columns that both have: a row goes by its label, a column by its heading."""
    ours, theirs = _grid(before), _grid(after)
    for row, cells in ours.items():
        for column, cell in cells.items():
            new = theirs.get(row, {}).get(column, cell)
            if new != cell and any(map(str.isdecimal, cell)) and any(map(str.isdecimal, new)):
                yield Number(after.label, row, column, cell, new)


def _grid(table: Table) -> dict[str, dict[str, str]]:
    """Row label -> heading -> cell; labels and headings that occur twice name nothing and are left out."""
    width = max((len(row) for row in table.rows), default=0)
    header = [row for row in table.header if len(row) == width]
    columns = [" ".join(filter(None, cells)) for cells in zip(*header, strict=True)] or [
        f"{n + 1}" for n in range(width)
    ]
    labels = [row[0] for row in table.rows if row]
    return {
        row[0]: {columns[n]: cell for n, cell in enumerate(row) if n and columns.count(columns[n]) == 1}
        for row in table.rows
        if len(row) == width and row[0] and labels.count(row[0]) == 1
    }
