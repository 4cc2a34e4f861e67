"""The rows beside a table's caption -> its cells.

LaTeX writes a table row by row, so the rows are there already; what is found here is which rows they are, the columns
(from the gaps that all body rows share), and the labels that stand in the middle of several rows.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from agents.source.captions import Caption
from agents.source.columns import Entry, find_columns, is_data, place_cells, row_entries, span_header
from agents.source.layout import Measure, is_prose, widest_gap
from agents.source.lines import Line, Row

Cells = tuple[tuple[str, ...], ...]


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


def _by_baseline(rows: Sequence[Row]) -> list[tuple[float, list[Entry]]]:
    """The table's rows from top to bottom: a label beside several rows is written between their cells."""
    groups: list[list[Line]] = []
    for line in sorted((cell for row in rows for cell in row.cells), key=lambda line: line.base):
        if groups and line.base - groups[-1][0].base < 0.36 * line.size:
            groups[-1].append(line)
        else:
            groups.append([line])
    return [(group[0].base, row_entries(group)) for group in groups]


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
    data = [index for index, row in enumerate(cells) if sum(map(bool, row)) > 1 and is_data(row)]
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


def _body_start(cells: Sequence[Sequence[str]]) -> int:
    """Index of the first body row: the first of numbers, or the title of a group of rows right above it."""
    first = next((index for index, row in enumerate(cells) if is_data(row)), None)
    if first is None:
        return 1 if len(cells) > 2 else 0
    while first > 1 and sum(map(bool, cells[first - 1])) == 1 and cells[first - 1][0]:
        first -= 1
    return first


def _has_figures(rows: Sequence[Row]) -> bool:
    return any(map(str.isdecimal, "".join(row.text for row in rows)))


def _trim(rows: Sequence[Row], found: Sequence[int]) -> list[int]:
    """A table below its caption, without what stands apart under it and holds no number: the lettering of a figure."""
    steps = sorted(abs(rows[b].base - rows[a].base) for a, b in pairwise(found))
    usual = max(steps[len(steps) // 2], rows[found[0]].size) if steps else 0.0
    for at in range(1, len(found)):
        apart = abs(rows[found[at]].base - rows[found[at - 1]].base) > 2.4 * usual
        if apart and not _has_figures([rows[index] for index in found[at:]]):
            return list(found[:at])
    return list(found)


def _grid(rows: Sequence[Row], found: Sequence[int], *, below: bool) -> Grid | None:
    found = _trim(rows, found) if below else found
    table = _by_baseline([rows[index] for index in found])
    columns = find_columns(table)
    if len(columns) < 2:
        return None
    cells = [(base, place_cells(entries, columns)) for base, entries in table]
    first = _body_start([row for _, row in cells])
    upper = [span_header(entries, columns, cells[first - 1][1]) for _, entries in table[: max(0, first - 1)]]
    header = [*upper, *(row for _, row in cells[len(upper) : first])]
    return Grid(found[0], found[-1], tuple(map(tuple, header)), tuple(map(tuple, _spread(cells[first:]))))


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
        sided = [(below, True), (above, False)] if vote >= 0 else [(above, False), (below, True)]
        sided.sort(
            key=lambda side: not _has_figures([rows[index] for index in side[0]])
        )  # a figure's lettering is none
        for found, is_below in sided:
            grid = _grid(rows, found, below=is_below) if found and not taken & set(found) else None
            if grid:
                grids[label] = grid
                taken.update(range(grid.first, grid.last + 1))
                break
    return grids
