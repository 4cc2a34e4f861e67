"""What a note must hold by itself, whatever it is about: every kind of note, every reply."""

from dataclasses import replace

from pydantic import BaseModel

from agents.note.mark import SIGN, spans
from agents.note.problem import Problem
from agents.trust import display, language, symbols
from agents.trust.outcome import Outcome
from agents.trust.texts import texts


def outcomes(part: BaseModel, *, is_draft: bool = False) -> list[Outcome]:
    """The checks that need no source, over a reply or a note.

    A draft explains no symbols; and its own words are Chinese, those of its source are not translated: in a reply of
    the draft engine they are doubted so that they are marked, in its note they stand marked and counted, and nobody is
    to blame.
    """
    said = language.outcome(part)
    noted = getattr(part, "engine", "") == "draft"
    return [
        *([] if is_draft or noted else [symbols.outcome(part)]),
        display.outcome(part),
        replace(said, doubts=()) if noted else said,
    ]


def forged(reply: BaseModel) -> list[Problem]:
    """Marks that the model wrote itself: what they stand in would be passed over as if a check had seen it."""
    return [
        Problem(f"{one.where}: a mark in brackets with {SIGN} or ? is the program's to write: take it out")
        for one in texts(reply)
        if any(spans(one.text))
    ]
