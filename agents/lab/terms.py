"""Terms of the field that several notes use and none explains. Pure; by their form, weighed so that noise stays out.

A tag, and a term written as CLAUDE.md asks for it, 对比学习（Contrastive Learning）, say that it is one; a word that
only looks like one (Q-Former, RoPE, KV Cache) has to stand in more notes.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import get_args

from agents.lab.inventory import Entry
from agents.lab.mentions import spellings
from agents.note.concept import Area
from agents.note.links import without_code
from agents.note.mark import SIGN
from agents.note.slug import folded
from agents.note.text import one_line

_TOLD, _SEEN, _ENOUGH = 2, 1, 3  # weight of a note that tells a term by tag or form, that only shows it; of all notes
_FEWEST_NOTES, _MOST_TERMS = 2, 4
_RECEIPT = "<!-- field: provenance -->"
# Lines that quote the paper or name other papers: what stands there is not what the note speaks of.
_BORROWED = re.compile(
    rf"^(?:\s*- (?:原文 |{SIGN} |数据：|作者与年份：|文献条目：|arXiv：)|\||\d+\. \*\*|#).*$", re.MULTILINE
)
_MATH_OR_CODE = re.compile(r"\$\$.*?\$\$|\$[^$\n]{1,999}\$|`[^`\n]{1,999}`|\]\([^)\n]{0,999}\)", re.DOTALL)
_TOLD_TERM = re.compile(r"[\u3400-\u9fff]（([A-Z][A-Za-z0-9]*(?:[ -][A-Za-z0-9]+){0,3})）")
_SEEN_TERM = re.compile(
    r"(?<![A-Za-z0-9-])(?:[A-Z]{2,} [A-Z][a-z]+|[A-Z][A-Za-z0-9]*(?:-[A-Z0-9][A-Za-z0-9]*)+"
    r"|[A-Za-z]?[a-z]+[A-Z][A-Za-z]*|[A-Z]{3,}s?)(?![A-Za-z0-9-])"
)
_WORDS = re.compile(r"[A-Za-z0-9]+|[\u3400-\u9fff]+")
_LONGEST_NAME = 12  # words of a title that are looked at
_LONGEST = 80  # characters of a tag
_NO_TERMS = {"arxiv", "pdf", "github", "api", "claude", "todo", "url", "html", "json", "gpu", "gpus", "cpu", "yaml"}


@dataclass(frozen=True, slots=True)
class Term:
    """A term as it is mostly written, and the notes that use it."""

    written: str
    notes: tuple[str, ...]


def unexplained(notes: Mapping[str, Entry], lab: Mapping[str, Entry]) -> list[Term]:
    """The terms that most of `notes` use and that no note of the lab is about."""
    weights: dict[str, dict[str, int]] = defaultdict(dict)
    spelt: dict[str, Counter[str]] = defaultdict(Counter)
    for path, entry in notes.items():
        for written, weight in _terms(entry):
            key = folded(written)
            weights[key][path] = max(weight, weights[key].get(path, 0))
            spelt[key][written] += 1
    common = [
        Term(min(spelt[key], key=lambda written: (-spelt[key][written], written)), tuple(sorted(weight)))
        for key, weight in weights.items()
        if len(weight) >= _FEWEST_NOTES and sum(weight.values()) >= _ENOUGH
    ]
    explained = _explained(lab)
    unknown = (term for term in common if not explained & {folded(term.written), _singular(term.written)})
    return sorted(unknown, key=lambda term: (-len(term.notes), term.written))[:_MOST_TERMS]


def _explained(lab: Mapping[str, Entry]) -> set[str]:
    """What the notes are about, folded: every name, every run of words in it; and the folders' names."""
    known = {"", *_NO_TERMS, *map(folded, get_args(Area))}
    for path, entry in lab.items():
        known |= {folded(part) for part in path.split("/")[:-1]}
        for name in (entry.title, *entry.aliases):
            for spelling in spellings(name):
                words = [folded(word) for word in _WORDS.findall(spelling)[:_LONGEST_NAME]]
                known |= {"".join(words[i:j]) for i, j in combinations(range(len(words) + 1), 2)}
    return known


def _singular(term: str) -> str:
    return folded(term.removesuffix("s"))


def _terms(entry: Entry) -> Iterator[tuple[str, int]]:
    yield from ((tag[:_LONGEST], _TOLD) for tag in map(one_line, entry.tags) if tag)
    text = _MATH_OR_CODE.sub(" ", _BORROWED.sub("", without_code(entry.text.partition(_RECEIPT)[0])))
    yield from ((term, _TOLD) for term in _TOLD_TERM.findall(text))
    yield from ((term, _SEEN) for term in set(_SEEN_TERM.findall(text)))
