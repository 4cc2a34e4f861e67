"""Every number of a note traced to its paper: to the cell of the table that is named, or to the text.

A number in a claim may be its quote's, one of its cells', or a difference of these; else it stands in the paper where
this is spoken of (support.py). What is not found, or stands elsewhere, is a doubt that says what the paper has instead.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from pydantic import BaseModel

from agents.note.claim import Claim
from agents.note.mark import NOT_FOUND, SIGN
from agents.note.mark import length as mark_length
from agents.trust import cells, number_index, quotes, terms
from agents.trust.cells import Checked
from agents.trust.differences import is_difference
from agents.trust.factual import Datum, Statement, behind, data, statements
from agents.trust.nearest import listed, nearest, rivals
from agents.trust.numbers import Number, numbers
from agents.trust.outcome import Doubt, Outcome
from agents.trust.passed_over import stated_only
from agents.trust.reckoned import is_reckoned, works_out
from agents.trust.scan import Seen, digits
from agents.trust.support import NOUN, SAME_PASSAGE, VERBATIM, Ground, Wanted, stems, wanted

MISPLACED = f"{SIGN} 行列不符"
_CLEARLY = 1.4  # by how much a near miss must fit better
_LITTLE = 0.8  # shared with what is said: less is nothing
_MOST_PAGES = 3
_SHORT = 2  # significant digits of a number that stands everywhere


@dataclass(frozen=True, slots=True)
class _Quote:
    """What a claim quotes, as far as the paper holds it."""

    ground: Ground | None
    pages: frozenset[int] = frozenset()
    passages: frozenset[int] = frozenset()
    text: str = ""


@dataclass
class _Trace:
    of: int = 0
    in_cells: int = 0
    in_text: int = 0
    worked_out: int = 0  # of numbers that stand in the paper
    doubts: list[Doubt] = field(default_factory=list)

    def note(self) -> str:
        more = f"，由这些数算出 {self.worked_out}" if self.worked_out else ""
        return f"表格单元 {self.in_cells}，正文 {self.in_text}{more}"


def outcome(part: BaseModel, ground: Ground, index: quotes.Index) -> Outcome:
    """Every number of a reply or a note that states a fact of the paper."""
    trace = _Trace()
    checked = [_datum(datum, ground, trace) for datum in data(part) if cells.stated_in(datum.value)]
    for statement in statements(part):
        _statement(statement, [one for one in checked if _is_of(one, statement)], ground, index, trace)
    right = trace.in_cells + trace.in_text + trace.worked_out
    return Outcome("numbers", right, trace.of, tuple(trace.doubts), trace.note())


def _is_of(one: Checked, statement: Statement) -> bool:
    parent = statement.where.rpartition(".")[0]
    own = one.datum.where.startswith(f"{parent}.")
    return own or (bool(statement.rows) and statement.claim is not None and ".rows." in one.datum.where)


# ---- values with a place


def _datum(datum: Datum, ground: Ground, trace: _Trace) -> Checked:
    found = cells.check(datum, ground)
    stated = tuple(cells.stated_in(datum.value))
    trace.of += 1
    where = f"{datum.table}, row {datum.row!r}, column {datum.column!r}"
    end = len(datum.value)
    if found.kind == "cell":
        trace.in_cells += 1
    elif found.kind == "elsewhere":
        elsewhere = cells.named(found.places, ground)
        message = f'"{datum.value}" does not stand at {where}{_there(found)}; it stands at {elsewhere}'
        trace.doubts.append(Doubt(datum.where, message, _fitting(MISPLACED, end, datum.most), end))
    elif found.kind == "unread" and all(_stands(one, datum, ground) for one in stated):
        trace.in_text += 1
    else:
        looked = [_about(one, datum, ground) for one in stated]
        message = f'"{datum.value}" is not in {where}{_there(found) or nearest(looked, ground, datum.table)}'
        trace.doubts.append(Doubt(datum.where, message, _fitting(NOT_FOUND, end, datum.most), end))
    return Checked(datum, stated, found)


def _there(found: cells.Found) -> str:
    return f", where {found.there!r} stands" if found.there else ""


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
    return mark if not most or length + mark_length(mark) <= most else ""


# ---- sentences


def _statement(
    statement: Statement, checked: list[Checked], ground: Ground, index: quotes.Index, trace: _Trace
) -> None:
    plain = stated_only(statement, ground.index)
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
        elif kind == "sum":
            trace.worked_out += 1
        else:
            mark = NOT_FOUND if room >= mark_length(NOT_FOUND) else ""
            room -= mark_length(mark) if mark else 0
            at = behind(statement.text, number.end) if statement.markdown else number.end
            trace.doubts.append(Doubt(statement.where, message, mark, at))


def _words(statement: Statement, plain: str) -> frozenset[str]:
    claim = statement.claim
    named = " ".join(f"{cell.row} {cell.column} {cell.table}" for cell in claim.cells) if claim else ""
    return stems(f"{plain} {named}") | frozenset(terms.english(plain))


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
    own = Ground(number_index.of_text(claim.quote, page, ground.index.labels))
    return _Quote(own, frozenset((page,)), passages, claim.quote)


@lru_cache(maxsize=512)
def _dense(text: str) -> str:
    return "".join(quotes.tokens(text)).casefold()


def _verdict(
    asked: Wanted, text: str, found: list[Number], quote: _Quote, checked: list[Checked], ground: Ground
) -> tuple[str, str]:
    """cell, text, sum (worked out) or "", and then what is wrong."""
    number = asked.number
    own = [one for one in checked if any(_is_same(number, stated.number) for stated in one.stated)]
    if any(one.found.kind == "cell" for one in own):
        return "cell", ""
    if any(one.found.kind in {"elsewhere", "unread"} for one in own):
        return "text", ""
    if quote.ground and any(not quote.ground.index.is_name(seen) for seen in quote.ground.places(asked)):
        return "text", ""
    if any(_names_it(one, asked, ground) for one in checked):
        return "cell", ""
    where = _Quote(None) if works_out(number, text) else quote
    if number.parts and all(_part_stands(part, asked, ground, where) for part in number.parts):
        return "text", ""
    others = [one for one in found if one is not number]
    is_sum = is_difference(number, text, checked, ground) or is_reckoned(number, text, others, quote.text)
    if is_sum and not _quotes_a_slip(asked, found, quote):
        return "sum", ""
    places = ground.places(asked)
    best = -1.0
    for seen in places:
        best = max(best, ground.score(seen, asked))
        if best >= VERBATIM:
            return "text", ""
    misses = rivals(asked, others, quote.ground, checked, ground)
    rival = max((score for score, _ in misses), default=0.0)
    backed = bool(quote.ground or checked)
    lost = _is_lost(asked, places, best, ground, backed=backed) or _is_ousted(asked, others, quote.ground, best)
    if places and rival < best + _CLEARLY and not lost:
        return "text", ""
    return "", _message(asked, places, [seen for _, seen in misses], ground)


def _message(asked: Wanted, places: list[Seen], misses: list[Seen], ground: Ground) -> str:
    instead = listed(misses, ground) or nearest([asked], ground, "")
    if not places:
        return f'"{asked.number.text}" is not in the paper{instead}'
    pages = sorted({ground.index.passages[seen.passage].page for seen in places})[:_MOST_PAGES]
    shown = ", ".join(map(str, pages))
    return f'"{asked.number.text}" stands in the paper (p. {shown}), but not where this is spoken of{instead}'


def _is_ousted(asked: Wanted, others: list[Number], quote: Ground | None, best: float) -> bool:
    """Whether the quote counts the same thing by another number: 16 GPUs there, and here 8."""
    if quote is None or best >= NOUN + SAME_PASSAGE or not asked.noun:
        return False
    counted = [quote.index.number(seen) for seen in quote.of_its_kind(asked)]
    return bool(counted) and not any(number_index.same(other, one) for other in others for one in counted)


def _quotes_a_slip(asked: Wanted, found: list[Number], quote: _Quote) -> bool:
    """Whether the quote has a near miss of it that the sentence does not: then no chance sum bears it out."""
    near = [quote.ground.index.number(seen) for seen in quote.ground.near_misses(asked)] if quote.ground else []
    return any(len(one.text) > 1 and not any(number_index.same(said, one) for said in found) for one in near)


def _is_same(number: Number, stated: Number) -> bool:
    """Whether a number of a text is that of a cell; 3.2 倍 is not any 3.2."""
    return number_index.same(number, stated) and (number.unit != "×" or stated.unit == "×")


def _names_it(one: Checked, asked: Wanted, ground: Ground) -> bool:
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
    passages = [ground.index.passages[seen.passage] for seen in places]
    if all(passage.cell or passage.loose for passage in passages):
        return True
    return backed and len(digits(asked.raw)) <= _SHORT


def _part_stands(part: Number, asked: Wanted, ground: Ground, quote: _Quote) -> bool:
    one = wanted(part.text, Number(part.text, 0, len(part.text), part.value), asked.words, asked.pages, asked.passages)
    if part.value == 1:
        return True
    if quote.ground:
        return bool(quote.ground.index.seen.at(digits(one.raw)))
    return bool(ground.places(one))
