"""The formulas that the lab's notes hold: what a cell of code may say that it implements."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from agents.lab.find import Lab
from agents.lab.inventory import Entry
from agents.lab.notes import load
from agents.note.concept import ConceptNote
from agents.note.experiment import Implemented
from agents.note.formula import Formula
from agents.note.kinds import KINDS
from agents.note.markdown import parse
from agents.note.note import Note
from agents.note.paper import PaperNote
from agents.note.slug import folded

MOST = 40
_WITH_FORMULAS = {"paper", "concept"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A formula, where it stands, and what its note says that it computes."""

    formula: Implemented
    meaning: str


def candidates(lab: Lab, entries: Iterable[Entry], topic: str) -> dict[str, Candidate]:
    """At most 40 formulas by a name that stays the same while the formula does; from notes near the topic first."""
    found: dict[str, Candidate] = {}
    for entry in _ranked([entry for entry in entries if entry.kind in _WITH_FORMULAS], topic):
        for formula in _formulas(lab, entry):
            digest = hashlib.sha256(formula.tex.encode()).hexdigest()[:6]
            implemented = Implemented(path=entry.path, title=entry.title, tex=formula.tex)
            found.setdefault(f"{entry.path}#{digest}", Candidate(implemented, formula.meaning))
            if len(found) == MOST:
                return found
    return found


def _ranked(entries: Sequence[Entry], topic: str) -> list[Entry]:
    """Those that say more words of the topic first; what says none of them is left out."""
    words = [folded(word) for word in re.findall(r"[A-Za-z][\w-]+|[^\W\d_a-zA-Z]{2}", topic)]
    texts = {
        entry.path: folded(f"{entry.title} {' '.join((*entry.tags, *entry.aliases))} {entry.text}") for entry in entries
    }
    scores = {path: sum(word in text for word in words) for path, text in texts.items()}
    return sorted(
        (entry for entry in entries if scores[entry.path]), key=lambda entry: (-scores[entry.path], entry.path)
    )


def _formulas(lab: Lab, entry: Entry) -> Iterator[Formula]:
    note: Note | None = load(lab, entry.path, lambda text: parse(text, KINDS[entry.kind])).note
    if isinstance(note, PaperNote):
        yield from (formula for formula in note.method.formulas.items if formula.tex)
    elif isinstance(note, ConceptNote):
        yield from (formula for formula in note.definition.formulas.items if formula.tex)
