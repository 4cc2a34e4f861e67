"""The article as a row of pieces in reading order: headings, paragraphs, displays, floats."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from agents.source.html_tree import Element, classes, is_element, line, text_of

_LEVELS = {
    "ltx_title_part": 1,
    "ltx_title_chapter": 1,
    "ltx_title_section": 1,
    "ltx_title_appendix": 1,
    "ltx_title_bibliography": 1,
    "ltx_title_acknowledgements": 1,
    "ltx_title_index": 1,
    "ltx_title_glossary": 1,
    "ltx_title_subsection": 2,
    "ltx_title_subsubsection": 3,
}
_BLOCKS = frozenset(
    {
        *("p", "div", "section", "article", "figure", "figcaption", "table", "ul", "ol", "li", "dl", "dt", "dd"),
        *("blockquote", "pre", "foreignobject", "h1", "h2", "h3", "h4", "h5", "h6"),
    }
)
_BLOCK_CLASSES = frozenset({"ltx_tabular", "ltx_p", "ltx_listing", "ltx_equation", "ltx_equationgroup"})
_TITLES = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_FRONT = frozenset({"ltx_authors", "ltx_abstract", "ltx_title_document", "ltx_dates", "ltx_role_subtitle"})
_FLOATS = frozenset({"ltx_figure", "ltx_table", "ltx_float"})
Kind = Literal["heading", "run-in", "text", "equation", "float", "table", "references"]


class Piece(NamedTuple):
    kind: Kind
    node: Element  # what it was read from
    text: str = ""
    level: int = 0  # of a heading


def find_pieces(article: Element) -> list[Piece]:
    """The pieces without the title, the authors and the abstract."""
    around: set[Element] = set()  # elements with a block inside
    for node in article.iter("*"):
        if _is_block(node):
            above = node.getparent()
            while above is not None and above not in around:
                around.add(above)
                above = above.getparent()
    return list(_joined(_walk(article, around, chapters=_has_chapters(article))))


def _has_chapters(article: Element) -> bool:
    return any("ltx_title_chapter" in classes(node) for node in article.iter("h1", "h2"))


def _is_block(node: Element) -> bool:
    return node.tag in _BLOCKS or not classes(node).isdisjoint(_BLOCK_CLASSES)


def _walk(node: Element, around: set[Element], *, chapters: bool) -> Iterator[Piece]:
    """What is in `node`, runs of loose text as paragraphs."""
    run = [node.text or ""]
    for child in node:
        if not is_element(child):
            run.append(child.tail or "")
            continue
        names = classes(child)
        if _is_block(child) or child in around or names & _FRONT or "ltx_tag_item" in names:
            yield from _loose(node, run)
            yield from _piece(child, names, around, chapters=chapters)
            run = [child.tail or ""]
        else:
            run += ["".join(child.itertext()), child.tail or ""]
    yield from _loose(node, run)


def _loose(node: Element, run: list[str]) -> Iterator[Piece]:
    if text := line("".join(run)):
        yield Piece("text", node, text)


def _piece(child: Element, names: frozenset[str], around: set[Element], *, chapters: bool) -> Iterator[Piece]:
    if names & _FRONT:
        return
    if names & {"ltx_equation", "ltx_equationgroup"}:
        yield Piece("equation", child)
    elif names & _FLOATS or child.tag == "figure":
        yield Piece("float", child)
    elif "ltx_tabular" in names or child.tag == "table":
        yield Piece("table", child)
    elif "ltx_biblist" in names:
        yield Piece("references", child)
    elif child.tag in _TITLES or "ltx_title" in names:
        yield from _title(child, names, chapters=chapters)
    elif "ltx_tag_item" in names:
        label = text_of(child)
        if any(map(str.isalnum, label)):  # "(a)", not a bullet
            yield Piece("run-in", child, label)
    elif child in around:
        yield from _walk(child, around, chapters=chapters)
    else:
        yield from _loose(child, list(child.itertext()))


def _title(node: Element, names: frozenset[str], *, chapters: bool) -> Iterator[Piece]:
    """A heading; the titles of paragraphs and theorems are the beginning of their text."""
    text = text_of(node)
    level = next((_LEVELS[name] for name in names if name in _LEVELS), 0)
    if not any(name.startswith("ltx_title_") for name in names) and "ltx_runin" not in names:
        level = max(1, int(node.tag[1]) - 1) if node.tag in _TITLES else 1
    if not text:
        return
    if not level:
        yield Piece("run-in", node, text)
        return
    deeper = chapters and not names & {"ltx_title_part", "ltx_title_chapter", "ltx_title_bibliography"}
    yield Piece("heading", node, text, level + deeper)


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Run-in titles and the labels of items, put before the text that they begin."""
    waiting: list[Piece] = []
    for piece in pieces:
        if piece.kind == "run-in":
            waiting.append(piece)
            continue
        label = " ".join(one.text for one in waiting)
        if label and piece.kind == "text":
            piece = piece._replace(text=f"{label} {piece.text}")  # noqa: PLW2901
        elif label:
            yield Piece("text", waiting[0].node, label)
        waiting = []
        yield piece
    if waiting:
        yield Piece("text", waiting[0].node, " ".join(one.text for one in waiting))
