"""True entries for further reading: of the bibliography, where the plain text bears out title, author and year."""

import re
from random import Random

from score import LIGATURES
from statements import Statement

from agents.source.document import Document, Reference

FURTHER = "further_reading.0"
MOST = 20  # of one paper
OFF = (-10, -5, -3, -2, -1, 1, 2, 3, 5)  # years
_NO_TITLE = re.compile(r"arxiv|preprint|doi:|https?:|^in |\b(?:Ltd|Limited|Press|Publish\w*)\b", re.IGNORECASE)
_SURNAME = re.compile(r"[^\W\d_][\w'’-]+$")
_INITIALS = re.compile(r"(?:[A-Z]\.[-\s]?)+")


def references(document: Document, plain: str, dice: Random) -> list[Statement]:
    """Entries that have title, author and year, each of which stands in the printed entry."""
    whole = _letters(plain)
    sure = [one for one in document.references if one.title and one.year and _is_borne_out(one, whole)]
    chosen = dice.sample(sure, min(MOST, len(sure)))
    return [_reference(one, sure, dice) for one in chosen]


def _is_borne_out(entry: Reference, plain: str) -> bool:
    title = _letters(entry.title)
    at = plain.find(title)
    near = plain[max(0, at - 1500) : at + len(title) + 400]
    return (
        at >= 0
        and len(title) > 12
        and not _NO_TITLE.search(entry.title)
        and bool(surname(entry))
        and _letters(surname(entry)) in near
        and str(entry.year) in near
    )


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text.translate(LIGATURES).casefold())


def surname(entry: Reference) -> str:
    """Of the first author: before the comma of "Li, J.", else the last word of the name."""
    parts = re.split(r"\s+(?:and|&)\s+|;", entry.authors)[0].split(", ")
    if len(parts) > 1 and _INITIALS.fullmatch(parts[1].strip(", ")):
        return parts[0].strip()
    found = _SURNAME.search(re.sub(r",? et al\.?$", "", parts[0]).strip())
    return found[0] if found else ""


def _reference(entry: Reference, entries: list[Reference], dice: Random) -> Statement:
    data = {
        "title": entry.title,
        "authors": f"{surname(entry)} et al.",
        "year": entry.year,
        "arxiv": entry.arxiv or "",
        "reference": entry.label if dice.randrange(2) else "",
        "reason": "这篇论文的方法由此而来。",
    }
    strangers = {surname(one) for one in entries} - {""}
    text = _letters(entry.text)
    authors = tuple(sorted(f"{name} et al." for name in strangers if _letters(name) not in text))
    printed = f"{entry.text} 20{(entry.arxiv or '')[:2]}"  # the year in an arXiv id is no wrong one either
    years = tuple(year for off in OFF if str(year := entry.year + off) not in printed)
    return Statement("reference", FURTHER, data, others={"wrong author": authors, "wrong year": years})
