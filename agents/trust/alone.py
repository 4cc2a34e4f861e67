"""What a note must hold by itself, whatever it is about: every kind of note, every reply."""

from pydantic import BaseModel

from agents.trust import display, symbols
from agents.trust.outcome import Outcome


def outcomes(part: BaseModel) -> list[Outcome]:
    """The checks that need no source, over a reply or a note."""
    return [symbols.outcome(part), display.outcome(part)]
