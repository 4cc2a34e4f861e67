"""Captions of figures and tables, and which of the rows around them are the figure's or the table's own."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from agents.source.layout import Measure, is_prose, widest_gap
from agents.source.lines import Row

_LABEL = re.compile(
    r"^(?P<kind>Figure|FIGURE|Fig\.?|FIG\.?|Table|TABLE|Tab\.|图|表"
    r"|Supplementary (?:Figure|Table)|Extended Data (?:Figure|Fig\.|Table))"
    r"\s?(?P<number>\d{1,3}|[A-Z]\.?\d{1,2}|[IVX]{1,5})(?P<mark>\s?[.:|—–]|\s?\([a-z]\))?(?P<rest>\s.*|)$",
    re.DOTALL,
)
_PROSE_AFTER = re.compile(
    r"^\s*(?:shows?|and|we|is|are|in|of|for|to|the|with|where|illustrates?"
    r"|presents?|lists?|gives?|summari|compares?|reports?|[,;)])",
    re.IGNORECASE,
)


class Caption(NamedTuple):
    first: int  # index of its first row
    last: int
    kind: str  # "Figure" or "Table"
    number: str
    size: float

    @property
    def label(self) -> str:
        return f"{self.kind} {self.number}"


def _score(rows: Sequence[Row], index: int, found: re.Match[str], usual: Measure) -> int:
    """How much this row looks like the beginning of a caption, and not like a sentence that names one."""
    row, before = rows[index], rows[index - 1] if index else None
    rest, mark = found["rest"] or "", (found["mark"] or "").strip()
    score = 3 if mark in {":", "|"} else 1 if mark else 0
    label = row.spans_bold()
    score += 2 * label + (abs(row.size - usual.body) > 0.6) + 2 * (not rest.strip())
    running = before is not None and before.page == row.page and 0 < row.base - before.base < 1.35 * usual.step
    if running and before is not None and is_prose(before, usual) and abs(before.x0 - row.x0) < 1.5 * row.size:
        score -= 2 if mark in {":", "|"} or label else 4
    elif before is None or before.page != row.page or not running:
        score += 1
    return score - 3 * bool(_PROSE_AFTER.match(rest) and not mark)


def _is_bare(row: Row) -> bool:
    """A label alone on its row, the text centred below it: "TABLE I"."""
    found = _LABEL.match(row.text)
    return bool(found) and not found["rest"].strip()  # type: ignore[index]


def _arabic(number: str) -> str:
    return number.replace(".", "") if number[0].isalpha() and number[-1].isdecimal() else number


def find_captions(rows: Sequence[Row], usual: Measure, skip: set[int]) -> list[Caption]:
    """One caption for each distinct figure and table, in their order. `skip`: rows that are other things."""
    best: dict[tuple[str, str], tuple[int, int]] = {}
    for index, row in enumerate(rows):
        found = _LABEL.match(row.text) if index not in skip and row.text[0] in "FTSE图表" else None
        if not found:
            continue
        score = _score(rows, index, found, usual)
        kind = "Table" if re.search(r"tab|表", found["kind"], re.IGNORECASE) else "Figure"
        key = (kind, _arabic(found["number"]))
        if score >= 1 and score > best.get(key, (0, 0))[0]:
            best[key] = (score, index)
    starts = {index for _, index in best.values()}
    captions = [
        Caption(index, _last(rows, index, starts | skip, usual), kind, number, rows[index].size)
        for (kind, number), (_, index) in best.items()
    ]
    return sorted(captions)


def _last(rows: Sequence[Row], first: int, stop: set[int], usual: Measure) -> int:
    """Index of the last row of a caption: the same type, one row below the other."""
    last, step = first, 0.0
    while last + 1 < len(rows) and last + 1 not in stop:
        row, after = rows[last], rows[last + 1]
        down = after.base - row.base
        limit = 1.12 * max(step, 1.15 * row.size) + 0.3 if step else 1.45 * max(row.size, 0.8 * usual.step)
        if after.page != row.page or not 0 < down <= limit or abs(after.size - rows[first].size) > 0.45:
            break
        centred = last == first and _is_bare(rows[first]) and abs(after.x0 + after.x1 - row.x0 - row.x1) < 2 * row.size
        if (
            not centred
            and after.x0 < rows[first].x0 - 3 * row.size
            and row.x1 - row.x0 < 0.8 * (after.x1 - after.x0)
            and step == 0.0
        ):
            break
        justified = abs(after.x0 - rows[first].x0) < 1.5 and abs(after.x1 - rows[first].x1) < 1.5
        if widest_gap(after) > (2.2 if justified else 1.1) * row.size:
            break
        if after.x0 > row.x1 or after.x1 < row.x0:
            break
        if (
            row.x1 < max(r.x1 for r in rows[first : last + 1]) - 0.25 * (row.x1 - row.x0)
            and step
            and row.text.endswith(".")
        ):
            break
        step, last = down, last + 1
    return last
