"""The rows beside a table's caption -> its cells.

LaTeX writes a table row by row, so the rows are there already; what is found here is which rows they are, the columns
(from the gaps that all body rows share), and the labels that stand in the middle of several rows.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from agents.source.captions import Caption
from agents.source.layout import Measure, is_prose, widest_gap
from agents.source.lines import Line, Row

_NUMBER = re.compile(r"^[^A-Za-z]*\d|^[-–—−]+$|^N/?A$", re.IGNORECASE)
_FIGURE = re.compile(r"^[-+−±]?\d[\d,]*(?:\.\d+)?(?:±\d*\.?\d+)?[%KMBk]?$|^[-–—−]$")  # one number, and nothing else
Cells = tuple[tuple[str, ...], ...]


class _Entry(NamedTuple):
    x0: float
    x1: float
    text: str


class Grid(NamedTuple):
    first: int  # index of the table's first row
    last: int
    header: Cells
    body: Cells


def _is_wide(row: Row) -> bool:
    """At least two cells with a column's gap between them."""
    return widest_gap(row) > 0.9 * row.size


def _is_run_in(row: Row) -> bool:
    """Prose behind a bold run-in heading and a gap."""
    return len(row.cells) == 2 and row.cells[0].bold > 0.85 and row.cells[1].bold < 0.5 and len(row.cells[1].text) > 40


def _walk(rows: Sequence[Row], caption: Caption, usual: Measure, stop: set[int], *, down: bool) -> list[int]:
    """Indices of the rows that may be the table's, going away from the caption; prose, headings and captions end it."""
    way = 1 if down else -1
    page, index = rows[caption.first].page, caption.last + 1 if down else caption.first - 1
    found: list[int] = []
    while 0 <= index < len(rows) and index not in stop and rows[index].page == page:
        row = rows[index]
        if is_prose(row, usual) or _is_run_in(row):
            break
        if found and abs(row.base - rows[found[-1]].base) > 6 * usual.step:
            break
        found.append(index)
        index += way
    wide = [rows[index].base for index in found if _is_wide(rows[index])]
    if not wide:
        return []
    top, foot = min(wide) - 1.15 * usual.step, max(wide) + 1.15 * usual.step
    while not top < rows[found[-1]].base < foot:
        found.pop()
    return found


def _near(rows: Sequence[Row], found: Sequence[int], caption: Caption, usual: Measure) -> bool:
    box = rows[caption.first]
    beside = [rows[index] for index in found]
    distance = min(min(abs(row.base - box.base), abs(row.base - rows[caption.last].base)) for row in beside)
    overlap = any(row.x0 < box.x1 + 20 and row.x1 > box.x0 - 20 for row in beside)
    return distance < 5 * usual.step and overlap


def _words(line: Line) -> list[_Entry]:
    """Numbers that stand so close that MuPDF took them for one line, each with its share of the line's width."""
    words = line.text.split(" ")
    first = len(words)
    while first and _FIGURE.match(words[first - 1]):
        first -= 1
    after_words = bool(first) and any("." in word for word in words[first:]) and any(map(str.isalpha, words[first - 1]))
    if first == len(words) or len(words) < 2 or (first and not after_words):
        return [_Entry(line.x0, line.x1, line.text)]
    pieces = ([" ".join(words[:first])] if first else []) + words[first:]
    em, at, entries = (line.x1 - line.x0) / max(1, len(line.text)), line.x0, []
    for piece in pieces:
        entries.append(_Entry(at, at + len(piece) * em, piece))
        at += (len(piece) + 1) * em
    return entries


def _entries(lines: Sequence[Line]) -> list[_Entry]:
    """The cells of one row from left to right; pieces without a real gap between them are one cell."""
    entries: list[_Entry] = []
    for line in sorted(lines, key=lambda line: line.x0):
        if entries and line.x0 - entries[-1].x1 < 0.35 * line.size:
            last = entries[-1]
            entries[-1] = _Entry(last.x0, max(last.x1, line.x1), f"{last.text} {line.text}")
        else:
            entries += _words(line)
    return entries


def _by_baseline(rows: Sequence[Row]) -> list[tuple[float, list[_Entry]]]:
    """The table's rows from top to bottom: a label beside several rows is written between their cells."""
    groups: list[list[Line]] = []
    for line in sorted((cell for row in rows for cell in row.cells), key=lambda line: line.base):
        if groups and line.base - groups[-1][0].base < 0.36 * line.size:
            groups[-1].append(line)
        else:
            groups.append([line])
    return [(group[0].base, _entries(group)) for group in groups]


def _columns(table: Sequence[tuple[float, list[_Entry]]]) -> list[tuple[float, float]]:
    """The x ranges that the fullest rows share."""
    data = [entries for _, entries in table if _is_data([entry.text for entry in entries])]
    rows = data or [entries for _, entries in table]
    most = max(map(len, rows))
    spans = sorted((entry.x0, entry.x1) for entries in rows if len(entries) > 0.7 * most for entry in entries)
    columns: list[tuple[float, float]] = []
    for x0, x1 in spans:
        if columns and x0 < columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], x1))
        else:
            columns.append((x0, x1))
    return columns


def _place(entries: Sequence[_Entry], columns: Sequence[tuple[float, float]]) -> list[str]:
    cells = [""] * len(columns)
    for entry in entries:
        over = [min(entry.x1, right) - max(entry.x0, left) for left, right in columns]
        under = [index for index, share in enumerate(over) if share > 0]
        words = entry.text.split(" ")
        lengths = [len(word) for word in words]
        if len(under) > 1 and len(words) == len(under) and max(lengths) < 7 and max(lengths) - min(lengths) < 3:
            # narrow cells that MuPDF took for one line, not one that spans the columns: "R@1 R@5 R@10"
            for index, word in zip(under, words, strict=True):
                cells[index] = f"{cells[index]} {word}".strip()
            continue
        column = under[0] if under else max(range(len(over)), key=lambda i: over[i])
        if len(under) > 1 and over[column] < 0.2 * (entry.x1 - entry.x0):
            column = under[1]
        cells[column] = f"{cells[column]} {entry.text}".strip()
    return cells


def _around(bases: Sequence[float], blank: Sequence[int], middle: float) -> list[int]:
    """The rows that reach as far below `middle` as above it, of those that want a label; [] where they do not."""
    off = 0.55 * min((b - a for a, b in pairwise(bases[index] for index in blank)), default=9.0)  # half a row
    for first in blank:
        reach = middle - bases[first]
        group = [index for index in blank if index >= first and abs(bases[index] - middle) <= reach + off]
        if reach > 0 and len(group) > 1 and abs(bases[group[-1]] - middle - reach) < off:
            return group
    return []


def _spread(table: Sequence[tuple[float, list[str]]]) -> list[list[str]]:
    """Give the rows around it a label that stands in the middle of them."""
    bases, cells = [base for base, _ in table], [row for _, row in table]
    data = [index for index, row in enumerate(cells) if sum(map(bool, row)) > 1 and _is_data(row)]
    for column in range(len(cells[0]) if cells else 0):
        filled = [index for index, row in enumerate(cells) if row[column]]
        start = 0
        for label in _blocks(filled, table) if set(filled) - set(data) else ():
            if len(set(label) & set(data)) > 1:
                continue  # values of their own rows
            blank = [index for index in data if index >= start and (not cells[index][column] or index in label)]
            group = _around(bases, blank, (bases[label[0]] + bases[label[-1]]) / 2)
            text = " ".join(cells[piece][column] for piece in label)
            for piece in label if group else ():
                cells[piece][column] = ""
            for index in group:
                cells[index][column] = text
            start = max([label[-1], *group]) + 1 if group else start
    return [row for row in cells if any(row)]


def _blocks(loose: Sequence[int], table: Sequence[tuple[float, list[str]]]) -> list[list[int]]:
    blocks: list[list[int]] = []
    for index in loose:
        if blocks and table[index][0] - table[blocks[-1][-1]][0] < 13:
            blocks[-1].append(index)
        else:
            blocks.append([index])
    return blocks


def _is_data(row: Sequence[str]) -> bool:
    filled = [cell for cell in row[1:] if cell]
    return bool(filled) and sum(bool(_NUMBER.match(cell)) for cell in filled) * 2 >= len(filled)


def _body_start(cells: Sequence[Sequence[str]]) -> int:
    """Index of the first body row: the first of numbers, or the title of a group of rows right above it."""
    first = next((index for index, row in enumerate(cells) if _is_data(row)), None)
    if first is None:
        return 1 if len(cells) > 2 else 0
    while first > 1 and sum(map(bool, cells[first - 1])) == 1 and cells[first - 1][0]:
        first -= 1
    return first


def _grid(rows: Sequence[Row], found: Sequence[int]) -> Grid | None:
    table = _by_baseline([rows[index] for index in found])
    columns = _columns(table)
    if len(columns) < 2:
        return None
    cells = [(base, _place(entries, columns)) for base, entries in table]
    first = _body_start([row for _, row in cells])
    header = tuple(tuple(row) for _, row in cells[:first])
    return Grid(found[0], found[-1], header, tuple(tuple(row) for row in _spread(cells[first:])))


def read_tables(rows: Sequence[Row], captions: Sequence[Caption], usual: Measure, stop: set[int]) -> dict[str, Grid]:
    """The tables by label; one whose cells cannot be had is left out. `stop`: rows that are something else.

    A paper sets its captions all above or all below: where rows stand on both sides, the others decide.
    """
    sides: dict[str, tuple[list[int], list[int]]] = {}
    for caption in captions:
        if caption.kind == "Table":
            below = _walk(rows, caption, usual, stop, down=True)
            above = _walk(rows, caption, usual, stop, down=False)[::-1]
            sides[caption.label] = (
                below if below and _near(rows, below, caption, usual) else [],
                above if above and _near(rows, above, caption, usual) else [],
            )
    vote = sum(bool(below) - bool(above) for below, above in sides.values())
    grids: dict[str, Grid] = {}
    taken: set[int] = set()
    for label, (below, above) in sides.items():
        ordered = (below, above) if vote >= 0 else (above, below)
        for found in ordered:
            grid = _grid(rows, found) if found and not taken & set(found) else None
            if grid:
                grids[label] = grid
                taken.update(found)
                break
    return grids
