"""What every note says of its own making: the front matter and the lines of 溯源 that all kinds share."""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from typing import Any

from agents.lab.notes import Standing
from agents.model.question import Answer, Question
from agents.note.cutting import BrokenNote, split
from agents.note.mark import SIGN
from agents.note.note import Note
from agents.note.text import one_line
from agents.trust import katex
from agents.trust.outcome import Outcome

_CHECKED = {  # what is said of each check, by its name
    "quotes": "引文：{} 句在原文逐字找到，页码由程序标注。",
    "numbers": "数字：{} 个在原文找到（{note}）。",
    "references": "参考文献：提到的论文 {} 篇在本文的参考文献或 arXiv 里查到，题名、第一作者、年份与编号都对得上。",
    "formulas": "公式：{} 个与原文的 TeX 一致（空格与写法的差别不计）。",
    "symbols": "符号：公式里的 {} 个符号在各自的符号表里有解释。",
    "katex": "公式显示：{} 处公式由 KaTeX 解析通过。",
    "language": "语言：{} 段是简体中文，专有名词保留英文。",
}
_MARKS = {"references": "≠ 或 ?"}  # `SIGN` for the others


def facts(
    answer: Answer[Any],
    standing: Standing[Any] | None,
    model: type[Note],
    today: date,
    tags: tuple[str, ...] = (),
    aliases: tuple[str, ...] = (),
) -> dict[str, Any]:
    """The keys that notes of all kinds have, and whatever the person had added to the one that stands."""
    old = standing.note if standing else None
    return {
        "tags": old.tags if old and old.tags else tags,
        "aliases": old.aliases if old and old.aliases else aliases,
        "created": old.created if old else today,
        "updated": today,
        "engine": answer.engine,
        "model": answer.model,
    } | (_own_parts(standing, model) if standing else {})


def _own_parts(standing: Standing[Any], model: type[Note]) -> dict[str, Any]:
    """Also of a note that no longer follows its schema; of one that cannot even be cut apart, the backup holds all."""
    with suppress(BrokenNote):
        mine = split(standing.text, model)
        return {"remarks": mine.remarks, "own_sections": mine.own_sections, "own_keys": mine.own_keys}
    return {}


def writer(answer: Answer[Any], source: str = "原文") -> str:
    """Who wrote, and what it cost; a draft's words are all taken from `source`."""
    if answer.engine == "draft":
        return f"写作：draft 引擎，没有用模型，内容全部摘自{source}；有 key 之后重跑同一命令，会由 Claude 重写。"
    usage = answer.usage
    price = "费用未知（价目表里没有这个模型）" if usage.usd is None else f"{usage.usd:.4f} 美元"
    time = f"，用时 {usage.seconds:.0f} 秒" if usage.seconds >= 1 else ""
    model = one_line(answer.model).replace("`", "'") or "?"  # what the server calls itself
    return f"写作：`{model}`，输入 {usage.tokens_in} token，输出 {usage.output} token，{price}{time}。"


def contract(answer: Answer[Any], question: Question[Any], prompt: str) -> str:
    """By which CLAUDE.md and which prompt file."""
    by = f"，{prompt} `{_hash(question.template)}`" if answer.engine == "claude" else ""
    return f"格式：CLAUDE.md `{_hash(question.system)}`{by}。"


def checked(outcomes: Iterable[Outcome]) -> tuple[str, ...]:
    """What the checks came to, a line each; nothing of one that had nothing to look at."""
    lines = [_checked(one) for one in outcomes if one.of and one.name in _CHECKED]
    return (*lines, *(() if katex.available() else (katex.NOT_CHECKED,)))


def _checked(one: Outcome) -> str:
    left = one.of - one.right
    more = f"其余 {left} 处标了 {_MARKS.get(one.name, SIGN)}。" if left else ""
    return _CHECKED[one.name].format(f"{one.right}/{one.of}", note=one.note) + more


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
