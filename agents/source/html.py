"""arXiv's HTML of a paper, which LaTeXML made from its TeX, -> `Exact`. Also that of ar5iv.

What the page shows is told by LaTeXML's classes (ltx_...), never by the looks of it. A conversion that broke off is no
source: the page says so itself, or holds next to nothing.
"""

import re
from collections.abc import Sequence

from agents.source.document import Block, Exact, Reference, Section
from agents.source.html_clean import clean, error_names
from agents.source.html_equations import Display, find_equations, read_displays
from agents.source.html_floats import Floats, read_float, read_loose
from agents.source.html_front import read_abstract, read_authors, read_title
from agents.source.html_hidden import remove
from agents.source.html_pieces import Piece, find_pieces
from agents.source.html_references import count_links, read_references
from agents.source.html_tree import Element, classes, damaged, elements, first, parse, text_of

_BOX = (0.0, 0.0, 0.0, 0.0)
_LEAST = 400  # characters of running text; a page with fewer holds no paper
_FATAL = re.compile(
    r"^\s*Conversion to HTML had a Fatal error|^\s*(?:Fatal:|LaTeXML\b.{0,80}\bfatal error)", re.IGNORECASE
)
_NONE = re.compile(r"^\s*(?:No HTML for|HTML is not available|.{0,40}does not have an HTML version)", re.IGNORECASE)
_TAG = re.compile(r"^(?:Appendix|Section|Chapter|Part|附录|§)?\s*(.*?)[.:]?$", re.IGNORECASE)
_TYPED = re.compile(r"^((?:\d+|[A-Z](?=\.\d))(?:\.\d+)*)\.?\s+(?=\S)")


def read(data: bytes) -> Exact:
    """What the page says. DataError for one that is damaged, no paper, or too large or deep to be one."""
    root = parse(data)
    _refuse_fatal(root)
    article = _article(root)
    hidden = remove(article)
    hidden_tex, errors = clean(article)
    title, abstract, authors = read_title(article), read_abstract(article), read_authors(article)
    pieces = find_pieces(article)
    displays = {index: read_displays(piece.node) for index, piece in enumerate(pieces) if piece.kind == "equation"}
    floats = {index: read_float(piece.node) for index, piece in enumerate(pieces) if piece.kind == "float"}
    counts = count_links(article)
    references = read_references(article, counts)
    blocks = [*_front(title, abstract), *_blocks(pieces, displays, floats, references)]
    if sum(len(block.text) for block in blocks if block.kind == "text") < _LEAST:
        raise damaged("the HTML holds next to no text: its conversion broke off")
    known = {node.get("id") for node in elements(article, "ltx_bibitem")}
    return Exact(
        kind="html",
        title=title,
        authors=authors,
        abstract=abstract,
        sections=tuple(_section(piece) for piece in pieces if piece.kind == "heading"),
        figures=tuple(figure for one in floats.values() for figure in one.figures),
        tables=tuple(table for one in floats.values() for table in one.tables),
        equations=find_equations(pieces, displays),
        references=references,
        blocks=tuple(blocks),
        hidden=(*hidden, *hidden_tex),
        warnings=tuple(_warnings(errors, sum(n for name, n in counts.items() if name not in known))),
    )


def _refuse_fatal(root: Element) -> None:
    """A conversion that broke off leaves a banner, in a paragraph of its own; who cites it has words before it."""
    for node in root.iter("*"):
        text = node.text
        if text and _FATAL.match(text) and node.tag not in {"script", "style", "title", "annotation"}:
            raise damaged("the HTML is damaged: its conversion from TeX had a fatal error")
        if text and _NONE.match(text) and first(root, "ltx_document") is None:
            raise damaged("arXiv has no HTML of this paper")
        if "ar5iv-severity-fatal" in classes(node):
            raise damaged("the HTML is damaged: its conversion from TeX had a fatal error")


def _article(root: Element) -> Element:
    """The element that holds the paper and none of the site around it."""
    found = [node for node in elements(root, "ltx_document") if "package-alerts" not in classes(node)]
    article = next((node for node in found if node.tag == "article"), found[0] if found else None)
    if article is None:
        article = first(root, "ltx_page_content")
    if article is None:
        raise damaged("the HTML is no paper: nothing in it was made by LaTeXML")
    return article


def _section(piece: Piece) -> Section:
    """Number and title of a heading."""
    tag = first(piece.node, "ltx_tag")
    printed = text_of(tag) if tag is not None else ""
    title = piece.text.removeprefix(printed).strip()
    found = _TAG.match(printed)
    number = found[1].lstrip("-") if found else ""  # "-C": an appendix of IEEE's class
    if not number and (typed := _TYPED.match(title)):
        number, title = typed[1], title[typed.end() :]
    return Section(number, title, piece.level, 0)


def _front(title: str, abstract: str) -> list[Block]:
    return [Block("heading", title, 0, _BOX)] * bool(title) + [Block("text", abstract, 0, _BOX)] * bool(abstract)


def _blocks(
    pieces: Sequence[Piece],
    displays: dict[int, list[Display]],
    floats: dict[int, Floats],
    references: Sequence[Reference],
) -> list[Block]:
    """The running text in reading order."""
    blocks: list[Block] = []
    entries = [Block("reference", entry.text, 0, _BOX) for entry in references]
    for index, piece in enumerate(pieces):
        if piece.kind == "heading":
            blocks.append(Block("heading", _section(piece).heading, 0, _BOX, piece.level))
        elif piece.kind == "equation":
            blocks += [Block("equation", _shown(one), 0, _BOX) for one in displays[index]]
        elif piece.kind == "float":
            blocks += floats[index].blocks
        elif piece.kind == "table":
            blocks += read_loose(piece.node)
        elif piece.kind == "references":
            blocks += entries
            entries = []
        else:
            blocks.append(Block("text", piece.text, 0, _BOX))
    return [*blocks, *entries]


def _shown(display: Display) -> str:
    return f"{display.tex} ({display.number})" if display.number else display.tex


def _warnings(errors: Sequence[str], lost: int) -> list[str]:
    """For the person, a sentence each."""
    said = []
    if errors:
        names = error_names(errors)
        places = "one place" if len(errors) == 1 else f"{len(errors)} places"
        said.append(f"the HTML lacks {places} that could not be converted from TeX{f': {names}' if names else ''}")
    if lost:
        said.append(
            f"{'1 citation' if lost == 1 else f'{lost} citations'} of the HTML without an entry in its references"
        )
    return said
