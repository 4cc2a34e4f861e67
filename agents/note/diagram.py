"""A diagram as nodes and edges; its Mermaid is printed by code, every label quoted, so it cannot fail to parse."""

import re
from typing import Annotated, Any

from pydantic import Field, StringConstraints, model_validator

from agents.note.section import Body, Part
from agents.note.text import Plain, PlainOrNone

_RESERVED = {
    "end",
    "graph",
    "subgraph",
    "style",
    "class",
    "click",
    "flowchart",
    "default",
    "linkstyle",
    "classdef",
    "direction",
}
_NODE = re.compile(r'    (\w+)\["(.*)"\]')
_EDGE = re.compile(r'    (\w+) -->(?:\|"(.*)"\|)? (\w+)')
_ENTITY = {
    '"': "#quot;",
    "#": "#35;",
    "<": "#lt;",
    ">": "#gt;",
    "&": "#amp;",
    "`": "#96;",
    "\\": "#92;",
    "$": "#36;",
    "%": "#37;",
}
# A % only where it would begin a directive or a comment: Mermaid looks for these inside labels too.
_QUOTED = re.compile(r'["#<>&`\\$]|%(?=[%{])')

NodeId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,30}$")]


class Node(Part):
    id: NodeId = Field(description="letters and digits, unique in the diagram")
    label: Plain = Field(description="short plain text; no TeX, no Markdown")


class Edge(Part):
    source: NodeId = Field(description="id of a node")
    target: NodeId = Field(description="id of a node")
    label: PlainOrNone = Field(description='short plain text, "" for none')


class Diagram(Part):
    nodes: tuple[Node, ...] = Field(min_length=1, max_length=40)
    edges: tuple[Edge, ...] = Field(max_length=120)

    @model_validator(mode="after")
    def _edges_join_nodes(self) -> "Diagram":
        ids = [node.id for node in self.nodes]
        if len(set(ids)) < len(ids):
            raise ValueError("two nodes share an id")
        if reserved := next((i for i in ids if i.lower() in _RESERVED), None):
            raise ValueError(f"{reserved!r} is a word of Mermaid: choose another id")
        for edge in self.edges:
            if missing := {edge.source, edge.target} - set(ids):
                raise ValueError(f"an edge joins {missing.pop()!r}, which is no node")
        return self


def quoted(label: str) -> str:
    """A label as it may stand between quotation marks."""
    return _QUOTED.sub(lambda m: _ENTITY[m[0]], label)


def unquote(text: str) -> str:
    return re.sub("#(quot|35|lt|gt|amp|96|92|36|37);", lambda m: next(c for c, e in _ENTITY.items() if e == m[0]), text)


def show(diagram: Diagram) -> str:
    lines = ["```mermaid", "graph TD"]
    lines += [f'    {node.id}["{quoted(node.label)}"]' for node in diagram.nodes]
    for edge in diagram.edges:
        label = f'|"{quoted(edge.label)}"|' if edge.label else ""
        lines.append(f"    {edge.source} -->{label} {edge.target}")
    return "\n".join([*lines, "```"])


def read(text: str) -> dict[str, Any]:
    lines = text.split("\n")
    if lines[:2] != ["```mermaid", "graph TD"] or lines[-1] != "```":
        raise ValueError("a ```mermaid block that begins with `graph TD` should stand here, and nothing else")
    nodes, edges = [], []
    for line in lines[2:-1]:
        if node := _NODE.fullmatch(line):
            nodes.append({"id": node[1], "label": unquote(node[2])})
        elif edge := _EDGE.fullmatch(line):
            edges.append({"source": edge[1], "target": edge[3], "label": unquote(edge[2] or "")})
        else:
            raise ValueError(f'neither a node `id["label"]` nor an edge `a --> b`: {line.strip()[:60]!r}')
    return {"nodes": nodes, "edges": edges}


DIAGRAM = Body(show, read)
