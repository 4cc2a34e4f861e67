"""The PDF's own links to its bibliography: where each stands, and where the entry that it names is."""

import re
from collections.abc import Iterable
from typing import Any

from agents.source.citations import Place
from agents.source.document import Box
from agents.source.layout import Page

_DESTINATION = re.compile(r"/(?:D|Dest)\s*\((cite\.(?:\\.|[^\\)])*)\)")
_RECT = re.compile(r"/Rect\s*\[\s*((?:[\d.+-]+\s+){3}[\d.+-]+)")
_KIDS = re.compile(r"/Kids\s*\[([^\]]*)\]")
_NAMED = re.compile(r"\(((?:\\.|[^\\()])*)\)\s*(\d+) 0 R")
_TARGET = re.compile(r"\[\s*(\d+) 0 R\s*/XYZ\s+([\d.-]+)\s+([\d.-]+)")


def _plain(name: str) -> str:
    """A PDF string without its escapes."""
    return re.sub(r"\\(.)", r"\1", name)


def _turned(area: str, height: float) -> Box:
    """A PDF's rectangle, which counts from the bottom."""
    x0, y0, x1, y1 = map(float, area.split())
    return (x0, height - y1, x1, height - y0)


def read_links(annotations: Iterable[str], height: float) -> list[tuple[str, Box]]:
    """The names that links lead to, with their boxes, from raw annotations on a page of this height."""
    return [
        (_plain(found[1]), _turned(area[1], height))
        for link in annotations
        if (found := _DESTINATION.search(link)) and (area := _RECT.search(link))
    ]


def find_places(document: Any, pages: list[Page]) -> dict[str, Place]:
    """Where the entries of the bibliography stand, by the names that links use.

    Read from the name tree itself: `resolve_names()` loads a page for every name, a tenth of the time of a whole read.
    """
    number_of = {document.page_xref(page.number - 1): page for page in pages}
    kind, root = document.xref_get_key(document.pdf_catalog(), "Names/Dests")
    places: dict[str, Place] = {}
    waiting = [int(root.split()[0])] if kind == "xref" else []
    while waiting:
        node = document.xref_object(waiting.pop(), compressed=True)
        kids = _KIDS.search(node)
        waiting += [int(xref) for xref in re.findall(r"(\d+) 0 R", kids[1])] if kids else []
        for name, xref in _NAMED.findall(node):
            target = (
                _TARGET.search(document.xref_object(int(xref), compressed=True)) if name.startswith("cite.") else None
            )
            if target and (page := number_of.get(int(target[1]))):
                places[_plain(name)] = (page.number, float(target[2]), page.height - float(target[3]))
    return places
