"""Is it the same first author? "Radford et al.", "Alec Radford, …", "Radford, A., …", "Radford 等" are one."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from agents.trust.titles import letters

UNKNOWN = "作者不详"
_OTHERS = re.compile(r"[,，]?\s*(?:\bet\.?\s*al\b\.?|\band others\b|等人?).*$", re.IGNORECASE | re.DOTALL)
_ASIDE = re.compile(r"[(（][^)）]*[)）]?|\b(?:19|20)\d\d\b")  # "(Google)", "(2021)"
_NEXT = re.compile(r"\s*[,，、;；&]\s*|\s+(?:and|与|和)\s+")
_INITIALS = re.compile(r"(?:[^\W\d_a-z]\.?[-\s]*){1,4}")  # "A.", "J. W.", "JW"
_CAPITALS = re.compile(r"[A-Z]{1,3}")
_SUFFIX = {"jr", "sr", "ii", "iii", "iv"}
_PLAIN = re.compile(r"[A-Za-z.,'’\- ]*")
_ALIKE = 85.0  # of 100, for names whose accents a PDF may have broken


@dataclass(frozen=True, slots=True)
class Name:
    """The first of a list of authors, as far as it is printed."""

    words: tuple[str, ...]  # without initials, folded
    initials: frozenset[str]  # of the given names
    is_last: bool  # nothing but the last name stands there: "Radford, A." or "Radford et al."
    shown: str  # the last name as printed


@lru_cache(maxsize=4096)
def first(authors: str) -> Name | None:
    """The first author of a printed list; None where nobody is named."""
    people = [
        part.strip() for part in _NEXT.split(_OTHERS.sub("", unicodedata.normalize("NFC", authors))) if part.strip()
    ]
    if not people or authors.strip() == UNKNOWN:
        return None
    words = [word for word in people[0].split() if letters(word) not in {"", *_SUFFIX}]
    full = [word for word in words if _is_full(word)] or words
    if not full:
        return None
    turned = len(people) > 1 and _INITIALS.fullmatch(people[1]) is not None  # "Radford, A., Kim, J."
    given = people[1].split() if turned else [word for word in words if word != full[-1]]
    shown = " ".join(words) if turned else full[-1]
    initials = frozenset(name[0] for word in given if (name := letters(word)))
    return Name(tuple(map(letters, full)), initials, turned or len(full) == 1, shown.strip(" .,"))


def _is_full(word: str) -> bool:
    """No initials: "A.", "GE"."""
    name = letters(word)
    return (len(name) > 1 or not name.isascii()) and not _CAPITALS.fullmatch(word)


def same(said: str, listed: str) -> bool:
    """Whether both begin with the same person. True where one of them names nobody."""
    ours, theirs = first(said), first(listed)
    if ours is None or theirs is None:
        return True
    if "".join(ours.words) == "".join(theirs.words):
        return True
    if not _share_a_last_name(
        ours, theirs, garbled=not (_PLAIN.fullmatch(ours.shown) and _PLAIN.fullmatch(theirs.shown))
    ):
        return False
    return not (ours.initials and theirs.initials) or bool(ours.initials & theirs.initials) or _turned(ours, theirs)


def _share_a_last_name(ours: Name, theirs: Name, *, garbled: bool) -> bool:
    mine = set(ours.words) if ours.is_last else {ours.words[-1]}
    yours = set(theirs.words) if theirs.is_last else {theirs.words[-1]}
    if mine & yours or _turned(ours, theirs):
        return True
    return garbled and any(len(a) > 4 and len(b) > 4 and fuzz.ratio(a, b) >= _ALIKE for a in mine for b in yours)


def _turned(ours: Name, theirs: Name) -> bool:
    """The same words in another order: "He Kaiming"."""
    return len(ours.words) > 1 and set(ours.words) == set(theirs.words)


def is_in(said: str, entry: str) -> bool:
    """Whether an entry whose authors could not be told names this one. True for nobody."""
    name = first(said)
    return name is None or name.words[-1] in map(letters, re.split(r"[^\w'’-]+", entry))
