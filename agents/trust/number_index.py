"""Every number of a paper and where it stands: made once in one cheap pass, read closely only where something is asked.

A number is filed under its digits without leading and trailing zeros, which every dress of it shares: 0.931 and 93.1%,
129M and 1.29 亿, $10^{-3}$ and 0.001. Whether it is the same number is then told by `same`, from what stands around it.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

from agents.source.document import Document
from agents.trust import numerals as grammar
from agents.trust.numbers import Number, near, number_at
from agents.trust.scan import DIGITS, Passage, Places, Seen, digits
from agents.trust.table_grid import Grid, grid

_SPACED_K, _SPACED_LETTER = re.compile(r" k(?![A-Za-z0-9])"), re.compile(r" (K)$")
_IN_A_NAME, _HALVED = re.compile(r"[A-Za-z]-?$|\d/$"), re.compile(r"/\d")
_SECTION = re.compile(r"(?:[A-Z]\.?)?\d+(?:\.\d+)*(?=\s)")
_HUNDREDTH = Fraction(1, 100)


@dataclass(frozen=True)
class Index:
    passages: tuple[Passage, ...]
    grids: tuple[Grid, ...]
    seen: Places
    labels: frozenset[str]  # of its references
    headings: frozenset[tuple[str, str]]  # of its sections: the number, and the first word of the title
    _read: dict[Seen, Number] = field(default_factory=dict)
    _worth: dict[Seen, tuple[Number, ...]] = field(default_factory=dict)

    def number(self, seen: Seen) -> Number:
        """The number that stands there, read closely; once."""
        if seen not in self._read:
            passage = self.passages[seen.passage]
            self._read[seen] = seen.number or number_at(passage.text, passage.folded, seen.start)
        return self._read[seen]

    def is_name(self, seen: Seen) -> bool:
        """Whether the digits belong to a name or are half of a fraction: GPT-3, CC12M, So-400m, 1/4."""
        folded, end = self.passages[seen.passage].folded, seen.start + len(seen.raw)
        before, after = folded[max(0, seen.start - 3) : seen.start], folded[end : end + 2]
        return seen.number is None and bool(_IN_A_NAME.search(before) or _HALVED.match(after))

    def is_word(self, seen: Seen) -> bool:
        """Whether it is written out: "three"."""
        return seen.number is not None and not seen.number.text[:1].strip("+-−–.").isdigit()

    def worth(self, seen: Seen) -> tuple[Number, ...]:
        """As it stands, and as its column says: 65 under ×10^6 is 65M too."""
        if seen not in self._worth:
            self._worth[seen] = tuple(self._scaled(seen))
        return self._worth[seen]

    def _scaled(self, seen: Seen) -> Iterator[Number]:
        yield (number := self.number(seen))
        passage = self.passages[seen.passage]
        cell = passage.cell
        if _SPACED_K.match(passage.folded, number.end) and seen.number is None:
            yield replace(number, value=number.value * 1000, step=number.step * 1000)
        if spaced := _SPACED_LETTER.search(number.text):  # 1.95 K/Jy are kelvins
            worth = Fraction(10) ** grammar.MAGNITUDES[spaced[1]]
            yield replace(number, value=number.value / worth, step=number.step / worth)
        scale = self.grids[cell[0]].scale(cell[1], cell[2]) if cell and not number.unit else ""
        if scale == "%":
            yield replace(number, unit="%")
        elif scale:
            yield replace(number, value=number.value * 10 ** int(scale), step=number.step * 10 ** int(scale))

    @cached_property
    def _mantissas(self) -> list[tuple[float, str]]:
        return sorted((float(f"0.{key}"), key) for key in self.seen.filed_under() if key)

    def like(self, number: Number, raw: str, grid: int = -1) -> list[Seen]:
        """Where this very number stands, in any dress; for a rounded one also where what it was rounded from stands.

        `grid`: only in the cells of this one.
        """
        found = [one for one in self._filed(digits(raw), grid) if self._same(number, one)]
        if number.about and not found:
            found = [one for key in self._close(raw) for one in self._filed(key, grid) if self._rounded(number, one)]
        return found

    def _filed(self, key: str, grid: int) -> list[Seen]:
        filed = self.seen.at(key)
        if grid < 0:
            return filed
        return [one for one in filed if (cell := self.passages[one.passage].cell) and cell[0] == grid]

    def _same(self, number: Number, one: Seen) -> bool:
        return any(same(number, worth) for worth in self.worth(one))

    def _close(self, raw: str) -> Iterator[str]:
        mantissa = float(f"0.{digits(raw) or 0}")
        for scale in (0.1, 1.0, 10.0):
            low = bisect_left(self._mantissas, (mantissa * scale * 0.9, ""))
            high = bisect_right(self._mantissas, (mantissa * scale * 1.1, "￿"))
            yield from (key for _, key in self._mantissas[low:high])

    def close(self, number: Number, raw: str) -> list[Seen]:
        """Where the values next to it stand, the closest first."""
        found = [one for key in self._close(raw) for one in self.seen.at(key) if not self._same(number, one)]
        apart = {one: abs(self.number(one).value - number.value) for one in found}
        return sorted((one for one in found if apart[one] <= abs(number.value) / 10), key=lambda one: apart[one])

    def _rounded(self, number: Number, one: Seen) -> bool:
        return any(
            not _clash(number, worth) and near(frozenset((worth.value,)), number, value, scale)
            for worth in self.worth(one)
            for value in (number.value, -number.value)[: 1 + number.falls]
            for scale in {1, _scale(number, worth) or 1}
        )


def bare(text: str) -> str:
    """The digits that a numeral begins with, without sign, separators and what follows: "1024", "28.4"."""
    found = DIGITS.search(text.translate(grammar.FOLDED))
    return grammar.SEPARATOR.sub("", found[0]) if found else ""


def same(number: Number, seen: Number) -> bool:
    """Whether what a note states is what stands there: value, sign and unit, in this dress or another."""
    if _clash(number, seen):
        return False
    if number.value == seen.value:
        return not number.decimals or number.step >= seen.step  # nobody has measured the 0 of 10.0 where 10 stands
    values = (number.value, -number.value)[: 1 + (number.falls or (seen.falls and number.value < 0))]
    scale = _scale(number, seen)
    return seen.value in values[1:] or bool(scale and any(value * scale == seen.value for value in values))


def _clash(number: Number, seen: Number) -> bool:
    return number.unit != seen.unit and bool(number.unit) and bool(seen.unit)


def _scale(number: Number, seen: Number) -> Fraction | int:
    """93% is 0.93 there, and 0.93 is 93% there; a share of more than ten times is none. 0: they are as they stand."""
    if number.unit == "%" and not seen.unit and abs(seen.value) <= 10:
        return _HUNDREDTH
    if seen.unit == "%" and not number.unit and abs(number.value) <= 10:
        return 100
    return 0


def index(document: Document) -> Index:
    grids = tuple(map(grid, document.tables))
    headings = {(one.number, one.title.split()[0].casefold()) for one in document.sections if one.number and one.title}
    labels = frozenset(reference.label for reference in document.references)
    passages = tuple(_passages(document, grids))
    return Index(passages, grids, Places(passages, labels), labels, frozenset(headings))


def of_text(text: str, page: int, labels: frozenset[str]) -> Index:
    """One text alone: a quote."""
    passages = (_passage(text, page),)
    return Index(passages, (), Places(passages, labels), labels, frozenset())


def _passage(text: str, page: int, cell: tuple[int, int, int] | None = None) -> Passage:
    return Passage(text, text if text.isascii() else text.translate(grammar.FOLDED), page, cell)


def _passages(document: Document, grids: Iterable[Grid]) -> Iterator[Passage]:
    for block in document.blocks:
        if block.kind == "reference":
            continue
        if block.kind == "heading":
            yield _passage(_SECTION.sub(lambda number: "\0" * len(number[0]), block.text, count=1), block.page)
            continue
        for text in dict.fromkeys(filter(None, (block.text, block.exact))):
            yield replace(_passage(text, block.page), loose=block.kind == "table")
    shown = {block.text for block in document.blocks}
    yield from (_passage(table.caption, table.page) for table in document.tables if table.caption not in shown)
    yield from (_passage(figure.caption, figure.page) for figure in document.figures if figure.caption not in shown)
    for equation in document.equations:
        yield _passage(f"{equation.text} {equation.sentence} {equation.tex}", equation.page)
    years = " ".join(str(reference.year) for reference in document.references if reference.year)
    yield _passage(f"{document.title} {document.abstract} {years}", 1)
    for n, one in enumerate(grids):
        for row, column, text in one.filled():
            yield _passage(text, one.table.page, (n, row, column))
