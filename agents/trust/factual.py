"""The texts of a note that state facts of its subject: all with a section, less what is not the source's to prove.

Lessons and comparisons are the writer's, the readings are checked as references, provenance is ours. A claim without
quote and cells is a judgement where the section is one of judgement.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from agents.note.ablation import Ablation, AblationRow
from agents.note.cjk import bold_spans, pieces
from agents.note.claim import Cell, Claim
from agents.note.mark import unmarked
from agents.note.section import Part, places
from agents.note.text import holds

_NOT_FACTS = {"further_reading", "provenance", "comparison", "lessons"}
_JUDGING = "assessment"
_NAMES = {"quote", "tex", "symbol", "equation", "table", "setting", "metric", "value", "cells"}


@dataclass(frozen=True, slots=True)
class Statement:
    """A text that states facts, marks out; `where` is its place."""

    where: str
    text: str
    most: int  # characters that its field takes
    markdown: bool
    claim: Claim | None = None
    rows: tuple[AblationRow, ...] = ()  # of the ablation that it speaks of


@dataclass(frozen=True, slots=True)
class Datum:
    """A value with the names of its place in a table."""

    where: str
    table: str
    row: str
    column: str
    value: str
    most: int


def statements(part: BaseModel) -> Iterator[Statement]:
    """The texts of a reply or a note, in its order; what has no section (tags, the echo, front matter) is left out."""
    added = ["more"] if hasattr(part, "more") else []  # sections that the person asks for
    for name in dict.fromkeys([*(place.path[0] for place in places(type(part))), *added]):
        yield from _field(part, name, name, None, ())


def data(part: Any, where: str = "") -> Iterator[Datum]:
    """Every value that is said to stand in a table."""
    here = where.removeprefix(".")
    if isinstance(part, Cell):
        yield Datum(f"{here}.value", part.table, part.row, part.column, unmarked(part.value), _most(part, "value"))
    elif isinstance(part, AblationRow):
        yield Datum(f"{here}.value", part.table, part.setting, part.metric, unmarked(part.value), _most(part, "value"))
    elif isinstance(part, tuple):
        for n, one in enumerate(part):
            yield from data(one, f"{where}.{n}")
    elif isinstance(part, Part):
        for name in type(part).model_fields:
            if name not in _NOT_FACTS:
                yield from data(getattr(part, name), f"{where}.{name}")


def _field(
    part: BaseModel, name: str, where: str, claim: Claim | None, rows: tuple[AblationRow, ...]
) -> Iterator[Statement]:
    value = getattr(part, name)
    if name in _NOT_FACTS or name in _NAMES:
        return
    if isinstance(value, str):
        if (kind := holds(type(part).model_fields[name].metadata)) in {"inline", "plain"}:
            yield Statement(where, unmarked(value), _most(part, name), kind == "inline", claim, rows)
    elif isinstance(value, tuple):
        for n, one in enumerate(value):
            yield from _within(one, f"{where}.{n}", claim, rows)
    else:
        yield from _within(value, where, claim, rows)


def _within(part: Any, where: str, claim: Claim | None, rows: tuple[AblationRow, ...]) -> Iterator[Statement]:
    if not isinstance(part, Part) or (isinstance(part, Claim) and _is_judgement(part, where)):
        return
    claim = part if isinstance(part, Claim) else claim
    rows = part.rows if isinstance(part, Ablation) else rows
    for name in type(part).model_fields:
        yield from _field(part, name, f"{where}.{name}", claim, rows)


def _is_judgement(claim: Claim, where: str) -> bool:
    return where.startswith(f"{_JUDGING}.") and not claim.quote and not claim.cells


def _most(part: BaseModel, name: str) -> int:
    limits = [most for one in type(part).model_fields[name].metadata if (most := getattr(one, "max_length", None))]
    return min(limits, default=0)


def behind(text: str, at: int) -> int:
    """Where a mark for what ends there can stand: behind the formula, the code or the bold words around it."""
    begin = 0
    for kind, piece in pieces(text):
        end = begin + len(piece)
        if kind != "text" and begin < at <= end:
            at = end
            break
        begin = end
    return next((end for start, end in bold_spans(text) if start < at < end), at)
