"""Papers as lists that can be trusted have them, and how an entry of a note differs from one of them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from agents.note.reading import OPEN_ID, WRONG, WRONG_ID, Reading
from agents.note.text import one_line
from agents.source.document import Metadata, Reference, Source
from agents.trust import authors, titles

CITED, LISTED = "本文引用", "arXiv"
_LIKE = 75.0  # of 100: a title that is this like another one is meant to be it, if the first author is the same
_LONGEST = 160  # characters of a title in a badge
_NUMBER = re.compile(r"\[?(\d{1,4})\]?")
_DITTO = re.compile(r"\W*[-–—_]{2,}")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Work:
    """A paper: a reference of the one that the note is about, or a paper on arXiv."""

    title: str
    authors: str  # as printed
    years: tuple[int, ...]  # each is right: of the print, of the preprint; the first is the one to show
    arxiv: str = ""
    label: str = ""
    entry: str = ""  # all of it, as the bibliography prints it
    known: str = CITED  # from where; "本文引用 ✓ arXiv" where it took both


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of an entry that is not the work's."""

    field: str  # of `Reading`
    badge: str
    message: str
    unsettled: bool = False  # not known to be wrong


def cited(references: Iterable[Reference]) -> tuple[Work, ...]:
    """A bibliography; "——" stands for the authors of the entry before."""
    found: list[Work] = []
    for one in references:
        named = found[-1].authors if found and _DITTO.match(one.authors or one.text) else one.authors
        years = dict.fromkeys(filter(None, (one.year, _year_of(one.arxiv or ""))))
        found.append(Work(one.title, named, tuple(years), one.arxiv or "", one.label, one.text))
    return tuple(found)


def listed(paper: Metadata) -> Work:
    """With the year of its first version, and any that the authors' comment names ("NeurIPS 2017")."""
    years = (paper.published.year, *map(int, _YEAR.findall(paper.comment)))
    return Work(paper.title, ", ".join(paper.authors), tuple(dict.fromkeys(years)), paper.arxiv, known=LISTED)


def itself(source: Source) -> Work:
    """The paper that the note is about."""
    years = (source.published.year,) if source.published else ()
    return Work(source.title, ", ".join(source.authors), years, source.arxiv)


def _year_of(arxiv: str) -> int | None:
    """The year that an arXiv id begins with: 2103.00020, hep-th/9901001."""
    found = re.match(r"(?:[a-z-]+/)?(\d\d)\d\d", arxiv)
    return (1900 if found[1] > "90" else 2000) + int(found[1]) if found else None


def is_titled(title: str, work: Work) -> bool:
    return titles.same(title, work.title, work.entry)


def meant(reading: Reading, works: Sequence[Work]) -> Work | None:
    """The work with the title of an entry; of several, the one that fits best."""
    fitting = [work for work in works if is_titled(reading.title, work)]
    return min(fitting, key=lambda work: len(list(differences(reading, work))), default=None)


def joined(work: Work, other: Work | None) -> Work:
    """A reference with what arXiv knows of it: the bibliography may print no id, and the preprint is often older."""
    if other is None or not authors.same(work.authors, other.authors) or work.arxiv not in {"", other.arxiv}:
        return work
    years = dict.fromkeys((*work.years, *other.years))
    return replace(work, arxiv=other.arxiv, years=tuple(years), known=f"{CITED} ✓ {LISTED}")


def misnamed(reading: Reading, works: Sequence[Work]) -> Work | None:
    """The work that an entry must mean though it gives it another title."""
    by_id = [work for work in works if reading.arxiv and work.arxiv == reading.arxiv]
    if by_id:
        return by_id[0]
    by_author = [
        work
        for work in works
        if work.authors and titles.is_one(work.title) and authors.same(reading.authors, work.authors)
    ]
    alike = [(titles.likeness(reading.title, work.title), n) for n, work in enumerate(by_author)]
    best, at = max(alike, default=(0.0, 0))
    if best >= _LIKE:
        return by_author[at]
    number = _NUMBER.fullmatch(reading.reference)
    numbered = [work for work in by_author if number and work.label == number[1] and reading.year in work.years]
    return numbered[0] if numbered else None


def differences(reading: Reading, work: Work, others: Sequence[Work] = ()) -> Iterator[Difference]:
    """Every field of an entry that is not the work's; `others`: works among which a strange id is looked for."""
    if not is_titled(reading.title, work):
        yield _wrong("title", "标题", short(work.title))
        return
    name = authors.first(work.authors)
    if not authors.same(reading.authors, work.authors):
        yield _wrong("authors", "作者", one_line(name.shown) if name else "")
    elif not name and not authors.is_in(reading.authors, work.entry):
        yield Difference("authors", "? 作者未核实", f"the authors of {work.title!r} could not be read", unsettled=True)
    if reading.year and work.years and reading.year not in work.years:
        yield _wrong("year", "年份", str(work.years[0]))
    elif reading.year and not work.years:
        yield Difference("year", "? 年份未核实", f"no year is printed for {work.title!r}: give 0", unsettled=True)
    yield from _of_id(reading, work, others)
    number = _NUMBER.fullmatch(reading.reference)
    if number and _NUMBER.fullmatch(work.label) and number[1] != work.label:
        yield _wrong("reference", "文献条目", work.label)


def _of_id(reading: Reading, work: Work, others: Sequence[Work]) -> Iterator[Difference]:
    if not reading.arxiv or reading.arxiv == work.arxiv:
        return
    if work.arxiv:
        yield _wrong("arxiv", "arXiv", work.arxiv)
        return
    owner = next((other for other in others if other.arxiv == reading.arxiv), None)
    if owner:
        title = short(owner.title)
        yield Difference("arxiv", f"{WRONG_ID}: 这个编号是 {title}", f"{reading.arxiv} is the id of {title!r}")
    else:
        message = f"this paper prints no arXiv id for {work.title!r}: leave it empty"
        yield Difference("arxiv", OPEN_ID, message, unsettled=True)


def _wrong(field: str, name: str, right: str) -> Difference:
    return Difference(field, f"{WRONG} {name}: {right}", f"it is {right!r}")


def short(text: str) -> str:
    """A title as a badge or a message shows it."""
    line = one_line(text)
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
