"""The note templates in a CLAUDE.md: which text each anchored heading has there, for each kind of note."""

import re
from itertools import pairwise

_KIND = re.compile(r"^#{1,6}\s.*<!-- kind: (\w+) -->[ \t\r]*$", re.MULTILINE)
_HEADING = re.compile(r"^#{1,6}[ \t](.*)<!-- field: ([\w.]+) -->[ \t\r]*$", re.MULTILINE)


def template(claude_md: str, kind: str) -> str:
    """The part of CLAUDE.md that describes notes of this kind: from its marked heading to that of the next kind."""
    starts = [(mark.start(), mark[1]) for mark in _KIND.finditer(claude_md)] + [(len(claude_md), "")]
    for (start, name), (end, _) in pairwise(starts):
        if name == kind:
            return claude_md[start:end]
    return ""


def anchors(claude_md: str, kind: str) -> list[tuple[int, str, str]]:
    """The anchored headings of a template, in order: line in CLAUDE.md, anchor, text."""
    part = template(claude_md, kind)
    first = claude_md.count("\n", 0, claude_md.find(part)) + 1
    return [(first + part.count("\n", 0, m.start()), m[2], m[1].strip()) for m in _HEADING.finditer(part)]


def headings(claude_md: str, kind: str) -> dict[str, str]:
    """Anchor -> heading text."""
    return {anchor: text for _, anchor, text in anchors(claude_md, kind) if text}
