"""Numbers that follow from cells of a table: 高出 2.0, where the claim names 28.4 and 26.4."""

from collections.abc import Iterator
from fractions import Fraction

from agents.note.text import letters
from agents.trust.cells import Checked, stated_in
from agents.trust.numbers import Number
from agents.trust.support import Ground


def is_difference(number: Number, text: str, checked: list[Checked], ground: Ground) -> bool:
    """Whether it is what lies between two cells that the claim names: 2.0 between 26.4 and 28.4, or its share."""
    values = list(_compared(text, checked, ground))
    for one, other in values:
        delta = one - other
        share = delta / abs(other) * 100 if other and number.unit == "%" else None
        for value in (delta, -delta, share, -share if share is not None else None):
            if value is not None and round(value, number.decimals) == number.value and _signed(number, value):
                return True
        if number.unit == "×" and other and round(one / other, number.decimals) == number.value:
            return True
    return False


def _signed(number: Number, value: Fraction) -> bool:
    return number.value != 0 or abs(value) < Fraction(1, 2)


def _compared(text: str, checked: list[Checked], ground: Ground) -> Iterator[tuple[Fraction, Fraction]]:
    """Pairs of values: two that are named, and one that is with that of another row that the text names."""
    named = [one for one in checked if one.found.kind == "cell" and one.stated]
    spoken = letters(text)
    for one in named:
        for other in named:
            if one is not other and one.datum.table == other.datum.table:
                yield one.stated[0].number.value, other.stated[0].number.value
        for n, row, column in one.found.places[:1]:
            grid = ground.index.grids[n]
            for other_row, line in grid.body.items():
                if other_row != row and letters(line[0]) and letters(line[0]) in spoken and len(line) > column:
                    value = next(iter(stated_in(line[column])), None)
                    if value:
                        yield one.stated[0].number.value, value.number.value
