"""Pages of lines -> the `Document`: every row is claimed once, by what it is part of; what is left is running text."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from agents.source.algorithms import find_algorithms
from agents.source.appendix import appendix
from agents.source.captions import Caption, find_captions
from agents.source.citations import Place, count_links, count_printed, count_raised
from agents.source.document import Block, Box, Document, Equation, Figure, Reference, Section, Table
from agents.source.equations import Region, find_equations, read_equation
from agents.source.front import Front, read_front
from agents.source.layout import Measure, Page, find_stamp, is_prose, measure, page_rows, strip_furniture, widest_gap
from agents.source.lines import Row
from agents.source.paragraphs import Mend, make_blocks, mender
from agents.source.references import Entry, find_unheaded, read_entries
from agents.source.sections import Heading, find_headings, split_run_in
from agents.source.tables import Grid, read_tables

_REFERENCES = re.compile(r"^(references( and notes)?|bibliography|literature cited|参考文献)\W*$", re.IGNORECASE)


class Links(NamedTuple):
    """Where the PDF's own links to its bibliography lead."""

    targets: Sequence[Sequence[str]]  # of each page, in order
    places: Mapping[str, Place]


def _box(rows: Sequence[Row]) -> Box:
    edges = (min(r.x0 for r in rows), min(r.y0 for r in rows), max(r.x1 for r in rows), max(r.y1 for r in rows))
    return (round(edges[0], 1), round(edges[1], 1), round(edges[2], 1), round(edges[3], 1))


def _reference_rows(headings: Sequence[Heading], rows: Sequence[Row]) -> range:
    """Indices of the rows between "References", or the first entry where that is missing, and the next heading."""
    named = next((heading.last + 1 for heading in headings if _REFERENCES.match(heading.title)), None)
    first = find_unheaded(rows) if named is None else named
    if first is None:
        return range(0)
    return range(first, next((heading.first for heading in headings if heading.first >= first), len(rows)))


def _lettering(rows: Sequence[Row], caption: Caption, usual: Measure, taken: set[int]) -> list[int]:
    """Indices of the rows right before a figure's caption that are set unlike the text: what stands in the figure."""
    found = []
    index = caption.first - 1
    while index >= 0 and index not in taken and rows[index].page == rows[caption.first].page:
        row = rows[index]
        if is_prose(row, usual) or (abs(row.size - usual.body) < 0.8 and len(row.text) > 60):
            break
        found.append(index)
        index -= 1
    unlike = {i for i in found if abs(rows[i].size - usual.body) > 0.8 or len(rows[i].text) < 12}
    return [index for index in found if index in unlike or widest_gap(rows[index]) > 2 * usual.body]


def _indices(spans: Sequence[Heading] | Sequence[Caption] | Sequence[Grid] | Sequence[Region]) -> set[int]:
    """The indices of all rows of these."""
    return {index for span in spans for index in range(span.first, span.last + 1)}


class _Parts(NamedTuple):
    """What was found in the rows, each by the indices of its rows."""

    rows: list[Row]
    usual: Measure
    mend: Mend
    front: Front
    headings: list[Heading]
    references: range
    captions: list[Caption]
    grids: dict[str, Grid]
    entries: list[Entry]
    lettering: set[int]
    equations: list[Region]
    algorithms: list[range]


def _find(rows: list[Row], height: float, outline: Sequence[tuple[int, str, int]]) -> _Parts:
    usual, mend = measure(rows), mender(rows)
    front = read_front(rows, height, usual, mend)
    headings = find_headings(rows, usual, front.body, outline, mend)
    references = _reference_rows(headings, rows)
    taken = _indices(headings) | set(range(front.first, front.body))
    # a float may stand before the abstract, or among the references
    captions = find_captions(rows, usual, taken)
    taken |= set(range(front.first)) | _indices(captions)
    grids = read_tables(rows, captions, usual, taken)
    taken |= set(references)
    taken |= _indices(list(grids.values()))
    figures = [caption for caption in captions if caption.kind == "Figure"]
    lettering = {index for caption in figures for index in _lettering(rows, caption, usual, taken)}
    algorithms = find_algorithms(rows, usual, taken | lettering)
    steps = {index for own in algorithms for index in own}
    equations = find_equations(rows, usual, taken | lettering | steps)
    floats = _indices(captions) | _indices(list(grids.values())) | lettering
    entries = read_entries([(index, rows[index]) for index in references if index not in floats], mend)
    own = (front, headings, references, captions, grids, entries, lettering, equations, algorithms)
    return _Parts(rows, usual, mend, *own)


def _caption_text(parts: _Parts, caption: Caption) -> str:
    return parts.mend([row.text for row in parts.rows[caption.first : caption.last + 1]])


def _tables(parts: _Parts) -> tuple[Table, ...]:
    found = []
    for caption in parts.captions:
        if caption.kind == "Table":
            grid = parts.grids.get(caption.label)
            header, body = (grid.header, grid.body) if grid else ((), ())
            page = parts.rows[caption.first].page
            found.append(Table(caption.label, _caption_text(parts, caption), page, header, body))
    return tuple(found)


def _figures(parts: _Parts) -> tuple[Figure, ...]:
    figures = [caption for caption in parts.captions if caption.kind == "Figure"]
    return tuple(Figure(c.label, _caption_text(parts, c), parts.rows[c.first].page) for c in figures)


def _equations(parts: _Parts, text: Sequence[bool]) -> tuple[Equation, ...]:
    return tuple(read_equation(parts.rows, region, text, parts.mend) for region in parts.equations)


def _cited(parts: _Parts, links: Links) -> Counter[int]:
    entries = parts.entries
    counts = count_links(links.targets, links.places, entries) if links.places else Counter()
    outside = [row for index, row in enumerate(parts.rows) if index not in parts.references]
    if not counts and outside:
        counts = count_printed(parts.mend([row.text for row in outside]), entries)
    if counts.total() * 3 < len(entries):
        body = [row for i, row in enumerate(parts.rows) if i >= parts.front.first and i not in parts.references]
        raised = count_raised(body, entries)
        counts = max(counts, raised, key=Counter.total)
    return counts


def _special_blocks(parts: _Parts, equations: Sequence[Equation]) -> list[tuple[int, Block]]:
    """Everything but running text, each with the index of its first row."""
    rows = parts.rows
    blocks = [(entry.row, Block("reference", entry.text, entry.page, entry.box)) for entry in parts.entries]
    for heading in parts.headings:
        own = rows[heading.first : heading.last + 1]
        text = Section(heading.number, heading.title, heading.level, own[0].page).heading
        blocks.append((heading.first, Block("heading", text, own[0].page, _box(own), heading.level)))
    for caption in parts.captions:
        own = rows[caption.first : caption.last + 1]
        blocks.append((caption.first, Block("caption", _caption_text(parts, caption), own[0].page, _box(own))))
    for grid in parts.grids.values():
        own = rows[grid.first : grid.last + 1]
        lines = [" | ".join(row) for row in (*grid.header, *grid.body)]
        blocks.append((grid.first, Block("table", "\n".join(lines), own[0].page, _box(own))))
    for region, equation in zip(parts.equations, equations, strict=True):
        text = f"{equation.text} ({equation.number})"
        blocks.append((region.first, Block("equation", text, equation.page, equation.box)))
    for algorithm in parts.algorithms:
        own = [rows[index] for index in algorithm]
        blocks.append((algorithm.start, Block("algorithm", "\n".join(row.text for row in own), own[0].page, _box(own))))
    return blocks


def _text_blocks(parts: _Parts, text: Sequence[bool]) -> list[tuple[int, Block]]:
    """The paragraphs between headings and equations, each with the index of its first row."""
    breaks = {heading.first for heading in parts.headings} | {region.first for region in parts.equations}
    breaks |= {own.start for own in parts.algorithms}
    blocks: list[tuple[int, Block]] = []
    run: list[int] = []
    for index in range(len(parts.rows) + 1):
        if index == len(parts.rows) or index in breaks:
            if run:
                at = {id(parts.rows[i]): i for i in run}
                made = make_blocks([parts.rows[i] for i in run], parts.usual, parts.mend)
                blocks += [(at[id(first)], block) for first, block in made]
            run = []
        elif text[index]:
            run.append(index)
    return blocks


def _is_text(parts: _Parts) -> list[bool]:
    """Which rows are running text."""
    claimed = _indices(parts.headings) | _indices(parts.captions) | _indices(list(parts.grids.values()))
    claimed |= _indices(parts.equations) | set(parts.references) | set(range(parts.front.first)) | parts.lettering
    claimed.update(*parts.algorithms)
    return [index not in claimed for index in range(len(parts.rows))]


def compose(pages: Sequence[Page], outline: Sequence[tuple[int, str, int]], links: Links) -> Document:
    """What the pages say. `outline`: the PDF's own, as (level, title, page)."""
    rows = split_run_in(page_rows(strip_furniture(pages)))
    if not rows:
        stamp = find_stamp(pages[0]) if pages else ""
        return Document("", (), "", (), (), (), (), (), (), len(pages), stamp=stamp)
    parts = _find(rows, pages[0].height, outline)
    text = _is_text(parts)
    cited = _cited(parts, links)
    equations = _equations(parts, text)
    sections = tuple(Section(h.number, h.title, h.level, rows[h.first].page) for h in parts.headings)
    blocks = _special_blocks(parts, equations) + _text_blocks(parts, text)
    if parts.front.title:
        blocks.append((-1, Block("heading", parts.front.title, 1, _box(rows[:1]))))
    return Document(
        title=parts.front.title,
        authors=parts.front.authors,
        abstract=parts.front.abstract,
        blocks=tuple(block for _, block in sorted(blocks, key=lambda pair: pair[0])),
        sections=sections,
        figures=_figures(parts),
        tables=_tables(parts),
        equations=equations,
        references=tuple(_reference(entry, cited[index]) for index, entry in enumerate(parts.entries)),
        pages=len(pages),
        appendix=appendix(sections),
        stamp=find_stamp(pages[0]),
    )


def _reference(entry: Entry, cited: int) -> Reference:
    fields = (entry.label, entry.text, entry.authors, entry.title, entry.year, entry.arxiv, entry.doi)
    return Reference(*fields, cited)
