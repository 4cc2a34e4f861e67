"""Papers that running text names: by an arXiv id, or by a title between 《 and 》."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from agents.note.mark import UNVERIFIED, behind
from agents.note.paper import PaperBody
from agents.trust.texts import texts

_TEXTS = {"summary", "background", "intuition", "text", "meaning", "contribution", "lessons", "reason"}
_ID = re.compile(
    r"(?:\barxiv\s?[:：]?\s?|\barxiv\.org/(?:abs|pdf|html)/)"
    r"(?P<id>\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d{1,3})?(?![A-Za-z0-9]|\.\d)",
    re.IGNORECASE,
)
_TITLE = re.compile(r"《(?P<title>[^《》]{8,300})》")
_WORD = re.compile(r"[A-Za-z]{2,}")
_FEWEST_WORDS = 3  # of a title: two may be a name


@dataclass(frozen=True, slots=True)
class Mention:
    """One paper, named in one place. It has an id or a title."""

    where: str  # the field
    end: int  # where in the field's text it ends
    arxiv: str = ""
    title: str = ""
    is_marked: bool = False  # the note says behind it that it was not found


def mentions(part: PaperBody[Any]) -> list[Mention]:
    """Every such place in the sections of a reply or a note, quotes left out: those are the paper's words."""
    sections = PaperBody.model_fields
    said = [one for one in texts(part) if one.field in _TEXTS and one.where.partition(".")[0] in sections]
    return [found for one in said for found in _in(one.where, one.text)]


def _in(where: str, text: str) -> Iterator[Mention]:
    for found in _ID.finditer(text):
        end = _outside(text, found.end())
        arxiv = re.sub(r"\.[A-Za-z]{2}/", "/", found["id"].lower())
        yield Mention(where, end, arxiv=arxiv, is_marked=UNVERIFIED in behind(text, end))
    for found in _TITLE.finditer(text):
        words = _WORD.findall(found["title"])
        if len(words) >= _FEWEST_WORDS and 2 * sum(map(len, words)) > len(found["title"]):
            end = _outside(text, found.end())
            yield Mention(where, end, title=found["title"], is_marked=UNVERIFIED in behind(text, end))


def _outside(text: str, at: int) -> int:
    """Behind the code or the bold words that end here: a mark inside would break them."""
    while text[at : at + 1] in {"`", "*"} and text[at : at + 1]:
        at += 1
    return at
