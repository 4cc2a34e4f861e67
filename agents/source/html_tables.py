"""A table of the page -> header and body rows, spans filled in so that every cell stands under its header."""

from collections.abc import Sequence
from typing import NamedTuple

from agents.source.columns import is_data
from agents.source.html_tree import Element, classes, span, text_of

Cells = tuple[tuple[str, ...], ...]
MOST_CELLS = 200_000  # of one table, spans counted: a page may claim any span


class _Cell(NamedTuple):
    text: str
    wide: int
    high: int
    is_header: bool  # LaTeXML took it for the head of a column
    is_ruled: bool  # a rule stands above it


class Grid(NamedTuple):
    header: Cells
    body: Cells


def _is_row(node: Element) -> bool:
    return node.tag == "tr" or "ltx_tr" in classes(node)


def _is_cell(node: Element) -> bool:
    return node.tag in {"td", "th"} or "ltx_td" in classes(node)


def _rows(table: Element) -> list[list[_Cell]]:
    """The rows of this table, not those of a table in one of its cells."""
    rows: list[list[_Cell]] = []
    groups = [table]
    while groups:
        group = groups.pop()
        inside: list[Element] = []
        for child in group.iterchildren("*"):
            if _is_row(child):
                in_head = group.tag == "thead" or "ltx_thead" in classes(group)
                rows.append([_cell(cell, in_head=in_head) for cell in child.iterchildren("*") if _is_cell(cell)])
            elif child.tag in {"thead", "tbody", "tfoot"} or classes(child) & {"ltx_thead", "ltx_tbody", "ltx_tfoot"}:
                inside.append(child)
        groups += reversed(inside)
    return [row for row in rows if row]


def _cell(node: Element, *, in_head: bool) -> _Cell:
    names = classes(node)
    return _Cell(
        text=text_of(node),
        wide=span(node, "col"),
        high=span(node, "row"),
        is_header=in_head or "ltx_th_column" in names or (node.tag == "th" and "ltx_th" not in names),
        is_ruled=bool(names & {"ltx_border_t", "ltx_border_tt"}),
    )


def _header_rows(rows: Sequence[Sequence[_Cell]]) -> int:
    """How many rows are the header: those that LaTeXML marked, else those above the first rule."""
    marked = 0
    for row in rows:
        if not all(cell.is_header or not cell.text for cell in row) or not any(cell.is_header for cell in row):
            break
        marked += 1
    if marked:
        return marked if marked < len(rows) else 1
    ruled = [index for index, row in enumerate(rows) if index and all(cell.is_ruled for cell in row)]
    everywhere = len(ruled) == len(rows) - 1  # a rule below every row tells nothing
    if not ruled or (everywhere and is_data([cell.text for cell in rows[0]])):
        return 0
    return ruled[0]


def _spread(rows: Sequence[Sequence[_Cell]]) -> list[list[str]]:
    """The cells by row and column. A cell fills every place that it covers; a whole row's title only the first."""
    width = min(max(sum(cell.wide for cell in row) for row in rows), 1000)
    grid: list[dict[int, str]] = [{} for _ in rows]
    filled = 0
    for index, row in enumerate(rows):
        column = 0
        for cell in row:
            while column in grid[index]:
                column += 1
            filled += cell.wide * min(cell.high, len(rows) - index)
            if filled > MOST_CELLS:
                return []
            title = cell.wide >= width > 1
            for below in range(index, min(index + cell.high, len(rows))):
                for beside in range(column, column + cell.wide):
                    grid[below][beside] = cell.text if beside == column or not title else ""
            column += cell.wide
    width = max((max(places) + 1 for places in grid if places), default=0)
    if width * len(grid) > MOST_CELLS:
        return []
    return [[places.get(column, "") for column in range(width)] for places in grid]


def read_grid(table: Element) -> Grid | None:
    """The cells of a table, None for one without any."""
    rows = _rows(table)
    cells = _spread(rows) if rows else []
    used = [column for column in range(len(cells[0]) if cells else 0) if any(row[column] for row in cells)]
    if not used:
        return None
    head = _header_rows(rows)
    kept = [tuple(row[column] for column in used) for row in cells]
    return Grid(
        tuple(row for row in kept[:head] if any(row)),
        tuple(row for row in kept[head:] if any(row)),
    )


def merge(grids: Sequence[Grid]) -> Grid:
    """Tables side by side or below one another under one caption, one after the other."""
    header = grids[0].header
    more = [row for grid in grids[1:] for row in ((*grid.header, *grid.body) if grid.header != header else grid.body)]
    return Grid(header, (*grids[0].body, *more))


def show(grid: Grid) -> str:
    return "\n".join(" | ".join(row) for row in (*grid.header, *grid.body))
