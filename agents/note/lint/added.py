"""Rules on the sections that the person added to a template: a note has each of them, with words in it."""

from collections.abc import Collection, Iterator

from agents.note.added import NOT_WRITTEN
from agents.note.cutting import heading_lines, is_added
from agents.note.lint.finding import Finding
from agents.note.lint.page import Page
from agents.note.lint.subject import Subject
from agents.note.note import KeptNote
from agents.note.template import Added, asked_for


def are_there(subject: Subject) -> Iterator[Finding]:
    """One that is asked for by now and was not when the note was written; the person may have taken it out of a log."""
    out = subject.note.edited if isinstance(subject.note, KeptNote) else {}
    end = subject.page.text.count("\n") + 1
    for section in _lacking(subject.asked, {*subject.ours, *out}):
        chunk = subject.ours.get(section.after)
        yield subject.finding(chunk.line if chunk else end, "heading", _older(section), is_error=False)


def are_written(subject: Subject) -> Iterator[Finding]:
    """Nothing in it is an error, but for a draft's note."""
    is_draft = subject.page.says("engine") == "draft"
    for anchor, chunk in subject.ours.items():
        if is_added(anchor) and chunk.body == NOT_WRITTEN:
            yield subject.finding(chunk.line, "draft", f"{anchor}: Claude has not written it yet", is_error=False)
        elif is_added(anchor) and not chunk.body:
            rule = "draft" if is_draft else "incomplete"
            yield subject.finding(chunk.line, rule, f"{anchor}: nothing stands in it", is_error=not is_draft)


def are_in_notebook(page: Page, claude_md: str) -> Iterator[Finding]:
    """The first rule over a notebook of ours; its page is the text of its cells."""
    if page.says("kind") == "experiment":
        anchors = {anchor for _, _, anchor in heading_lines(page.text) if anchor}
        for section in _lacking(asked_for(claude_md, "experiment"), anchors):
            yield Finding(page.path, 1, "heading", _older(section), is_error=False)


def _lacking(asked: Collection[Added], anchors: Collection[str]) -> list[Added]:
    return [section for section in asked if section.anchor not in anchors]


def _older(section: Added) -> str:
    return f"older note: CLAUDE.md asks for {section.heading} ({section.anchor}) by now, the next rewrite brings it in"
