"""A Source as the text that a model reads: headings with #, page marks, tables as rows, references with their counts."""

from collections.abc import Iterator

from agents.note.paper import Echo
from agents.source.document import Block, Reference, Source, Table

_ABSTRACT = "Abstract"


def render(source: Source) -> str:
    """Everything that was read, in reading order. `[p. N]` stands where page N begins."""
    tables = {table.caption: table for table in source.document.tables if table.rows}
    references = iter(source.document.references)
    lines = [f"# {source.title}", f"Authors: {', '.join(source.authors)}"]
    page = 0
    for block in _body(source):
        if block.page != page:
            page = block.page
            lines += ["", f"[p. {page}]"]
        lines += ["", *_block(block, source, tables, references)]
    return "\n".join(lines) + "\n"


def _body(source: Source) -> Iterator[Block]:
    """The blocks, without the title (it stands above) and without rows that are printed with their caption."""
    bound = {table.page for table in source.document.tables if table.rows}
    for block in source.document.blocks:
        if block.kind == "heading" and block.level == 0:
            continue
        if not (block.kind == "table" and block.page in bound):
            yield block


def _block(block: Block, source: Source, tables: dict[str, Table], references: Iterator[Reference]) -> Iterator[str]:
    if block.kind == "heading":
        yield f"{'#' * (block.level + 1)} {block.text}"
    elif block.kind == "caption":
        yield block.text
        if table := tables.get(block.text):
            yield from ("| " + " | ".join(row) + " |" for row in (*table.header, *table.rows))
    elif block.kind == "reference":
        reference = next(references, None)
        yield block.text + (f" (cited {reference.cited} times in this paper)" if reference and reference.cited else "")
    else:
        if source.document.abstract and block.text and source.document.abstract.startswith(block.text[:80]):
            yield from (f"## {_ABSTRACT}", "")
        yield block.text


def echo(source: Source) -> Echo:
    """What a model that saw `render(source)` will echo."""
    sections = source.document.sections
    last = sections[-1].heading if sections else _ABSTRACT if source.document.abstract else ""
    return Echo(title=source.title, first_author=source.authors[0] if source.authors else "", last_heading=last)
