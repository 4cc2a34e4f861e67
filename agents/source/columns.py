"""The cells of a table's rows -> its columns, and which cell stands over which.

MuPDF gives a line's edges but not its words': where narrow cells stand so close that it took them for one line, the
words' edges are estimated from the letters.
"""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from agents.source.lines import Line

_NUMBER = re.compile(r"^[^A-Za-z]*\d|^[-–—−]+$|^N/?A$", re.IGNORECASE)
_FIGURE = re.compile(r"^[-+−±]?\d[\d,]*(?:\.\d+)?(?:±\d*\.?\d+)?[%KMBk]?$|^[-–—−]$")  # one number, and nothing else
_NARROW, _WIDE = frozenset("iljtfIr.,:;'|!()[]-"), frozenset("mwMW@%—")
Span = tuple[float, float]  # left and right edge


class Entry(NamedTuple):
    x0: float
    x1: float
    text: str
    size: float
    exact: bool = True  # False: the edges are an estimate


def _natural(text: str) -> float:
    """About how wide a roman font sets this, in its size."""
    return sum(
        0.3 if letter in _NARROW else 0.85 if letter in _WIDE else 0.68 if letter.isupper() else 0.5 for letter in text
    )


def _spell(x0: float, x1: float, pieces: Sequence[str], size: float) -> list[Entry]:
    """Pieces of one line, with about the edges that each has."""
    widths = [_natural(piece) * size for piece in pieces]
    shrink = min(1.0, (x1 - x0) / (sum(widths) + 0.2 * size * (len(pieces) - 1)))
    gap = (x1 - x0 - shrink * sum(widths)) / max(1, len(pieces) - 1)
    entries, at = [], x0
    for piece, width in zip(pieces, widths, strict=True):
        entries.append(Entry(at, at + shrink * width, piece, size, exact=False))
        at += shrink * width + gap
    return entries


def _words(line: Line) -> list[Entry]:
    """Numbers that stand so close that MuPDF took them for one line, each with its share of the line's width."""
    if " " not in line.text:
        return [Entry(line.x0, line.x1, line.text, line.size)]
    words = line.text.split(" ")
    first = len(words)
    while first and _FIGURE.match(words[first - 1]):
        first -= 1
    after_words = bool(first) and any("." in word for word in words[first:]) and any(map(str.isalpha, words[first - 1]))
    if first == len(words) or (first and not after_words):
        return [Entry(line.x0, line.x1, line.text, line.size)]
    return _spell(line.x0, line.x1, ([" ".join(words[:first])] if first else []) + words[first:], line.size)


def row_entries(lines: Sequence[Line]) -> list[Entry]:
    """The cells of one row from left to right; pieces without a real gap between them are one cell."""
    entries: list[Entry] = []
    for line in sorted(lines, key=lambda line: line.x0):
        if entries and line.x0 - entries[-1].x1 < 0.35 * line.size:
            last = entries[-1]
            entries[-1] = last._replace(x1=max(last.x1, line.x1), text=f"{last.text} {line.text}")
        else:
            entries += _words(line)
    return entries


def find_columns(table: Sequence[tuple[float, list[Entry]]]) -> list[Span]:
    """The x ranges that the fullest rows share; rows whose edges are all known before those where some are guessed."""
    data = [entries for _, entries in table if is_data([entry.text for entry in entries])]
    rows = data or [entries for _, entries in table]
    most = max(map(len, rows))
    full = [entries for entries in rows if len(entries) > 0.7 * most]
    exact = [entries for entries in full if len(entries) == most and all(entry.exact for entry in entries)]
    spans = sorted((entry.x0, entry.x1) for entries in (exact if len(exact) > 1 else full) for entry in entries)
    columns: list[Span] = []
    for x0, x1 in spans:
        if columns and x0 < columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], x1))
        else:
            columns.append((x0, x1))
    return columns


def is_data(row: Sequence[str]) -> bool:
    filled = [cell for cell in row[1:] if cell]
    return bool(filled) and sum(bool(_NUMBER.match(cell)) for cell in filled) * 2 >= len(filled)


def _aligned(x0: float, x1: float, column: Span) -> bool:
    """Whether these edges stand over a column: left, right or middle on its own."""
    off = (x0 - column[0], x1 - column[1], (x0 + x1 - column[0] - column[1]) / 2)
    return min(map(abs, off)) < 3.5  # points: the error of the estimate


def _torn(entry: Entry, columns: Sequence[Span], under: Sequence[int]) -> dict[int, str]:
    """The words over each column, where MuPDF took narrow cells for one line; {} for a cell that spans columns.

    "R@1 R@5 R@10" stands word by word on its columns, "COCO (5K test set)" does not.
    """
    words = _spell(entry.x0, entry.x1, entry.text.split(" "), entry.size)
    if len(words) > len(under) + 3:
        return {}  # a note below the table
    groups: dict[int, list[Entry]] = {index: [] for index in under}
    for word in words:
        nearest = min(under, key=lambda i: abs(word.x0 + word.x1 - columns[i][0] - columns[i][1]))
        groups[nearest].append(word)
    whole = all(group and _aligned(group[0].x0, group[-1].x1, columns[index]) for index, group in groups.items())
    return {index: " ".join(word.text for word in group) for index, group in groups.items()} if whole else {}


def place_cells(entries: Sequence[Entry], columns: Sequence[Span]) -> list[str]:
    if len(entries) == len(columns) and not all(entry.exact for entry in entries):
        return [entry.text for entry in entries]
    cells = [""] * len(columns)
    for entry in entries:
        for index, text in _placed(entry, columns):
            cells[index] = f"{cells[index]} {text}" if cells[index] else text
    return cells


def _placed(entry: Entry, columns: Sequence[Span]) -> list[tuple[int, str]]:
    """Which columns an entry stands over, and what of it over each."""
    x0, x1, text, _, _ = entry
    under = [index for index, (left, right) in enumerate(columns) if left < x1 and x0 < right]
    if len(under) == 1:
        return [(under[0], text)]
    over = [min(x1, right) - max(x0, left) for left, right in columns]
    if not under:
        return [(max(range(len(over)), key=over.__getitem__), text)]
    if pieces := _torn(entry, columns, under):
        return list(pieces.items())
    return [(under[1] if over[under[0]] < 0.2 * (x1 - x0) else under[0], text)]


def _groups(at: int, entries: Sequence[Entry], columns: Sequence[Span], named: AbstractSet[int]) -> list[range]:
    """The groups of neighbouring named columns that this header cell stands in the middle of, alone."""
    own, found = entries[at], []
    twice = own.x0 + own.x1
    for first in named:
        last = first + 1
        while last in named:
            x0, x1 = columns[first][0], columns[last][1]
            if abs(twice - x0 - x1) < 1.2 * own.size and all(e is own or e.x1 <= x0 or e.x0 >= x1 for e in entries):
                found.append(range(first, last + 1))
            last += 1
    return found


def span_header(entries: Sequence[Entry], columns: Sequence[Span], lowest: Sequence[str]) -> list[str]:
    """A header row above the lowest one: a cell that names a group of columns stands over the first of them.

    Text over three columns is often no wider than the one in the middle, so of all ways to share out the columns
    the one that leaves the fewest without a group is taken.
    """
    named = {index for index, text in enumerate(lowest) if text}
    best: dict[int, tuple[int, dict[int, int]]] = {0: (0, {})}  # by the first free column: columns named, groups
    for at in range(len(entries)):
        for free, (covered, chosen) in list(best.items()):
            for span in _groups(at, entries, columns, named):
                after, total = span[-1] + 1, covered + len(span)
                if span[0] >= free and total > best.get(after, (0, {}))[0]:
                    best[after] = (total, {**chosen, at: span[0]})
    over = max(best.values(), key=lambda way: way[0])[1]
    cells = place_cells([entry for at, entry in enumerate(entries) if at not in over], columns)
    for at, column in over.items():
        cells[column] = f"{cells[column]} {entries[at].text}".strip()
    return cells
