"""True statements about a paper, as a model would make them, taken from readings that are not the reader under test.

Cells come from truth.json, and from tables whose rows stand like that in the words of the page; numbers and quotes from
PyMuPDF's plain text (or the text that was made by hand, where there is one); references from the bibliography, where
the printed entry bears out the title, the author and the year.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import ablation
from chinese import HOLE, dressed
from score import LIGATURES

from agents.source.document import Document, Reference, Table
from agents.source.pdf import load_mupdf

RESULTS, ABLATED, FURTHER = "experiments.results.0", "experiments.ablation.rows.0", "further_reading.0"
PROSE = ("method.intuition", "summary")
MOST = {"cell": 90, "number": 70, "quote": 60, "reference": 20}  # statements of a form, a paper

_VALUE = re.compile(r"[-−+]?\d[\d,]*(?:\.\d+)?\s?(?:%|[kKMB]\b)?(?:\s?±\s?\d*\.\d+)?")
_SENTENCE = re.compile(r"[A-Z][A-Za-z0-9 ,.;:'’“”\"()\[\]%/&–—-]+[.!?]")
_ENDS = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
_NO_END = re.compile(r"(?:\b(?:al|e\.g|i\.e|cf|vs|Fig|Eq|Sec|Tab|resp|approx|No)|\b[A-Z])\.$")
_GLUED = re.compile(r"[a-z][.,]?\d|\b[b-z]\b(?!\.)|\b[A-Za-z][A-Z]?\d")  # a footnote's mark, a symbol, its index
_FIRST = re.compile(r"^\W*(?:abstract|introduction|1\.? introduction)\b", re.IGNORECASE | re.MULTILINE)
_LAST = re.compile(r"^\W*(?:references|bibliography)\W*$", re.IGNORECASE | re.MULTILINE)
_NO_TITLE = re.compile(r"arxiv|preprint|doi:|https?:|^in ", re.IGNORECASE)
_SURNAME = re.compile(r"[^\W\d_][\w'’-]+$")


@dataclass(frozen=True, slots=True)
class Statement:
    """`data` is what stands at `where` in a reply, with a hole for `piece`."""

    form: str  # "cell", "number beside its quote", ...
    where: str
    data: Any
    piece: str = ""
    others: dict[str, tuple[Any, ...]] = field(default_factory=dict)  # what makes it false: kind of error -> pieces

    def filled(self, piece: str = "") -> Any:
        return fill(self.data, piece or self.piece)


def fill(data: Any, piece: str) -> Any:
    if isinstance(data, dict):
        return {key: fill(value, piece) for key, value in data.items()}
    if isinstance(data, list):
        return [fill(value, piece) for value in data]
    return data.replace(HOLE, piece) if isinstance(data, str) else data


def claim(text: str, quote: str = "", cells: list[dict[str, str]] | None = None) -> dict[str, Any]:
    return {"text": text, "quote": quote, "cells": cells or []}


# ---- cells


def cells(path: Path, document: Document, truth: dict[str, Any], paper: str, dice: Random) -> list[Statement]:
    """Of the tables that a person has read, then of the others."""
    known = ablation.TABLES.get(paper, {})
    found = [one for label in known for one in _known(document, label, known[label], truth)]
    free = [
        one
        for table in document.tables
        if table.label not in known and table.label
        for one in _printed(table, lines(path, table.page))
    ]
    dice.shuffle(free)
    return [*found, *free][: max(MOST["cell"], len(found))]


def _known(
    document: Document,
    label: str,
    names: tuple[tuple[str, ...], list[tuple[str, ...]]],
    truth: dict[str, Any],
) -> Iterator[Statement]:
    """The values of truth.json, under the names that the paper prints where our reader has them."""
    words, signs = names
    table = next((one for one in document.tables if one.label == label), Table(label, "", 0, (), ()))
    places, heads = ablation.columns(table, words), column_names(table)
    values = [[_as_printed(value, "") for value in row] for row in ablation.true_values(truth, label)]
    rows = [ablation.row_of(table, row_signs) for row_signs in signs]
    for row, row_signs, line in zip(rows, signs, values, strict=True):
        for at, place in enumerate(places):
            if place is not None and place < len(row) and line[at] and ablation.same(row[place], _number(line[at])):
                line[at] = row[place]
        starred = any("*" in one for one in row_signs)
        first = min((place for place in places if place is not None), default=0)
        named = " ".join(filter(None, row[:first])) if starred and row else ", ".join(row_signs).replace("*", "")
        for at, value in enumerate(line):
            column = heads.get(places[at] if places[at] is not None else -1, "") or words[at]
            down = [other[at] for other in values if other[at]]
            if value:
                yield from _cell(label, named, column, value, down, [one for one in line if one])


def _as_printed(value: Any, unknown: str) -> str:
    return unknown if value is None else str(value)


def _number(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text


def _printed(table: Table, printed: list[str]) -> Iterator[Statement]:
    """The cells of a table that has names for its rows and columns, and rows that stand like that on the page."""
    wide = max((len(row) for row in table.rows), default=0)
    body = [row for row in table.rows if len(row) == wide]
    heads = column_names(table)
    numeric = [n for n in range(1, wide) if n in heads and sum(_is_value(row[n]) for row in body) > len(body) / 2]
    if not numeric:
        return
    named = [" ".join(filter(None, row[: numeric[0]])) for row in body]
    for row, name in zip(body, named, strict=True):
        whole = all(row[numeric[0] :])  # a gap: the cells behind it may have been moved
        if not name or named.count(name) > 1 or not whole or not _on_a_line(row[numeric[0] :], printed):
            continue
        for n in numeric:
            if _is_value(row[n]):
                down = [other[n] for other in body if _is_value(other[n])]
                yield from _cell(
                    table.label, name, heads[n], row[n], down, [row[m] for m in numeric if _is_value(row[m])]
                )


def _is_value(cell: str) -> bool:
    return _VALUE.fullmatch(cell) is not None


def column_names(table: Table) -> dict[int, str]:
    """The name of each column that has one of its own; where two have one name, with the heading that spans them."""
    wide = max((len(row) for row in table.header), default=0)
    bare = [" ".join(filter(None, (row[n] for row in table.header if n < len(row)))) for n in range(wide)]
    spanned, group = [], ""
    for n in range(wide):
        group = table.header[0][n] if n < len(table.header[0]) and table.header[0][n] else group
        lower = " ".join(filter(None, (row[n] for row in table.header[1:] if n < len(row))))
        spanned.append(f"{group} {lower}".strip())
    names = [spanned[n] if bare.count(bare[n]) > 1 else bare[n] for n in range(wide)]
    return {n: name for n, name in enumerate(names) if name and names.count(name) == 1}


def lines(path: Path, page: int) -> list[str]:
    """The words of a page on each height, without spaces: no structure but where they stand."""
    with load_mupdf().open(path) as file:
        words = sorted(file[page - 1].get_text("words"), key=lambda word: (word[1] + word[3]) / 2)
    found: list[list[Any]] = []
    for word in words:
        middle = (word[1] + word[3]) / 2
        if found and abs(middle - (found[-1][-1][1] + found[-1][-1][3]) / 2) < 2:
            found[-1].append(word)
        else:
            found.append([word])
    return ["".join(word[4] for word in sorted(line)) for line in found]


def _on_a_line(row: tuple[str, ...], printed: list[str]) -> bool:
    pattern = re.compile(".*?".join(re.escape(re.sub(r"\s", "", cell)) for cell in row))
    return any(pattern.search(line) for line in printed)


def _cell(label: str, row: str, column: str, value: str, down: list[str], across: list[str]) -> Iterator[Statement]:
    """The cell in a claim and in an ablation, by turns; `down` and `across` are the values a slip would take."""
    others = {
        "row swapped": tuple(one for one in dict.fromkeys(down) if not same_value(one, value)),
        "column swapped": tuple(one for one in dict.fromkeys(across) if not same_value(one, value)),
    }
    if len(f"{row}{column}{value}") % 2:
        cell = {"table": label, "row": row, "column": column, "value": HOLE}
        yield Statement("cell of a claim", RESULTS, claim(f"这一项的结果是 {HOLE}。", "", [cell]), value, others)
    else:
        names = {"component": "一种设置", "table": label, "setting": row, "metric": column}
        yield Statement("cell of an ablation", ABLATED, {**names, "value": HOLE, "baseline": True}, value, others)


def same_value(one: str, other: str) -> bool:
    bare = [re.sub(r"[\s,+]", "", text).replace("−", "-") for text in (one, other)]
    return bare[0] == bare[1] or _number(bare[0]) == _number(bare[1])


# ---- sentences


def sentences(path: Path) -> list[str]:
    """Sentences of 6 to 30 words of the running text, as a person would copy them: whole words, nothing but text."""
    by_hand = path.with_suffix(".txt")
    if by_hand.is_file():
        blocks = re.split(r"\n\s*\n", by_hand.read_text(encoding="utf-8"))
    else:
        with load_mupdf().open(path) as file:
            blocks = [block[4] for page in file for block in page.get_text("blocks")]
    first = next((n for n, block in enumerate(blocks) if _FIRST.search(block)), 0)
    last = max((n for n, block in enumerate(blocks) if _LAST.search(block)), default=len(blocks))
    return [one for block in blocks[first:last] for one in _split(_one_line(block)) if _is_plain(one)]


def _one_line(block: str) -> str:
    whole = re.sub(r"(?<=[a-z])[-\u00ad]\n(?=[a-z])", "", block.translate(LIGATURES))
    return re.sub(r"\s+", " ", whole).strip()


def _split(text: str) -> Iterator[str]:
    whole = ""
    for piece in _ENDS.split(text):
        whole = f"{whole} {piece}".strip()
        if not _NO_END.search(whole):
            yield whole
            whole = ""


def _is_plain(sentence: str) -> bool:
    count = len(sentence.split())
    return 6 <= count <= 30 and _SENTENCE.fullmatch(sentence) is not None and not _GLUED.search(sentence)


def quotes(found: list[str], dice: Random) -> list[Statement]:
    chosen = dice.sample(found, min(MOST["quote"], len(found)))
    return [Statement("quote", RESULTS, claim("作者的原话如此。", HOLE), one) for one in chosen]


def numbers(found: list[str], dice: Random) -> list[Statement]:
    """Every number of a sentence twice in Chinese: beside that sentence, and mostly so again; else with other grounds.

    Those are another sentence that is quoted, or none, in prose.
    """
    made = []
    for before, sentence in itertools.pairwise(["", *found]):
        for text, piece in dressed(sentence, dice):
            made.append(Statement("number beside its quote", RESULTS, claim(text, sentence), piece))
        for text, piece in dressed(sentence, dice):
            turn = dice.randrange(4)
            if turn == 0:
                made.append(Statement("number in prose", dice.choice(PROSE), text, piece))
            elif turn == 1 and before:
                made.append(Statement("number beside another quote", RESULTS, claim(text, before), piece))
            else:
                made.append(Statement("number beside its quote", RESULTS, claim(text, sentence), piece))
    return dice.sample(made, min(MOST["number"], len(made)))


# ---- references


def references(document: Document, plain: str, dice: Random) -> list[Statement]:
    """Entries that have title, author and year, each of which stands in the printed entry."""
    whole = _letters(plain)
    sure = [one for one in document.references if one.title and one.year and _is_borne_out(one, whole)]
    chosen = dice.sample(sure, min(MOST["reference"], len(sure)))
    return [_reference(one, sure, dice) for one in chosen]


def _is_borne_out(entry: Reference, plain: str) -> bool:
    title = _letters(entry.title)
    at = plain.find(title)
    near = plain[max(0, at - 1500) : at + len(title) + 400]
    return (
        at >= 0
        and len(title) > 12
        and not _NO_TITLE.search(entry.title)
        and bool(surname(entry))
        and _letters(surname(entry)) in near
        and str(entry.year) in near
    )


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text.translate(LIGATURES).casefold())


def surname(entry: Reference) -> str:
    """Of the first author: before the comma of "Li, J.", else the last word of the name."""
    first = re.split(r"\s+and\s+|;", entry.authors)[0]
    parts = first.split(", ")
    if len(parts) > 1 and re.fullmatch(r"(?:[A-Z][\w.-]*\.?\s?-?)+", parts[1]) and re.search(r"\b[A-Z]\.", parts[1]):
        return parts[0].strip()
    found = _SURNAME.search(parts[0].removesuffix(" et al.").strip())
    return found[0] if found else ""


def _reference(entry: Reference, entries: list[Reference], dice: Random) -> Statement:
    data = {
        "title": entry.title,
        "authors": f"{surname(entry)} et al.",
        "year": entry.year,
        "arxiv": entry.arxiv or "",
        "reference": entry.label if dice.randrange(2) else "",
        "reason": "这篇论文的方法由此而来。",
    }
    strangers = {surname(one) for one in entries} - {""}
    text = _letters(entry.text)
    authors = tuple(sorted(f"{name} et al." for name in strangers if _letters(name) not in text))
    years = tuple(
        entry.year + off
        for off in (-10, -5, -3, -2, -1, 1, 2, 3, 5)
        if entry.year and str(entry.year + off) not in text
    )
    return Statement("reference", FURTHER, data, others={"wrong author": authors, "wrong year": years})
