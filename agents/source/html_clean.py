"""The article of a page, made plain: afterwards the text of any element is what a reader reads, formulas as $TeX$."""

import re
from collections.abc import Iterable

from agents.source.document import Hidden
from agents.source.html_math import tex_of, without_unseen
from agents.source.html_tree import Element, classes, empty, line, put, text_of

_CHROME_TAGS = frozenset({"script", "style", "template", "noscript", "nav", "button", "form", "dialog", "footer"})
_CHROME = frozenset(
    {
        *("ltx_page_navbar", "ltx_page_header", "ltx_page_footer", "ltx_page_logo", "ltx_TOC", "ltx_pagination"),
        *("ltx_listing_data", "ltx_rdf", "ltx_pubnotes", "ltx_author_notes", "ltx_note_mark", "ltx_note_type"),
        *("ltx_tag_note", "infobox", "package-alerts", "ar5iv-footer", "sr-only", "visually-hidden"),
    }
)
_CHROME_IDS = frozenset({"infobox", "watermark-tr", "license-tr", "announcement-banner"})
_DRAWN = frozenset({"text", "title", "desc"})  # inside a picture
_APART_TAGS = frozenset({"br", "p", "div", "li", "td", "th", "tr", "dt", "dd", "caption"})
_APART = frozenset({"ltx_td", "ltx_tr", "ltx_p", "ltx_bibblock", "ltx_listingline", "ltx_inline-block"})
_FLOATS = frozenset({"ltx_figure", "ltx_table", "ltx_float", "ltx_tabular"})
_ANCHOR = re.compile(r"^bib\.[\w.-]+$")
_HEADINGS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6"})
_KEPT_NOTES = frozenset({"ltx_role_footnote", "ltx_role_footnotetext", "ltx_role_endnote"})


def clean(article: Element) -> tuple[tuple[Hidden, ...], tuple[str, ...]]:
    """What was hidden in formulas, and the commands that LaTeXML could not convert; both are out of the tree now."""
    hidden: list[Hidden] = []
    errors: list[str] = []
    for node in list(article.iter("*")):
        names = classes(node)
        if node.tag == "math":
            hidden += _show_math(node)
        elif node.tag in _CHROME_TAGS or names & _CHROME or node.get("id") in _CHROME_IDS:
            empty(node)
        elif "ltx_ERROR" in names:
            errors.append(text_of(node))
            empty(node)
        elif node.tag == "svg":
            _undraw(node)
        elif node.tag in _APART_TAGS or names & _APART:
            put(node, "tail", " " + (node.tail or ""))
        elif node.tag == "sup":
            _raise(node)
    _move_notes(article)
    return tuple(hidden), tuple(errors)


def _show_math(math: Element) -> list[Hidden]:
    tex, hidden = without_unseen(tex_of(math))
    empty(math)
    if tex:
        put(math, "text", f"${tex}$")
        math.set("alttext", math.text[1:-1])  # for displays, which want no dollars
    return hidden


def _undraw(picture: Element) -> None:
    """Lettering is no text; paragraphs that LaTeXML set inside a picture (boxes with a frame) are."""
    for node in list(picture.iter("*")):
        if node.tag in _DRAWN:
            empty(node)


def _raise(sup: Element) -> None:
    """10<sup>4</sup> must not become 104."""
    before, parent = sup.getprevious(), sup.getparent()
    text = (before.tail if before is not None else parent.text if parent is not None else "") or ""
    if text[-1:].isdecimal() and re.match(r"^[-−+]?\d", sup.text or ""):
        put(sup, "text", f"^{sup.text}")


def _move_notes(article: Element) -> None:
    """Footnotes stand in the middle of their sentence: each becomes a paragraph behind its own, or behind its float."""
    for note in reversed([node for node in article.iter("*") if "ltx_note" in classes(node)]):
        keeps = classes(note) & _KEPT_NOTES
        text = text_of(note)
        above = list(note.iterancestors("*"))
        front = any(classes(node) & {"ltx_authors", "ltx_title_document"} for node in above)
        links = [link.get("href", "").rpartition("#")[2] for link in note.iter("a")]
        place = _place(above)
        if keeps and text and not front and place is not None:
            paragraph = note.makeelement("p", {"class": "ltx_p"})
            put(paragraph, "text", text)
            for name in filter(_ANCHOR.match, links):  # so that its citations are still counted
                paragraph.append(note.makeelement("a", {"href": f"#{name}"}))
            place.addnext(paragraph)
        empty(note)


def _place(above: Iterable[Element]) -> Element | None:
    """The outermost float around the note, else its paragraph."""
    found = None
    for node in above:
        if node.tag == "figure" or classes(node) & _FLOATS or (found is None and node.tag in _HEADINGS):
            found = node
    return found


def error_names(errors: Iterable[str]) -> str:
    """The commands that could not be converted, the first three."""
    names = list(dict.fromkeys(line(name)[:30] for name in errors if name))
    return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
