"""The reference list by its anchors, and how often the text links to each entry."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from agents.source.document import Reference
from agents.source.html_tree import Element, classes, elements, first, line, text_of
from agents.source.references import parse_entry

_ARXIV = re.compile(r"arxiv\.org/(?:abs|pdf|html)/(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})", re.IGNORECASE)
_DOI = re.compile(r"doi\.org/(?:https?://(?:dx\.)?doi\.org/)?(10\.\d{4,9}/[^\s?#]+)", re.IGNORECASE)
_OUTSIDE = re.compile(r"^(?:External Links|Cited by|Note):")
_AUTHOR_YEAR = re.compile(r"^(.*?\S)\s*[\[(](\d{4}[a-z]?)[\])].*$")


def count_links(article: Element) -> Counter[str]:
    """Citations by anchor ("bib.bib12"). "Name (2020)" may be two links to one entry: one citation."""
    inside = {link for entries in elements(article, "ltx_bibliography") for link in entries.iter("a")}
    links = [link for link in article.iter("a") if link not in inside and _anchor(link)]
    counts: Counter[str] = Counter()
    for _, run in groupby(links, _cite):
        counts.update(name for name, _ in groupby(map(_anchor, run)))
    return counts


def _cite(link: Element) -> Element:
    """The <cite> that it stands in; one outside stands for itself."""
    return next(link.iterancestors("cite"), link)


def _anchor(link: Element) -> str:
    _, _, anchor = link.get("href", "").rpartition("#")
    return anchor if anchor.startswith("bib.") and "#" in link.get("href", "") else ""


def read_references(article: Element, counts: Counter[str]) -> tuple[Reference, ...]:
    entries = [node for node in article.iter("*") if "ltx_bibitem" in classes(node)]
    return tuple(entry for node in entries if (entry := _reference(node, counts[node.get("id", "")])))


def _reference(item: Element, cited: int) -> Reference | None:
    tag = first(item, "ltx_tag_bibitem", "ltx_bib_key")
    label = _label(text_of(tag)) if tag is not None else ""
    blocks = [text for text in _blocks(item) if not _OUTSIDE.match(text)]
    if not blocks:
        return None
    body = line(" ".join(blocks))
    printed = f"[{label}] {body}" if label.isdecimal() else body
    found, authors, title, year, arxiv, doi = parse_entry(label if label.isdecimal() else "", printed)
    given = _given(item, blocks)
    year_of_label = re.search(r"(\d{4})[a-z]?$", label) if not label.isdecimal() else None
    hrefs = " ".join(link.get("href", "") for link in item.iter("a"))
    by_link, doi_link = _ARXIV.search(hrefs), _DOI.search(hrefs)
    return Reference(
        label=label or found,
        text=printed,
        authors=given[0] or authors,
        title=given[1] or title,
        year=int(year_of_label[1]) if year_of_label else year,
        arxiv=arxiv or (by_link[1] if by_link else None),
        doi=doi or (doi_link[1] if doi_link else None),
        cited=cited,
    )


def _label(tag: str) -> str:
    """The label, "12" of "[12]" or "12.", "Doe et al., 2023" of "Doe et al. [2023]"."""
    if found := _AUTHOR_YEAR.match(tag):
        return f"{found[1]}, {found[2]}"
    return tag.strip("[]().: ")


def _blocks(item: Element) -> Iterator[str]:
    """The entry as printed, in the pieces that its style sets apart."""
    blocks = list(elements(item, "ltx_bibblock"))
    if blocks:
        yield from (text for block in blocks if (text := text_of(block)))
        return
    run = [item.text or ""]
    for child in item.iterchildren("*"):
        run += ["" if "ltx_tag" in classes(child) else "".join(child.itertext()), child.tail or ""]
    if text := line("".join(run)):
        yield text


def _given(item: Element, blocks: list[str]) -> tuple[str, str]:
    """Authors and title where the page sets them apart: by class, or as the first two of three blocks or more."""
    author, title = first(item, "ltx_bib_author", "ltx_bibauthors"), first(item, "ltx_bib_title", "ltx_bibtitle")
    if title is not None:
        return text_of(author).strip(" ,.") if author is not None else "", text_of(title).strip(' ,.“”"')
    if len(blocks) > 2 and len(blocks[0]) < 2000 and not re.search(r"\d{4}", blocks[0]):
        return blocks[0].strip(" ,."), blocks[1].strip(' ,.“”"')
    return "", ""
