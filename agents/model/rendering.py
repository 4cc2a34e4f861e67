"""A Source as the text that a model reads: headings with #, page marks, tables as rows."""

from collections.abc import Iterator

from agents.note.paper import Echo
from agents.note.text import one_line
from agents.source.document import Block, Reference, Source

_ABSTRACT = "Abstract"


def render(source: Source) -> str:
    """Everything that was read, in reading order. `[p. N]` stands where page N begins."""
    references = iter(source.document.references)
    lines = [f"# {source.title}", f"Authors: {', '.join(source.authors)}"]
    page = 0
    for block in source.document.blocks:
        if block.kind == "heading" and block.level == 0:
            continue  # the title again
        if block.page != page:
            page = block.page
            lines += ["", f"[p. {page}]"]
        lines += ["", *_block(block, source, references)]
    return "\n".join(lines) + "\n"


def _block(block: Block, source: Source, references: Iterator[Reference]) -> Iterator[str]:
    if block.kind == "heading":
        yield f"{'#' * (block.level + 1)} {block.text}"
    elif block.kind == "table":
        yield from (f"| {row} |" for row in block.text.split("\n"))
    elif block.kind == "reference":
        cited = getattr(next(references, None), "cited", 0)
        yield f"{block.text} (cited {cited} times in this paper)" if cited else block.text
    else:
        if source.document.abstract and source.document.abstract.startswith(block.text[:80]):
            yield from (f"## {_ABSTRACT}", "")
        yield block.text


def echo(source: Source) -> Echo:
    """What a model that saw `render(source)` will echo."""
    sections = source.document.sections
    last = sections[-1].heading if sections else _ABSTRACT if source.document.abstract else ""
    named = source.title, source.authors[0] if source.authors else "", last
    title, author, heading = (one_line(text)[:1000].rstrip() for text in named)
    return Echo(title=title, first_author=author, last_heading=heading)
