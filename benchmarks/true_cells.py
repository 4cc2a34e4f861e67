"""True cells: the values of truth.json, and those of tables whose rows stand like that in the words of the page."""

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import ablation
from statements import HOLE, RESULTS, Statement, claim

from agents.note.text import as_line, one_line
from agents.source.document import Document, Table
from agents.source.pdf import load_mupdf

Names = tuple[tuple[str, ...], list[tuple[str, ...]]]

ABLATED = "experiments.ablation.rows.0"
MOST = 90  # of one paper
_FRAMES = (
    "这一项的结果是 {}。",
    "设置为 {row} 时，{column} 为 {}。",
    "在 {table} 中，设置 {row} 达到 {}（{column}）。",
)
_VALUE = re.compile(r"[-−+]?\d[\d,]*(?:\.\d+)?\s?(?:%|[kKMB]\b)?(?:\s?±\s?\d*\.\d+)?")


def cells(path: Path, document: Document, truth: dict[str, Any], paper: str, dice: Random) -> list[Statement]:
    """Of the tables that a person has read, then of the others."""
    known = ablation.TABLES.get(paper, {})
    found = [one for label in known for one in _known(document, label, known[label], truth)]
    free = [
        one
        for table in document.tables
        if table.label not in known and table.label
        for one in _printed(table, lines(path, table.page))
    ]
    dice.shuffle(free)
    return [*found, *free[: max(0, MOST - len(found))]]


def _known(document: Document, label: str, names: Names, truth: dict[str, Any]) -> Iterator[Statement]:
    """The values of truth.json, under the names that the paper prints where our reader has them."""
    words, signs = names
    table = next((one for one in document.tables if one.label == label), Table(label, "", 0, (), ()))
    places, heads = ablation.columns(table, words), column_names(table)
    columns = [heads.get(-1 if place is None else place, word) for place, word in zip(places, words, strict=True)]
    rows = [ablation.row_of(table, row_signs) for row_signs in signs]
    true = ablation.true_values(truth, label)
    values = [
        [_as_printed(value, row, place) for value, place in zip(line, places, strict=True)]
        for line, row in zip(true, rows, strict=True)
    ]
    first = min((place for place in places if place is not None), default=0)
    for row, row_signs, line in zip(rows, signs, values, strict=True):
        starred = any("*" in sign for sign in row_signs)
        name = " ".join(filter(None, row[:first])) if starred and row else ", ".join(row_signs).replace("*", "")
        for at, value in enumerate(line):
            if _is_value(value):
                yield _cell(label, name, columns[at], value, [other[at] for other in values], line)


def _as_printed(value: Any, row: tuple[str, ...], place: int | None) -> str:
    """5.0 is printed 5.00; where our reader has something else there, the truth stays."""
    if value is not None and place is not None and place < len(row) and ablation.same(row[place], value):
        return row[place]
    return "" if value is None else str(value)


def _number(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text


def _printed(table: Table, printed: list[str]) -> Iterator[Statement]:
    """The cells of a table that has names for its rows and columns, and rows that stand like that on the page."""
    wide = max((len(row) for row in table.rows), default=0)
    body = [row for row in table.rows if len(row) == wide]
    heads = column_names(table)
    numeric = [n for n in range(1, wide) if n in heads and sum(_is_value(row[n]) for row in body) > len(body) / 2]
    nameless = [n for n in range(1, wide) if not any(n < len(row) and row[n] for row in table.header)]
    if not numeric or nameless:  # a head that was not read whole: what it has may stand over more than one column
        return
    labels = _labels([row[: numeric[0]] for row in body])
    for row, names in zip(body, labels, strict=True):
        name = _row_name(names, labels)
        whole = all(row[numeric[0] :])  # a gap: the cells behind it may have been moved
        if not name or not whole or not _on_a_line(row[numeric[0] :], printed):
            continue
        for n in numeric:
            if _is_value(row[n]):
                across = [row[other] for other in numeric]
                yield _cell(table.label, name, heads[n], row[n], [other[n] for other in body], across)


def _labels(names: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """What names each row, without the columns with gaps: over which rows such a label stands is not known."""
    whole = [column for column in zip(*names, strict=True) if all(column)]
    return list(zip(*whole, strict=True)) if whole else [()] * len(names)


def _row_name(names: tuple[str, ...], all_names: list[tuple[str, ...]]) -> str:
    """As many of them as it takes to tell the row from the others; "" where they do not."""
    for count in range(1, len(names) + 1):
        if [other[:count] for other in all_names].count(names[:count]) == 1:
            return " ".join(names[:count])
    return ""


def _is_value(cell: str) -> bool:
    return _VALUE.fullmatch(cell) is not None


def column_names(table: Table) -> dict[int, str]:
    """The name of each column that has one of its own; where two have one name, with the heading that spans them."""
    wide = max((len(row) for row in table.header), default=0)
    grid = [(*row, *[""] * (wide - len(row))) for row in table.header]
    bare = [" ".join(filter(None, column)) for column in zip(*grid, strict=True)]
    groups = [""] * wide
    for n in range(1, wide):  # the first column's heading spans nothing
        groups[n] = grid[0][n] or groups[n - 1]
    names = {}
    for n, name in enumerate(bare):
        alike = [other for other in range(wide) if bare[other] == name]
        if len(alike) == 1:
            names[n] = name
        elif len({groups[other] for other in alike} - {""}) == len(alike):
            names[n] = " ".join([groups[n], *(row[n] for row in grid[1:] if row[n])])
    return {n: name for n, name in names.items() if name}


def lines(path: Path, page: int) -> list[str]:
    """The words of a page on each height, without spaces: no structure but where they stand."""
    with load_mupdf().open(path) as file:
        words = sorted(file[page - 1].get_text("words"), key=lambda word: (word[1] + word[3]) / 2)
    found: list[list[Any]] = []
    for word in words:
        middle = (word[1] + word[3]) / 2
        if found and abs(middle - (found[-1][-1][1] + found[-1][-1][3]) / 2) < 2:
            found[-1].append(word)
        else:
            found.append([word])
    return ["".join(word[4] for word in sorted(line)) for line in found]


def _on_a_line(row: tuple[str, ...], printed: list[str]) -> bool:
    pattern = re.compile(".*?".join(re.escape(re.sub(r"\s", "", cell)) for cell in row))
    return any(pattern.search(line) for line in printed)


def _cell(label: str, row: str, column: str, value: str, down: list[str], across: list[str]) -> Statement:
    """The cell in a claim or in an ablation; `down` and `across` are the values that a slip would take."""
    others = {
        "row swapped": tuple(one for one in dict.fromkeys(down) if _is_value(one) and not same_value(one, value)),
        "column swapped": tuple(one for one in dict.fromkeys(across) if _is_value(one) and not same_value(one, value)),
    }
    turn = len(f"{row}{column}{value}") % (2 * len(_FRAMES))
    if turn < len(_FRAMES):
        text = _FRAMES[turn].format(HOLE, table=label, row=as_line(one_line(row)), column=as_line(one_line(column)))
        cell = {"table": label, "row": row, "column": column, "value": HOLE}
        return Statement("cell of a claim", RESULTS, claim(text, "", [cell]), value, others)
    names = {"component": "一种设置", "table": label, "setting": row, "metric": column}
    return Statement("cell of an ablation", ABLATED, {**names, "value": HOLE, "baseline": True}, value, others)


def same_value(one: str, other: str) -> bool:
    bare = [re.sub(r"[\s,+]", "", text).replace("−", "-") for text in (one, other)]
    return bare[0] == bare[1] or _number(bare[0]) == _number(bare[1])
