"""Headings: numbered or not, with or without the PDF's outline -> where they stand, and the section tree."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from agents.note.text import letters
from agents.source.layout import Measure
from agents.source.lines import Row, make_row
from agents.source.paragraphs import Mend
from agents.source.subheadings import find_beneath
from agents.source.typography import alike, is_capitals, may_be_heading, stands_out

_NUMBERED = re.compile(
    r"^(?P<word>(?:Appendix|APPENDIX|Section|SECTION|Chapter)\s+)?"
    r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,3}|[A-Z](?:\.\d{1,2}){0,3}|[IVX]{1,5}|[IVX]{1,5}-[A-Z])"
    r"(?P<mark>[.:)]|\s?[—–-])?(?:\s+(?P<title>\S.*))?$"
)
_BODY_NAME = re.compile(
    r"^(introduction|related works?|background|methods?|materials and methods|experiments?|results|discussions?|summary"
    r"|conclusions?|conclusions? and (future|discussion).*|discussion and conclusions?|limitations?"
    r"|引言|结论|结束语)\.?$",
    re.IGNORECASE,
)
_BACK_NAME = re.compile(  # may be set smaller than the sections of the paper
    r"^(references( and notes)?|bibliography|literature cited|acknowledge?ments?( and .*)?|author contributions?"
    r"|(data|code) availability( statement)?|ethic(s|al)( statement| considerations?)|broader impacts?( statement)?"
    r"|impact statement|reproducibility statement|competing interests|conflicts? of interests?|appendix|appendices"
    r"|funding|supplementary (materials?|information)|参考文献|致谢)\.?$",
    re.IGNORECASE,
)
_NO_SECTION = re.compile(
    r"^(abstract|summary|contents|table of contents|key ?words( and phrases)?|index terms|ccs concepts"
    r"|acm reference format)\W*$",
    re.IGNORECASE,
)
Outline = Callable[[], Sequence[str]]
_ROMAN = {"I": 1, "V": 5, "X": 10}


class Heading(NamedTuple):
    first: int  # index of its first row
    last: int  # index of its last row
    number: str
    title: str
    level: int


class _Candidate(NamedTuple):
    at: int  # index of its row
    number: str
    path: tuple[int, ...]
    scheme: str  # "arabic", "letter", "roman"
    title: str
    row: Row
    appendix: bool  # "Appendix A: ..."


def _roman(text: str) -> int:
    values = [_ROMAN[letter] for letter in text]
    return sum(-a if b > a else a for a, b in zip(values, [*values[1:], 0], strict=True))


def _paths(number: str) -> list[tuple[str, tuple[int, ...]]]:
    """How a section number may be read: "I" is a Roman one and the ninth letter."""
    head, *rest = number.split(".")
    tail = tuple(int(part) for part in rest)
    if head.isdecimal():
        return [("arabic", (int(head), *tail))]
    readings = [("letter", (ord(head) - 64, *tail))] if len(head) == 1 else []
    if not rest and set(head) <= set(_ROMAN):
        readings.append(("roman", (_roman(head),)))
    return readings


def is_name(text: str) -> bool:
    """Whether this is a section name that every reader knows."""
    return bool(_BODY_NAME.match(text) or _BACK_NAME.match(text))


def split_run_in(rows: Sequence[Row]) -> list[Row]:
    """Part "**Acknowledgements**   We thank ...": a heading that shares its line with the text, behind a gap.

    With a full stop behind it, it is a run-in heading of a paragraph and stays where it is.
    """
    parted = []
    for row in rows:
        first = row.cells[0]
        if (
            len(row.cells) > 1
            and first.bold > 0.85
            and row.bold < 0.6
            and _BACK_NAME.match(first.text)
            and first.text[-1] != "."
        ):
            parted += [make_row(row.page, [first]), make_row(row.page, row.cells[1:])]
        else:
            parted.append(row)
    return parted


def _candidates(rows: Sequence[Row], loud: Sequence[int]) -> list[_Candidate]:
    """What looks like a numbered heading. `loud`: indices of the rows that may be headings and stand out."""
    found = []
    for index in loud:
        row = rows[index]
        match = _NUMBERED.match(row.text)
        if not match:
            continue
        title = match["title"] or ("Appendix" if match["word"] and match["mark"] else "")
        if not title:
            after = rows[index + 1] if index + 1 < len(rows) else None
            if not after or after.page != row.page or not alike(after, row) or len(after.text) > 120:
                continue
        else:
            begins = (title[0].isalpha() and not title[0].islower()) or title[0].isdecimal() or title[0] in "“\"'("
            if not (begins or row.bold > 0.85) or not any(map(str.isalpha, title)):
                continue
        for scheme, path in _paths(match["number"]):
            appendix = (match["word"] or "").casefold().startswith("appendix")
            found.append(_Candidate(index, match["number"], path, scheme, title, row, appendix))
    return found


def _next(candidates: Sequence[_Candidate], at: int, number: int) -> tuple[int, _Candidate] | None:
    """The next candidate with the next number; with the one after that, where one was not found."""
    for wanted in (number + 1, number + 2):
        for index in range(at + 1, len(candidates)):
            if candidates[index].path[0] == wanted:
                return index, candidates[index]
    return None


def _chain(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """The longest run 1, 2, 3 ... that can be read off these, in order."""
    best: list[_Candidate] = []
    for start, first in enumerate(candidates):
        if first.path[0] > 1 or (best and first.path[0] >= best[0].path[0] and len(candidates) - start <= len(best)):
            continue
        run, at = [first], start
        while following := _next(candidates, at, run[-1].path[0]):
            at, candidate = following
            run.append(candidate)
        if len(run) > len(best):
            best = run
    return best


def _main_chain(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """The top-level numbered headings: of all chains in one type, the longest; of two as long, the larger type."""
    top = [candidate for candidate in candidates if len(candidate.path) == 1 and candidate.scheme != "letter"]
    best: list[_Candidate] = []
    tried: list[_Candidate] = []
    for candidate in top:
        if any(alike(candidate.row, other.row) and candidate.scheme == other.scheme for other in tried):
            continue
        tried.append(candidate)
        same = [other for other in top if alike(candidate.row, other.row) and other.scheme == candidate.scheme]
        chain = _chain(same)
        if (len(chain), chain[0].row.size if chain else 0) > (len(best), best[0].row.size if best else 0):
            best = chain
    return best if len(best) >= 2 or (best and _BODY_NAME.match(best[0].title)) else []


def _follows(path: tuple[int, ...], current: tuple[int, ...]) -> bool:
    """Whether subsection `path` may come next after `current`: in the same section, one further or two."""
    before = current[len(path) - 1] if len(current) >= len(path) else 0
    return len(path) > 1 and bool(current) and path[0] == current[0] and current < path and path[-1] <= before + 2


def _numbered(candidates: Sequence[_Candidate], main: Sequence[_Candidate]) -> list[tuple[_Candidate, int]]:
    """Main headings, their subsections, and lettered appendices, each with its level."""
    chosen: list[tuple[_Candidate, int]] = []
    mains = {(candidate.at, candidate.scheme) for candidate in main}
    rows = {candidate.at for candidate in main}
    roman, capitals = main[0].scheme == "roman", is_capitals(main[0].title)
    current: tuple[int, ...] = ()
    scheme, letter, digit = main[0].scheme, 0, 0  # `letter`, `digit`: of the last "B. Title" and "1. Title" below "II."
    for candidate in candidates:
        path, single = candidate.path, candidate.scheme == "letter" and len(candidate.path) == 1
        like_main = alike(candidate.row, main[0].row) and is_capitals(candidate.title) == capitals
        appendix = 1 if scheme != "letter" or not current else current[0] + 1
        if (candidate.at, candidate.scheme) in mains:
            current, scheme, letter, digit = path, candidate.scheme, 0, 0
            chosen.append((candidate, 1))
        elif candidate.at in rows:
            continue
        elif single and (like_main or candidate.appendix) and candidate.at > main[-1].at and path[0] in {1, appendix}:
            current, scheme = path, "letter"
            chosen.append((candidate, 1))
        elif roman and single and not like_main and path[0] == letter + 1:
            letter, digit = path[0], 0
            chosen.append((candidate, 2))
        elif roman and letter and candidate.scheme == "arabic" and path == (digit + 1,):
            digit = path[0]
            chosen.append((candidate, 3))
        elif candidate.scheme == scheme and _follows(path, current):
            current = path
            chosen.append((candidate, len(path)))
    return chosen


def _grow(rows: Sequence[Row], first: int, usual: Measure, taken: set[int]) -> int:
    """Index of the last row of a heading that may run over two or three rows."""
    last = first
    while last + 1 < len(rows) and last - first < 3 and last + 1 not in taken:
        row, after = rows[last], rows[last + 1]
        near = after.page == row.page and 0 < after.base - row.base < 1.75 * row.size
        aligned = after.x0 > row.x0 - 2 or abs(after.x0 + after.x1 - row.x0 - row.x1) < 12
        long_enough = row.x1 - row.x0 > 0.55 * usual.width or row.text.endswith("-")
        bare = bool(_NUMBERED.match(row.text) and not _NUMBERED.match(row.text)["title"])  # type: ignore[index]
        if not (near and alike(row, after) and ((aligned and long_enough) or bare)) or is_name(after.text):
            break
        if is_capitals(row.text) and not is_capitals(after.text):
            break
        last += 1
    return last


def _unnumbered(
    rows: Sequence[Row], usual: Measure, loud: Sequence[int], model: Row | None, taken: set[int]
) -> list[int]:
    """Headings without a number: those set like the numbered ones, and those with a name that every reader knows."""
    found = []
    for index in loud:
        row = rows[index]
        if len(row.cells) > 1 or index in taken or not row.text[0].isalpha():
            continue
        same = model is not None and alike(row, model)
        if not (same or is_name(row.text)):
            continue
        if _NO_SECTION.match(row.text):
            continue  # set like a section, but part of the front
        large = model is not None and model.size > usual.body + 0.9
        capitals = model is not None and is_capitals(row.text) and is_capitals(model.text)
        titled = row.text[0].isupper() and not _NUMBERED.match(row.text)
        named = _BACK_NAME.match(row.text) or (_BODY_NAME.match(row.text) and (model is None or same))
        if named or (same and titled and (large or capitals)):
            found.append(index)
    return found


def find_headings(rows: Sequence[Row], usual: Measure, start: int, outline: Outline, mend: Mend) -> list[Heading]:
    """The headings among the rows from `start` on. `outline`: gives the titles of the PDF's own."""
    fonts: dict[str, int] = {}
    for row in rows:
        fonts[row.font] = fonts.get(row.font, 0) + len(row.text)
    font = max(fonts, key=lambda name: fonts[name], default="")
    body = rows[start:]
    loud = [i for i, row in enumerate(body) if stands_out(row, usual, font) and may_be_heading(row, usual)]
    candidates = _candidates(body, loud)
    main = _main_chain(candidates)
    chosen = _numbered(candidates, main) if main else []
    taken = {candidate.at for candidate, _ in chosen}
    headings = []
    for candidate, level in chosen:
        last = _grow(body, candidate.at, usual, taken)
        title = mend([candidate.title, *(row.text for row in body[candidate.at + 1 : last + 1])])
        headings.append(Heading(start + candidate.at, start + last, candidate.number, title, level))
    covered = {index - start for heading in headings for index in range(heading.first, heading.last + 1)}
    # where nothing is numbered, the first heading with a known name shows what headings look like
    model = main[0].row if main else next((body[index] for index in loud if is_name(body[index].text)), None)
    previous = -1
    for index in _unnumbered(body, usual, loud, model, covered):
        if index <= previous:
            continue
        previous = _grow(body, index, usual, covered | taken)
        title = mend([row.text for row in body[index : previous + 1]])
        headings.append(Heading(start + index, start + previous, "", title, 1))
    covered |= {index - start for heading in headings for index in range(heading.first, heading.last + 1)}
    for index in find_beneath(body, usual, model, covered) if model else ():
        last = _grow(body, index, usual, covered)
        title = mend([row.text for row in body[index : last + 1]])
        headings.append(Heading(start + index, start + last, "", title, 2))
    headings.sort()
    if not any(is_capitals(heading.title) for heading in headings):
        return headings
    names = {letters(title): title for title in outline()}
    return [_cased(heading, names) for heading in headings]


def _cased(heading: Heading, names: dict[str, str]) -> Heading:
    """Small capitals lose the case: the outline, where it has this heading, knows it."""
    if not is_capitals(heading.title):
        return heading
    title = names.get(letters(heading.title)) or names.get(letters(heading.number + heading.title)) or heading.title
    return heading._replace(
        title=re.sub(rf"^{re.escape(heading.number)}[.:]?\s+", "", title) if heading.number else title
    )
