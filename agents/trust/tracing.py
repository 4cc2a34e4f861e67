"""Every number of a note traced to its paper: to the cell of the table that is named, or to the text.

A number in a claim may be its quote's, one of its cells', or a difference of these; else it stands in the paper where
this is spoken of (support.py). What is not found, or stands elsewhere, is a doubt that says what the paper has instead.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

from pydantic import BaseModel

from agents.note.cjk import pieces
from agents.note.claim import Claim
from agents.trust import cells, number_index, quotes, terms
from agents.trust.factual import Datum, Statement, behind, data, statements
from agents.trust.number_index import Seen
from agents.trust.numbers import Number, numbers
from agents.trust.outcome import Doubt, Outcome
from agents.trust.support import IN_QUOTE, VERBATIM, Ground, Wanted, letters, stems, wanted

NOT_FOUND, MISPLACED = "⚠ 原文未找到", "⚠ 行列不符"
_CLEARLY = 1.4  # by how much a near miss must fit better
_LITTLE = 0.8  # shared with what is said: less is nothing
_SHORT = 2  # significant digits of a number that stands everywhere
_MOST_NEAREST = 3
_ESCAPED = re.compile(r"\\([\\`*_\[\]<$|~&!#>+.-])")
_DIGIT = re.compile(r"\d")
_HEADING = re.compile(r"(?<![\w.])((?:[A-Z]\.?)?\d+(?:\.\d+)*)\s+(\S+)")
_PASSED = (
    re.compile(r"\bpp?\.\s*\d+(?:\s*[-–]\s*\d+)?"),
    re.compile(r"(?:https?://|www\.)[^\s，。；）)]+|\b10\.\d{4,}/\S+"),
    re.compile(r"(?<!\d)(?:19|20)\d\d\s*(?:[-–至到~]\s*(?:19|20)\d\d\s*)?年"),
    re.compile(r"[(（,，]\s*(?:19|20)\d\d[a-z]?\s*[)）]"),
    re.compile(r"第\s*\d{1,2}(?!\d)"),
    re.compile(r"^\s*(?:[A-Z]\.)?\d+(?:\.\d+)+\s+(?=[A-Z])"),  # a section's number before its title
)


@dataclass(frozen=True, slots=True)
class _Quote:
    """What a claim quotes, as far as the paper holds it."""

    ground: Ground | None
    pages: frozenset[int] = frozenset()
    passages: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class _Checked:
    """The values of a claim's cells, or of an ablation's rows, and what became of them."""

    datum: Datum
    stated: tuple[Wanted, ...]
    found: cells.Found


@dataclass
class _Trace:
    of: int = 0
    in_cells: int = 0
    in_text: int = 0
    doubts: list[Doubt] = field(default_factory=list)

    def note(self) -> str:
        return f"表格单元 {self.in_cells}，正文 {self.in_text}"


def outcome(part: BaseModel, ground: Ground, index: quotes.Index) -> Outcome:
    """Every number of a reply or a note that states a fact of the paper."""
    trace = _Trace()
    checked = [_datum(datum, ground, trace) for datum in data(part) if cells.stated_in(datum.value)]
    for statement in statements(part):
        _statement(statement, [one for one in checked if _is_of(one, statement)], ground, index, trace)
    return Outcome("numbers", trace.in_cells + trace.in_text, trace.of, tuple(trace.doubts), trace.note())


def _is_of(one: _Checked, statement: Statement) -> bool:
    parent = statement.where.rpartition(".")[0]
    own = one.datum.where.startswith(f"{parent}.")
    return own or (bool(statement.rows) and statement.claim is not None and ".rows." in one.datum.where)


# ---- values with a place


def _datum(datum: Datum, ground: Ground, trace: _Trace) -> _Checked:
    found = cells.check(datum, ground)
    stated = tuple(cells.stated_in(datum.value))
    trace.of += 1
    where = f"{datum.table}, row {datum.row!r}, column {datum.column!r}"
    end = len(datum.value)
    if found.kind == "cell":
        trace.in_cells += 1
    elif found.kind == "elsewhere":
        message = f'"{datum.value}" does not stand at {where}; it stands at {cells.named(found.places, ground)}'
        trace.doubts.append(Doubt(datum.where, message, _fitting(MISPLACED, end, datum.most), end))
    elif found.kind == "unread" and all(_stands(one, datum, ground) for one in stated):
        trace.in_text += 1
    else:
        looked = [_about(one, datum, ground) for one in stated]
        message = f'"{datum.value}" is not in {where}{_nearest(looked, ground, datum.table)}'
        trace.doubts.append(Doubt(datum.where, message, _fitting(NOT_FOUND, end, datum.most), end))
    return _Checked(datum, stated, found)


def _about(one: Wanted, datum: Datum, ground: Ground) -> Wanted:
    """A value of a table that could not be read, as a number of the text around it."""
    pages = frozenset(grid.table.page for grid in ground.index.grids if grid.table.label == datum.table)
    words = stems(f"{datum.row} {datum.column} {datum.table}")
    return wanted(datum.value, one.number, words, pages, frozenset())


def _stands(one: Wanted, datum: Datum, ground: Ground) -> bool:
    asked = _about(one, datum, ground)
    places = ground.places(asked)
    on_page = [seen for seen in places if ground.index.passages[seen.passage].page in asked.pages]
    return bool(on_page if asked.pages else places)


def _fitting(mark: str, length: int, most: int) -> str:
    """The mark, where the field has room for it."""
    return mark if not most or length + len(mark) + 2 <= most else ""


# ---- sentences


def _statement(
    statement: Statement, checked: list[_Checked], ground: Ground, index: quotes.Index, trace: _Trace
) -> None:
    plain = _plain(statement, ground)
    found = numbers(plain)
    if not found:
        return
    quote = _quoted(statement.claim, ground, index)
    words = _words(statement, plain)
    room = statement.most - len(statement.text) if statement.most else 10**6
    for number in found:
        trace.of += 1
        asked = wanted(plain, number, words, quote.pages, quote.passages)
        kind, message = _verdict(asked, statement.text, found, quote, checked, ground)
        if kind == "cell":
            trace.in_cells += 1
        elif kind == "text":
            trace.in_text += 1
        else:
            mark = NOT_FOUND if room >= len(NOT_FOUND) + 2 else ""
            room -= len(mark) + 2 if mark else 0
            at = behind(statement.text, number.end) if statement.markdown else number.end
            trace.doubts.append(Doubt(statement.where, message, mark, at))


def _plain(statement: Statement, ground: Ground) -> str:
    """The text with what is no number of the paper's blotted out; places stay."""

    def title(found: re.Match[str]) -> str:
        known = (found[1], found[2].casefold()) in ground.index.headings
        return _DIGIT.sub("\0", found[1]) + found[0][len(found[1]) :] if known else found[0]

    text = statement.text
    if statement.markdown:
        text = "".join(_unescaped(piece) if kind == "text" else piece for kind, piece in pieces(text))
    for pattern in _PASSED:
        text = pattern.sub(lambda found: _DIGIT.sub("\0", found[0]), text)
    return _HEADING.sub(title, number_index.without_names(text, ground.index.labels))


def _unescaped(piece: str) -> str:
    return _ESCAPED.sub(lambda found: "\0\0" if found[1] == "$" else f"\0{found[1]}", piece)


def _words(statement: Statement, plain: str) -> frozenset[str]:
    claim = statement.claim
    named = " ".join(f"{cell.row} {cell.column} {cell.table}" for cell in claim.cells) if claim else ""
    quoted = claim.quote if claim else ""
    return stems(f"{plain} {named} {quoted}") | frozenset(terms.english(plain))


def _quoted(claim: Claim | None, ground: Ground, index: quotes.Index) -> _Quote:
    if claim is None or not claim.quote:
        return _Quote(None)
    page = quotes.find(index, claim.quote)
    if not page:
        return _Quote(None)
    dense = "".join(quotes.tokens(claim.quote)).casefold()
    passages = frozenset(
        n
        for n, passage in enumerate(ground.index.passages)
        if passage.cell is None and page <= passage.page <= page + 1 and dense[:60] in _dense(passage.text)
    )
    return _Quote(Ground(number_index.of_text(claim.quote, page)), frozenset((page,)), passages)


@lru_cache(maxsize=512)
def _dense(text: str) -> str:
    return "".join(quotes.tokens(text)).casefold()


def _verdict(
    asked: Wanted, text: str, found: list[Number], quote: _Quote, checked: list[_Checked], ground: Ground
) -> tuple[str, str]:
    """cell, text or "", and then what is wrong."""
    number = asked.number
    own = [one for one in checked if any(number_index.same(number, stated.number) for stated in one.stated)]
    if any(one.found.kind == "cell" for one in own):
        return "cell", ""
    if any(one.found.kind in {"elsewhere", "unread"} for one in own):
        return "text", ""
    if quote.ground and quote.ground.places(asked):
        return "text", ""
    if any(_names_it(one, asked, ground) for one in checked):
        return "cell", ""
    if number.parts and all(_part_stands(part, asked, ground, quote) for part in number.parts):
        return "text", ""
    if _is_difference(number, text, checked, ground):
        return "cell", ""
    places = ground.places(asked)
    best = max((ground.score(seen, asked) for seen in places), default=-1.0)
    if best >= VERBATIM:
        return "text", ""
    stated = [one for one in found if one is not number]
    rivals = _rivals(asked, stated, quote, checked, ground)
    rival = max((score for score, _ in rivals), default=0.0)
    backed = bool(quote.ground or checked)
    if places and rival < best + _CLEARLY and not _is_lost(asked, places, best, ground, backed=backed):
        return "text", ""
    shown = [asked] if not rivals else []
    nearest = _listed([seen for _, seen in rivals], ground) or _nearest(shown, ground, "")
    if not places:
        return "", f'"{number.text}" is not in the paper{nearest}'
    pages = ", ".join(str(page) for page in sorted({ground.index.passages[seen.passage].page for seen in places})[:3])
    return "", f'"{number.text}" stands in the paper (p. {pages}), but not where this is spoken of{nearest}'


def _names_it(one: _Checked, asked: Wanted, ground: Ground) -> bool:
    """Whether the number names the row or the column of a cell that was found: N=6 of "base, N=6"."""
    if one.found.kind != "cell":
        return False
    named = _named_numbers(f"{one.datum.row}；{one.datum.column}")
    if any(number_index.same(asked.number, name) for name in named):
        return True
    rows = {place[:2] for place in one.found.places}
    return any(cell[:2] in rows for seen in ground.places(asked) if (cell := ground.index.passages[seen.passage].cell))


@lru_cache(maxsize=512)
def _named_numbers(names: str) -> tuple[Number, ...]:
    return tuple(numbers(names))


def _is_lost(asked: Wanted, places: Iterable[Seen], best: float, ground: Ground, *, backed: bool) -> bool:
    """Whether nothing where it stands speaks of what is said."""
    if best >= _LITTLE:
        return False
    if all(ground.index.passages[seen.passage].cell for seen in places):
        return True
    return backed and len(number_index.digits(asked.raw)) <= _SHORT


def _part_stands(part: Number, asked: Wanted, ground: Ground, quote: _Quote) -> bool:
    one = wanted(part.text, Number(part.text, 0, len(part.text), part.value), asked.words, asked.pages, asked.passages)
    if part.value == 1:
        return True
    if quote.ground:
        return any(quote.ground.index.seen.get(number_index.digits(one.raw), ()))
    return bool(ground.places(one))


def _rivals(
    asked: Wanted, stated: Iterable[Number], quote: _Quote, checked: Iterable[_Checked], ground: Ground
) -> list[tuple[float, Seen]]:
    """Near misses of a number and how well they fit, the best first; what the sentence states too is none."""
    others = tuple(stated)

    def said(one: Number) -> bool:
        return any(number_index.same(other, one) for other in others)

    scored = [
        (ground.score(seen, asked), seen)
        for seen in dict.fromkeys(ground.near_misses(asked))
        if not said(ground.index.number(seen))
    ]
    if quote.ground:
        near = [quote.ground.index.number(seen) for seen in quote.ground.near_misses(asked)]
        meant = [one for one in near if not said(one)]
        scored = [
            (IN_QUOTE if any(ground.index.number(seen).value == one.value for one in meant) else score, seen)
            for score, seen in scored
        ]
    values = {stated.number.value for one in checked if one.found.kind == "cell" for stated in one.stated}
    scored = [
        (IN_QUOTE if ground.index.number(seen).value in values and ground.index.passages[seen.passage].cell else score, seen)
        for score, seen in scored
    ]
    return sorted(scored, key=lambda one: -one[0])


def _is_difference(number: Number, text: str, checked: list[_Checked], ground: Ground) -> bool:
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


def _compared(text: str, checked: list[_Checked], ground: Ground) -> Iterator[tuple[Fraction, Fraction]]:
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
                    value = next(iter(cells.stated_in(line[column])), None)
                    if value:
                        yield one.stated[0].number.value, value.number.value


# ---- what the paper has instead


def _nearest(asked: list[Wanted], ground: Ground, table: str) -> str:
    found = []
    for one in asked:
        misses = [(ground.score(seen, one), seen) for seen in dict.fromkeys(ground.near_misses(one))]
        close = [(0.0, seen) for seen in ground.index.close(one.number, one.raw)] if not misses else []
        found += [seen for _, seen in sorted(misses + close, key=lambda pair: (table not in _place(pair[1], ground), -pair[0]))]
    return _listed(found, ground)


def _listed(found: Iterable[Seen], ground: Ground) -> str:
    shown: dict[str, None] = {}
    for seen in found:
        number = ground.index.number(seen)
        shown.setdefault(f"{number.text} ({_place(seen, ground)})")
        if len(shown) == _MOST_NEAREST:
            break
    return f"; nearest: {', '.join(shown)}" if shown else ""


def _place(seen: Seen, ground: Ground) -> str:
    passage = ground.index.passages[seen.passage]
    if passage.cell is None:
        return f"p. {passage.page}"
    n, row, column = passage.cell
    grid = ground.index.grids[n]
    return f"p. {passage.page}, {grid.table.label} {grid.label(row)} × {grid.heading(column)}"
