"""The lab's CLAUDE.md: every template names every section of its kind once, and what it adds can stand in a note."""

from collections.abc import Iterator

from agents.note.kinds import KINDS
from agents.note.lint.finding import Finding
from agents.note.template import faults, template


def contract(path: str, claude_md: str) -> list[Finding]:
    """What is wrong with the templates. A kind without one is rendered with the shipped headings."""
    return [finding for kind in KINDS for finding in _template(path, claude_md, kind)]


def _template(path: str, claude_md: str, kind: str) -> Iterator[Finding]:
    if not template(claude_md, kind):
        what = f"no template for notes of kind {kind} (# … <!-- kind: {kind} -->): the shipped headings hold"
        yield Finding(path, 1, "template", what, is_error=False)
    for fault in faults(claude_md, kind):
        yield Finding(path, fault.line, "template", f"{fault.what}: {fault.hint}")
