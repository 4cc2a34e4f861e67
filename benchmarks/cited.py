"""How often each entry of a bibliography is cited, by the PDF's own links: PyMuPDF's `get_links()`, not our reader.

Links that stand together are one citation: an author-year style makes one of the name and one of the year, a line
break makes two of one. The reader is asked by the place of an entry's block.
"""

from collections import Counter
from pathlib import Path
from typing import Any

from agents.source.document import Document
from agents.source.pdf import load_mupdf

GAP = 12.0  # points between the parts of one citation on a line: a space and a parenthesis
Entry = tuple[int, float, float]  # page, x and y of where an entry begins
REACH = 25.0  # points between an entry's link target and its first line


def _together(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether the second link goes on where the first ended: on its line, or at the start of the next."""
    a, b = one["from"], other["from"]
    if min(a.y1, b.y1) - max(a.y0, b.y0) > 0.5 * min(a.height, b.height):
        return bool(-1 <= b.x0 - a.x1 <= GAP)
    below = 0 < b.y0 - a.y0 < 2.5 * a.height and b.x0 < a.x0
    next_column = b.x0 > a.x1 and b.y0 < a.y0
    return bool(below or next_column)


def _citations(links: list[dict[str, Any]]) -> list[str]:
    """The names cited on a page, each citation once."""
    cites = [link for link in links if str(link.get("nameddest", "")).startswith("cite.")]
    return [
        link["nameddest"]
        for before, link in zip([None, *cites], cites, strict=False)
        if before is None or before["nameddest"] != link["nameddest"] or not _together(before, link)
    ]


def counts(path: Path) -> dict[Entry, int]:
    """Entries by where they stand, and how often each is cited; {} where the PDF has no such links."""
    with load_mupdf().open(path) as document:
        found = Counter(name for page in document for name in _citations(page.get_links()))
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
    entries = [(block.page, block.box[0], block.box[1], reference.cited) for block, reference in zip(blocks, document.references, strict=False)]
    good = 0
    for (page, x, y), count in truth.items():
        near = [entry for entry in entries if entry[0] == page and abs(entry[1] - x) < 60 and abs(entry[2] - y) < REACH]
        closest = min(near, key=lambda entry: abs(entry[2] - y), default=None)
        good += closest is not None and closest[3] == count
    return good
