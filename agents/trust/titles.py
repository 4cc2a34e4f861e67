"""Are two titles one? Print, PDF and memory spell a title differently; they do not change its words."""

import re
import unicodedata
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

_TEX = re.compile(r"\\[A-Za-z]+|[{}$\\]")
_SUBTITLE = re.compile(r"\s*[:：]\s|\s+[-–—]+\s|：")
_VENUE = re.compile(r"In\s|Proceedings\b|Advances in\b|https?:", re.IGNORECASE)
_SPELLED = str.maketrans(
    {"&": "and", "×": "x", "ł": "l", "ø": "o", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe"}
)
_SHORTEST_HEAD = 3  # letters of what stands before a colon: "GPT"
_SHORTEST_PART = 15  # letters of a title that may be the beginning of a longer one
_A_SLIP, _MOST_SLIPS = 20, 2  # letters for each that may differ: what a PDF swallows, or a hand


@lru_cache(maxsize=8192)
def letters(text: str) -> str:
    """Letters and digits alone: without accents, TeX, case, spacing and punctuation."""
    plain = unicodedata.normalize("NFKD", _TEX.sub("", text)).casefold().translate(_SPELLED)
    return "".join(filter(str.isalnum, plain))


@lru_cache(maxsize=8192)
def head(title: str) -> str:
    """The letters before the subtitle; "" where there is none."""
    short, found, _ = _SUBTITLE.sub("\n", title, count=1).partition("\n")
    return letters(short) if found else ""


def is_one(title: str) -> bool:
    """Whether this can be a title at all; a reader of PDFs sometimes takes the venue for it."""
    return bool(title) and not _VENUE.match(title)


def same(said: str, listed: str, entry: str = "") -> bool:
    """Whether `said` is the title of what is listed as `listed`; `entry` is that whole entry as printed."""
    ours, theirs = letters(said), letters(listed) if is_one(listed) else ""
    if not ours or ours == letters(listed):
        return bool(ours)
    if _is_head(ours, listed) or _is_head(theirs, said) or _slipped(ours, theirs):
        return True
    if len(ours) < _SHORTEST_PART:
        return False
    if ours.startswith(theirs):  # nothing of a title could be read, or only its beginning
        return is_one(said) and ours in letters(entry)
    return theirs.startswith(ours)


def _is_head(short: str, title: str) -> bool:
    """Whether these letters are what stands before the colon."""
    return len(short) >= _SHORTEST_HEAD and short == head(title)


def _slipped(ours: str, theirs: str) -> bool:
    """Nearly the same letters, and exactly the same digits: GPT-3 is not GPT-4."""
    allowed = min(min(len(ours), len(theirs)) // _A_SLIP, _MOST_SLIPS)
    if not allowed or re.findall(r"\d+", ours) != re.findall(r"\d+", theirs):
        return False
    return Levenshtein.distance(ours, theirs, score_cutoff=allowed) <= allowed


def likeness(said: str, listed: str) -> float:
    """From 0 to 100."""
    return fuzz.ratio(letters(said), letters(listed))
