"""One note of ours as the rules see it, taken apart once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from agents.note.cutting import BrokenNote, Chunk, Head, heads, split
from agents.note.kinds import KINDS
from agents.note.lint.finding import Finding
from agents.note.lint.page import Page
from agents.note.markdown import examine
from agents.note.note import Note
from agents.note.template import Added, asked_for, headings


@dataclass(frozen=True, slots=True)
class Subject:
    """A note of ours, taken apart as far as it goes."""

    page: Page
    model: type[Note]
    note: Note | None  # None: it does not follow its schema, and `faults` says where
    faults: Sequence[BrokenNote]
    heads: Sequence[Head]
    ours: Mapping[str, Chunk]  # our sections; {} where the note cannot be cut apart
    spans: Sequence[tuple[int, int, str]]  # first line, line after the last, anchor: of each of them
    wording: Mapping[str, str]  # anchor -> heading, as the lab's CLAUDE.md has it
    asked: Sequence[Added]  # the sections that it adds

    def finding(self, line: int, rule: str, message: str, *, is_error: bool = True) -> Finding:
        return Finding(self.page.path, line, rule, message, is_error)

    def holds(self, line: int) -> str:
        """The anchor of the section of ours in which a line stands; "" for the person's parts and the front matter."""
        return next((anchor for first, end, anchor in self.spans if first <= line < end), "")


Rule = Callable[[Subject], Iterator[Finding]]


def subject(page: Page, claude_md: str) -> Subject | None:
    """The note on a page; None where there is none of ours."""
    if not page.kind:
        return None
    model = KINDS[page.kind]
    note, faults = examine(page.text, model)
    try:
        ours: Mapping[str, Chunk] = split(page.text, model).ours
    except BrokenNote:
        ours = {}
    spans = [(chunk.line, chunk.line + chunk.text.count("\n"), anchor) for anchor, chunk in ours.items()]
    wording, asked = headings(claude_md, page.kind), asked_for(claude_md, page.kind)
    return Subject(page, model, note, faults, heads(page.text, model), ours, spans, wording, asked)
