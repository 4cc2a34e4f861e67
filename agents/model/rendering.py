"""A Source as the text that a model reads: headings with #, page marks, exact TeX, tables as rows, references as lines.

Running heads and hidden text are not in a Source's blocks, so they are not in here.
"""

import re
from collections.abc import Iterator

from agents.note.paper import Echo
from agents.note.text import one_line
from agents.source.document import Block, Reference, Source

_ABSTRACT = "Abstract"
_COUNTS = "(N×: cited N times in this paper)"


def render(source: Source) -> str:
    """Everything that was read, in reading order. `[p. N]` stands where page N begins."""
    references = iter(source.document.references)
    lines = [f"# {source.title}", f"Authors: {', '.join(source.authors)}"]
    page, kind = 0, ""
    for block in source.document.blocks:
        if block.kind == "heading" and block.level == 0:
            continue  # the title again
        if block.page != page:
            page = block.page
            lines += ["", f"[p. {page}]"]
        if block.kind == "reference" != kind:
            lines += ["", _COUNTS]
            kind = block.kind
        close = block.kind in {"table", "reference"} and kind == block.kind  # no empty line between those
        lines += [*([] if close else [""]), *_block(block, source, references)]
        kind = block.kind
    return "\n".join(lines) + "\n"


def _block(block: Block, source: Source, references: Iterator[Reference]) -> Iterator[str]:
    if block.kind == "heading":
        yield f"{'#' * (block.level + 1)} {block.text}"
    elif block.kind == "table":
        yield from (f"|{row.replace(' | ', '|')}|" for row in (block.exact or block.text).split("\n"))
    elif block.kind == "algorithm":
        yield from ("```", *block.text.split("\n"), "```")
    elif block.kind == "reference":
        yield _reference(next(references, None), block.text)
    else:
        if source.document.abstract and source.document.abstract.startswith(block.text[:80]):
            yield from (f"## {_ABSTRACT}", "")
        yield block.exact or block.text


def _reference(reference: Reference | None, printed: str) -> str:
    """One line: label, first author, year, title, how often it is cited. What was not understood stays as printed.

    Where the paper prints no titles, the journal stands in its place.
    """
    cited = f" ({reference.cited}×)" if reference and reference.cited else ""
    if reference is None or not reference.authors or not (said := reference.title or _journal(reference, printed)):
        return printed + cited
    label = f"[{reference.label}] " if reference.label else ""
    if reference.year and str(reference.year) in label:  # "Li et al., 2022" says the rest
        return f"{label}{said}{cited}"
    year = f", {reference.year}" if reference.year else ""
    return f"{label}{first_author(reference.authors)}{year}: {said}{cited}"


def _journal(reference: Reference, printed: str) -> str:
    """What stands behind the year of an entry without a title: "ApJ, 364, 699"; "" where it is not told so."""
    found = re.search(rf"\(?\b{reference.year}[a-z]?\b\)?[\s,.:]*(.+)", printed) if reference.year else None
    return re.sub(r",?\s*(?:doi:|https?://)\S*(?:\s\S+)?$", "", found[1]).strip(" ,.") if found else ""


def first_author(authors: str) -> str:
    """The first of all authors as printed, with "et al." where there are more; "" of none."""
    names = re.split(r",\s+(?:and\s+)?|\s+and\s+|;\s*", one_line(authors))
    return f"{names[0]} et al." if len(names) > 1 else names[0]


def echo(source: Source) -> Echo:
    """What a model that saw `render(source)` will echo."""
    sections = source.document.sections
    last = sections[-1].heading if sections else _ABSTRACT if source.document.abstract else ""
    named = source.title, source.authors[0] if source.authors else "", last
    title, author, heading = (one_line(text)[:1000].rstrip() for text in named)
    return Echo(title=title, first_author=author, last_heading=heading)
