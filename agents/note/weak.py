"""Weak spots of a lab: what code has counted, the notes it is about, and what it means.

1. **KV Cache 没有笔记**：3 篇笔记提到它，没有一篇解释它。
   - 涉及：[BLIP-2](../../papers/blip-2.md)、[LLaVA](../../papers/llava.md)，另有 1 篇
   - 为什么要紧：……
   - 怎么补：……
"""

import re
from typing import Any

from pydantic import Field

from agents.note import note_link
from agents.note.atlas import FROM
from agents.note.note_link import NoteLink
from agents.note.section import Body, Part
from agents.note.text import AnyLine, Line

_NONE = "没有算出薄弱环节。"
_SPOT = re.compile(
    r"\d+\. (?P<fact>.+)\n"
    r"(?:   - 涉及：(?P<notes>.+?)(?:，另有 (?P<more>\d+) 篇)?\n)?"
    r"   - 为什么要紧：(?P<why>.+)\n"
    r"   - 怎么补：(?P<remedy>.+)"
)


class Spot(Part):
    """`fact`, `notes` and `more` are computed; the rest is said by whoever writes the review."""

    fact: AnyLine
    notes: tuple[NoteLink, ...]
    more: int = Field(ge=0)  # notes that are not listed
    why: Line
    remedy: Line


def _show(spots: tuple[Spot, ...]) -> str:
    return "\n".join(_show_spot(n, spot) for n, spot in enumerate(spots, start=1)) or _NONE


def _show_spot(n: int, spot: Spot) -> str:
    lines = [f"{n}. {spot.fact}"]
    if spot.notes:
        more = f"，另有 {spot.more} 篇" if spot.more else ""
        lines.append(f"   - 涉及：{'、'.join(note_link.show(note, FROM) for note in spot.notes)}{more}")
    return "\n".join([*lines, f"   - 为什么要紧：{spot.why}", f"   - 怎么补：{spot.remedy}"])


def _read(text: str) -> list[dict[str, Any]]:
    return [] if text == _NONE else [_read_spot(item) for item in re.split(r"\n(?=\d+\. )", text)]


def _read_spot(item: str) -> dict[str, Any]:
    found = _SPOT.fullmatch(item)
    if not found:
        raise ValueError(f"not a weak spot (`1. fact`, 涉及, 为什么要紧, 怎么补): {item[:60]!r}")
    return {
        "fact": found["fact"],
        "notes": note_link.read(found["notes"] or "", FROM),
        "more": int(found["more"] or 0),
        "why": found["why"],
        "remedy": found["remedy"],
    }


SPOTS = Body(_show, _read)
