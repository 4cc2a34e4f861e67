"""The formulas that the lab's notes hold: what a cell of code may say that it implements."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agents.lab import passages
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
    known = [entry for entry in entries if entry.kind in _WITH_FORMULAS]
    ranked = passages.ranked(topic, known)
    near = {passage.path for _, passage in ranked}  # what says no word of the topic is left out
    for entry in passages.notes_by_rank([entry for entry in known if entry.path in near], ranked):
        for formula in _formulas(lab, entry):
            digest = hashlib.sha256(formula.tex.encode()).hexdigest()[:6]
            implemented = Implemented(path=entry.path, title=entry.title, tex=formula.tex)
            found.setdefault(f"{entry.path}#{digest}", Candidate(implemented, formula.meaning))
            if len(found) == MOST:
                return found
    return found


def _formulas(lab: Lab, entry: Entry) -> Iterator[Formula]:
    note: Note | None = load(lab, entry.path, lambda text: parse(text, KINDS[entry.kind])).note
    if isinstance(note, PaperNote):
        yield from (formula for formula in note.method.formulas.items if formula.tex)
    elif isinstance(note, ConceptNote):
        yield from (formula for formula in note.definition.formulas.items if formula.tex)
