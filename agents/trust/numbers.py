"""Every number in a text, and whether another text holds it: the number finder.

The same number in other dress is the same number: 1,024 and 1024; 93.1% and 93.1, or 0.931 where either side has the
percent sign; 3.2× and 3.2 倍 and 3.2; 1.29 亿 and 129M; 1e-3 and $10^{-3}$; −0.9 and -0.9, and 下降 0.9; both ends of a
range and both parts of a ±; a fraction, by its value or by its two parts. Rounding counts only where it is said:
约 0.93 is found in 0.9312 (as with ≈ or 左右), a bare 0.93 is not, for who reads it believes that it was measured so.
A bound (超过 0.9) is a number like any other and must stand there too.

What has digits and is no number is passed over: names (BLIP-2, ViT-B/16, conv2d, R@5), labels (表 3, [3], 3.2 节), the
numbers of lists, dates and versions, and the whole numbers that only build a formula (those of $x^2$ and $2x$).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from agents.trust import numerals as grammar

_LONGEST = 40  # characters of a numeral that is read: nobody quotes a longer one
_LARGEST = 400  # exponent, so that 1e999999999 costs nothing
_LOOK_BACK = 24
_LENIENCE = Fraction(1, 20)  # how far 约 100 may be from what it stands for


@dataclass(frozen=True, slots=True)
class Number:
    text: str  # as written, with its sign and what follows: "-0.9", "12.9%", "1.29 亿"
    start: int
    end: int
    value: Fraction  # magnitude and exponent included, the percent sign not
    unit: Literal["", "%", "×"] = ""
    decimals: int = 0  # digits shown after the point
    step: Fraction = Fraction(1)  # worth of the last digit shown: 1000000 for 1.29 亿
    about: bool = False  # said to be rounded
    falls: bool = False  # said to be a decrease: 下降 0.9 is found in -0.9
    parts: tuple["Number", ...] = ()  # of a fraction


@dataclass(frozen=True, slots=True)
class Evidence:
    """A text in which numbers are looked up."""

    plain: frozenset[Fraction]
    percent: frozenset[Fraction]


def numbers(text: str) -> list[Number]:
    """Every number that a text states, in order."""
    folded = _without_labels(text.translate(grammar.FOLDED))
    found: list[Number] = []
    for number in _numerals(text, folded):
        if not _is_name(folded, number):
            found[-1:] = _range(folded, found[-1], number) if found else [number]
    return found


def evidence(text: str) -> Evidence:
    """All that a text can prove, by the digits inside its names and labels too: step100 proves 第 100 步."""
    folded = text.translate(grammar.FOLDED)
    found = list(_numerals(text, folded))
    found += [end for first, second in pairwise(found) for end in _range(folded, first, second)]
    found += [part for number in found for part in number.parts]
    return Evidence(
        frozenset(number.value for number in found if number.unit != "%"),
        frozenset(number.value for number in found if number.unit == "%"),
    )


def holds(held: Evidence, number: Number) -> bool:
    """Whether it is there, in this dress or another."""
    if number.parts and all(holds(held, part) for part in number.parts):
        return True
    same, other = (held.percent, held.plain) if number.unit == "%" else (held.plain, held.percent)
    scale = Fraction(1, 100) if number.unit == "%" else 100  # 93% is 0.93 there, and 0.93 is 93% there
    for value in (number.value, -number.value)[: 1 + number.falls]:
        if value in same or value in other or value * scale in other:
            return True
        if number.about and (near(same | other, number, value) or near(other, number, value, scale)):
            return True
    return False


def missing(text: str, outputs: str) -> list[str]:
    """The numbers that `text` states and `outputs` do not hold, as they are written; one entry for each place."""
    held = evidence(outputs)
    return [number.text for number in numbers(text) if not holds(held, number)]


def near(held: frozenset[Fraction], number: Number, value: Fraction, scale: Fraction | int = 1) -> bool:
    """Whether one of them, rounded, is the value. The zeros at the end of 12000 may be rounded digits."""
    step = coarse = number.step
    while value and not number.decimals and (value / coarse / 10).denominator == 1:
        coarse *= 10
    return any(
        2 * off <= step or (2 * off <= coarse and off <= abs(value) * _LENIENCE)
        for off in (abs(one / scale - value) for one in held)
    )


def _without_labels(folded: str) -> str:
    """The text with the digits gone that are no number; places stay."""
    for label in grammar.LABELS:
        folded = label.sub(_blank, folded)
    return grammar.MATH.sub(_only_stated, folded)


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"\d", "\0", found[0])


def _only_stated(found: re.Match[str]) -> str:
    """A formula without the numbers that only build it: indices, and whole ones after no = or ≈."""
    formula = found[0]
    if not grammar.SYMBOL.search(grammar.NO_SYMBOL.sub("", formula)):
        return formula
    formula = grammar.INDEX.sub(lambda index: index[0] if index["ten"] else _blank(index), formula)

    def stated(numeral: re.Match[str]) -> str:
        before = formula[max(0, numeral.start() - _LOOK_BACK) : numeral.start()]
        return numeral[0] if re.search(r"[.eE^]", numeral[0]) or grammar.RELATION.search(before) else _blank(numeral)

    return grammar.NUMERAL.sub(stated, formula)


def _is_name(folded: str, number: Number) -> bool:
    """Whether letters stand directly before or after it, other than a unit, a TeX command or a size (16x16)."""
    before, after = folded[max(0, number.start - _LOOK_BACK) : number.start], folded[number.end : number.end + 12]
    if grammar.LETTER_BEFORE.search(before) and not grammar.MAY_STAND_BEFORE.search(before):
        return True
    return re.match(r"[A-Za-z_]", after) is not None and not grammar.UNIT.match(after)


def _range(folded: str, first: Number, second: Number) -> list[Number]:
    """In a range, what is said of one end holds for the other: 约 3–5, 3–5%, 3–5 万."""
    between = folded[first.end : second.start]
    dashed = grammar.DASH.fullmatch(between) is not None
    if dashed or grammar.TO.fullmatch(between):
        second = replace(second, about=first.about or second.about)
        first = replace(first, about=second.about, unit=first.unit or second.unit)
        worth = second.step * 10**second.decimals
        if dashed and first.step * 10**first.decimals == 1 != worth:
            first = replace(first, value=first.value * worth, step=first.step * worth)
    return [first, second]


def _numerals(text: str, folded: str) -> Iterator[Number]:
    """Everything of the form of a number."""
    at = 0
    fraction = grammar.FRACTION.search(folded)
    while plain := grammar.NUMERAL.search(folded, at):
        if fraction and fraction.start() < at:
            fraction = grammar.FRACTION.search(folded, at)
        if fraction and fraction.start() <= plain.start():
            over, under = (int(part) if len(part) <= _LONGEST else 0 for part in fraction.groups() if part)
            if under:
                yield _fraction(text, fraction.span(), over, under)
            at = fraction.end()
        elif len(plain[0]) <= _LONGEST:
            number = _number(text, folded, plain)
            yield number
            at = number.end
        else:
            at = plain.end()


def _fraction(text: str, span: tuple[int, int], over: int, under: int) -> Number:
    parts = tuple(Number(str(part), *span, Fraction(part)) for part in (over, under))
    return Number(text[slice(*span)], *span, Fraction(over, under), parts=parts)


def number_at(text: str, folded: str, start: int) -> Number:
    """The number whose digits begin there, with its sign and what follows; `folded` is the text so translated."""
    found = grammar.NUMERAL.match(folded, start)
    if found is None:
        raise ValueError(f"no digits at {start}: {text[start : start + 20]!r}")
    return _number(text, folded, found)


def _number(text: str, folded: str, found: re.Match[str]) -> Number:
    start, end = found.span()
    alone, alone_up, shown, e, times, times_up = found.group("alone", "alone_up", "digits", "e", "times", "times_up")
    power = alone or e or times or (alone_up or times_up or "0").translate(grammar.SUPERSCRIPT)
    exponent = max(-_LARGEST, min(_LARGEST, int(power)))
    if magnitude := grammar.MAGNITUDE.match(folded, end):
        exponent += grammar.MAGNITUDES[magnitude[0].strip()]
        end = magnitude.end()
    unit: Literal["", "%", "×"] = ""
    if followed := grammar.PERCENT.match(folded, end):
        unit, end = "%", followed.end()
    elif followed := grammar.TIMES.match(folded, end):
        unit, end = "×", followed.end()
    sign, start = _sign(text, folded, start)
    before = folded[max(0, start - _LOOK_BACK) : start]
    if grammar.HUNDREDTHS.search(before):
        unit = "%"
    value, step, decimals = _worth(shown or "1", exponent)
    return Number(
        text=text[start:end],
        start=start,
        end=end,
        value=value if sign > 0 else -value,
        unit=unit,
        decimals=decimals,
        step=step,
        about=bool(grammar.ABOUT.search(before) or grammar.ABOUT_AFTER.match(folded, end)),
        falls=sign > 0 and grammar.FALL.search(before) is not None,
    )


@lru_cache(maxsize=8192)
def _worth(shown: str, exponent: int) -> tuple[Fraction, Fraction, int]:
    """The value of digits, what the last of them is worth, and how many stand after the point."""
    digits = grammar.SEPARATOR.sub("", shown)
    decimals = len(digits.partition(".")[2])
    worth = Fraction(10) ** exponent
    return Fraction(digits) * worth, worth / 10**decimals, decimals


def _sign(text: str, folded: str, start: int) -> tuple[int, int]:
    """-1 or 1, and where the number begins with its sign. Between digits, or after a word, a dash is none."""
    at = start - 1
    if at < 0 or not (text[at] in grammar.MINUS or folded[at] == "+"):
        return 1, start
    if at and re.match(r"[\w)\]}%\-+.]", folded[at - 1], re.ASCII):
        return 1, start
    return (1 if folded[at] == "+" else -1), at
