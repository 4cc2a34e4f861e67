"""What a note must hold by itself, whatever it is about: every kind of note, every reply."""

from dataclasses import replace

from pydantic import BaseModel

from agents.trust import language
from agents.trust.outcome import Outcome


def outcomes(part: BaseModel) -> list[Outcome]:
    """The checks that need no source, over a reply or a note.

    A draft's own words are Chinese, those of its source are not translated: in its note they stand marked and counted,
    and nobody is to blame.
    """
    said = language.outcome(part)
    return [replace(said, doubts=()) if getattr(part, "engine", "") == "draft" else said]
