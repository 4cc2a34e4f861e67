"""Rules on the headings of a note: each of our sections once, in order, on its level, worded as CLAUDE.md has it."""

from collections import Counter
from collections.abc import Iterator

from agents.note.cutting import REMARKS_ANCHOR, is_added, sections
from agents.note.lint.finding import Finding, excerpt
from agents.note.lint.subject import Subject
from agents.note.note import REMARKS


def stand_in_order(subject: Subject) -> Iterator[Finding]:
    """Each of our sections once, in the order and on the level of the template."""
    expected = {place.anchor: place.level for place in sections(subject.model)} | {REMARKS_ANCHOR: 2}
    order = list(expected)
    count: Counter[str] = Counter()
    furthest = ""
    for head in subject.heads:
        if not head.anchor:
            continue
        count[head.anchor] += 1
        if is_added(head.anchor) and count[head.anchor] != 2:
            continue
        if head.anchor not in expected and not is_added(head.anchor):
            what = f"the anchor {head.anchor} belongs to no section of a {subject.page.kind} note: counts as yours"
            yield subject.finding(head.line, "heading", what, is_error=False)
        elif count[head.anchor] == 2:
            yield subject.finding(head.line, "heading", f"the section {head.anchor} stands here a second time")
        elif count[head.anchor] > 2:
            continue
        elif head.level != expected[head.anchor]:
            what = f"{head.anchor} should be a heading of level {expected[head.anchor]}, not {head.level}"
            yield subject.finding(head.line, "heading", what)
        elif furthest and order.index(head.anchor) < order.index(furthest):
            yield subject.finding(head.line, "heading", f"the section {head.anchor} should stand before {furthest}")
        else:
            furthest = head.anchor
    yield from _missing(subject, set(count))


def _missing(subject: Subject, found: set[str]) -> Iterator[Finding]:
    """Sections without a heading of theirs, at the line of a heading that may have lost its anchor."""
    bare = {head.text: head.line for head in reversed(subject.heads) if not head.anchor}
    end = subject.page.text.count("\n") + 1
    for place in sections(subject.model):
        if place.anchor not in found:
            lost = bare.get(subject.wording.get(place.anchor, ""), bare.get(place.section.heading))
            what = f"the section {place.section.heading} ({place.anchor}) is missing"
            hint = f": this heading lost its <!-- field: {place.anchor} -->" if lost else ""
            yield subject.finding(lost or end, "heading", what + hint)
    if not any(head.anchor == REMARKS_ANCHOR or head.text == REMARKS.heading for head in subject.heads):
        yield subject.finding(end, "heading", f"the section {REMARKS.heading} is missing", is_error=False)


def are_worded_as_in_claude_md(subject: Subject) -> Iterator[Finding]:
    """The lab's CLAUDE.md has the say on what a heading reads; the next rewrite brings it over."""
    wanted = {place.anchor: place.section.heading for place in sections(subject.model)} | dict(subject.wording)
    for head in subject.heads:
        wording = wanted.get(head.anchor)
        if wording and head.text != wording:
            what = f"reads {excerpt(head.text)!r}, in CLAUDE.md {wording!r}: the next rewrite brings it over"
            yield subject.finding(head.line, "heading", what, is_error=False)
