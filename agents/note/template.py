"""The note templates in a CLAUDE.md: which text each anchored heading has there."""

import re

_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*<!-- field: ([\w.]+) -->\s*$", re.MULTILINE)


def headings(claude_md: str) -> dict[str, str]:
    """Anchor -> heading text."""
    return {anchor: text for text, anchor in _HEADING.findall(claude_md) if text}
