"""The PDF's pages and the markup's exactness in one `Document`: matched piece by piece, and checked. Pure.

The PDF is what a person reads, so its text, its order and its pages stay. What its glyphs cannot tell comes from the
markup: formulas by their number, cells of tables by label and caption, what a reference lacks by its title.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from agents.errors import DataError
from agents.note.text import letters
from agents.source import agree
from agents.source.document import Block, Document, Equation, Exact, Reference, Table
from agents.source.placing import place

T = TypeVar("T")

_NOWHERE = (0.0, 0.0, 0.0, 0.0)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_FEWEST_WORDS = 3  # long ones, of a paragraph that is known again by them
_MATH = re.compile(r"\$([^$]+)\$")
_SIGNS = {
    r"\pm": "±", r"\to": "→", r"\rightarrow": "→", r"\uparrow": "↑", r"\downarrow": "↓", r"\times": "×", r"\%": "%",
    r"\,": " ", "{,}": ",", r"\sim": "~", r"\approx": "≈", r"\checkmark": "✓", r"\dagger": "†",
}  # fmt: skip
_SIGN = re.compile("|".join(re.escape(sign) + r"(?![a-z])" * sign[-1].isalpha() for sign in _SIGNS))


@dataclass(frozen=True, slots=True)
class Merged:
    document: Document
    origins: Mapping[str, str]  # "formulas", "tables", "references" -> "pdf", "tex" or "html"
    warnings: tuple[str, ...]  # where the two differ, and which was taken


def merge(document: Document, exact: Exact) -> Merged:
    """The paper as both tell it. DataError where the markup is another paper's."""
    name = "HTML" if exact.kind == "html" else "TeX"
    if why := agree.another_paper(document, exact):
        raise DataError(f"the {name} is of another paper: {why}", "--source pdf reads the PDF alone")
    equations, odd_equations = _equations(document.equations, exact.equations)
    tables, odd_tables = _tables(document.tables, exact.tables)
    references = _references(document.references, exact.references)
    warnings = [*agree.differences(document, exact), *exact.warnings]
    if odd_equations:
        listed = ", ".join(f"({number})" for number in odd_equations)
        warnings.append(f"the {name} has other formulas than the PDF under {listed}: those of the PDF were taken")
    if odd_tables:
        warnings.append(f"the {name} has other numbers than the PDF in {', '.join(odd_tables)}: the PDF was taken")
    blocks = _exact_text(_exact_blocks(document, equations, tables), exact.blocks)
    lacking = {equation.number for equation in equations if equation.box == _NOWHERE}
    merged = replace(
        document,
        equations=equations,
        tables=tables,
        references=references,
        blocks=tuple(place(tuple(blocks), exact.blocks, lacking, _words)),
        hidden=(*document.hidden, *exact.hidden),
    )
    origins = {
        "formulas": exact.kind if any(equation.tex for equation in equations) else "pdf",
        "tables": exact.kind if tables != document.tables else "pdf",
        "references": exact.kind if references != document.references else "pdf",
    }
    return Merged(merged, origins, tuple(warnings))


def _equations(printed: Sequence[Equation], exact: Sequence[Equation]) -> tuple[tuple[Equation, ...], list[str]]:
    """The PDF's equations with their TeX, and those that it lacks; the numbers under which the two do not agree."""
    known = {equation.number: equation for equation in exact if equation.number and equation.tex}
    merged, odd = [], []
    for equation in printed:
        own = known.get(equation.number)
        if own and agree.same_formula(own.tex, equation.text):
            merged.append(replace(equation, tex=_one_line(own.tex)))
        else:
            merged.append(equation)
            odd += [equation.number] if own else []
    matched = sum(bool(equation.tex) for equation in merged)
    if len(odd) > matched:  # the markup counts otherwise: its numbers are not the printed ones
        return tuple(merged), odd
    numbers = {equation.number for equation in printed}
    missing = [equation for equation in known.values() if equation.number not in numbers]
    order = list(known)
    plain = [replace(equation, tex=_one_line(equation.tex), text="", box=_NOWHERE) for equation in missing]
    return _insert(merged, plain, order, lambda equation: equation.number), odd


def _tables(printed: Sequence[Table], exact: Sequence[Table]) -> tuple[tuple[Table, ...], list[str]]:
    """The PDF's tables with the markup's cells, and those that it lacks; the labels of those that do not agree."""
    merged, odd, used = [], [], set()
    for table in printed:
        labelled = [one for one in exact if one.label == table.label and agree.same_caption(one, table)]
        own = next(iter(labelled or [one for one in exact if _captioned(one, table)]), None)
        used |= {own.label} if own else set()
        if own and own.rows and agree.same_table(own, table):
            merged.append(replace(table, header=_cells(own.header), rows=_cells(own.rows)))
        else:
            merged.append(table)
            odd += [table.label] if own and own.rows else []
    labels = {table.label for table in printed} | used
    missing = [
        replace(one, header=_cells(one.header), rows=_cells(one.rows))
        for one in exact
        if one.label and one.label not in labels
    ]
    return _insert(merged, missing, [one.label for one in exact], lambda table: table.label), odd


def _captioned(one: Table, other: Table) -> bool:
    return bool(one.caption and other.caption) and agree.same_caption(one, other)


def _insert(items: Sequence[T], missing: Sequence[T], order: Sequence[str], name: Callable[[T], str]) -> tuple[T, ...]:
    """`missing` among `items`, each behind the one that comes before it in `order`; its page where both sides agree."""
    found = list(items)
    for item in missing:
        before = set(order[: order.index(name(item))])
        at = max((n + 1 for n, one in enumerate(found) if name(one) in before), default=0)
        around = {getattr(one, "page", 0) for one in found[max(0, at - 1) : at + 1]}
        page = around.pop() if len(around) == 1 and 0 < at < len(found) else 0
        found.insert(at, replace(item, page=page))  # type: ignore[type-var]
    return tuple(found)


def _references(printed: Sequence[Reference], exact: Sequence[Reference]) -> tuple[Reference, ...]:
    """The PDF's references, each with what its own entry in the markup says besides."""
    by_id = {reference.arxiv: reference for reference in exact if reference.arxiv}
    by_title = {letters(reference.title): reference for reference in exact if reference.title}

    def completed(reference: Reference) -> Reference:
        own = by_id.get(reference.arxiv or "") or by_title.get(letters(reference.title)) or _in(reference)
        if own is None:
            return reference
        return replace(
            reference,
            authors=own.authors or reference.authors,
            title=own.title or reference.title,
            year=own.year or reference.year,
            arxiv=reference.arxiv or own.arxiv,
            doi=reference.doi or own.doi,
            cited=own.cited or reference.cited,
        )

    def _in(reference: Reference) -> Reference | None:
        printed = letters(reference.text)
        long = (key for key in by_title if len(key) > 2 * agree.SHORTEST and key in printed)
        return by_title.get(max(long, key=len, default=""))

    return tuple(map(completed, printed))


def _exact_blocks(document: Document, equations: Sequence[Equation], tables: Sequence[Table]) -> list[Block]:
    """The PDF's blocks, each with what the markup says in its place; a table that has no block gets one."""
    formulas = {(e.page, e.box): f"$${e.tex}$$ ({e.number})" for e in equations if e.tex}
    changed = {new.label: (old, new) for old in document.tables for new in tables if new.label == old.label}
    grids = {as_rows(old): as_rows(new) for old, new in changed.values() if old.rows and old != new}
    bare = {old.caption: as_rows(new) for old, new in changed.values() if not old.rows and new.rows}
    blocks: list[Block] = []
    for block in document.blocks:
        if block.kind == "equation":
            blocks.append(replace(block, exact=formulas.get((block.page, block.box), "")))
        elif block.kind == "table":
            blocks.append(replace(block, exact=grids.get(block.text, "")))
        else:
            blocks.append(block)
            if block.kind == "caption" and block.text in bare:
                blocks.append(Block("table", "", block.page, block.box, exact=bare[block.text]))
    return blocks


def _exact_text(blocks: Sequence[Block], exact: Sequence[Block]) -> Iterator[Block]:
    """Paragraphs and captions with formulas in them as the markup has them, where all else is the same."""
    known: dict[str, list[str]] = {}
    for one in exact:
        if "$" in one.text and one.kind in {"text", "caption"} and (words := _words(one.text)):
            for word in {words[0], words[-1]}:
                known.setdefault(word, []).append(one.text)
    for block in blocks:
        words = _words(block.text) if block.kind in {"text", "caption"} else ()
        near = [*known.get(words[0], ()), *known.get(words[-1], ())] if len(words) >= _FEWEST_WORDS else []
        found = next((text for text in near if _same_paragraph(text, block.text, words)), "")
        yield replace(block, exact=_one_line(found)) if found else block


def _same_paragraph(exact: str, printed: str, words: Sequence[str]) -> bool:
    """The same long words in a row and all numbers; what the PDF has more must be letters of the formulas."""
    left = iter(words)
    extra: list[str] = []
    for word in _words(exact):
        for other in left:
            if other == word:
                break
            extra.append(other)
        else:
            return False
    math = letters("".join(re.sub(r"\\(?:text|math)[a-z]*", "", span) for span in _MATH.findall(exact)))
    same_numbers = _numbers(agree.prose(exact)) <= _numbers(printed)
    return same_numbers and all(word in math for word in (*extra, *left))


def _numbers(text: str) -> Counter[str]:
    return Counter(_NUMBER.findall(text))


def _words(text: str) -> tuple[str, ...]:
    """The long words of a paragraph, without its formulas: short ones may be symbols in a PDF."""
    return tuple(_LONG_WORD.findall(agree.prose(text).casefold()))


def as_rows(table: Table) -> str:
    """A table's rows, one a line."""
    return "\n".join(" | ".join(row) for row in (*table.header, *table.rows))


def _cells(rows: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(_cell(cell) for cell in row) for row in rows)


def _cell(cell: str) -> str:
    """A cell on one line; what is set as a formula for one sign or a number only is that sign, that number."""
    return _one_line(_MATH.sub(_without_dollars, _one_line(cell)))


def _without_dollars(math: re.Match[str]) -> str:
    plain = _SIGN.sub(lambda sign: _SIGNS[sign[0]], math[1])
    return math[0] if re.search(r"[\\^_{}]", plain) else plain


def _one_line(text: str) -> str:
    return " ".join(text.split())
