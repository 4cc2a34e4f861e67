"""Figures, tables and algorithms with their captions."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from agents.source.document import Block, Figure, Table
from agents.source.html_tables import merge, read_grid, show
from agents.source.html_tree import Element, classes, elements, first, line, text_of

_BOX = (0.0, 0.0, 0.0, 0.0)
_LABEL = re.compile(
    r"^(?P<kind>Supplementary (?:Figure|Table)|Extended Data (?:Figure|Fig\.|Table)|Figure|Fig\.?|Table|Tab\.?|图|表)"
    r"\s*(?P<number>[A-Z]?[.-]?\d+(?:[.-]\d+)*|[IVXLC]+|[A-Z]\d*)(?![A-Za-z])",
    re.IGNORECASE,
)
_FLOATS = frozenset({"ltx_figure", "ltx_table", "ltx_float"})
_TABLES = frozenset({"ltx_tabular"})


class Floats(NamedTuple):
    figures: list[Figure]
    tables: list[Table]
    blocks: list[Block]


def _is_float(node: Element) -> bool:
    return node.tag == "figure" or not classes(node).isdisjoint(_FLOATS)


def _is_caption(node: Element) -> bool:
    return node.tag in {"figcaption", "caption"} or "ltx_caption" in classes(node)


def read_float(node: Element) -> Floats:
    """What one float holds. Floats side by side are set in one, each with its label; parts "(a)", "(b)" have none."""
    found = Floats([], [], [])
    inner = [part for part in node.iter("*") if part is not node and _is_float(part) and _label(_caption(part))]
    others = set(inner)
    for part in [node, *inner]:
        _read_one(part, others, found)
    return found


def _read_one(node: Element, others: set[Element], found: Floats) -> None:
    caption = _caption(node)
    label = _label(caption)
    contents = list(_contents(node, others))
    grids = [grid for part in contents if _is_tabular(part) and (grid := read_grid(part))]
    parts = [text_of(part) for part in contents if _is_caption(part) and text_of(part) != caption]
    if caption:
        found.blocks.append(Block("caption", line(" ".join([caption, *parts])), 0, _BOX))
    if grids and not label.startswith("Figure"):
        grid = merge(grids)
        found.blocks.append(Block("table", show(grid), 0, _BOX))
        if label:
            found.tables.append(Table(label, caption, 0, grid.header, grid.body))
    elif label.startswith("Table"):
        found.tables.append(Table(label, caption, 0, (), ()))
    elif label:
        found.figures.append(Figure(label, caption, 0))
    found.blocks.extend(_texts(contents, label))


def _texts(contents: list[Element], label: str) -> Iterator[Block]:
    """An algorithm line by line, and paragraphs that somebody framed and called a figure; not a picture's lettering."""
    for part in contents:
        if not _is_caption(part) and not _is_tabular(part) and (text := text_of(part)):
            lettering = label and "ltx_listingline" not in classes(part) and len(text.split()) < 6
            if not lettering:
                yield Block("text", text, 0, _BOX)


def _is_tabular(node: Element) -> bool:
    return not classes(node).isdisjoint(_TABLES) or node.tag == "table"


def _contents(node: Element, others: set[Element]) -> Iterator[Element]:
    """Captions, tables, lines of listings and paragraphs in a float, none inside another, none of another float."""
    waiting = list(reversed(node))
    while waiting:
        part = waiting.pop()
        if not isinstance(part.tag, str) or part in others:
            continue
        if _is_caption(part) or _is_tabular(part) or (_is_paragraph(part) and first(part, *_TABLES) is None):
            yield part
        else:
            waiting += reversed(part)


def _is_paragraph(node: Element) -> bool:
    return node.tag in {"p", "pre"} or not classes(node).isdisjoint({"ltx_listingline", "ltx_p"})


def _caption(node: Element) -> str:
    """The float's own caption: not that of a float inside it."""
    for part in node.iter("*"):
        if _is_caption(part):
            above = next((one for one in part.iterancestors("*") if _is_float(one)), None)
            if above is node or part is node:
                return text_of(part)
    return ""


def _label(caption: str) -> str:
    """The label as the PDF has it, "Figure 2" or "Table 2"; "" for an algorithm, a part, or none."""
    found = _LABEL.match(caption)
    if not found:
        return ""
    kind = "Table" if re.search(r"tab|表", found["kind"], re.IGNORECASE) else "Figure"
    return f"{kind} {found['number']}"


def read_loose(node: Element) -> list[Block]:
    """A table without a caption."""
    grid = read_grid(node)
    inner = [one for one in elements(node, "ltx_tabular") if one is not node] if grid is None else []
    grids = [grid] if grid else [found for one in inner if (found := read_grid(one))]
    return [Block("table", show(merge(grids)), 0, _BOX)] if grids else []
