"""What to learn next: a direction, its reason, and how to begin.

1. **补上 KV Cache**
   - 理由：……
   - 起步：……
"""

import re
from typing import Any

from pydantic import Field

from agents.note.section import Body, Part
from agents.note.text import Line, Plain, escape, unescape

_NONE = "还看不出下一步。"
_DIRECTION = re.compile(r"\d+\. \*\*(?P<title>.+)\*\*\n   - 理由：(?P<reason>.+)(?P<steps>(?:\n   - 起步：.+)*)")


class Direction(Part):
    title: Plain = Field(description="what to learn, in Chinese, a few words of plain text")
    reason: Line = Field(description="why this one now: what it builds on and what it opens up, in Chinese")
    first_steps: tuple[Line, ...] = Field(
        description="1 to 3 concrete first steps in Chinese, each doable in an hour or two, with a visible result"
    )


def _show(directions: tuple[Direction, ...]) -> str:
    return "\n".join(_show_direction(n, direction) for n, direction in enumerate(directions, start=1)) or _NONE


def _show_direction(n: int, direction: Direction) -> str:
    steps = "".join(f"\n   - 起步：{step}" for step in direction.first_steps)
    return f"{n}. **{escape(direction.title)}**\n   - 理由：{direction.reason}{steps}"


def _read(text: str) -> list[dict[str, Any]]:
    return [] if text == _NONE else [_read_direction(item) for item in re.split(r"\n(?=\d+\. )", text)]


def _read_direction(item: str) -> dict[str, Any]:
    found = _DIRECTION.fullmatch(item)
    if not found:
        raise ValueError(f"not a direction (`1. **title**`, 理由, 起步): {item[:60]!r}")
    steps = found["steps"].split("\n   - 起步：")[1:]
    return {"title": unescape(found["title"]), "reason": found["reason"], "first_steps": steps}


DIRECTIONS = Body(_show, _read)
