"""Self-test questions: each stands on a section of a note, its answer is folded.

1. Q-Former 有几个可学习的 query？
   - 出处：[BLIP-2](../../papers/blip-2.md)，“技术方案”一节
   - 答案：<details><summary>先想，再点开</summary>32 个。</details>

`<details>` within one line folds on GitHub, in VS Code and in Obsidian alike (which folds none with an empty line in
it); as the line begins with words, the answer is still inline Markdown on the first two. Links to a heading are
not made: the three build the fragment of a heading that carries our anchor in different ways.
"""

import re
from typing import Any

from agents.note import note_link
from agents.note.atlas import FROM
from agents.note.mark import SIGN
from agents.note.note_link import NoteLink
from agents.note.section import Body, Part
from agents.note.text import Line, Plain, escape, unescape

_NONE = "没有可以出题的内容。"
_OPEN, _CLOSE = "<details><summary>先想，再点开</summary>", "</details>"
_MARK = f"{SIGN} 答案里的数字在这篇笔记里没有找到："
_ITEM = re.compile(
    r"\d+\. (?P<question>.+)\n"
    rf"   - 出处：(?P<note>{note_link.ONE})，“(?P<section>.+)”一节\n"
    rf"   - 答案：{re.escape(_OPEN)}(?P<answer>.+){re.escape(_CLOSE)}"
    rf"(?:\n   - {_MARK}(?P<strangers>.+))?"
)


class Item(Part):
    """One question; where it stands is filled in by code."""

    question: Line
    note: NoteLink
    section: Plain  # the heading, as it stands in that note
    answer: Line
    strangers: tuple[Plain, ...] = ()  # numbers of the answer that the note does not hold


def _show(items: tuple[Item, ...]) -> str:
    return "\n".join(_show_item(n, item) for n, item in enumerate(items, start=1)) or _NONE


def _show_item(n: int, item: Item) -> str:
    mark = f"\n   - {_MARK}{'、'.join(map(escape, item.strangers))}" if item.strangers else ""
    return (
        f"{n}. {item.question}\n"
        f"   - 出处：{note_link.show(item.note, FROM)}，“{escape(item.section)}”一节\n"
        f"   - 答案：{_OPEN}{item.answer}{_CLOSE}{mark}"
    )


def _read(text: str) -> list[dict[str, Any]]:
    return [] if text == _NONE else [_read_item(item) for item in re.split(r"\n(?=\d+\. )", text)]


def _read_item(item: str) -> dict[str, Any]:
    found = _ITEM.fullmatch(item)
    notes = note_link.read(found["note"], FROM) if found else []
    if not found or len(notes) != 1:
        raise ValueError(f"not a question (`1. question`, 出处, 答案): {item[:60]!r}")
    return {
        "question": found["question"],
        "note": notes[0],
        "section": unescape(found["section"]),
        "answer": found["answer"],
        "strangers": [unescape(number) for number in (found["strangers"] or "").split("、") if number],
    }


QUIZ = Body(_show, _read)
