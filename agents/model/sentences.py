"""A paper cut into sentences, each with its section and page: what the draft engine chooses from."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from agents.source.document import Source

# A full stop after one of these ends no sentence.
_ABBREVIATION = re.compile(
    r"(?:\b(?:et al|e\.g|i\.e|cf|vs|(?:Fig|Eq|Sec|Tab|Ref)s?|App|resp|approx|w\.r\.t|Dr|Prof|No|Vol|pp)|\b[A-Z])\.$"
)
_END = re.compile(r"(?<=[.!?])[\"”’)\]]*\s+(?=[\"“‘(\[]?[A-Z0-9])")
_SHORTEST, _LONGEST = 40, 420  # characters: shorter ones are fragments, longer ones are tables that ran together


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    section: str  # the top-level heading above it, with its number
    under: str  # the nearest heading above it, with its number
    page: int


def split(text: str) -> list[str]:
    """The sentences of one paragraph; common abbreviations and initials end none."""
    sentences: list[str] = []
    for piece in _END.split(text):
        if sentences and _ABBREVIATION.search(sentences[-1]):
            sentences[-1] += f" {piece}"
        else:
            sentences.append(piece)
    return [sentence.strip() for sentence in sentences]


def sentences(source: Source) -> list[Sentence]:
    """All sentences of the running text, abstract first, in reading order."""
    document = source.document
    found = [Sentence(text, "Abstract", "Abstract", 1) for text in split(document.abstract) if _whole(text)]
    known = {sentence.text for sentence in found}
    top = under = ""
    for block in document.blocks:
        if block.kind == "heading":
            under = block.text
            top = block.text if block.level <= 1 else top
        elif block.kind == "text":
            whole = [text for text in split(block.text) if _whole(text) and text not in known]
            found += [Sentence(text, top, under, block.page) for text in whole]
    return found


def _whole(text: str) -> bool:
    letters = sum(char.isalpha() or char.isspace() for char in text)
    return (
        _SHORTEST <= len(text) <= _LONGEST and text[-1:] in ".!?" and text[:1].isupper() and letters > 0.75 * len(text)
    )


def best(
    pool: Iterable[Sentence], most: int, cues: Mapping[str, float], where: Callable[[Sentence], float] = lambda _: 0.0
) -> list[Sentence]:
    """The `most` highest-scoring sentences, in reading order: the weights of the cues in them, and of their place.

    Cues are in lower case, and so is what they look at: to ignore case costs `re` 15 ms a paper.
    """
    patterns = [(re.compile(cue), weight) for cue, weight in cues.items()]
    scored = []
    for n, sentence in enumerate(pool):
        text = sentence.text.lower()
        cue = sum(weight for pattern, weight in patterns if pattern.search(text))
        if cue > 0:
            scored.append((cue + where(sentence), -n, sentence))
    chosen = sorted(scored, key=lambda row: row[:2], reverse=True)[:most]
    return [sentence for _, _, sentence in sorted(chosen, key=lambda row: -row[1])]
