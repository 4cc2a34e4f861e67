"""How well the paper bears out a number of a note: not only that it stands there, but where this is spoken of.

Small numbers stand everywhere, and in a table of results almost any number of its kind. So each place of the number is
weighed by what it shares with the statement: the quote, the words, the noun that is counted, the page. And so are the
places of its near misses, the numbers that a slip would make of it: one that fits clearly better is the one meant.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import chain, pairwise

from agents.note.text import letters
from agents.trust import terms
from agents.trust.number_index import Index, bare
from agents.trust.numbers import Number
from agents.trust.scan import Passage, Seen, digits

IN_QUOTE, VERBATIM = 10.0, 20.0
NOUN, SAME_PASSAGE, _NEXT_PASSAGE, _SAME_PAGE = 3.0, 3.0, 2.5, 1.5
_MOST_WORDS = 6.0
_WINDOW = 140
_COPIED = 10  # letters and digits beside a number that show it to be copied
_SYMBOL = re.compile(r"((?:\\?[A-Za-z]|[α-ωϵ])[\w{}\\^]*)[\s\0]*=[\s\0$]*$")
_GREEK = re.compile(rf"\\(?:var)?({'|'.join(terms.GREEK)})(?![A-Za-z])")
_COUNTED = re.compile(r"(?<![A-Za-z])([A-Za-z]{3,}s)\s*=\s*$")  # Parameters = 18M
_CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-/@.][A-Za-z0-9]+)*|(?<![\d.])\d+(?:[.,]\d+)*")
_TIMES = re.compile(r"times|fold|factor|faster|slower|ratio|speed|×|\bx\b|\\times|倍", re.IGNORECASE)
_SHARE = re.compile(r"%|percent|\bpoints?\b", re.IGNORECASE)
_SIZES = frozenset(Fraction(10) ** power for power in (-6, -4, -3, -1, 0, 1, 3, 4, 6))
_STOP = frozenset(
    "a al an and are as at be by et for from in is it of on or our p that the this to was we were with".split()  # noqa: SIM905 (a list of words reads better so)
)
_STEM = re.compile(r"(?:s|ed|ing)$")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A number of a statement, and what is said around it."""

    number: Number
    raw: str
    words: frozenset[str]
    noun: frozenset[str]
    measure: str
    symbol: str  # of which it is said to be the value: "h" of h = 8
    before: str  # letters and digits beside it, for what was copied word by word
    after: str
    pages: frozenset[int]  # of the quote
    passages: frozenset[int]


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    low = word.casefold()
    return _STEM.sub("", low) if len(low) > 4 else low


@lru_cache(maxsize=16384)
def _stems(word: str) -> tuple[str, ...]:
    """Of a word, and of the parts that it is joined from."""
    found = (word, *(part for part in re.split(r"[-/@]", word) if len(part) > 1))
    return tuple(one for one in map(stem, found) if one not in _STOP)


def stems(text: str) -> frozenset[str]:
    return frozenset(chain.from_iterable(map(_stems, _WORD.findall(text))))


def _symbol(before: str) -> str:
    """The symbol that a number is the value of."""
    found = _SYMBOL.search(before[-_COPIED * 2 :])
    return letters(_GREEK.sub(lambda name: terms.GREEK[name[1]], found[1])) if found else ""


def _copied(text: str) -> str:
    """What may have been copied: letters and digits up to the first Chinese character."""
    return letters(_CHINESE.split(text)[0])[:_COPIED]


@dataclass(frozen=True)
class Ground:
    """The numbers of a paper, and the words around them."""

    index: Index
    _words: dict[Seen, frozenset[str]] = field(default_factory=dict)
    _stems: dict[str, frozenset[str]] = field(default_factory=dict)
    _beside: dict[Seen, tuple[str, str]] = field(default_factory=dict)
    _counted: dict[Seen, frozenset[str]] = field(default_factory=dict)
    _weights: dict[str, float] = field(default_factory=dict)
    _places: dict[tuple[Number, str, str], list[Seen]] = field(default_factory=dict)

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each word stands in the paper."""
        texts = [passage.folded for passage in self.index.passages if passage.cell is None]
        rows = (row for grid in self.index.grids for row in (*grid.table.header, *grid.table.rows))
        out: Counter[str] = Counter()
        for word, count in Counter(_WORD.findall("\n".join(chain(texts, *rows)))).items():
            out[stem(word)] += count
        return out

    def worth(self, word: str) -> float:
        if word not in self._weights:
            self._weights[word] = max(0.1, 1.5 - 0.25 * math.log2(max(1, self.counts[word])))
        return self._weights[word]

    def words(self, seen: Seen) -> frozenset[str]:
        """What a place speaks of."""
        if seen not in self._words:
            passage = self.index.passages[seen.passage]
            if passage.cell is None:
                self._words[seen] = stems(self._around(passage, seen))
            else:  # the cells of a table share all but a few of their words
                self._words[seen] = frozenset().union(*map(self._stems_of, self._parts(passage.cell)))
        return self._words[seen]

    def _stems_of(self, text: str) -> frozenset[str]:
        if text not in self._stems:
            self._stems[text] = stems(text)
        return self._stems[text]

    def _parts(self, cell: tuple[int, int, int]) -> tuple[str, ...]:
        """The texts that tell what stands in a cell."""
        n, row, column = cell
        grid = self.index.grids[n]
        others = " ".join(grid.table.rows[row][1:]) if grid.table.rows[row] else ""
        return grid.table.label, grid.label(row), others, grid.heading(column), grid.table.caption

    def _around(self, passage: Passage, seen: Seen) -> str:
        if passage.cell is None:
            return passage.text[max(0, seen.start - _WINDOW) : seen.start + _WINDOW]
        return " ".join(self._parts(passage.cell))

    def behind(self, seen: Seen, most: int = 36) -> str:
        """What follows the number."""
        passage = self.index.passages[seen.passage]
        at = seen.start + len(seen.raw) if seen.number is None else seen.number.end
        number = self.index.number(seen)
        at = max(at, number.end) if seen.number is None else at
        return passage.text[at : at + most]

    def fits(self, seen: Seen, wanted: Wanted) -> bool:
        """Whether what it is given in agrees: hours are no days, a share is no factor."""
        number, passage = wanted.number, self.index.passages[seen.passage]
        here = self.index.number(seen)
        around = passage.text[max(0, seen.start - 60) : seen.start + 60]
        if passage.cell is not None:
            around = self._around(passage, seen)
        if number.unit == "×" and not here.unit:
            return _TIMES.search(around) is not None
        if number.unit == "%" and not here.unit and passage.cell is None:
            return here.decimals > 0 or _SHARE.search(around) is not None
        if wanted.measure:
            measure = terms.measure(self.behind(seen))
            return measure == wanted.measure or (not measure and _speaks_of(wanted.measure, around))
        return True

    def score(self, seen: Seen, wanted: Wanted) -> float:
        """How much a place has in common with the statement."""
        passage = self.index.passages[seen.passage]
        if self._is_copied(passage, seen, wanted):
            return VERBATIM
        if passage.loose or self.index.is_name(seen):
            return 0.0
        score = 0.0
        if any(abs(seen.passage - one) <= 1 and passage.cell is None for one in wanted.passages):
            score += SAME_PASSAGE if seen.passage in wanted.passages else _NEXT_PASSAGE
        elif passage.page in wanted.pages:
            score += _SAME_PAGE
        words = self.words(seen)
        score += NOUN if self._counts(seen, wanted) else 0.0
        shared = math.fsum(self.worth(word) for word in wanted.words & words)  # in whatever order they come
        return score + min(_MOST_WORDS, shared)

    def _is_copied(self, passage: Passage, seen: Seen, wanted: Wanted) -> bool:
        if len(wanted.before) + len(wanted.after) < _COPIED:
            return False
        if seen not in self._beside:
            end = seen.start + len(self.index.number(seen).text.lstrip("-−–+"))
            before = passage.text[max(0, seen.start - 40) : seen.start]
            self._beside[seen] = letters(before), letters(passage.text[end : end + 40])
        before, after = self._beside[seen]
        return before.endswith(wanted.before) and after.startswith(wanted.after)

    def places_in(self, grid: int, wanted: Wanted) -> list[Seen]:
        """The cells of one table that hold the number."""
        return [seen for seen in self.index.like(wanted.number, wanted.raw, grid) if self.fits(seen, wanted)]

    def places(self, wanted: Wanted) -> list[Seen]:
        """Where the number stands, in agreement with what it is given in."""
        asked = replace(wanted.number, start=0, end=0, text="", parts=()), wanted.raw, wanted.measure
        if asked not in self._places:
            self._places[asked] = [
                seen for seen in self.index.like(wanted.number, wanted.raw) if self.fits(seen, wanted)
            ]
        return self._places[asked]

    def near_misses(self, wanted: Wanted) -> Iterator[Seen]:
        """Where a number stands that a slip would turn into this one: of other sign, unit or size, or one edit away."""
        number, own = wanted.number, set(self.places(wanted))
        for seen in self.index.seen.at(digits(wanted.raw)):
            if seen not in own and self._is_stated(seen) and self._is_near(seen, number.value):
                yield seen
        worth = number.value / Fraction(wanted.raw) if Fraction(wanted.raw) else Fraction(1)
        for other in _slips(wanted.raw):
            if other[0] == "0" and other[1:2].isdigit():
                continue
            filed = self.index.seen.at(digits(other))
            value = Fraction(other) * worth if filed else worth
            for seen in filed:
                alike = self._is_stated(seen) and any(value == one.value for one in self.index.worth(seen))
                if alike and self.fits(seen, wanted):
                    yield seen

    def _is_stated(self, seen: Seen) -> bool:
        """Whether it may be what is meant: no digits of a name, no "one", nothing of a table's loose text."""
        names = self.index.is_name(seen) or self.index.is_word(seen)
        return not names and not self.index.passages[seen.passage].loose

    def of_its_kind(self, wanted: Wanted) -> list[Seen]:
        """Where the same is counted as in the statement: other GPUs, other layers."""
        return [
            seen
            for key in self.index.seen.filed_under()
            for seen in self.index.seen.at(key)
            if self._counts(seen, wanted)
        ]

    def _counts(self, seen: Seen, wanted: Wanted) -> bool:
        """Whether it is a number of the same: by the noun behind it, the symbol before it (h = 8), or its cell."""
        passage = self.index.passages[seen.passage]
        before = passage.text[max(0, seen.start - _WINDOW) : seen.start]
        if wanted.symbol:
            beside = _symbol(before[-2 * _COPIED :])
            if wanted.symbol in (beside, *map(letters, self._named(passage))):
                return True
        if not wanted.noun:
            return False
        if seen not in self._counted:
            counted = _COUNTED.search(before)
            nouns = (counted[1] if counted else "", self.behind(seen), *self._named(passage))
            self._counted[seen] = stems(" ".join(nouns))
        return any(word.startswith(noun) for noun in wanted.noun for word in self._counted[seen])

    def _named(self, passage: Passage) -> tuple[str, ...]:
        """The names of a cell's row and column."""
        if passage.cell is None:
            return ()
        n, row, column = passage.cell
        return self.index.grids[n].label(row), self.index.grids[n].heading(column)

    def _is_near(self, seen: Seen, value: Fraction) -> bool:
        """Digits alike: the same but for sign or unit, or off by a point moved or another magnitude."""
        return any(one.value and abs(value / one.value) in _SIZES for one in self.index.worth(seen))


def _speaks_of(measure: str, around: str) -> bool:
    return re.search(terms.MEASURES[measure], around, re.IGNORECASE) is not None


def _slips(raw: str) -> Iterable[str]:
    """Every numeral with one digit of it changed, or two neighbours swapped."""
    places = [at for at, char in enumerate(raw) if char.isdigit()]
    for at in places:
        yield from (raw[:at] + digit + raw[at + 1 :] for digit in "0123456789" if digit != raw[at])
    for one, other in pairwise(places):
        if raw[one] != raw[other]:
            chars = list(raw)
            chars[one], chars[other] = chars[other], chars[one]
            yield "".join(chars)


def wanted(text: str, number: Number, words: frozenset[str], pages: frozenset[int], passages: frozenset[int]) -> Wanted:
    """What is asked of the paper for one number of a text."""
    behind = text[number.end : number.end + 12]
    noun_text = re.split(r"[，。；、,;：:（(]", behind)[0][:8]
    noun = terms.english(noun_text) | {stem(word) for word in _WORD.findall(noun_text)[:1]}
    return Wanted(
        number,
        bare(number.text),
        words - {stem(bare(number.text)), *map(stem, _WORD.findall(number.text))},
        frozenset(noun),
        terms.measure(behind),
        _symbol(text[: number.start]),
        _copied(text[max(0, number.start - 40) : number.start][::-1])[::-1],
        _copied(text[number.end : number.end + 40]),
        pages,
        passages,
    )
