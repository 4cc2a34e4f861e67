"""How a concept stands to other notes of this lab: links to notes that exist, each with its kind and its reason.

- [BLIP-2](../../papers/blip-2.md)（应用）：Q-Former 用 cross-attention 从图像特征里取信息。

A draft, which judges nothing, only says where a note mentions the concept (提及).
"""

import posixpath
import re
from typing import Any, Literal
from urllib.parse import quote, unquote

from agents.note.note_link import NoteLink
from agents.note.section import Body
from agents.note.text import Line, escape, unescape

Judged = Literal["prerequisite", "extends", "applies", "contrasts"]  # what Claude may say
Relation = Literal[Judged, "mentions"]
RELATIONS: dict[Relation, str] = {
    "prerequisite": "前置",
    "extends": "演进",
    "applies": "应用",
    "contrasts": "对比",
    "mentions": "提及",
}
FROM = "notes/area"  # where a concept note stands, as far as its links go: two folders down from the lab
_LINK = re.compile(r"- \[(?P<title>(?:\\.|[^\]\\])+)\]\((?P<link>[^)\s]+)\)（(?P<relation>[^）]+)）：(?P<reason>.+)")
_NONE = "本 lab 里还没有相关的笔记。"


class Link(NoteLink):
    """Another note of the lab, what kind of relation it is, and why."""

    relation: Relation
    reason: Line


def _show(links: tuple[Link, ...]) -> str:
    return "\n".join(map(_show_link, links)) or _NONE


def _show_link(link: Link) -> str:
    target = quote(posixpath.relpath(link.path, FROM))
    return f"- [{escape(link.title)}]({target})（{RELATIONS[link.relation]}）：{link.reason}"


def _read(text: str) -> list[dict[str, Any]]:
    return [] if text in {"", _NONE} else [_read_link(line) for line in text.split("\n")]


def _read_link(line: str) -> dict[str, Any]:
    found = _LINK.fullmatch(line)
    relation = next((name for name, shown in RELATIONS.items() if found and shown == found["relation"]), None)
    if not found or not relation:
        kinds = "/".join(RELATIONS.values())
        raise ValueError(f"each line here is `- [title](link)（{kinds}）：reason`, not {line[:60]!r}")
    path = posixpath.normpath(posixpath.join(FROM, unquote(found["link"])))
    return {"path": path, "title": unescape(found["title"]), "relation": relation, "reason": found["reason"]}


LINKS = Body(_show, _read)
