"""From a checked reply to a review: the map, the tables, the weak spots, where each question stands. Pure."""

import posixpath
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from agents.lab.find import READING_LIST
from agents.lab.inventory import Entry
from agents.lab.knowledge import Graph, day, label, linked, title
from agents.lab.notes import Standing
from agents.lab.relations import Edge
from agents.model.question import Answer, Question
from agents.note.added import texts, written
from agents.note.map import MOST_LINES, MOST_NOTES
from agents.note.markdown import render
from agents.note.note import fingerprint
from agents.note.problem import Problem
from agents.note.review import QUESTIONS, ReviewNote, ReviewReply, SelfTest
from agents.note.template import added, headings
from agents.note.text import one_line
from agents.recipes import receipt, review_prompt
from agents.recipes.review_subject import Subject
from agents.trust import alone
from agents.trust.numbers import Number, evidence, holds, numbers
from agents.trust.outcome import Outcome, counts

_LONGEST_LABEL, _LONGEST_BASIS = 40, 120
_SMALL = 10  # whole numbers up to it count things: "两类里的第 2 类"; they need not stand in the note
_NOT_CHECKED = "没有检查：解释与建议是否恰当，答案除数字之外是否正确。"


def overview(subject: Subject) -> str:
    """One line on what was found."""
    graph = subject.graph
    return f"{len(graph.notes)} notes, {len(graph.edges)} relations, {len(subject.weak)} weak spots"


def unproven(reply: ReviewReply, subject: Subject) -> list[Problem]:
    """Numbers in an answer that its note does not hold: written with a mark if Claude does not mend it."""
    return [
        Problem(f"quiz[{n}].answer: {', '.join(strangers)} is not in the note of {test.section}", fatal=False)
        for n, test in enumerate(reply.quiz)
        if test.section in subject.sections and (strangers := _strangers(test, subject))
    ]


def _strangers(test: SelfTest, subject: Subject) -> list[str]:
    entry = subject.sections[test.section][0]
    known = evidence(f"{entry.title}\n{entry.front.get('published', '')}\n{entry.text}")
    return list(dict.fromkeys(number.text for number in _stated(test.answer) if not holds(known, number)))


def _stated(answer: str) -> list[Number]:
    """The numbers that an answer states of its subject."""
    return [n for n in numbers(answer) if n.unit or n.value.denominator > 1 or abs(n.value) > _SMALL]


def build(
    answer: Answer[ReviewReply],
    subject: Subject,
    question: Question[ReviewReply],
    standing: Standing[ReviewNote] | None,
    today: date,
) -> ReviewNote:
    """The note, with what the person had added to the one that stands."""
    reply = answer.reply
    note = ReviewNote.model_validate(
        receipt.facts(answer, standing, ReviewNote, today, ("review",))
        | {
            "title": f"知识梳理 {today}" + (f"（{subject.since} 以来）" if subject.since else ""),
            "since": subject.since,
            "tokens": answer.usage.tokens_in + answer.usage.output,
            "usd": None if answer.usage.usd is None else float(answer.usage.usd),
            "knowledge": {"drawing": drawing(subject.graph), "reading": reply.reading},
            "weak": list(_spots(reply, subject)),
            "quiz": [_item(test, subject) for test in reply.quiz],
            "directions": [direction.model_dump() for direction in reply.directions],
            "more": written(added(question.system, "review"), texts(reply)),
            "atlas": {"notes": _noted(subject.graph), "relations": _related(subject.graph)},
        }
    )
    checked = alone.outcomes(reply, is_draft=answer.engine == "draft")
    checks = _checks(note, subject) | counts(checked)
    lines = _provenance(note, answer, subject, question, checked)
    note = note.model_copy(update={"checks": checks, "provenance": lines})
    return note.model_copy(update={"written": fingerprint(note)})


def text(note: ReviewNote, claude_md: str) -> bytes:
    """The file: headings as the lab's CLAUDE.md words them."""
    return render(note, headings(claude_md, note.kind)).encode()


def drawing(graph: Graph) -> dict[str, Any]:
    """The map: the best connected and most recent notes by folder, and the strongest relation of each two of them."""
    folders: dict[str, list[str]] = defaultdict(list)
    for path in graph.ranked[:MOST_NOTES]:
        folders[posixpath.dirname(path)].append(path)
    groups = sorted(folders.items())
    numbers = {path: n for n, path in enumerate((path for _, paths in groups for path in paths), start=1)}
    return {
        "groups": [{"folder": f"{name}/", "notes": [_label(graph.notes[p]) for p in paths]} for name, paths in groups],
        "lines": [
            {"source": numbers[edge.source], "target": numbers[edge.target], "tie": edge.tie}
            for edge in list(_strongest(graph, numbers))[:MOST_LINES]
        ],
        "of_notes": len(graph.notes),
        "of_relations": len(graph.edges),
    }


def _label(entry: Entry) -> str:
    name = label(entry)
    return name if len(name) <= _LONGEST_LABEL else f"{name[: _LONGEST_LABEL - 1].rstrip()}…"


def _strongest(graph: Graph, drawn: Mapping[str, int]) -> Iterator[Edge]:
    """The edges are in order of strength already."""
    joined: set[frozenset[str]] = set()
    for edge in graph.edges:
        pair = frozenset((edge.source, edge.target))
        if pair <= drawn.keys() and pair not in joined:
            joined.add(pair)
            yield edge


def _noted(graph: Graph) -> list[dict[str, Any]]:
    """In the order of the paths; here titles are whole."""
    return [
        {
            "note": {"path": path, "title": title(entry)},
            "kind": one_line(entry.kind)[:40],
            "updated": day(entry),
            "ties": graph.degrees[path],
        }
        for path, entry in sorted(graph.notes.items())
    ]


def _related(graph: Graph) -> list[dict[str, Any]]:
    links = {path: linked(entry) for path, entry in graph.notes.items()}
    return [
        {
            "tie": edge.tie,
            "source": links[edge.source],
            "target": links[edge.target],
            "basis": edge.basis[:_LONGEST_BASIS],
        }
        for edge in graph.edges
    ]


def _spots(reply: ReviewReply, subject: Subject) -> Iterator[dict[str, Any]]:
    said = {explanation.spot: explanation for explanation in reply.weak}
    for weak in subject.weak:
        yield {
            "fact": weak.fact,
            "notes": weak.notes,
            "more": weak.more,
            "why": said[weak.key].why,
            "remedy": said[weak.key].remedy,
        }


def _item(test: SelfTest, subject: Subject) -> dict[str, Any]:
    entry, passage = subject.sections[test.section]
    return {
        "question": test.question,
        "note": linked(entry),
        "section": one_line(passage.heading)[:200],
        "answer": test.answer,
        "strangers": _strangers(test, subject),
    }


def _checks(note: ReviewNote, subject: Subject) -> dict[str, tuple[int, int]]:
    """The schema; that every link leads to a note that is there; the numbers of the answers."""
    links = [item.note for item in note.quiz] + [link for spot in note.weak for link in spot.notes]
    found = sum(link.path in subject.shelf.notes or link.path == READING_LIST for link in links)
    stated = sum(len({number.text for number in _stated(item.answer)}) for item in note.quiz)
    strangers = sum(len(item.strangers) for item in note.quiz)
    return {
        "schema": (1, 1),
        "links": (found, len(links)),
        "numbers": (stated - strangers, stated),
    }


def _provenance(
    note: ReviewNote,
    answer: Answer[ReviewReply],
    subject: Subject,
    question: Question[ReviewReply],
    checks: Sequence[Outcome],
) -> tuple[str, ...]:
    graph = subject.graph
    papers = sum(path.startswith("papers/") for path in graph.notes)
    scope = f"，{subject.since} 以来写过的和它们涉及的，全 lab 共 {subject.of_notes} 篇" if subject.since else ""
    lines = [
        f"范围：{len(graph.notes)} 篇笔记（papers/ 里 {papers} 篇，notes/ 里 {len(graph.notes) - papers} 篇{scope}）。",
        receipt.writer(answer, "笔记"),
        receipt.contract(answer, question, review_prompt.PROMPT),
        f"关系图与薄弱环节：由程序从链接、arXiv 编号、笔记里写明的关联、名称与标签算出，共 {len(graph.edges)} 条关系。",
    ]
    if subject.left_out:
        lines.append(f"没有读：{subject.left_out} 个文件不是可读的文本，或者路径里有看不见的字符。")
    if answer.engine == "claude":
        lines += review_prompt.cuts(subject)
    if len(note.quiz) < QUESTIONS:
        lines.append(f"自测问题：笔记里的公式、消融、误区与口述版只够出 {len(note.quiz)} 题，要求是 {QUESTIONS} 题。")
    return (*lines, *receipt.checked(checks), _NOT_CHECKED)
