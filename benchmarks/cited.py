"""How often each entry of a bibliography is cited, by the PDF's own links: PyMuPDF's `get_links()`, not our reader.

Links that stand together are one citation: an author-year style makes one of the name and one of the year, a line
break makes two of one. The reader is asked by the place of an entry's block.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agents.source.document import Document
from agents.source.pdf import load_mupdf

GAP = 12.0  # points between the parts of one citation on a line: a space and a parenthesis
SPACE = 7.0  # points, at most, between two words of a line: less than between two columns
Entry = tuple[int, float, float]  # page, x and y of where an entry begins
REACH = 25.0  # points between an entry's link target and its first line


def _together(one: Any, other: Any, words: Sequence[Any]) -> bool:
    """Whether the second box goes on where the first ended: on its line, or from a line's end to a line's start."""
    if _level(one, other):
        return bool(-1 <= other.x0 - one.x1 <= GAP)
    goes_on = any(_level(one, word) and -1 < word.x0 - one.x1 < SPACE for word in words)
    led_to = any(_level(other, word) and -1 < other.x0 - word.x1 < SPACE for word in words)
    return not goes_on and not led_to


def _level(one: Any, other: Any) -> bool:
    return bool(min(one.y1, other.y1) - max(one.y0, other.y0) > 0.5 * min(one.height, other.height))


def _citations(page: Any) -> list[str]:
    """The names cited on a page, each citation once."""
    cites = [link for link in page.get_links() if str(link.get("nameddest", "")).startswith("cite.")]
    words = [load_mupdf().Rect(word[:4]) for word in page.get_text("words")] if cites else []
    return [
        link["nameddest"]
        for before, link in zip([None, *cites], cites, strict=False)
        if before is None
        or before["nameddest"] != link["nameddest"]
        or not _together(before["from"], link["from"], words)
    ]


def counts(path: Path) -> dict[Entry, int]:
    """Entries by where they stand, and how often each is cited; {} where the PDF has no such links."""
    with load_mupdf().open(path) as document:
        found = Counter(name for page in document for name in _citations(page))
        if not found:
            return {}
        places = document.resolve_names()
        heights = [page.rect.height for page in document]
    return {
        (place["page"] + 1, place["to"][0], heights[place["page"]] - place["to"][1]): found[name]
        for name, place in places.items()
        if name.startswith("cite.") and "to" in place
    }


def exact(document: Document, truth: dict[Entry, int]) -> int:
    """How many entries have the true count."""
    blocks = [block for block in document.blocks if block.kind == "reference"]
    entries = [
        (block.page, block.box[0], block.box[1], reference.cited)
        for block, reference in zip(blocks, document.references, strict=False)
    ]
    good = 0
    for (page, x, y), count in truth.items():
        near = [entry for entry in entries if entry[0] == page and abs(entry[1] - x) < 60 and abs(entry[2] - y) < REACH]
        closest = min(near, key=lambda entry: abs(entry[2] - y), default=None)
        good += closest is not None and closest[3] == count
    return good
