"""A map of notes: how they depend on and grow out of each other, grouped by folder. Its Mermaid is printed by code.

Every label is quoted and every id is a number of ours, so it cannot fail to parse. Solid arrows are dependence, dotted
ones evolution, plain lines shared concepts; any other relation is a line that bears its name.
"""

import re
from typing import Any

from pydantic import Field, model_validator

from agents.note.diagram import quoted, unquote
from agents.note.section import Body, Part
from agents.note.text import Plain
from agents.note.ties import TIES, Tie

MOST_NOTES, MOST_LINES = 40, 90
_LEGEND = "实线箭头是依赖（先学 → 后学），虚线箭头是演进（旧 → 新），细线是共同概念，其余关系写在线上。"
_COUNTS = re.compile(rf"{re.escape(_LEGEND)}图中画出 (\d+)/(\d+) 篇笔记、(\d+)/(\d+) 条关系，全部列在文末附表里。")
_ARROWS: dict[Tie, str] = {"dependence": "-->", "evolution": "-.->", "concept": "---"}
_GROUP = re.compile(r'    subgraph g\d+\["(.*)"\]')
_NOTE = re.compile(r'        n\d+\["(.*)"\]')
_LINE = re.compile(r'    n(\d+) (-->|-\.->|---(?:\|"(.+)"\|)?) n(\d+)')


class Group(Part):
    """The notes of one folder."""

    folder: Plain
    notes: tuple[Plain, ...] = Field(min_length=1)  # their labels


class Line(Part):
    """One relation between two notes of the map, by their numbers: counted from 1 over all groups."""

    source: int = Field(ge=1)
    target: int = Field(ge=1)
    tie: Tie


class Map(Part):
    groups: tuple[Group, ...]
    lines: tuple[Line, ...]
    of_notes: int  # how many there are, drawn or not
    of_relations: int

    @property
    def drawn(self) -> int:
        """How many notes are drawn."""
        return sum(len(group.notes) for group in self.groups)

    @model_validator(mode="after")
    def _lines_join_notes(self) -> "Map":
        if any(max(line.source, line.target) > self.drawn for line in self.lines):
            raise ValueError("a line joins a note that is not on the map")
        return self


def _show(drawing: Map) -> str:
    notes, relations = f"{drawing.drawn}/{drawing.of_notes}", f"{len(drawing.lines)}/{drawing.of_relations}"
    out = [f"{_LEGEND}图中画出 {notes} 篇笔记、{relations} 条关系，全部列在文末附表里。", "", "```mermaid", "graph LR"]
    number = 0
    for n, group in enumerate(drawing.groups, start=1):
        out.append(f'    subgraph g{n}["{quoted(group.folder)}"]')
        for label in group.notes:
            number += 1
            out.append(f'        n{number}["{quoted(label)}"]')
        out.append("    end")
    for line in drawing.lines:
        arrow = _ARROWS.get(line.tie) or f'---|"{TIES[line.tie]}"|'
        out.append(f"    n{line.source} {arrow} n{line.target}")
    return "\n".join([*out, "```"])


def _read(text: str) -> dict[str, Any]:
    counts, _, block = text.partition("\n\n")
    lines = block.split("\n")
    told = _COUNTS.fullmatch(counts)
    if not told or lines[:2] != ["```mermaid", "graph LR"] or lines[-1] != "```":
        raise ValueError("a sentence with counts and a ```mermaid block that begins with `graph LR` should stand here")
    groups: list[dict[str, Any]] = []
    joined = []
    for line in lines[2:-1]:
        if group := _GROUP.fullmatch(line):
            groups.append({"folder": unquote(group[1]), "notes": []})
        elif groups and (note := _NOTE.fullmatch(line)):
            groups[-1]["notes"].append(unquote(note[1]))
        elif found := _LINE.fullmatch(line):
            joined.append({"source": int(found[1]), "target": int(found[4]), "tie": _tie(found[2], found[3])})
        elif line != "    end":
            raise ValueError(f"neither a folder, a note nor a line between two of them: {line.strip()[:60]!r}")
    return {"groups": groups, "lines": joined, "of_notes": int(told[2]), "of_relations": int(told[4])}


def _tie(arrow: str, label: str | None) -> str:
    shown = {arrow: tie for tie, arrow in _ARROWS.items()} | {name: tie for tie, name in TIES.items()}
    return shown.get(label or arrow, label or arrow)


MAP = Body(_show, _read)
