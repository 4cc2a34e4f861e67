"""Whether a value stands in the table, the row and the column that a note names."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from agents.trust.factual import Datum
from agents.trust.numbers import Number, numbers
from agents.trust.support import Ground, Wanted, wanted
from agents.trust.table_grid import Grid

_LABEL = re.compile(r"(\d+|[A-Z](?:\.?\d+)?|[IVXLC]+)\W*$")
_MOST_NAMED = 3
_NO_WORDS: frozenset[str] = frozenset()

Place = tuple[int, int, int]  # of which grid, row and column


@dataclass(frozen=True, slots=True)
class Found:
    """What became of a value: right where it should be, elsewhere in the table, nowhere in it; `places` it stands in.

    "unread" where the paper's reading has no such table, or no cells of it.
    """

    kind: Literal["cell", "elsewhere", "nowhere", "unread"]
    places: tuple[Place, ...] = ()
    there: str = ""  # what stands at the place that is named, where that is one cell


@dataclass(frozen=True, slots=True)
class Checked:
    """A value of a claim or of an ablation, the numbers in it, and what became of them."""

    datum: Datum
    stated: tuple[Wanted, ...]
    found: Found


def check(datum: Datum, ground: Ground) -> Found:
    grids = [n for n, grid in enumerate(ground.index.grids) if _is_named(grid, datum.table)]
    filled = [n for n in grids if ground.index.grids[n].table.rows]
    if not filled:
        return Found("unread")
    stated = stated_in(datum.value)
    held = {n: _holding(n, stated, ground) for n in filled}
    right = [(n, *place) for n in filled for place in held[n] if _meant(ground.index.grids[n], datum, *place)]
    if right:
        return Found("cell", tuple(right))
    anywhere = tuple((n, *place) for n in filled for place in held[n])
    there = [text for n in filled for text in _at(ground.index.grids[n], datum)]
    return Found("elsewhere" if anywhere else "nowhere", anywhere, there[0] if len(there) == 1 else "")


def _at(grid: Grid, datum: Datum) -> list[str]:
    """The cells at the row and the column that are named."""
    rows, columns = grid.rows_named(datum.row), grid.columns_named(datum.column)
    return [grid.table.rows[n][column] for n in rows for column in columns if column < len(grid.table.rows[n])]


def _is_named(grid: Grid, label: str) -> bool:
    ours = _short(label)
    return bool(ours) and ours == _short(grid.table.label)


@lru_cache(maxsize=1024)
def _short(label: str) -> str:
    """What tells a table from the others: "2" of "Table 2"."""
    found = _LABEL.search(label.strip())
    return found[1].casefold() if found else ""


@lru_cache(maxsize=1024)
def stated_in(value: str) -> tuple[Wanted, ...]:
    """The numbers of a value, each as it is asked of the paper: a cell may read "+0.9", "62.0 ± 0.3", "r = 8"."""
    found: list[Number] = numbers(value) or numbers(re.sub(r"^[^\d+−–-]*", "", value))
    return tuple(wanted(value, number, _NO_WORDS, frozenset(), frozenset()) for number in found)


def _holding(n: int, stated: tuple[Wanted, ...], ground: Ground) -> list[tuple[int, int]]:
    """The cells of one table that hold all of it."""
    found: set[tuple[int, int]] | None = None
    for one in stated:
        here = {cell[1:] for seen in ground.places_in(n, one) if (cell := ground.index.passages[seen.passage].cell)}
        found = here if found is None else found & here
    return sorted(found or ())


def _meant(grid: Grid, datum: Datum, row: int, column: int) -> bool:
    """Whether row and column are those that are named; where a name fits none, nothing is held against it."""
    rows, columns = grid.rows_named(datum.row), grid.columns_named(datum.column)
    if (not rows or row in rows) and (not columns or column in columns):
        return True
    return _is_turned(grid, datum, row, column, rows, columns)


def _is_turned(grid: Grid, datum: Datum, row: int, column: int, rows: list[int], columns: list[int]) -> bool:
    """The names the other way round: what the note calls the row is a column of the table."""
    if rows and columns:
        return False
    turned_rows, turned_columns = grid.rows_named(datum.column), grid.columns_named(datum.row)
    return bool(turned_rows and turned_columns) and row in turned_rows and column in turned_columns


def named(places: Iterable[Place], ground: Ground) -> str:
    """Where a value really stands, for the message."""
    return "; ".join(list(dict.fromkeys(_names(places, ground)))[:_MOST_NAMED])


def _names(places: Iterable[Place], ground: Ground) -> Iterator[str]:
    for n, row, column in places:
        grid = ground.index.grids[n]
        yield f"row {grid.label(row)!r}, column {grid.heading(column)!r}"
