"""A paper's tables in a draft: result tables with the difference between first and last row, ablations cell by cell.

Which table is which is told by its caption. A column is a metric when most of its cells are numbers; the other columns
name the row. Differences are computed in `note/ablation.py`, once for every engine.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agents.note.ablation import Ablation, AblationRow, change, number
from agents.note.claim import Cell, Claim
from agents.note.text import as_line, one_line
from agents.source.document import Table

_ABLATION = re.compile(
    r"ablat|(effect|impact|influence|contribution|role) of|\bvariations?\b|sensitivity|without|different", re.IGNORECASE
)
_RESULT = re.compile(
    r"result|compar|performance|accuracy|state-of-the-art|retrieval|score|evaluat|outperform|win rate", re.IGNORECASE
)
_BASELINE = re.compile(r"baseline|\bfull\b|\bbase\b|default|\bours\b|complete", re.IGNORECASE)
_MATH = re.compile(r"\$([^$]+)\$")
_STYLE = re.compile(r"\\(?:text|math|operatorname)[a-z]*\s*(?=\{)|\\[,;:! ]")
_METRIC_SHARE = 0.6
_MOST_TABLES, _MOST_CELLS, _MOST_METRICS = 3, 24, 8


@dataclass(frozen=True, slots=True)
class _Row:
    """One row: what names it (column -> cell, "" for the first column), and its numbers (metric -> cell)."""

    names: dict[str, str]
    numbers: dict[str, str]

    @property
    def label(self) -> str:
        return _named(self.names) or "—"


def _named(names: dict[str, str]) -> str:
    return ", ".join(f"{column}={cell}" if column else cell for column, cell in names.items() if cell)[:200]


@dataclass(frozen=True, slots=True)
class _Grid:
    table: Table
    rows: list[_Row]


def _grid(table: Table) -> _Grid:
    width = max((len(row) for row in table.rows), default=0)
    body = [tuple(map(_plain, row)) for row in table.rows if len(row) == width]
    columns = _columns([tuple(map(_plain, row)) for row in table.header if len(row) == width], width)
    filled = [sum(number(row[n]) is not None for row in body) for n in range(width)]
    numeric = [n for n in range(1, width) if filled[n] >= max(2, _METRIC_SHARE * len(body))]
    naming = [n for n in range(1, width) if n not in numeric]
    return _Grid(
        table,
        [
            _Row(
                {"": row[0]} | {columns[n]: row[n] for n in naming},
                {columns[n]: row[n] for n in numeric[-_MOST_METRICS:] if number(row[n])},
            )
            for row in body
        ],
    )


def _plain(cell: str) -> str:
    r"""A cell as plain text: `$d_{\text{model}}$` is d_model, `$\epsilon_{ls}$` is epsilon_ls."""
    bare = _MATH.sub(lambda math: _STYLE.sub("", math[1]).replace(r"\times", "×"), cell)
    return one_line(re.sub(r"[{}\\]", "", bare) if bare != cell else cell)


def _columns(header: list[tuple[str, ...]], width: int) -> list[str]:
    """A name for each column, no two alike. A header cell that spans columns stands over the first of them only."""
    names = [""] * width
    for depth, row in enumerate(header):
        above = ""
        for n, cell in enumerate(row):
            spanned = not header[0][n] and any(lower[n] for lower in header[depth + 1 :])
            above = cell or (above if spanned else "")
            if above != header[depth - 1][n] or not depth:  # a heading beside several rows stands in each of them
                names[n] = one_line(f"{names[n]} {above}")[:120]
    return [
        name if name and names.count(name) == 1 else f"{name}（第 {n} 列）" for n, name in enumerate(names, start=1)
    ]


def _grids(tables: tuple[Table, ...], *, ablations: bool) -> list[_Grid]:
    """The first few tables of one kind that hold numbers."""
    kind = [
        t for t in tables if bool(_ABLATION.search(t.caption)) == ablations and (ablations or _RESULT.search(t.caption))
    ]
    return [grid for grid in map(_grid, kind) if sum(len(row.numbers) for row in grid.rows) >= 2][:_MOST_TABLES]


def results_of_tables(tables: tuple[Table, ...]) -> tuple[Claim, ...]:
    """A claim for each of the first result tables: its caption, its last row, and how that differs from the first."""
    return tuple(_result(grid) for grid in _grids(tables, ablations=False))


def _result(grid: _Grid) -> Claim:
    table, first, last = grid.table, grid.rows[0], grid.rows[-1]
    differences = []
    for metric, value in last.numbers.items():
        delta, share = change(value, first.numbers.get(metric, ""))
        if len(grid.rows) > 1 and share != "—":
            differences.append(f"{as_line(metric)} {delta}（{share}）")
    compared = f"；末行相对首行（{as_line(first.label)}）：{'，'.join(differences)}" if differences else ""
    cells = tuple(Cell(table=table.label, row=last.label, column=m, value=v) for m, v in last.numbers.items())
    return Claim(text=f"{table.label}（p. {table.page}）{compared}", quote=_caption(table), cells=cells)


def _caption(table: Table) -> str:
    """The caption's first sentence, without its label."""
    return one_line(table.caption).removeprefix(table.label).lstrip(" .:|").partition(". ")[0][:400]


def ablation(tables: tuple[Table, ...], claims: tuple[Claim, ...]) -> Ablation[Claim]:
    """The cells of the ablation tables; the baseline is the row that calls itself so, else the first."""
    rows = tuple(row for grid in _grids(tables, ablations=True) for row in _ablated(grid))
    none = "" if rows or claims else "没有认出消融实验的表格或句子。"
    return Ablation[Claim](rows=rows, contributions=claims, none=none)


def _ablated(grid: _Grid) -> Iterator[AblationRow]:
    baseline = next((row for row in grid.rows if _BASELINE.search(row.label)), grid.rows[0])
    metrics = list(dict.fromkeys(metric for row in grid.rows for metric in row.numbers))
    shown = metrics[: max(1, _MOST_CELLS // len(grid.rows))]
    for row in grid.rows[:_MOST_CELLS]:
        changed = {name: cell for name, cell in row.names.items() if cell != baseline.names.get(name)}
        for metric in shown:
            if metric in row.numbers:
                yield AblationRow(
                    component=as_line(_named(changed)) or ("基准" if row is baseline else "—"),
                    table=grid.table.label,
                    setting=row.label,
                    metric=metric,
                    value=row.numbers[metric],
                    baseline=row is baseline,
                )
