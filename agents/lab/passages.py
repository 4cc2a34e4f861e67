"""The passages of the lab's notes that matter for a topic, best first. Pure.

A passage is one section of a note. They are ranked by BM25 over the topic's terms (words of Latin and other alphabets,
pairs of neighbouring Chinese characters), counted in the section together with its heading and the note's title. The
length that BM25 asks for is counted in characters, so nothing but the topic is ever cut into terms: 2,000 notes take
a second.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from agents.lab.inventory import Entry
from agents.lab.topic import folded_text, terms
from agents.note.cutting import heading_lines

_K1, _B = 1.2, 0.75  # BM25's usual constants: how soon a repeated term stops counting, how much long sections lose
_ANCHOR = re.compile(r"[ \t]*<!-- (?:field|kind): [\w.]+ -->")
_MERMAID = re.compile(r"^```mermaid\n.*?^```[ \t]*$\n?", re.MULTILINE | re.DOTALL)
_RECEIPT = "provenance"  # says how the note was made, nothing of what it is about


@dataclass(frozen=True, slots=True)
class Passage:
    """One section of a note; `heading` is "" for what stands before the first one."""

    path: str
    title: str  # of the note
    heading: str
    text: str
    anchor: str = ""  # "" for a section of the person's


def passages(entry: Entry) -> list[Passage]:
    """The sections of a note that say something; diagrams are left out, and so is how the note was made."""
    lines = entry.text.split("\n")
    starts = [(0, "", None), *((n + 1, heading, anchor) for n, heading, anchor in heading_lines(entry.text))]
    ends = [*(start - 1 for start, _, _ in starts[1:]), len(lines)]
    found = []
    for (start, heading, anchor), end in zip(starts, ends, strict=True):
        text = _MERMAID.sub("", "\n".join(lines[start:end]) + "\n").strip()
        if text and anchor != _RECEIPT:
            found.append(Passage(entry.path, entry.title, _ANCHOR.sub("", heading), text, anchor or ""))
    return found


def ranked(topic: str, entries: Iterable[Entry]) -> list[tuple[float, Passage]]:
    """All passages that hold a term of the topic, with their scores, best first; equal ones in the order of paths."""
    pool = [passage for entry in entries for passage in passages(entry)]
    texts = [folded_text(f"{passage.title}\n{passage.heading}\n{passage.text}") for passage in pool]
    usual = sum(map(len, texts)) / max(1, len(texts))
    scores = [0.0] * len(pool)
    for term in terms(topic):
        counts = [_count(term, text) for text in texts]
        holding = sum(map(bool, counts))
        rarity = math.log(1 + (len(texts) - holding + 0.5) / (holding + 0.5))
        for n, count in enumerate(counts):
            if count:
                scores[n] += rarity * count * (_K1 + 1) / (count + _K1 * (1 - _B + _B * len(texts[n]) / usual))
    order = sorted((n for n, score in enumerate(scores) if score), key=lambda n: (-scores[n], n))
    return [(scores[n], pool[n]) for n in order]


def _count(term: str, text: str) -> int:
    if not term.isascii():
        return text.count(term)
    # Most texts lack the term: only the others are searched for it as a whole word.
    return len(re.findall(rf"(?<![a-z0-9]){term}(?![a-z0-9])", text)) if term in text else 0


def notes_by_rank(entries: Sequence[Entry], found: Iterable[tuple[float, Passage]]) -> list[Entry]:
    """The notes by their best passage; those without any come last, by path."""
    place: dict[str, int] = {}
    for _, passage in found:
        place.setdefault(passage.path, len(place))
    return sorted(entries, key=lambda entry: (place.get(entry.path, len(place)), entry.path))


def within(found: Iterable[tuple[float, Passage]], *, most: int, longest: int, of_a_note: int) -> list[Passage]:
    """The best passages that fit into `most` characters together: each cut at `longest`, so many of a note at most."""
    chosen: list[Passage] = []
    room = most
    taken: dict[str, int] = {}
    for _, passage in found:
        text = passage.text if len(passage.text) <= longest else f"{passage.text[:longest]}…"
        if taken.get(passage.path, 0) == of_a_note:
            continue
        if len(text) > room:
            break
        room -= len(text)
        taken[passage.path] = taken.get(passage.path, 0) + 1
        chosen.append(replace(passage, text=text))
    return chosen
