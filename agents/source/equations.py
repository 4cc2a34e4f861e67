"""Numbered display equations: where they stand, their number, and the sentences that introduce and explain them."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from agents.source.document import Equation
from agents.source.layout import Measure
from agents.source.lines import Row, box_around, make_row
from agents.source.paragraphs import Mend

_NUMBER = re.compile(r"^\(((?:[A-Z]\.?)?\d{1,3}(?:\.\d{1,3})?[a-z]?|[A-Z]\.\d{1,2}\.\d{1,2})\)$")
_AT_END = re.compile(r"^(.*\S)\s*\(((?:[A-Z]\.?)?\d{1,3}(?:\.\d{1,3})?[a-z]?)\)$")
_WHERE = re.compile(r"^(?:where|with|here|in which|such that|for)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[a-z)\]\d”\"$][.?!])\s+(?=[A-Z(“$])")


class Region(NamedTuple):
    """A numbered equation by the indices of its rows."""

    first: int
    last: int
    number: str


def _number_of(row: Row, usual: Measure) -> str:
    """The equation number at the right edge of this row, "" without. One digit or two: the right edges meet."""
    last = row.cells[-1]
    at_edge = any(abs(last.x1 - right) < 4.5 for right in usual.rights)
    if not at_edge:
        return ""
    if found := _NUMBER.match(last.text):
        return found[1] if len(row.cells) == 1 or last.x0 - row.cells[-2].x1 > 0.6 * row.size or row.math > 0.2 else ""
    found = _AT_END.match(last.text)
    return found[2] if found and row.math > 0.4 and len(row.text) < 90 else ""


def _is_display(row: Row, usual: Measure) -> bool:
    """Whether this row could be part of a display: no running text."""
    words = re.findall(r"[A-Za-z]{3,}", row.text)
    left = any(abs(row.x0 - edge) < 2.5 for edge in usual.lefts)
    if row.math > 0.25 and not (left and len(words) > 4):
        return len(words) < 7 or row.math > 0.5
    return (not left and len(words) <= 2) or len(row.text) < 4


def find_equations(rows: Sequence[Row], usual: Measure, skip: set[int]) -> list[Region]:
    """The numbered equations, each number once a page, in order. `skip`: rows that are other things."""
    marks = [
        (index, number)
        for index, row in enumerate(rows)
        if row.text[-1] == ")" and index not in skip and (number := _number_of(row, usual))
    ]
    numbered = {index for index, _ in marks}
    regions: list[Region] = []
    for index, number in marks:
        floor = regions[-1].last if regions else -1
        first = last = index
        while first - 1 > floor and _joins(rows, first - 1, first, usual, skip | numbered):
            first -= 1
        alone = _NUMBER.match(rows[index].text) is not None
        while (
            alone and first == index and last + 1 < len(rows) and _joins(rows, last + 1, last, usual, skip | numbered)
        ):
            last += 1
        if first == last and alone:
            continue  # a number with no formula beside it
        regions.append(Region(first, last, number))
    return regions


def _joins(rows: Sequence[Row], index: int, beside: int, usual: Measure, stop: set[int]) -> bool:
    row, other = rows[index], rows[beside]
    near = row.page == other.page and abs(row.base - other.base) < 2.6 * usual.step
    return index not in stop and near and row.x0 < other.x1 + usual.width and _is_display(row, usual)


def sentence_around(before: str, after: str) -> str:
    """The sentence that leads to an equation, and the "where ..." that follows it."""
    lead = _SENTENCE.split(before)[-1]
    return f"{lead} {_SENTENCE.split(after)[0]}".strip() if _WHERE.match(after) else lead


def _text(rows: Sequence[Row], mend: Mend) -> str:
    return mend([row.text for row in rows]) if rows else ""


def read_equation(rows: Sequence[Row], region: Region, prose: Sequence[bool], mend: Mend) -> Equation:
    """The equation of this region. `prose`: which rows are running text."""
    own = [rows[index] for index in range(region.first, region.last + 1)]
    shown = [
        make_row(row.page, cells)
        for row in own
        if (cells := [cell for cell in row.cells if not _NUMBER.match(cell.text)])
    ]
    before = [rows[i] for i in range(max(0, region.first - 12), region.first) if prose[i]]
    after = [rows[i] for i in range(region.last + 1, min(len(rows), region.last + 7)) if prose[i]]
    after = after if region.last + 1 < len(rows) and after and after[0] is rows[region.last + 1] else []
    text = re.sub(r"\s*\(" + re.escape(region.number) + r"\)$", "", " ".join(row.text for row in shown))
    sentence = sentence_around(_text(before, mend), _text(after, mend))
    return Equation(region.number, text, own[0].page, box_around(own), sentence)
