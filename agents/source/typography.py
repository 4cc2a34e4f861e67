"""How a row looks: set apart from running text, in capitals, like another row."""

from agents.source.layout import Measure
from agents.source.lines import Row


def is_capitals(text: str) -> bool:
    """Whether this is set in capitals or small capitals."""
    if text[1:4].islower():  # the common case, told at once
        return False
    upper, lower = sum(map(str.isupper, text)), sum(map(str.islower, text))
    return upper >= 3 and lower < 0.1 * (upper + lower)


def stands_out(row: Row, usual: Measure, font: str) -> bool:
    """Whether it looks different from running text. Whole rows only: a run-in bold heading is none."""
    return (
        row.bold > 0.85
        or row.size > usual.body + 0.9
        or (row.font != font and row.math < 0.5 and row.size > usual.body - 1.5)
        or is_capitals(row.text)
    )


def may_be_heading(row: Row, usual: Measure) -> bool:
    """Whether it could be a heading at all, by its length and its letters."""
    return (
        len(row.text) < 140 and row.size > usual.body - 2.2 and row.math < 0.6 and sum(map(str.isalpha, row.text)) >= 2
    )


def alike(one: Row, other: Row) -> bool:
    """Whether two rows are set in the same type: size, weight, font."""
    return (
        abs(one.size - other.size) < 0.35
        and abs(one.bold - other.bold) < 0.5
        and (one.font == other.font or (one.bold > 0.85 and other.bold > 0.85))
    )
