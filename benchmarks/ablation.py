"""The ablation numbers of truth.json: each must stand in the right row and under the right head.

`TABLES` says how a row and a column of the truth are known in a table as printed: a column by a word of its head (from
left to right), a row by cells of it. "h=1": the cell under "h" is 1; "(A)": the row has that cell; "WikiSQL*": it has
a cell that begins so. Spaces and the shapes of crosses and check marks do not count.
"""

import re
from typing import Any

from agents.source.document import Document, Table

BLIP = ("TR@1", "IR@1", "TR@1", "IR@1", "B@4", "CIDEr", "CIDEr", "SPICE")
_D = "(D)"
_SMALL, _LARGE = "backbone=ViT-B/16", "backbone=ViT-L/16"
TABLES: dict[str, dict[str, tuple[tuple[str, ...], list[tuple[str, ...]]]]] = {
    "1706.03762": {
        "Table 3": (
            ("PPL", "BLEU", "params"),
            [
                ("base", "N=6"),
                ("(A)", "h=1", "dk=512"),
                ("(A)", "h=4", "dk=128"),
                ("(A)", "h=16", "dk=32"),
                ("(A)", "h=32", "dk=16"),
                ("(B)", "dk=16"),
                ("(B)", "dk=32"),
                ("(C)", "N=2"),
                ("(C)", "N=4"),
                ("(C)", "N=8"),
                ("(C)", "dmodel=256", "dk=32"),
                ("(C)", "dmodel=1024", "dk=128"),
                ("(C)", "dff=1024"),
                ("(C)", "dff=4096"),
                (_D, "Pdrop=0.0"),
                (_D, "Pdrop=0.2"),
                (_D, "ϵls=0.0"),
                (_D, "ϵls=0.2"),
                ("(E)",),
                ("big", "N=6", "h=16"),
            ],
        )
    },
    "2106.09685": {
        "Table 5": (("Wq", "Wk", "Wv", "Wo", "Wq,Wk", "Wq,Wv", "Wq,Wk,Wv,Wo"), [("WikiSQL*",), ("MultiNLI*",)]),
        "Table 6": (
            ("r=1", "r=2", "r=4", "r=8", "r=64"),
            [(data, kind) for data in ("WikiSQL*", "MultiNLI*") for kind in ("Wq", "Wq,Wv", "Wq,Wk,Wv,Wo")],
        ),
    },
    "2303.15343": {
        "Table 4": (
            ("INet-0", "Pet-0", "C100-0"),
            [
                ("b=n/a", "t'=log10"),
                ("b=-10", "t'=log10"),
                ("b=-10", "t'=log1"),
                ("b=0", "t'=log10"),
                ("b=0", "t'=log1"),
            ],
        )
    },
    "2201.12086": {
        "Table 1": (
            BLIP,
            [
                ("*14M*", "C=x", "F=x", _SMALL),
                ("*14M*", "C=x", "F=vB", _SMALL),
                ("*14M*", "C=vB", "F=x", _SMALL),
                ("*14M*", "C=vB", "F=vB", _SMALL),
                ("*129M*", "C=x", "F=x", _SMALL),
                ("*129M*", "C=vB", "F=vB", _SMALL),
                ("*129M*", "C=vL", "F=vL", _SMALL),
                ("*129M*", "C=x", "F=x", _LARGE),
                ("*129M*", "C=vL", "F=vL", _LARGE),
            ],
        ),
        "Table 2": (("ratio", *BLIP), [("None",), ("Beam",), ("Nucleus",)]),
        "Table 12": (BLIP, [("No", "15.3M"), ("No", "24.7M"), ("Yes", "24.7M")]),
    },
}
_SHAPES = str.maketrans({"✗": "x", "✘": "x", "×": "x", "✓": "v", "✔": "v", "′": "'", "’": "'", "−": "-", "ε": "ϵ"})


_TEX = {r"\\(?:var)?epsilon": "ϵ", r"\\times": "x", r"\\(?:text|math)[a-z]*": ""}


def plain(cell: str) -> str:
    """A cell without spaces, shapes and TeX's marks."""
    for command, sign in _TEX.items():
        cell = re.sub(command, sign, cell)
    return re.sub(r"[\s$_{}\\]", "", cell.translate(_SHAPES))


def _heads(table: Table) -> list[list[str]]:
    """The words over each column."""
    wide = max((len(row) for row in (*table.header, *table.rows)), default=0)
    return [
        [plain(word) for row in table.header if column < len(row) for word in (row[column], *row[column].split())]
        for column in range(wide)
    ]


def columns(table: Table, words: tuple[str, ...]) -> list[int | None]:
    """Where each word stands in the head, from left to right; None where it is not found."""
    found: list[int | None] = []
    start, heads = 0, _heads(table)
    for word in words:
        places = [index for index in range(start, len(heads)) if any(plain(word) == head for head in heads[index])]
        found.append(places[0] if places else None)
        start = places[0] + 1 if places else start
    return found


def _holds(row: tuple[str, ...], heads: list[list[str]], sign: str) -> bool:
    cells = list(map(plain, row))
    head, equals, value = sign.partition("=")
    if equals:
        return any(cell == value and head in heads[column] for column, cell in enumerate(cells))
    pattern = re.compile(re.escape(sign).replace(r"\*", ".*"))
    return any(pattern.fullmatch(cell) for cell in cells)


def same(cell: str, value: Any) -> bool:
    """Whether a cell prints this value: 5.0 is printed 5.00, and 91.0 may carry a dagger."""
    if isinstance(value, str):
        return plain(cell) == plain(value)
    number = re.fullmatch(r"\W*(\d[\d,]*\.?\d*)\D*", plain(cell))
    return number is not None and float(number[1].replace(",", "")) == value


def right(table: Table, words: tuple[str, ...], signs: list[tuple[str, ...]], values: list[list[Any]]) -> int:
    """How many of the values stand where they belong."""
    places, good = columns(table, words), 0
    for row_signs, row_values in zip(signs, values, strict=True):
        row = row_of(table, row_signs)
        for place, value in zip(places, row_values, strict=True):
            if value is not None and place is not None and place < len(row):
                good += same(row[place], value)
    return good


def row_of(table: Table, signs: tuple[str, ...]) -> tuple[str, ...]:
    """The row that has all these signs; () where there is none, or where it cannot be told from another."""
    heads = _heads(table)
    rows = [row for row in table.rows if all(_holds(row, heads, sign) for sign in signs)]
    return rows[0] if len(rows) == 1 else ()


def true_values(truth: dict[str, Any], label: str) -> list[list[Any]]:
    """The rows of one table of the truth, which names it "Table 5 (p10, ...)"."""
    facts = truth["ablation"]
    if label in (facts.get("table") or ""):
        return list(facts["rows"].values())
    return list(next(rows for name, rows in facts.items() if name.startswith(f"{label} (")).values())


def count(paper: str, document: Document, truth: dict[str, Any]) -> tuple[int, int]:
    """Right numbers, all numbers."""
    good = total = 0
    for label, (words, signs) in TABLES.get(paper, {}).items():
        values = true_values(truth, label)
        total += sum(value is not None for row in values for value in row)
        table = next((table for table in document.tables if table.label == label), None)
        good += right(table, words, signs, values) if table else 0
    return good, total
