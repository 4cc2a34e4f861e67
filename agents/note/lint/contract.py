"""The lab's CLAUDE.md: every template names every section of its kind once."""

from collections import Counter
from collections.abc import Iterator

from agents.note.cutting import REMARKS_ANCHOR
from agents.note.kinds import KINDS
from agents.note.lint.finding import Finding
from agents.note.note import REMARKS, Note
from agents.note.section import places
from agents.note.template import anchors


def contract(path: str, claude_md: str) -> list[Finding]:
    """What is wrong with the templates. A kind without one is rendered with the shipped headings."""
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
