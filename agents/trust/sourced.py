"""What a note says of a paper, against that paper: every check that needs the source, in one place."""

from dataclasses import dataclass
from typing import Any

from agents.note.paper import PaperBody
from agents.source.document import Source
from agents.trust import formulas, quotes
from agents.trust.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Grounds:
    """A paper made ready, once, for all that is looked up in it."""

    source: Source
    quotes: quotes.Index
    formulas: formulas.Index


def grounds(source: Source) -> Grounds:
    return Grounds(source, quotes.index(source.document), formulas.index(source.document))


def outcomes(part: PaperBody[Any], paper: Grounds) -> list[Outcome]:
    """The checks over a reply or a note, in the order of the receipt."""
    return [
        quotes.outcome(part, paper.quotes),
        formulas.outcome(part, paper.formulas),
    ]
