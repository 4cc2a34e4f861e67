"""Numbers that the sentence or its quote works out: 512 / 8 = 64; 从 512 升到 2048，即 4 倍; 3.5 天，84 小时.

Only what is said to be worked out: a share of two numbers is a factor (倍), what lies between two is a difference where
the words before it say so (高, 降, 差 …), a time may be given in another measure. Chance must not bear out a number.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import permutations

from agents.trust import terms
from agents.trust.numbers import Number, numbers

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_DIFFERS = re.compile(r"(?:[高低升降掉差多少减增]|提高|领先|落后|超过|缩小|扩大|相差)[^\d，。；,;、]{0,6}$")
_EQUALS = re.compile(r"\s*[=≈]\s*")


def is_reckoned(number: Number, text: str, others: Iterable[Number], quote: str) -> bool:
    """Whether it follows from two other numbers of the text or its quote, or from one in another measure of time."""
    said = [(one.value, one.unit, terms.measure(text[one.end : one.end + 12])) for one in others if not one.parts]
    said += [(one.value, one.unit, terms.measure(quote[one.end : one.end + 12])) for one in numbers(quote)]
    if measure := _SECONDS.get(terms.measure(text[number.end : number.end + 12])):
        times = (Fraction(value * _SECONDS[name], measure) for value, _, name in said if name in _SECONDS)
        return any(_shows(number, time) for time in times)
    return any(_shows(number, value) for value in _worked_out(number, text, said))


def _worked_out(number: Number, text: str, said: Sequence[tuple[Fraction, str, str]]) -> Iterator[Fraction]:
    differs = _DIFFERS.search(text[max(0, number.start - 10) : number.start])
    for (one, unit, measure), (other, other_unit, other_measure) in permutations(said, 2):
        if measure != other_measure or unit != other_unit or unit == "×" or other <= 0:
            continue
        if number.unit == "×":
            yield one / other
        elif differs and unit == number.unit:
            yield one - other


def _shows(number: Number, value: Fraction) -> bool:
    """Whether it is the value, to the digits shown."""
    return number.value > 0 and 2 * abs(number.value - value) <= number.step


def works_out(number: Number, text: str) -> bool:
    """Whether it is a division whose outcome stands behind it, and is right: 512 / 8 = 64."""
    equals = _EQUALS.match(text, number.end)
    outcome = numbers(text[equals.end() : equals.end() + 20]) if equals else []
    return bool(outcome) and outcome[0].start == 0 and _shows(outcome[0], number.value)
