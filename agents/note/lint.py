"""Rules over one note: small functions, each from a note to its findings. A new rule is a line in `RULES`.

`DEMANDS` is what a kind of note asks beyond its schema, by kind: a new kind is a line there.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from agents.note import concept, paper
from agents.note.finding import Finding, excerpt
from agents.note.kinds import KINDS
from agents.note.markdown import (
    REMARKS_ANCHOR,
    BrokenNote,
    Chunk,
    Head,
    examine,
    heads,
    line_of,
    render,
    split,
    value_at,
)
from agents.note.note import REMARKS, Note, front_matter
from agents.note.page import Page
from agents.note.problem import Problem
from agents.note.section import places
from agents.note.template import anchors, headings
from agents.note.text import visible

MARK = "⚠"
DEMANDS: Mapping[str, Callable[[Any], list[Problem]]] = {
    "paper": lambda note: paper.incomplete(note, whole_paper=note.source == "pdf"),
    "concept": concept.incomplete,
}
_PERSONAL = {"tags", "aliases"}  # his to change: what is asked of a reply there is not asked of him


@dataclass(frozen=True, slots=True)
class Subject:
    """A note of ours, taken apart as far as it goes."""

    page: Page
    model: type[Note]
    note: Note | None  # None: it does not follow its schema, and `faults` says where
    faults: Sequence[BrokenNote]
    heads: Sequence[Head]
    ours: Mapping[str, Chunk]  # our sections; {} where the note cannot be cut apart
    wording: Mapping[str, str]  # anchor -> heading, as the lab's CLAUDE.md has it

    def finding(self, line: int, rule: str, message: str, *, is_error: bool = True) -> Finding:
        return Finding(self.page.path, line, rule, message, is_error)

    def holds(self, line: int) -> str:
        """The anchor of the section of ours in which a line stands; "" for the person's parts and the front matter."""
        for anchor, chunk in self.ours.items():
            if chunk.line <= line < chunk.line + chunk.text.count("\n"):
                return anchor
        return ""


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
    return Subject(page, model, note, faults, heads(page.text, model), ours, headings(claude_md, page.kind))


def check(subject: Subject) -> list[Finding]:
    """Every rule over one note."""
    return [finding for rule in RULES for finding in rule(subject)]


def follows_schema(subject: Subject) -> Iterator[Finding]:
    """Keys and sections hold what the schema says; headings have a rule of their own."""
    for fault in subject.faults:
        if fault.rule != "heading":
            yield subject.finding(fault.line, fault.rule, fault.message)


def has_our_keys(subject: Subject) -> Iterator[Finding]:
    """A key that was dropped, though the schema can do without it: what it said is lost."""
    fields = subject.model.model_fields
    for key in front_matter(subject.model):
        field = fields[key]
        if key not in subject.page.front and not field.is_required() and field.default is not None:
            yield subject.finding(1, "front-matter", f"the key {key} is missing", is_error=False)


def has_our_headings(subject: Subject) -> Iterator[Finding]:
    """Each of our sections once, in the order and on the level of the template."""
    expected = {place.anchor: place.level for place in places(subject.model)} | {REMARKS_ANCHOR: 2}
    order = list(expected)
    count: Counter[str] = Counter()
    furthest = ""
    for head in subject.heads:
        if not head.anchor:
            continue
        count[head.anchor] += 1
        if head.anchor not in expected:
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
    for place in places(subject.model):
        if place.anchor not in found:
            lost = bare.get(subject.wording.get(place.anchor, ""), bare.get(place.section.heading))
            what = f"the section {place.section.heading} ({place.anchor}) is missing"
            hint = f": this heading lost its <!-- field: {place.anchor} -->" if lost else ""
            yield subject.finding(lost or end, "heading", what + hint)
    if not any(head.anchor == REMARKS_ANCHOR or head.text == REMARKS.heading for head in subject.heads):
        yield subject.finding(end, "heading", f"the section {REMARKS.heading} is missing", is_error=False)


def groups_hold_no_text(subject: Subject) -> Iterator[Finding]:
    """A heading over sections has nothing of its own."""
    for fault in subject.faults:
        if fault.rule == "heading" and "holds no text" in fault.message:
            yield subject.finding(fault.line, "heading", fault.message)


def headings_are_worded_as_in_claude_md(subject: Subject) -> Iterator[Finding]:
    """The lab's CLAUDE.md has the say on what a heading reads; the next rewrite brings it over."""
    wanted = {place.anchor: place.section.heading for place in places(subject.model)} | dict(subject.wording)
    for head in subject.heads:
        wording = wanted.get(head.anchor)
        if wording and head.text != wording:
            what = f"reads {excerpt(head.text)!r}, in CLAUDE.md {wording!r}: the next rewrite brings it over"
            yield subject.finding(head.line, "heading", what, is_error=False)


def prints_as_it_reads(subject: Subject) -> Iterator[Finding]:
    """What we would print for the same values; the person may have it otherwise, until the next rewrite."""
    if subject.note is None or any(_structure(subject)):
        return
    own_wording = {head.anchor: head.text for head in subject.heads if head.anchor}
    ours = render(subject.note, own_wording).replace("\r\n", "\n").split("\n")
    theirs = subject.page.text.split("\n")
    for n, (line, printed) in enumerate(zip_longest(theirs, ours, fillvalue=""), start=1):
        if line != printed:
            what = f"{excerpt(line)!r} would be written {excerpt(printed)!r}: the next rewrite brings it over"
            yield subject.finding(n, "round-trip", what, is_error=False)
            return


def _structure(subject: Subject) -> Iterator[Finding]:
    """Findings of other rules that are differences in print too."""
    yield from has_our_keys(subject)
    yield from (finding for finding in has_our_headings(subject) if finding.is_error)


def computed_cells_are_so(subject: Subject) -> Iterator[Finding]:
    """A table row that differs in more than blanks from what its own values give: in a cell that code computes."""
    for place in places(subject.model):
        chunk = subject.ours.get(place.anchor)
        if subject.note is None or chunk is None or place.section.body is None:
            continue
        printed = place.section.body.show(value_at(subject.note, place.path)).split("\n")
        rows = [(n, row) for n, row in enumerate(chunk.text.split("\n"), chunk.line) if row.startswith("|")]
        for (n, row), ours in zip(rows, (row for row in printed if row.startswith("|")), strict=False):
            if _bare(row) != _bare(ours) and not row.startswith("| -"):
                yield subject.finding(n, "computed", f"{excerpt(row)!r} is {excerpt(ours)!r} by its own values")


def _bare(row: str) -> str:
    return re.sub(r"[\s\\*]", "", visible(row))


def marks_are_few(subject: Subject) -> Iterator[Finding]:
    """What a run could not prove and marked."""
    for n, line in enumerate(subject.page.text.split("\n"), start=1):
        if MARK in line and subject.holds(n) not in {"", "provenance"}:
            yield subject.finding(n, "marked", excerpt(line), is_error=False)


def is_complete(subject: Subject) -> Iterator[Finding]:
    """The counts that CLAUDE.md asks for; a draft may lack some."""
    demands = DEMANDS.get(subject.page.kind)
    if subject.note is None or demands is None:
        return
    is_draft = subject.note.engine == "draft"
    lacking: dict[int, list[str]] = {}
    for problem in demands(subject.note):
        where = problem.text.partition(":")[0]
        if where not in _PERSONAL:
            lacking.setdefault(line_of(subject.ours, where) or 1, []).append(problem.text)
    for line, texts in lacking.items():
        more = f" (and {len(texts) - 1} more)" if len(texts) > 1 else ""
        yield subject.finding(line, "draft" if is_draft else "incomplete", texts[0] + more, is_error=not is_draft)


RULES: tuple[Rule, ...] = (
    follows_schema,
    has_our_keys,
    has_our_headings,
    groups_hold_no_text,
    headings_are_worded_as_in_claude_md,
    prints_as_it_reads,
    computed_cells_are_so,
    marks_are_few,
    is_complete,
)


def contract(path: str, claude_md: str) -> list[Finding]:
    """The lab's CLAUDE.md: every template names every section of its kind once."""
    return [finding for kind, model in KINDS.items() for finding in _template(path, claude_md, kind, model)]


def _template(path: str, claude_md: str, kind: str, model: type[Note]) -> Iterator[Finding]:
    found = anchors(claude_md, kind)
    if not found:
        what = f"no template for notes of kind {kind} (# … <!-- kind: {kind} -->): the shipped headings hold"
        yield Finding(path, 1, "template", what, is_error=False)
        return
    known = {place.anchor: place.section for place in places(model)} | {REMARKS_ANCHOR: REMARKS}
    count = Counter(anchor for _, anchor, _ in found)
    for anchor, section in known.items():
        if anchor not in count:
            what = f"the template of {kind} lost {section.heading} (<!-- field: {anchor} -->): put its anchor back"
            yield Finding(path, found[0][0], "template", what)
    for line, anchor, _ in found:
        if anchor not in known:
            what = f"the anchor {anchor} belongs to no section of a {kind} note"
            yield Finding(path, line, "template", what, is_error=False)
        elif count[anchor] > 1:
            yield Finding(path, line, "template", f"the anchor {anchor} stands {count[anchor]} times in this template")
