"""Where a lab is weak, counted by code: each spot with its numbers, its notes, and what helps in general. Pure."""

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import unquote

from agents.lab.find import READING_LIST
from agents.lab.inventory import Entry
from agents.lab.knowledge import Graph, linked
from agents.lab.progress import stage_number
from agents.lab.reading_list import Row
from agents.lab.relations import arxiv
from agents.lab.terms import unexplained
from agents.note.mark import SIGN
from agents.note.note_link import NoteLink
from agents.note.slug import folded, short_name
from agents.note.text import as_line, escape, one_line

STALE_DAYS = 14
_FEW = 3  # a stage is thin when less than one paper in three has a note
_MOST_LINKS = 8
_RECEIPT = "<!-- field: provenance -->"
_SIMPLE = re.compile(r"[\w .+-]+")  # what a shell takes between quotes as it is


@dataclass(frozen=True, slots=True)
class Weakness:
    """`key` names it in a question to Claude, `fact` is a line; the next three are what holds for any lab."""

    key: str
    fact: str
    towards: str  # what to do about it, as the name of a direction
    why: str
    remedy: str
    notes: tuple[NoteLink, ...] = ()
    more: int = 0  # notes that are not listed


@dataclass(frozen=True, slots=True)
class Shelf:
    """The reading list beside the notes."""

    rows: tuple[Row, ...]
    notes: Mapping[str, Entry]  # all of the lab
    note_of: Mapping[int, str]  # number of a row -> path
    row_of: Mapping[str, Row]  # path -> row

    @classmethod
    def made(cls, rows: Sequence[Row], notes: Mapping[str, Entry]) -> "Shelf":
        """Notes are found by the row's link, else by its id."""
        by_id = {arxiv(entry): path for path, entry in notes.items() if arxiv(entry)}
        found = {}
        for n, row in enumerate(rows):
            target = posixpath.normpath(posixpath.join("papers", unquote(row.link))) if row.link else ""
            if path := target if target in notes else by_id.get(row.arxiv, ""):
                found[n] = path
        return cls(tuple(rows), notes, found, {path: rows[n] for n, path in found.items()})

    def status(self, path: str) -> str:
        """Of a note; the row wins over the front matter."""
        row = self.row_of.get(path)
        return row.status if row else str(self.notes[path].front.get("status", ""))

    @property
    def stages(self) -> dict[int, list[int]]:
        """The numbers of the rows of each stage."""
        stages: dict[int, list[int]] = defaultdict(list)
        for n, row in enumerate(self.rows):
            if number := stage_number(row.stage):
                stages[number].append(n)
        return dict(sorted(stages.items()))


def weaknesses(graph: Graph, shelf: Shelf, today: date) -> list[Weakness]:
    """All weak spots, the most basic first; `graph` may be a part of the lab."""
    return [
        *_thin_stages(shelf),
        *_left_unread(shelf),
        *_unexplained(graph, shelf),
        *_stale(graph, shelf, today),
        *_marked(graph),
        *_drafts(graph),
        *_isolated(graph),
    ]


def _made(key: str, fact: str, towards: str, why: str, remedy: str, entries: Sequence[Entry] = ()) -> Weakness:
    shown = tuple(map(linked, entries[:_MOST_LINKS]))
    return Weakness(key, fact, towards, why, remedy, shown, len(entries) - len(shown))


def _thin_stages(shelf: Shelf) -> Iterator[Weakness]:
    noted = {stage: [shelf.note_of[n] for n in rows if n in shelf.note_of] for stage, rows in shelf.stages.items()}
    thin = {stage: rows for stage, rows in shelf.stages.items() if len(noted[stage]) * _FEW < len(rows)}
    if thin:
        first, rows = next(iter(thin.items()))
        counts = "，".join(f"阶段 {stage} 有 {len(noted[stage])}/{len(rows)} 篇" for stage, rows in thin.items())
        begin = next(shelf.rows[n] for n in rows if n not in shelf.note_of)
        yield _made(
            "stages",
            f"**阶段 {'、'.join(map(str, thin))} 笔记少**：清单里的论文，{counts}写了笔记。",
            f"补上阶段 {first} 的论文",
            "一个阶段没有读过几篇，后面的阶段就建在空处。",
            f"从阶段 {first} 里没有笔记的第一篇开始：{paper(begin)}。",
            [shelf.notes[path] for stage in thin for path in noted[stage]],
        )


def paper(row: Row) -> str:
    """A paper of the list with the command that makes its note."""
    command = f"（`python -m agents.paper {row.arxiv}`）" if row.arxiv else ""
    return f"{as_line('《' + one_line(row.title)[:200] + '》')}{command}"


def _left_unread(shelf: Shelf) -> Iterator[Weakness]:
    """What is still ⬜ in a stage of which at least half is read."""
    for stage, numbers in shelf.stages.items():
        rows = [shelf.rows[n] for n in numbers]
        left = [row for row in rows if row.status == "unread"]
        read = sum(row.status == "read" for row in rows)
        if left and read * 2 >= len(rows):
            names = "、".join(escape(one_line(row.title)[:80]) for row in left[:3])
            more = f" 等 {len(left)} 篇" if len(left) > 3 else ""
            yield Weakness(
                f"unread-{stage}",
                f"**阶段 {stage} 还差一点**：{len(rows)} 篇里已读 {read} 篇，还有 {len(left)} 篇未读：{names}{more}。",
                f"读完阶段 {stage}",
                "同一阶段的论文互相补充，差的那几篇往往正是对照。",
                f"把它读完：{paper(left[0])}。",
                (NoteLink(path=READING_LIST, title="阅读清单"),),
            )


def _unexplained(graph: Graph, shelf: Shelf) -> Iterator[Weakness]:
    """A term may be a paper of the list that is not read yet: then that is what to do."""
    papers = {folded(name): row for row in shelf.rows for name in (row.title, short_name(row.title))}
    for term in unexplained(graph.notes, shelf.notes):
        shown = as_line(term.written)
        row = papers.get(folded(term.written))
        command = f'（`python -m agents.concept "{term.written}"`）' if _SIMPLE.fullmatch(term.written) else ""
        yield _made(
            f"term-{folded(term.written)}",
            f"**缺一篇讲 {shown} 的笔记**：{len(term.notes)} 篇笔记提到它，没有一篇专门解释它。",
            f"弄懂 {one_line(term.written)}",
            "反复用到、却没有自己讲清过的概念，最容易以为懂了。",
            f"它在阅读清单里，读这一篇：{paper(row)}。" if row else f"写一篇概念笔记：{shown}{command}。",
            [graph.notes[path] for path in term.notes],
        )


def _stale(graph: Graph, shelf: Shelf, today: date) -> Iterator[Weakness]:
    waiting = []
    for path, entry in graph.notes.items():
        since = _date(entry.front.get("updated")) or _date(entry.front.get("created"))
        if since and shelf.status(path) == "reading" and (today - since).days > STALE_DAYS:
            waiting.append(((today - since).days, path))
    if waiting:
        waiting.sort(key=lambda item: (-item[0], item[1]))
        days, oldest = waiting[0]
        known = arxiv(graph.notes[oldest]) or "…"
        yield _made(
            "stale",
            f"**在读太久**：{len(waiting)} 篇论文标着 📖，超过 {STALE_DAYS} 天没有更新，最久的 {days} 天。",
            "读完手上的论文",
            "读了一半的论文，隔得越久，捡起来越费力。",
            f"从最久的一篇开始：读完就标 ✅（`python -m agents.paper {known} --status read`），不想读了就标回 ⬜。",
            [graph.notes[path] for _, path in waiting],
        )


def _date(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _marked(graph: Graph) -> Iterator[Weakness]:
    counts = {path: _before_receipt(entry).count(SIGN) for path, entry in graph.notes.items()}
    marked = sorted((path for path in counts if counts[path]), key=lambda path: (-counts[path], path))
    if marked:
        yield _made(
            "marks",
            f"**没有核实的内容**：{len(marked)} 篇笔记里共有 {sum(counts.values())} 处 {SIGN}。",
            f"核实带 {SIGN} 的内容",
            f"带 {SIGN} 的话在原文里没有找到，当成事实记住会出错。",
            "对着原文逐处核对：找到了就改成原话，找不到就删掉。",
            [graph.notes[path] for path in marked],
        )


def _before_receipt(entry: Entry) -> str:
    return entry.text.partition(_RECEIPT)[0]


def _drafts(graph: Graph) -> Iterator[Weakness]:
    drafts = [entry for entry in graph.notes.values() if entry.front.get("engine") == "draft"]
    if drafts:
        yield _made(
            "drafts",
            f"**还是草稿**：{len(drafts)} 篇笔记由 draft 引擎摘录而成，没有讲解，也没有评价。",
            "把草稿变成自己的笔记",
            "摘录不等于理解：直觉、对比和启发都还空着。",
            "有 key 之后重跑同一条命令，由 Claude 重写；也可以自己在“我的批注”里写下评价。",
            drafts,
        )


def _isolated(graph: Graph) -> Iterator[Weakness]:
    alone = [entry for path, entry in graph.notes.items() if not graph.degrees[path]]
    if alone:
        yield _made(
            "isolated",
            f"**孤立的笔记**：{len(alone)} 篇笔记和其他任何笔记都没有联系。",
            "把孤立的笔记连起来",
            "连不到别处的知识，用的时候想不起来。",
            "给每篇至少写一句：它的前置是什么、和哪篇是什么关系，并加上链接。",
            alone,
        )
