"""The rows under "References" -> entries, and each entry -> authors, title, year, ids."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from agents.source.document import Box
from agents.source.lines import Row
from agents.source.paragraphs import Mend

_BRACKET = re.compile(r"^\[(\d{1,4})\]")
_DOTTED = re.compile(r"^(\d{1,3})[.)](?:\s|$)")
_ALPHA = re.compile(r"^\[([^\]\s\d][^\]]{1,60}\d{2,4}[a-z]?\)?)\]")
_ARXIV = re.compile(
    r"(?:arXiv(?:\s?preprint)?(?:\s?arXiv)?\s?[:/]?\s?|arxiv\.org/(?:abs|pdf)/|abs/)(\d{4}\.\s?\d{4,5}|[a-z-]+/\d{7})(v\d+)?",
    re.IGNORECASE,
)
_DOI = re.compile(r"\b(10\.\d{4,9}/[^\s,;\"”]+[^\s,;.\"”)\]])")
_YEAR = re.compile(r"(?<![\d/.:-])\(?((?:19|20)\d{2})[a-z]?\)?(?![\d/-]|\.\d)")
_QUOTED = re.compile(r"[“\"‘](.{8,300}?)[,.?!]?[”\"’](?=[\s,.]|$)")
_BREAK = re.compile(  # not behind an initial
    r"[.?!](?:(?<=[a-z)\]’”\"\d].)|(?<=[A-Z]{2}.))(?:(?<=\.)|(?<=\w[?!]))\s+(?=[\dA-Z“\"(\[‘])"
    r"|\.(?<=\bal\.),?\s+(?=[A-Z(\d])"
)
_DATE = re.compile(r"\s\(?((?:19|20)\d{2})[a-z]?\)?[.,:]\s+")
_LAST_FIRST = re.compile(  # "Antol, S., Agrawal, A., and Parikh, D."
    r"^((?:(?:,? and |,? & |, |; )?(?:[a-z]+ ){0,2}[^\W\d_][\w'’-]+(?: [^\W\d_][\w'’-]+)?, (?:[A-Z]\.[- ]?)+)+"
    r"(?:,? et al\.)?)\s*(?=\S)"
)
_TOLD = 60  # characters in which an entry shows that it is one
_LABEL_END = re.compile(r"^(?:\[[^\]]*\]|\d{1,3}[.)])\s*")


class Entry(NamedTuple):
    """A reference as printed, and where its first row stands."""

    label: str
    text: str
    authors: str
    title: str
    year: int | None
    arxiv: str | None
    doi: str | None
    page: int
    box: Box
    row: int  # index of its first row


def _counted(rows: Sequence[Row], label: re.Pattern[str]) -> list[int]:
    """Indices of the rows that begin with the next number in turn."""
    starts: list[int] = []
    last = 0
    for index, row in enumerate(rows):
        found = label.match(row.text)
        if found and last < int(found[1]) <= last + 3:
            starts.append(index)
            last = int(found[1])
    return starts


def _hanging(rows: Sequence[Row]) -> list[int]:
    """Indices of the rows that stand out to the left of the others in their column, [] where entries are not set so."""
    starts, indented = [], 0
    edges: dict[int, set[int]] = {}
    for row in rows:
        edges.setdefault(row.page, set()).add(round(row.x0))
    for index, row in enumerate(rows):
        if row.x0 - min(edge for edge in edges[row.page] if abs(edge - row.x0) < 45) < 3:
            starts.append(index)
        else:
            indented += 1
    return starts if indented >= max(2, 0.05 * len(rows)) and len(starts) > 0.1 * len(rows) else []


def _spaced(rows: Sequence[Row]) -> list[int]:
    """Indices of the rows with more room above them than rows have inside an entry."""
    steps = sorted(b.base - a.base for a, b in pairwise(rows) if a.page == b.page and 4 < b.base - a.base < 30)
    inside = steps[len(steps) // 4] if steps else 12.0
    starts = [0] if rows else []
    for index in range(1, len(rows)):
        before, row = rows[index - 1], rows[index]
        turned = row.page != before.page or row.base < before.base
        ended = before.text.endswith((".", ")", "]")) or before.text[-1].isdecimal()
        if (turned and ended and row.text[:1].isupper()) or (not turned and row.base - before.base > 1.22 * inside):
            starts.append(index)
    return starts


def _starts(rows: Sequence[Row]) -> list[int]:
    for label in (_BRACKET, _DOTTED):
        found = _counted(rows, label)
        if len(found) >= 3 and len(found) > 0.05 * len(rows):
            return found
    found = [index for index, row in enumerate(rows) if _ALPHA.match(row.text)]
    if len(found) >= 3:
        return found
    return _hanging(rows) or _spaced(rows)


def find_unheaded(rows: Sequence[Row]) -> int | None:
    """Index of the first entry of a list "[1] ..." that stands under no heading, as in physics journals."""
    firsts = [index for index, row in enumerate(rows) if (found := _BRACKET.match(row.text)) and found[1] == "1"]
    if not firsts:
        return None
    starts = _counted(rows[firsts[-1] :], _BRACKET)
    dated = sum(bool(_YEAR.search(row.text)) for row in rows[firsts[-1] :])
    return firsts[-1] if len(starts) >= 4 and 2 * dated >= len(starts) else None


def _surnames(authors: str) -> list[str]:
    """Last names in an author list, whether printed "A. B. Last" or "Last, A. B."."""
    plain = re.sub(r"\bet al\b\.?|\(.*", "", authors)
    if re.match(r"^[^\W\d_][\w'’-]+(?: [^\W\d_][\w'’-]+)?,\s+(?:[A-Z]\b\.?|[A-Z][a-z]+\b)", plain) and re.search(
        r",\s+[A-Z]\.", plain
    ):
        return re.findall(
            r"(?:^|,\s*|and\s+|&\s+)((?:[a-z]+ )*[^\W\d_][\w'’-]+(?: [^\W\d_][\w'’-]+)?),\s+[A-Z]\.?", plain
        )
    people = [person.strip(" .") for person in re.split(r",|\band\b|&|;", plain)]
    return [person.split()[-1] for person in people if person and len(person.split()[-1]) > 1]


def _author_year(authors: str, year: int | None, suffix: str) -> str:
    names = _surnames(authors)
    if not names or year is None:
        return ""
    who = (
        names[0]
        if len(names) == 1
        else f"{names[0]} and {names[1]}"
        if len(names) == 2 and "et al" not in authors
        else f"{names[0]} et al."
    )
    return f"{who}, {year}{suffix}"


def _dated(text: str) -> re.Match[str] | None:
    """The year between authors and title, None where it stands elsewhere."""
    found = _DATE.search(text, 3)
    return found if found and not _BREAK.search(_before(text, found)) else None


def _before(text: str, found: re.Match[str]) -> str:
    """The text before a date, without the stop or comma that parts them."""
    head = text[: found.start()].rstrip()
    return head[:-1] if head[-1:] in {".", ","} else head


def _parts(text: str, dated: re.Match[str] | None) -> tuple[str, str]:
    """Authors and title of an entry without its label; "" for what cannot be told."""
    if quoted := _QUOTED.search(text):
        return text[: quoted.start()].strip(" ,.:"), quoted[1].strip()
    if dated:
        rest = text[dated.end() :]
        end = _BREAK.search(rest)
        title = (rest[: end.start()] if end else rest).strip(" .,")
        plain_journal = re.search(r",\s[A-Z]?\d+\b", title) or len(title.split()) < 3  # "1998, A&A, 337, 403": no title
        return _before(text, dated).strip(" ,.("), "" if plain_journal else title
    if found := _LAST_FIRST.match(text):
        return found[1].strip(" ,"), _title(_BREAK.split(text[found.end() :], maxsplit=1)[0])
    pieces = _BREAK.split(text, maxsplit=2)
    if len(pieces) < 2:
        return "", ""
    return pieces[0].strip(" ,."), _title(pieces[1])


def _title(text: str) -> str:
    """A title without the venue and the year that some styles put behind a comma or nothing."""
    return re.sub(r",?\s*(?:(?:19|20)\d{2}|(?:\.\s*)?arXiv (?:preprint\b.*)?)\.?$|[.,] arXiv\b.*$", "", text).strip(
        " ,."
    )


def parse_entry(label: str, text: str) -> tuple[str, str, str, int | None, str | None, str | None]:
    """Label, authors, title, year, arXiv id and DOI of an entry as printed."""
    bare = _LABEL_END.sub("", text) if label else text
    dated = _dated(bare)
    authors, title = _parts(bare, dated)
    on_arxiv = "arxiv" in (lower := bare.casefold()) or "abs/" in lower
    arxiv, doi = _ARXIV.search(bare) if on_arxiv else None, _DOI.search(bare) if "10." in bare else None
    years = [dated[1]] if dated else _YEAR.findall(_ARXIV.sub(" ", bare) if on_arxiv else bare)
    year = int(years[-1]) if years else None
    if not label:
        suffix = re.search(rf"{year}([a-z])\b", bare) if year else None
        label = _author_year(authors, year, suffix[1] if suffix else "")
    return label, authors, title, year, arxiv[1].replace(" ", "") if arxiv else None, doi[1] if doi else None


def read_entries(numbered: Sequence[tuple[int, Row]], mend: Mend) -> list[Entry]:
    """The reference list, one entry for each work, from its rows, each with its index in the paper."""
    rows = [row for _, row in numbered]
    starts = _starts(rows) if rows else []
    entries = []
    for start, end in zip(starts, [*starts, len(rows)][1:], strict=True):
        text = mend([row.text for row in rows[start:end]])
        found = _BRACKET.match(text) or _DOTTED.match(text) or _ALPHA.match(text)
        letters = sum(map(str.isalpha, text[:_TOLD]))
        if letters > 15 or (letters > 4 and _YEAR.search(text)):  # "Zahn, J. 1991, A&A, 252, 179" is a whole entry
            first = rows[start]
            own = [row for row in rows[start:end] if row.page == first.page and abs(row.x0 - first.x0) < 60]
            box = (min(r.x0 for r in own), first.y0, max(r.x1 for r in own), max(r.y1 for r in own))
            entries.append(Entry(*_fields(found[1] if found else "", text), first.page, box, numbered[start][0]))
    return entries


def _fields(printed: str, text: str) -> tuple[str, str, str, str, int | None, str | None, str | None]:
    label, authors, title, year, arxiv, doi = parse_entry(printed, text)
    return label, text, authors, title, year, arxiv, doi
