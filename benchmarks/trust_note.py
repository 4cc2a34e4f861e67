"""The note that is made of a reply, written out and read back: what is checked when lint looks at it again."""

from datetime import date

from corpus import ROOT

from agents.model.question import Answer, Question, Usage
from agents.note.markdown import parse
from agents.note.paper import PaperNote, PaperReply
from agents.recipes import paper_note
from agents.trust import alone, sourced
from agents.trust.outcome import Outcome
from agents.trust.sourced import Grounds

DAY = date(2024, 1, 1)
CONTRACT = (ROOT / "CLAUDE.md").read_text(encoding="utf-8")


def outcomes(part: PaperReply | PaperNote, paper: Grounds) -> list[Outcome]:
    return [*sourced.outcomes(part, paper), *alone.outcomes(part)]


def filed(reply: PaperReply, paper: Grounds) -> PaperNote:
    question = Question("paper", "", CONTRACT, "", "", "", PaperReply)
    note = paper_note.build(Answer(reply, (), "claude", "", Usage()), paper, question, None, None, DAY)
    return parse(paper_note.text(note, CONTRACT).decode(), PaperNote)


def in_doubt(found: list[Outcome]) -> list[str]:
    """The fields."""
    return sorted({doubt.where for one in found for doubt in one.doubts})
