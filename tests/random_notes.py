"""Random valid notes, from a seed: what the round-trip laws are tried on."""

import random
import types
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from agents.note import text
from agents.note.ablation import Ablation
from agents.note.claim import FoundClaim
from agents.note.diagram import Diagram
from agents.note.finished import Done
from agents.note.formula import Formulas
from agents.note.kinds import KINDS
from agents.note.map import Map
from agents.note.markdown import sealed
from agents.note.note import KeptNote, Note, fingerprint
from agents.note.note_link import NoteLink
from agents.note.paper import PaperNote
from agents.note.quiz import Item
from agents.note.reading import Comparisons, FoundReading
from agents.note.related import Link
from agents.note.section import places
from agents.note.ties import TIES
from agents.note.weak import Spot
from agents.note.weekly import Gaps, Plan

_LINES = [
    "普通的一句话。", "损失 $\\mathcal{L}_{i \\mid t}$ 越小越好", "用 `torch.nn.Linear(3, 4)` 映射", "**对比学习（CLIP）** 是关键",
    "a | b | c", "x < 3 且 y > 4", "价格是 \\$5", "见 arXiv:2103.00020", "第 3–5 个：①②③", "$\\|x\\|_2$ 与 $a|b$", "C++ / C#", "emoji 🎉 与 é",
    "推断出来的结论", "100 % 的提升", "e = mc^2 *强调* 一下", "[12] 里提到", "Q&A: what's “it”?", "以：冒号，分隔", "公式 \\* 号", "~~旧~~ 新",
]  # fmt: skip
_BADGES = [
    "✓ 本文引用", "✓ arXiv", "✓ 本文引用 ✓ arXiv", "✓ 本文引用；? arXiv 编号未核实", "≠ 年份: 2021", "≠ 作者: Łukasz；≠ arXiv: 2103.00020",
    "≠ 标题: What can *one* [list]_hold_? `x` $5 <b>", "? 未核实",
]  # fmt: skip
_PLAIN = [
    "BLIP-2", "d_model = 512", "**not bold**", "`code`", "a|b", "<script>alert(1)</script>", "[link](http://x)", "![img](y)", "50% & more", "\\frac",
    "# heading", "- item", "```", "---", "$5", "“quoted” and 'single'", "end", "名称：带冒号，逗号", "2301.12590", "null", "true", "x: y", "~", "&amp;", "—",
    "R@1 (I→T)", "trailing backslash \\", "ﬁne ligature", "（括号）", ")", '"', "#35;", "a  b", "年份不详", "1. one", "| a |",
]  # fmt: skip
_TEX = [
    "x",
    "\\theta",
    "\\frac{a}{b}",
    "\\|x\\|",
    "a|b",
    "\\mathcal{L}_{\\text{ITC}}",
    "\\{x\\}",
    "p(y \\mid x)",
    "\\rho",
    "50\\%",
    "x^{2}_{i}",
    "\\\\",
]
_OWN = [
    "## 我的想法\n\n随便写。\n\n", "### 小节\n\n```python\n## not a heading\n```\n\n", "## a <!-- field: unknown -->\ntext\n", "## 表\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n",
    "#### $x$\r\n\r\nCRLF here\r\n", "## 空\n", "## x\u2028y\n\n\x0c\n", "## 尾随空格   \n\n- [ ] todo\n",
]  # fmt: skip
_ADDED = ["reproduce", "复现要点", "第②步", "a_b", "更多"]
_REMARKS = [
    "\n",
    "\n我的话。\n",
    "",
    "\n## 也可以有标题\n\n```\n未闭合\n",
    "no newline at the end",
    "\r\n\r\n",
    "\n<b>html</b> $x\n---\n",
    "\n### 方法 <!-- field: method -->\n",
]


class Dice:
    """Draws parts of notes."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def line(self) -> str:
        return "，".join(self.random.choices(_LINES, k=self.random.choice([1, 1, 2])))

    def plain(self) -> str:
        return " ".join(self.random.choices(_PLAIN, k=self.random.randint(1, 3))).strip(" ")

    def some(self, draw: Any, least: int = 0, most: int = 3) -> list[Any]:
        return [draw() for _ in range(self.random.randint(least, most))]

    def maybe(self, value: str) -> str:
        return value if self.random.random() < 0.6 else ""

    def prose(self) -> str:
        blocks = [
            self.line() if self.random.random() < 0.6 else f"- {self.line()}\n- {self.line()}"
            for _ in range(self.random.randint(1, 3))
        ]
        return "\n\n".join(blocks)

    def cell(self) -> dict[str, Any]:
        return {name: self.plain().replace("｜", "|") for name in ("table", "row", "column", "value")}

    def claim(self) -> dict[str, Any]:
        quote = self.maybe(self.plain())
        return {
            "text": self.line(),
            "quote": quote,
            "cells": self.some(self.cell, most=2),
            "page": self.random.choice([0, 1, 12]) if quote else 0,
        }

    def formula(self) -> dict[str, Any]:
        symbols = self.some(lambda: {"symbol": self.random.choice(_TEX[:-1]), "meaning": self.line()})
        tex = self.maybe(self.random.choice(_TEX))
        return {
            "tex": tex,
            "equation": self.maybe(self.random.choice(["3", "A.1", "4)", "*"])),
            "page": self.random.choice([0, 4]),
            "meaning": self.line(),
            "symbols": symbols,
        }

    def diagram(self) -> dict[str, Any]:
        ids = [f"n{n}" for n in range(self.random.randint(1, 5))]
        edges = [
            {"source": self.random.choice(ids), "target": self.random.choice(ids), "label": self.maybe(self.plain())}
            for _ in ids
        ]
        return {"nodes": [{"id": i, "label": self.plain()} for i in ids], "edges": edges}

    def row(self) -> dict[str, Any]:
        value = self.random.choice(["85.4", "1.4B", "19%", "N.A.", "−3.2", "62.0 ± 0.3", "1,024", "x|y"])
        return {
            "component": self.line(),
            "table": "Table 6",
            "setting": self.plain(),
            "metric": "R@1",
            "value": value,
            "baseline": self.random.random() < 0.3,
        }

    def reading(self) -> dict[str, Any]:
        return {
            "title": self.plain(),
            "authors": self.plain(),
            "year": self.random.choice([0, 1999, 2021]),
            "arxiv": self.maybe("2103.00020"),
            "reference": self.maybe(self.plain()),
            "reason": self.line(),
            "badge": self.maybe(self.random.choice(_BADGES)),
        }

    def or_reason(self, name: str, items: list[Any]) -> dict[str, Any]:
        return {name: items, "none": "" if items else "原文没有。"}

    def link(self) -> dict[str, Any]:
        path = self.random.choice(
            ["papers/blip-2.md", "notes/training/长 名.md", "notes/area/x.md", "README.md", "notes/a/b/(c)#d.md"]
        )
        relation = self.random.choice(["prerequisite", "extends", "applies", "contrasts"])
        return {"path": path, "title": self.plain(), "relation": relation, "reason": self.line()}

    def formulas(self) -> dict[str, Any]:
        return self.or_reason("items", self.some(self.formula))

    def ablation(self) -> dict[str, Any]:
        rows, contributions = self.some(self.row), self.some(self.claim)
        return {
            "rows": rows,
            "contributions": contributions,
            "none": "" if rows or contributions else "原文无消融实验。",
        }

    def comparisons(self) -> dict[str, Any]:
        one = lambda: {"paper": self.random.choice(["blip-2", "llava"]), "text": self.line()}  # noqa: E731
        return self.or_reason("items", self.some(one))

    def noted(self) -> dict[str, Any]:
        path = self.random.choice(["papers/blip-2.md", "notes/training/LoRA.md", "notes/注 意力（一）.md", "notes/a_b/c[d].md", "papers/README.md", "notes/50% #1?.md"])  # fmt: skip
        return {"path": path, "title": self.plain()}

    def map(self) -> dict[str, Any]:
        groups = self.some(lambda: {"folder": self.plain(), "notes": self.some(self.plain, 1, 4)}, 1, 4)
        number = lambda: self.random.randint(1, sum(len(group["notes"]) for group in groups))  # noqa: E731
        lines = self.some(lambda: {"source": number(), "target": number(), "tie": self.random.choice(list(TIES))}, most=6)  # fmt: skip
        return {"groups": groups, "lines": lines, "of_notes": self.random.randint(1, 3000), "of_relations": self.random.randint(0, 9000)}  # fmt: skip

    def spot(self) -> dict[str, Any]:
        notes = self.some(self.noted)
        more = self.random.choice([0, 7]) if notes else 0
        return {"fact": self.line(), "notes": notes, "more": more, "why": self.line(), "remedy": self.line()}

    def question(self) -> dict[str, Any]:
        strangers = self.some(lambda: self.random.choice(["32", "85.4", "1,024"]), most=2)
        return {"question": self.line(), "note": self.noted(), "section": self.plain(), "answer": self.line(), "strangers": strangers}  # fmt: skip

    def done(self) -> dict[str, Any]:
        status = self.random.choice([None, "reading", "read"])
        return {
            "group": self.random.choice(["paper", "note", "experiment"]),
            "title": self.plain(),
            "path": self.random.choice(["", "papers/blip-2.md", "notes/training/d p o (1).md", "experiments/notebooks/注意力.ipynb"]),
            "arxiv": self.random.choice(["", "2301.12597", "quant-ph/0201082"]),
            "news": self.random.choice(["new", "changed"] if not status else ["new", "changed", ""]),
            "was": self.random.choice([None, "unread"]) if status else None,
            "status": status,
        }  # fmt: skip

    def gaps(self) -> dict[str, Any]:
        return self.or_reason("items", self.some(lambda: {"gap": self.line(), "prerequisites": self.some(self.line)}))

    def plan(self) -> dict[str, Any]:
        hours = self.random.choice([0.5, 2, 1.3, 40])
        return self.or_reason("items", self.some(lambda: {"task": self.line(), "hours": hours, "done_when": self.line()}))  # fmt: skip

    def day(self) -> date:
        return date(2026, 1, 1) + timedelta(days=self.random.randint(0, 600))

    def note_of(self, kind: str) -> Note:
        """A note of any kind: what its model says is drawn by the type of each field."""
        model = KINDS[kind]
        more, order = self.added(["", *(place.anchor for place in places(model))])
        after = self.random.sample(order, k=self.random.randint(0, 3))
        data = {name: self.of(field) for name, field in model.model_fields.items()} | {
            "kind": kind,
            "checks": {"schema": (1, 1)},
            "more": more,
            "engine": self.random.choice(["claude", "draft"]),
            "own_sections": [{"after": a, "text": self.random.choice(_OWN)} for a in sorted(after, key=order.index)],
            "own_keys": self.random.choice(["", "cssclass: x\n", "# a comment\nrating: 5\nnested:\n  a: 1\n"]),
            "remarks": self.random.choice(_REMARKS),
        }
        data |= {"sections": {}, "edited": {}}
        note = model.model_validate({name: value for name, value in data.items() if name in model.model_fields})
        note = sealed(note) if isinstance(note, KeptNote) else note
        return note.model_copy(update={"written": fingerprint(note)})

    def added(self, order: list[str]) -> tuple[list[dict[str, Any]], list[str]]:
        """Sections that CLAUDE.md asks for beyond the model's, and the order of all anchors with them."""
        names = self.random.sample(_ADDED, k=self.random.choice([0, 0, 1, 3]))
        places = sorted((self.random.choice(order) for _ in names), key=order.index)
        more = [
            {"anchor": f"more.{name}", "after": after, "level": self.random.choice([2, 3]), "heading": self.random.choice([name, "另一个 `标题`"]), "text": self.maybe(self.prose())}
            for name, after in zip(names, places, strict=True)
        ]  # fmt: skip
        behind = {anchor: [one["anchor"] for one in more if one["after"] == anchor] for anchor in order}
        return more, [anchor for place in order for anchor in (place, *behind[place])]

    def of(self, field: FieldInfo) -> Any:
        """A value for a field: its text type is told by what checks it."""
        for checker in field.metadata:
            if draw := _TEXTS.get(getattr(checker, "func", None)):
                allows_nothing = any(getattr(c, "min_length", None) == 0 for c in field.metadata)
                return self.maybe(draw(self)) if allows_nothing else draw(self)
        bounds = {name: getattr(c, name) for c in field.metadata for name in ("min_length", "ge", "le") if getattr(c, name, None) is not None}  # fmt: skip
        return self.value(field.annotation, **bounds)

    def value(self, kind: Any, min_length: int = 0, ge: int = 0, le: int = 600) -> Any:
        """A value of a type: a part of ours as it is drawn above, a model field by field."""
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            draw = next((draw for part, draw in _PARTS.items() if issubclass(kind, part)), None)
            return draw(self) if draw else {name: self.of(field) for name, field in kind.model_fields.items()}
        arguments = get_args(kind)
        if get_origin(kind) is tuple:
            if arguments[1:] != (...,):
                return tuple(self.annotated(argument) for argument in arguments)
            return self.some(lambda: self.annotated(arguments[0]), min_length, max(3, min_length))
        if get_origin(kind) is Literal:
            return self.random.choice(arguments)
        if get_origin(kind) in {Union, types.UnionType}:
            return self.value(self.random.choice(arguments))
        plain = {date: self.day, int: lambda: self.random.randint(ge, le), float: lambda: self.random.choice([0, 0.1234]), bool: lambda: self.random.random() < 0.5, str: lambda: "ab12", type(None): lambda: None}  # fmt: skip
        return plain[kind]() if kind in plain else {}

    def annotated(self, argument: Any) -> Any:
        return self.of(FieldInfo.from_annotation(argument))

    def note(self) -> PaperNote:
        """A note that could have been written by us and then worked on by a person."""
        rows, contributions = self.some(self.row), self.some(self.claim)
        more, order = self.added(["", *(place.anchor for place in places(PaperNote))])
        after = self.random.sample(order, k=self.random.randint(0, 3))
        own = [{"after": a, "text": self.random.choice(_OWN)} for a in sorted(after, key=order.index)]
        day = date(2026, 1, 1) + timedelta(days=self.random.randint(0, 600))
        note = PaperNote.model_validate(
            {
                "title": self.plain(), "tags": self.some(self.plain), "aliases": self.some(self.plain), "created": day, "updated": day,
                "engine": self.random.choice(["claude", "draft"]), "model": self.maybe("claude-sonnet-5-5"), "checks": {"quotes": (1, 2)},
                "arxiv": self.random.choice(["", "2301.12590", "0704.0001", "quant-ph/0201082"]), "version": self.random.randint(0, 9),
                "authors": self.some(self.plain), "published": self.random.choice([None, day]), "status": self.random.choice(["unread", "reading", "read"]),
                "source": self.random.choice(["pdf", "abstract"]), "pages": self.random.randint(0, 600), "sha256": "ab12", "tokens": self.random.randint(0, 10**6),
                "usd": self.random.choice([None, 0, 0.1234]), "summary": self.line(), "background": self.prose(),
                "method": {"intuition": self.prose(), "approach": self.some(self.claim, 1), "diagram": self.diagram(), "formulas": self.or_reason("items", self.some(self.formula))},
                "experiments": {"results": self.some(self.claim), "ablation": {"rows": rows, "contributions": contributions, "none": "" if rows or contributions else "原文无消融实验。"}},
                "assessment": {
                    "improvements": self.some(self.claim), "limitations": self.some(self.claim), "lessons": self.some(self.line),
                    "comparison": self.or_reason("items", self.some(lambda: {"paper": self.random.choice(["blip-2", "llava"]), "text": self.line()})),
                },
                "further_reading": self.some(self.reading, most=5), "provenance": self.some(self.line),
                "more": more, "own_sections": own, "own_keys": self.random.choice(["", "cssclass: x\n", "# a comment\nrating: 5\nnested:\n  a: 1\n"]), "remarks": self.random.choice(_REMARKS),
            }
        )  # fmt: skip
        return note.model_copy(update={"written": fingerprint(note)})


_TEXTS: dict[Any, Callable[[Dice], str]] = {
    text._plain: Dice.plain,
    text._line: Dice.line,
    text._prose: Dice.prose,
    text._tex: lambda dice: dice.random.choice(_TEX[:-1]),
}
# Parts whose fields hang together; the others are drawn field by field.
_PARTS: dict[type[BaseModel], Callable[[Dice], Any]] = {
    Ablation: Dice.ablation,
    Comparisons: Dice.comparisons,
    Diagram: Dice.diagram,
    Formulas: Dice.formulas,
    Done: Dice.done,
    FoundClaim: Dice.claim,
    Gaps: Dice.gaps,
    Item: Dice.question,
    Link: Dice.link,
    Map: Dice.map,
    NoteLink: Dice.noted,
    Plan: Dice.plan,
    FoundReading: Dice.reading,
    Spot: Dice.spot,
}
