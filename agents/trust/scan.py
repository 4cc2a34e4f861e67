"""Where digits stand in a paper, found in one cheap pass; number words, and what a PDF has broken, are found too.

All passages are scanned as one text: a pattern that is started once is far cheaper than one started for each cell.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate

from agents.trust import numerals as grammar
from agents.trust.numbers import Number, number_at

DIGITS = re.compile(
    rf"\d{{1,3}}(?:(?:{grammar.SEPARATOR.pattern})\d{{3}})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|(?<![\w.\])])\.\d+", re.ASCII
)
_BROKEN = re.compile(r"(?<![\d.,])(\d+)(?:(\.) (\d+)|(,) (\d{3}))(?![\d.])")  # by a line end
# What a PDF makes of 2.3·10^19 and of 10^-9: the exponent comes down to the line.
_FLAT_POWER = re.compile(r"(?<![\d.])(?:(\d+(?:\.\d+)?) ?(?:·|×|x|\*) ?)10 ?(\d{1,2})(?!\d)")
_FLAT_NEGATIVE = re.compile(r"(?<![\d.])(?:(\d+(?:\.\d+)?) ?(?:·|×|x|\*) ?)?10-(\d{1,2})(?!\d)")
_BEFORE_POWER = frozenset(" ·×x*-")
# Digits that name something: a citation, a table, a section.
_CITED = re.compile(r"\[(\d{1,3}(?:\s*[,–-]\s*\d{1,3})*)\0?\]")
_LABELLED = re.compile(
    r"\b(?:Tables?|Tab\.|Figures?|Figs?\.|Eqs?\.|Equations?|Sections?|Secs?\.|Chapter|Appendix|Algorithm|Theorem|Lemma)"
    r"[\s~]*\(?\d+(?:\.\d+)*(?:\)?\s*(?:,|and|or|to|-)\s*\(?\d+(?:\.\d+)*(?!\.?\d|\s*%|\s+(?!and\b|or\b|we\b)[A-Za-z]))*",
    re.IGNORECASE,
)
_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
_TENS = "ten twenty thirty forty fifty sixty seventy eighty ninety hundred"
_ORDINALS = "first second third fourth fifth"
_VALUES = {word: Fraction(n) for n, word in enumerate(_UNITS.split())}
_VALUES |= {word: Fraction(10 * n) for n, word in enumerate(_TENS.split(), start=1)}
_VALUES |= {word: Fraction(n) for n, word in enumerate(_ORDINALS.split(), start=1)}
_VALUES |= {"thousand": Fraction(1000), "million": Fraction(10**6), "quarter": Fraction(1, 4)}
_VALUES |= {"half": Fraction(1, 2), "halve": Fraction(1, 2)}
_VALUES |= {"twice": Fraction(2), "double": Fraction(2), "triple": Fraction(3)}
_TIMES_WORDS = {"twice", "double", "triple"}
_WORD_END = re.compile(r"(?:s|d)?(-?fold)?(?![a-z])")
_MANY = 40  # digits of a number that is looked up
_BETWEEN = "\x01"  # passages: no pattern runs over it


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of text: a paragraph, a caption, or one cell of a table."""

    text: str
    folded: str
    page: int
    cell: tuple[int, int, int] | None = None  # of which grid, and its row and column
    loose: bool = False  # a whole table as text: what stands side by side there need not belong together


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """One place of the paper where digits stand; `number` where it had to be read otherwise than as it is printed.

    There is one for each place, so that they need not be compared by what they hold.
    """

    passage: int
    start: int
    raw: str  # the digits as printed, separators out
    number: Number | None = None


def digits(raw: str) -> str:
    """What all dresses of a number share."""
    return raw.replace(".", "").strip("0")


def _printed(value: Fraction) -> str:
    return str(float(value)) if value.denominator > 1 else str(value)


_WORDS: dict[str, list[str]] = defaultdict(list)  # by digits
for _word, _value in _VALUES.items():
    _WORDS[digits(_printed(_value))].append(_word)


class Places:
    """All places of digits in some passages, the cells of tables last; each is made when it is first asked for."""

    def __init__(self, passages: Sequence[Passage], labels: frozenset[str]) -> None:
        running = [passage.folded for passage in passages if passage.cell is None]
        cells = [passage.folded for passage in passages if passage.cell is not None]
        prose = without_names(_BETWEEN.join(running), labels)
        self._text = _BETWEEN.join([prose, *cells] if running else cells)
        self._lower = prose.replace("İ", "I").lower()  # no other letter grows when it is lowered
        self._starts = list(accumulate((len(text) + 1 for text in (*running, *cells)), initial=0))
        self._filed: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self._odd: dict[str, list[Seen]] = defaultdict(list)
        self._made: dict[str, list[Seen]] = {}
        self._scan()

    def _scan(self) -> None:
        text, ends = self._text, [0, 0, 0]
        for found in DIGITS.finditer(text):
            at, end = found.span()
            raw = found[0] if found[0].isdigit() else grammar.SEPARATOR.sub("", found[0])
            if end - at <= _MANY and text[at - 1 : at] != "\0":
                self._filed[digits(raw)].append((at, raw))
            after = text[end : end + 1]
            if after in {".", ","}:
                self._keep(0, _broken(text, at), ends)
            elif after in _BEFORE_POWER:
                self._keep(1, _flat(_FLAT_POWER, 1, text, at), ends)
                self._keep(2, _flat(_FLAT_NEGATIVE, -1, text, at), ends)

    def _keep(self, kind: int, found: tuple[int, int, str, Number] | None, ends: list[int]) -> None:
        """What is printed otherwise, unless it is the rest of one before."""
        if found and found[0] >= ends[kind]:
            at, ends[kind], raw, number = found
            self._odd[digits(raw)].append(self._seen(at, raw, number))

    def _seen(self, at: int, raw: str, number: Number | None = None) -> Seen:
        passage = bisect_right(self._starts, at) - 1
        start = at - self._starts[passage]
        moved = replace(number, start=start, end=start + number.end - number.start) if number else None
        return Seen(passage, start, raw, moved)

    def at(self, key: str) -> list[Seen]:
        """Where these digits stand, in the order of the paper."""
        if key not in self._made:
            found = [self._seen(at, raw) for at, raw in self._filed.get(key, ())]
            odd = [*self._odd.get(key, ()), *(seen for word in _WORDS.get(key, ()) for seen in self._spelled(word))]
            self._made[key] = sorted(found + odd, key=lambda one: one.passage) if odd else found
        return self._made[key]

    def filed_under(self) -> set[str]:
        """All digits under which a place may be filed."""
        return {*self._filed, *self._odd, *_WORDS}

    def _spelled(self, word: str) -> Iterator[Seen]:
        """Where a number is written out."""
        value, at = _VALUES[word], self._lower.find(word)
        while at >= 0:
            end = _WORD_END.match(self._lower, at + len(word))
            if end and not (at and "a" <= self._lower[at - 1] <= "z"):
                times = bool(end[1]) or word in _TIMES_WORDS
                spelled = self._text[at : end.end()]
                number = Number(spelled, at, end.end(), value, "×" if times else "")
                yield self._seen(at, _printed(value), number)
            at = self._lower.find(word, at + 1)


def without_names(folded: str, labels: frozenset[str]) -> str:
    """The text without the digits that name something; places stay."""

    def cited(found: re.Match[str]) -> str:
        names = re.findall(r"\d+", found[1])
        return re.sub(r"\d", "\0", found[0]) if labels.issuperset(names) else found[0]

    return _LABELLED.sub(lambda found: re.sub(r"\d", "\0", found[0]), _CITED.sub(cited, folded))


def _broken(text: str, at: int) -> tuple[int, int, str, Number] | None:
    broken = _BROKEN.match(text, at)
    if broken is None:
        return None
    raw = f"{broken[1]}.{broken[3]}" if broken[2] else f"{broken[1]}{broken[5]}"
    after = text[broken.end() : broken.end() + 12].partition(_BETWEEN)[0]
    return at, broken.end(), raw, number_at(raw + after, raw + after, 0)


def _flat(pattern: re.Pattern[str], sign: int, text: str, at: int) -> tuple[int, int, str, Number] | None:
    flat = pattern.match(text, at)
    if flat is None:
        return None
    raw, worth = flat[1] or "1", Fraction(10) ** (sign * int(flat[2]))
    shown = len(raw.partition(".")[2])
    number = Number(flat[0], at, flat.end(), Fraction(raw) * worth, decimals=shown, step=worth / 10**shown)
    return at, flat.end(), raw, number
