"""Whether the formulas of a reply or a note can be shown: each one put to KaTeX."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic import BaseModel

from agents.note.cjk import pieces
from agents.note.mark import SIGN, blanked
from agents.note.text import holds
from agents.trust import katex
from agents.trust.outcome import Doubt, Outcome
from agents.trust.texts import everything, fields

MARK = f"{SIGN} 公式无法显示"


def outcome(part: BaseModel) -> Outcome:
    """Displayed formulas, those of the tables of symbols, and those within sentences. Without KaTeX nothing counts."""
    if not katex.available():
        return Outcome("katex", 0, 0)
    of = 0
    doubts = []
    for where, tex, mark_at, at in _formulas(part):
        of += 1
        if wrong := katex.fault(tex, display=where.endswith(".tex")):
            doubts.append(
                Doubt(
                    mark_at or where, f"{where}: KaTeX does not show {tex[:80]!r}: {wrong}", MARK if mark_at else "", at
                )
            )
    return Outcome("katex", of - len(doubts), of, tuple(doubts))


def _formulas(part: BaseModel) -> Iterator[tuple[str, str, str, int]]:
    """Where it stands, its TeX; the text in which a mark may stand, and where in that."""
    for place, model in everything(part):
        for name, kind in _fields_of_text(type(model)):
            value = getattr(model, name)
            for where, text in _texts(value, f"{place}.{name}" if place else name):
                if kind == "inline":
                    yield from ((where, tex, where, at) for tex, at in _inline(text))
                elif text:
                    said = getattr(model, "meaning", "")
                    yield where, text, f"{place}.meaning" if said else "", len(said)


def _texts(value: Any, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, tuple):
        for n, inner in enumerate(value):
            yield from _texts(inner, f"{where}.{n}")


def _inline(text: str) -> Iterator[tuple[str, int]]:
    """The formulas of a text and where they end; what marks say does not count."""
    at = 0
    for kind, piece in pieces(blanked(text)):
        at += len(piece)
        if kind == "math":
            yield piece[1:-1], at


@cache
def _fields_of_text(model: type[BaseModel]) -> tuple[tuple[str, str], ...]:
    """The fields of a model that hold formulas, or Markdown with formulas in it."""
    return tuple((name, kind) for name, metadata in fields(model) if (kind := holds(metadata)) in {"inline", "tex"})
