"""What a note says of a paper, against that paper: every check that needs the source, in one place."""

from dataclasses import dataclass
from typing import Any

from agents.note.paper import PaperBody
from agents.source.document import Metadata, Source
from agents.trust import formulas, number_index, quotes, references, tracing
from agents.trust.outcome import Outcome
from agents.trust.support import Ground


@dataclass(frozen=True, slots=True)
class Grounds:
    """A paper made ready, once, for all that is looked up in it."""

    source: Source
    quotes: quotes.Index
    numbers: Ground
    formulas: formulas.Index
    bibliography: references.Bibliography
    on_arxiv: tuple[Metadata, ...] | None = None  # its answer about the papers that are named; None: it was not asked


def grounds(source: Source) -> Grounds:
    return Grounds(
        source,
        quotes.index(source.document),
        Ground(number_index.index(source.document)),
        formulas.index(source.document),
        references.bibliography(source),
    )


def outcomes(part: PaperBody[Any], paper: Grounds) -> list[Outcome]:
    """The checks over a reply or a note, in the order of the receipt."""
    return [
        quotes.outcome(part, paper.quotes),
        tracing.outcome(part, paper.numbers, paper.quotes),
        formulas.outcome(part, paper.formulas),
        references.outcome(part, paper.bibliography, paper.on_arxiv),
    ]
