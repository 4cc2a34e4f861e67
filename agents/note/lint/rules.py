"""Rules over one note: small functions, each from a note to its findings. A new rule is a line in `RULES`.

`DEMANDS` is what a kind of note asks beyond its schema, by kind: a new kind is a line there.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import zip_longest
from typing import Any

from agents.note import concept, paper
from agents.note.cutting import sections
from agents.note.lint.added import are_there, are_written
from agents.note.lint.finding import Finding, excerpt
from agents.note.lint.headings import are_worded_as_in_claude_md, stand_in_order
from agents.note.lint.subject import Rule, Subject
from agents.note.mark import NOT_CHINESE, SIGN
from agents.note.markdown import line_of, render, value_at
from agents.note.note import front_matter
from agents.note.problem import Problem
from agents.note.text import visible

_MENTIONED = re.compile(rf"[带处] {SIGN}")  # what a review says of other notes is no mark of its own
DEMANDS: Mapping[str, Callable[[Any], list[Problem]]] = {
    "paper": lambda note: paper.incomplete(note, whole_paper=note.source != "abstract"),
    "concept": concept.incomplete,
}
_PERSONAL = {"tags", "aliases"}  # his to change: what is asked of a reply there is not asked of him


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
    yield from (finding for finding in stand_in_order(subject) if finding.is_error)


def computed_cells_are_so(subject: Subject) -> Iterator[Finding]:
    """A table row that differs in more than blanks from what its own values give: in a cell that code computes."""
    for place in sections(subject.model):
        chunk = subject.ours.get(place.anchor)
        if subject.note is None or chunk is None or place.section.body is None:
            continue
        printed = place.section.body.show(value_at(subject.note, place.path)).split("\n")
        rows = [(n, row) for n, row in enumerate(chunk.text.split("\n"), chunk.line) if row.startswith("|")]
        for (n, row), ours in zip(rows, (row for row in printed if row.startswith("|")), strict=False):
            if _bare(row) != _bare(ours) and row.strip("| :-"):
                yield subject.finding(n, "computed", f"{excerpt(row)!r} is {excerpt(ours)!r} by its own values")


def _bare(row: str) -> str:
    return re.sub(r"[\s\\*]", "", visible(row))


def marks_are_few(subject: Subject) -> Iterator[Finding]:
    """What a run could not prove and marked; what a draft left in its source's language is one finding."""
    is_draft = subject.page.says("engine") == "draft"
    quoted = []
    for n, line in enumerate(subject.page.text.split("\n"), start=1):
        if SIGN not in _MENTIONED.sub("", line) or subject.holds(n) in {"", "provenance"}:
            continue
        if is_draft and line.count(SIGN) == line.count(NOT_CHINESE):
            quoted.append(n)
        else:
            yield subject.finding(n, "marked", excerpt(line), is_error=False)
    if quoted:
        what = f"{len(quoted)} lines are in the language of the source: Claude's note will be in Chinese"
        yield subject.finding(quoted[0], "draft", what, is_error=False)


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
    stand_in_order,
    are_there,
    are_written,
    are_worded_as_in_claude_md,
    prints_as_it_reads,
    computed_cells_are_so,
    marks_are_few,
    is_complete,
)
