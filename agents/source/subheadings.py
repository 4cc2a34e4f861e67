"""Subheadings that carry no number: told by their type and the room around them."""

import re
from collections.abc import Sequence

from agents.source.layout import Measure, is_prose
from agents.source.lines import Row
from agents.source.typography import alike, may_be_heading

_NUMBERED = re.compile(r"^(?:[A-Z]|[IVX]{1,5}|\d[\d.]*)[.:)]?\s")


def find_beneath(rows: Sequence[Row], usual: Measure, model: Row, taken: set[int]) -> list[int]:
    """Subheadings without a number: short rows in one type of their own, apart from the text above, prose below them.

    One such row may be anything; two or more in the same type are a level of headings.
    """
    found = []
    for index in range(1, len(rows) - 1):
        row = rows[index]
        if index in taken or len(row.cells) > 1 or len(row.text) > 80 or not row.text[0].isupper():
            continue
        loud = row.bold > 0.85 or row.size > usual.body + 0.9
        if not loud or not usual.body - 0.6 < row.size < model.size + 0.2 or row.text[-1] in ".,;:":
            continue
        if may_be_heading(row, usual) and not _NUMBERED.match(row.text) and _is_apart(rows, index, usual):
            found.append(index)
    return [index for index in found if sum(alike(rows[index], rows[other]) for other in found) > 1]


def _is_apart(rows: Sequence[Row], index: int, usual: Measure) -> bool:
    """Whether there is room above this row, or a new column, and prose right below it that begins at its left."""
    before, row, after = rows[index - 1], rows[index], rows[index + 1]
    below = after.base - row.base
    prose = is_prose(after, usual) or len(after.text) > 0.5 * usual.width / usual.body
    inside = after.page == row.page and 0 < below < 2.6 * usual.step and abs(after.x0 - row.x0) < 2.5 * usual.body
    above = row.base - before.base
    return (
        inside
        and prose
        and after.bold < 0.5
        and abs(after.size - usual.body) < 0.6
        and after.text[0].isupper()
        and (before.page != row.page or not 0 < above < 1.3 * usual.step)
    )
