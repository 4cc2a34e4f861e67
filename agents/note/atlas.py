"""Two complete tables behind a map: every note, and every relation between two of them.

| 笔记 | 种类 | 更新 | 关系 |
| --- | --- | --- | --- |
| [BLIP-2](../../papers/blip-2.md) | paper | 2026-11-20 | 3 |
"""

from typing import Any

from pydantic import Field

from agents.note import note_link, table
from agents.note.note_link import NoteLink
from agents.note.section import Body, Part
from agents.note.text import PlainOrNone, escape, unescape
from agents.note.ties import TIES, Tie

FROM = "notes/reviews"  # where a review stands
_NOTES = ("笔记", "种类", "更新", "关系")
_RELATIONS = ("关系", "从", "到", "依据")
_NONE = "没有找到任何两篇笔记之间的关系。"


class Noted(Part):
    """A note, as the table lists it."""

    note: NoteLink
    kind: PlainOrNone
    updated: PlainOrNone
    ties: int = Field(ge=0)  # with how many others it stands in a relation


class Related(Part):
    """A relation, as the table lists it."""

    tie: Tie
    source: NoteLink
    target: NoteLink
    basis: PlainOrNone


def _show_notes(notes: tuple[Noted, ...]) -> str:
    return table.show(
        _NOTES,
        ((note_link.show(n.note, FROM), escape(n.kind), escape(n.updated), str(n.ties)) for n in notes),
    )


def _read_notes(text: str) -> list[dict[str, Any]]:
    return [
        {"note": _link(note), "kind": unescape(kind), "updated": unescape(updated), "ties": ties}
        for note, kind, updated, ties in table.read(text, _NOTES)
    ]


def _show_relations(relations: tuple[Related, ...]) -> str:
    if not relations:
        return _NONE
    rows = (
        (TIES[r.tie], note_link.show(r.source, FROM), note_link.show(r.target, FROM), escape(r.basis))
        for r in relations
    )
    return table.show(_RELATIONS, rows)


def _read_relations(text: str) -> list[dict[str, Any]]:
    if text == _NONE:
        return []
    ties = {name: tie for tie, name in TIES.items()}
    return [
        {"tie": ties.get(tie, tie), "source": _link(source), "target": _link(target), "basis": unescape(basis)}
        for tie, source, target, basis in table.read(text, _RELATIONS)
    ]


def _link(cell: str) -> dict[str, str]:
    found = note_link.read(cell, FROM)
    if len(found) != 1:
        raise ValueError(f"a link to a note should stand here: {cell[:60]!r}")
    return found[0]


NOTES = Body(_show_notes, _read_notes)
RELATIONS = Body(_show_relations, _read_relations)
