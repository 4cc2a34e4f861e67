"""The PDF's own links to its bibliography: where each stands, and where the entry that it names is."""

import re
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from agents.source.citations import Place
from agents.source.document import Box
from agents.source.layout import Page

_CITED = "#nameddest=cite."
_KIDS = re.compile(r"/Kids\s*\[([^\]]*)\]")
_NAMED = re.compile(r"\(((?:\\.|[^\\()])*)\)\s*(\d+) 0 R")
_TARGET = re.compile(r"\[\s*(\d+) 0 R\s*/XYZ\s+([\d.-]+)\s+([\d.-]+)")


def _plain(name: str) -> str:
    """A PDF string without its escapes, and without letters that the two places where it stands write differently."""
    return re.sub(r"\\(?:\d{3}|(.))|[^\x00-\x7f]", r"\1", name)


@lru_cache(maxsize=1024)
def _name(uri: str) -> str:
    """The name that a link within the file leads to."""
    return _plain(unquote(uri.removeprefix("#nameddest=")))


def read_links(links: Any) -> list[tuple[str, Box]]:
    """The names of the bibliography that a page's links lead to, with their boxes, from MuPDF's own list of them."""
    found = []
    link = links.m_internal
    while link:
        if (uri := link.uri or "").startswith(_CITED):
            area = link.rect
            found.append((_name(uri), (area.x0, area.y0, area.x1, area.y1)))
        link = link.next
    return found


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
