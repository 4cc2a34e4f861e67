"""The doubts of the checks as findings: each at the line of what is meant, and none that a mark in the note tells."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel

from agents.note.lint.finding import Finding
from agents.note.lint.subject import Subject
from agents.note.mark import SIGN, spans
from agents.note.markdown import line_of
from agents.note.reading import FOUND
from agents.trust.outcome import Doubt, Outcome


def doubts(subject: Subject, outcomes: Iterable[Outcome], *, is_error: bool) -> Iterator[Finding]:
    """What is not borne out; where the note says so itself, the rule `marked` has told it."""
    lines = subject.page.text.split("\n")
    for one in outcomes:
        for doubt in one.doubts:
            line, value = place(subject, doubt)
            if not _is_marked(doubt, value, lines[line - 1]):
                weighs = is_error and not doubt.unsettled and not _is_badged(doubt, subject.note)
                yield subject.finding(line, one.name, doubt.message, is_error=weighs)


def _is_badged(doubt: Doubt, note: Any) -> bool:
    """Whether an entry of 延伸阅读 says itself, by its badge, that it does not hold."""
    name, _, rest = doubt.where.partition(".")
    if name != "further_reading":
        return False
    badge: str = note.further_reading[int(rest.partition(".")[0])].badge
    return bool(badge) and not badge.startswith(FOUND)


def place(subject: Subject, doubt: Doubt) -> tuple[int, str]:
    """The line of what a doubt is about, and the text of its field: as near as the field can be found in print."""
    key = doubt.where.partition(".")[0]
    first = line_of(subject.ours, doubt.where)
    if not first:
        return subject.page.line(key), ""
    chunk = next(chunk for chunk in subject.ours.values() if chunk.line == first)
    printed = [_bare(line) for line in chunk.text.split("\n")]
    value: Any = subject.note
    at = 0
    for name in doubt.where.split("."):
        try:
            value = value[int(name)] if isinstance(value, tuple) else getattr(value, name)
        except (AttributeError, IndexError, ValueError):
            return first + at, ""
        wanted = _bare(_first_text(value, doubt.at))
        at = next((n for n in range(max(at, 1), len(printed)) if wanted and wanted in printed[n]), at)
    return first + at, value if isinstance(value, str) else ""


def _first_text(value: Any, at: int) -> str:
    """What a field's print begins with; of a text of several lines the one that is meant."""
    if isinstance(value, str):
        return value.split("\n")[value.count("\n", 0, at)]
    texts = (getattr(value, name) for name in type(value).model_fields) if isinstance(value, BaseModel) else ()
    return next((text.split("\n")[0] for text in texts if isinstance(text, str) and text), "")


def _bare(line: str) -> str:
    return re.sub(r"[\s\\]", "", line)


def _is_marked(doubt: Doubt, value: str, line: str) -> bool:
    """Whether the mark stands there already. `at` counts in the text with its marks, or without them."""
    if not doubt.mark:
        return SIGN in line
    taken, places = 0, set()
    for start, end in spans(value):
        places |= {start, start - taken}
        taken += end - start
    return doubt.at in places
