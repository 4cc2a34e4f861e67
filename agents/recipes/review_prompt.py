"""What Claude is told of the lab: the inventory as bounded source, the computed facts in the prompt. Pure."""

from collections.abc import Sequence

from agents.lab.inventory import Entry
from agents.lab.knowledge import Graph, day, label, title
from agents.note.note_link import NoteLink
from agents.note.review import QUESTIONS
from agents.note.text import one_line
from agents.note.ties import TIES
from agents.recipes.review_subject import Subject

PROMPT = "prompts/review.md"
_INVENTORY = 40_000  # characters of the list of notes
_EXCERPT = 600  # characters of a section that can be asked about
_MOST_RELATIONS = 120
_LONGEST_TITLE = 80


def values(subject: Subject) -> dict[str, str]:
    """The variables of the prompt."""
    return {
        "scope": _scope(subject),
        "graph": _relations(subject.graph),
        "weak_spots": "\n".join(f"- `{weak.key}`：{weak.fact}{_titles(weak.notes, weak.more)}" for weak in subject.weak)
        or "（没有算出薄弱环节，weak 留空）",
        "sections": "\n".join(
            f"- `{key}`：《{_title(entry)}》的“{one_line(passage.heading)[:_LONGEST_TITLE]}”"
            for key, (entry, passage) in subject.sections.items()
        )
        or "（没有可以出题的段落，quiz 留空）",
        "questions": str(QUESTIONS if subject.sections else 0),
    }


def source(subject: Subject) -> str:
    """The notes in a line each, the best connected first, and the sections that can be asked about."""
    listed, _ = _listed(subject.graph)
    parts = ["# 笔记清单", "", *listed, *cuts(subject), "", "# 可以出题的段落"]
    for key, (entry, passage) in subject.sections.items():
        cut = "……（后面略去）" if len(passage.text) > _EXCERPT else ""
        parts += ["", f"## {key}", "", f"《{_title(entry)}》：", "", passage.text[:_EXCERPT] + cut]
    return "\n".join(parts)


def cuts(subject: Subject) -> tuple[str, ...]:
    """What of the lab Claude was not shown, a sentence each."""
    graph = subject.graph
    _, listed = _listed(graph)
    cut = []
    if listed < len(graph.notes):
        cut.append(f"篇幅所限，清单只列出联系最多的 {listed}/{len(graph.notes)} 篇笔记。")
    if len(graph.edges) > _MOST_RELATIONS:
        cut.append(f"篇幅所限，只列出最强的 {_MOST_RELATIONS}/{len(graph.edges)} 条关系。")
    return tuple(cut)


def _listed(graph: Graph) -> tuple[list[str], int]:
    """The lines of the inventory as far as they fit."""
    lines: list[str] = []
    room = _INVENTORY
    for path in graph.ranked:
        line = _line(graph.notes[path])
        room -= len(line) + 1
        if room < 0:
            break
        lines.append(line)
    return lines, len(lines)


def _line(entry: Entry) -> str:
    tags = ", ".join(one_line(tag) for tag in entry.tags)[:120]
    facts = [entry.kind or "手写", f"标签 {tags}" if tags else "", f"更新 {day(entry)}" if day(entry) else ""]
    told = "；".join(filter(None, map(one_line, facts)))
    return f"- 《{title(entry)}》 {entry.path}（{told}）：{one_line(entry.line) or '—'}"


def _scope(subject: Subject) -> str:
    graph = subject.graph
    whole = f"{subject.since} 以来写过的笔记和它们涉及的笔记" if subject.since else "全部笔记"
    return f"{whole}：{len(graph.notes)} 篇，{len(graph.edges)} 条关系。"


def _relations(graph: Graph) -> str:
    lines = [
        f"- {TIES[edge.tie]}：{_title(graph.notes[edge.source])} → {_title(graph.notes[edge.target])}"
        for edge in graph.edges[:_MOST_RELATIONS]
    ]
    more = len(graph.edges) - len(lines)
    return "\n".join([*lines, *([f"- （还有 {more} 条略去）"] if more else [])]) or "（没有找到任何关系）"


def _title(entry: Entry) -> str:
    return label(entry)[:_LONGEST_TITLE]


def _titles(notes: Sequence[NoteLink], more: int) -> str:
    names = "、".join(f"《{note.title[:_LONGEST_TITLE]}》" for note in notes)
    return f"（{names}{f' 等，另有 {more} 篇' if more else ''}）" if names else ""
