"""Does the paper say it in these words? Quotes are looked up by normalised search, and the page comes from there.

Normalised means: ligatures and width (NFKC), one kind of quotation mark and dash, hyphens inside words off (a line
break may have put one there), spacing off, and the case of the first letter. A changed word or digit is not forgiven.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from agents.note.claim import Claim, FoundClaim
from agents.note.section import Part
from agents.source.document import Document
from agents.trust.outcome import Doubt, Outcome
from agents.trust.texts import parts

_TOKEN = re.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)*|[^\w\s]|_")
_ALIKE = str.maketrans(
    {**dict.fromkeys("‘’‛`´′", "'"), **dict.fromkeys("“”„«»″", '"'), **dict.fromkeys("‐‑‒–—―−", "-")}
)
_HYPHEN = re.compile(r"(?<=[^\W\d_])-\s*(?=[^\W\d_])")
_FEWEST_WORDS = 3
_FEWEST_LETTERS = 20  # of a quote that may be found with its spaces gone


@dataclass(frozen=True, slots=True)
class _Haystack:
    text: str
    starts: tuple[int, ...]  # where each block begins
    pages: tuple[int, ...]  # and its page

    def page_at(self, at: int) -> int:
        return self.pages[bisect_right(self.starts, at) - 1]


@dataclass(frozen=True, slots=True)
class Index:
    """A paper ready to be searched: all of it in reading order, and the running text alone (quotes jump tables).

    Where its markup was read too, also all of it as a model sees it, with exact formulas and cells; last the pages as
    printed, with the lettering of figures.
    """

    spaced: tuple[_Haystack, ...]
    dense: tuple[_Haystack, ...]


def tokens(text: str) -> list[str]:
    # Most of an English paper is ASCII: to leave it as it is saves half of the time that an index takes.
    plain = text.replace("`", "'") if text.isascii() else unicodedata.normalize("NFKC", text).translate(_ALIKE)
    plain = plain.replace("''", '"')
    return _TOKEN.findall(_HYPHEN.sub("", plain) if "-" in plain else plain)


def _stack(blocks: Iterable[tuple[list[str], int]], gap: str) -> _Haystack:
    pieces, starts, pages = [gap], [], []
    length = len(gap)
    for words, page in blocks:
        piece = gap.join(words) + gap
        starts.append(length)
        pages.append(page)
        pieces.append(piece)
        length += len(piece)
    return _Haystack("".join(pieces), tuple(starts) or (0,), tuple(pages) or (0,))


def index(document: Document) -> Index:
    printed = [(block, tokens(block.text)) for block in document.blocks]
    runs = [[(words, block.page) for block, words in printed if words]]
    runs += [[(words, block.page) for block, words in printed if words and block.kind == "text"]]
    if any(block.exact for block in document.blocks):
        exact = [(block, tokens(block.exact) if block.exact else words) for block, words in printed]
        runs += [[(words, block.page) for block, words in exact if words]]
    runs += [[(found, page) for page, text in enumerate(document.printed, 1) if (found := tokens(text))]]
    return Index(tuple(_stack(run, " ") for run in runs), tuple(_stack(run, "") for run in runs))


def find(index: Index, quote: str) -> int:
    """The page a quote stands on; 0 when the paper does not hold these words."""
    words = tokens(quote)
    while words and not words[-1][0].isalnum():
        words.pop()
    while words and not words[0][0].isalnum():
        words.pop(0)
    if sum(word[0].isalnum() for word in words) < _FEWEST_WORDS:
        return 0
    for first in dict.fromkeys((words[0], words[0][0].swapcase() + words[0][1:])):
        spelled = [first, *words[1:]]
        if page := _search(index.spaced, f" {' '.join(spelled)} ") or _search_dense(index.dense, "".join(spelled)):
            return page
    return 0


def _search(stacks: tuple[_Haystack, ...], needle: str) -> int:
    for stack in stacks:
        if (at := stack.text.find(needle)) >= 0:
            return stack.page_at(at + 1)
    return 0


def _search_dense(stacks: tuple[_Haystack, ...], needle: str) -> int:
    """With all spaces gone, for words that the PDF joins or splits; the edges must not cut a number."""
    if len(needle) < _FEWEST_LETTERS:
        return 0
    edges = re.compile(
        ("(?<![0-9.])" if needle[0].isdigit() else "")
        + re.escape(needle)
        + ("(?![0-9]|\\.[0-9])" if needle[-1].isdigit() else "")
    )
    for stack in stacks:
        if found := edges.search(stack.text):
            return stack.page_at(found.start())
    return 0


def outcome(part: Part, index: Index) -> Outcome:
    """Every quote of a reply or a note looked up; one that is not found is printed without a page, and so marked."""
    quoted = [(where, claim.quote) for where, claim in parts(part, Claim) if claim.quote]
    doubts = tuple(
        Doubt(f"{where}.quote", f"quote not found in the paper: {quote!r}")
        for where, quote in quoted
        if not find(index, quote)
    )
    return Outcome("quotes", len(quoted) - len(doubts), len(quoted), doubts)


def with_pages(value: Any, index: Index) -> Any:
    """A reply as plain data (`model_dump()`), every claim with the page on which its quote was found."""
    if isinstance(value, dict):
        found = {key: with_pages(inner, index) for key, inner in value.items()}
        return {**found, "page": find(index, found["quote"])} if "quote" in found else found
    if isinstance(value, list | tuple):
        return [with_pages(inner, index) for inner in value]
    return value


def pages(part: Part, index: Index) -> Outcome:
    """The page that a note gives for each quote, against the one where the words stand."""
    given = [(where, claim) for where, claim in parts(part, FoundClaim) if claim.page]
    found = [(where, claim, page) for where, claim in given if (page := find(index, claim.quote))]
    doubts = tuple(
        Doubt(f"{where}.quote", f"this quote stands on p. {page}, not on p. {claim.page}")
        for where, claim, page in found
        if page != claim.page
    )
    return Outcome("quotes", len(found) - len(doubts), len(found), doubts)
