"""Other papers a note speaks of: those worth reading next, and those of this lab it compares with.

1. **Learning Transferable Visual Models**
- 作者与年份：Radford et al.，2021
- arXiv：[2103.00020](https://arxiv.org/abs/2103.00020)
- 文献条目：Radford et al., 2021
- 核实：✓ 本文引用
- 理由：对比学习目标的来源。
"""

import re
from typing import Annotated, Any

from pydantic import Field, SerializerFunctionWrapHandler, StringConstraints, model_serializer, model_validator

from agents.note.section import Body, Part
from agents.note.text import Line, LineOrNone, Plain, PlainOrNone, escape, unescape

_ITEM = re.compile(
    r"\d+\. \*\*(?P<title>.+)\*\*\n"
    r"   - 作者与年份：(?P<authors>.+)，(?P<year>\d{4}|年份不详)\n"
    r"(?:   - arXiv：(?:\[(?P<arxiv>[^\]]+)\]\(https://arxiv\.org/abs/[^)]+\)|(?P<unlinked>[^\[\s]\S*))\n)?"
    r"(?:   - 文献条目：(?P<reference>.+)\n)?"
    r"(?:   - 核实：(?P<badge>.+)\n)?"
    r"   - 理由：(?P<reason>.+)"
)
_COMPARED = re.compile(r"- \[(?P<paper>.+?)\]\((?P<link>[^)]+)\.md\)：(?P<text>.+)")

FOUND, WRONG, OPEN = "✓", "≠", "? "  # how a badge, or a part of it, begins
OPEN_ID, WRONG_ID = f"{OPEN}arXiv 编号未核实", f"{WRONG} arXiv"

ArxivId = Annotated[str, StringConstraints(pattern=r"^([0-9]{4}\.[0-9]{4,5}|[a-z-]+/[0-9]{7})?$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[\w-][\w.-]*$", max_length=120)]


class Reading(Part):
    title: Plain = Field(description="the paper's title, in its own language")
    authors: Plain = Field(description='"Radford et al."')
    year: int = Field(ge=0, le=2100, description="year of publication; 0 if unknown")
    arxiv: ArxivId = Field(description='its arXiv id only where this paper prints it; "" otherwise')
    reference: PlainOrNone = Field(description='its label in this paper\'s bibliography ("12"); "" if it is not there')
    reason: Line = Field(description="why read it next, in Chinese")


class FoundReading(Reading):
    """An entry as it stands in a note: code has looked for the paper."""

    badge: PlainOrNone = ""  # what came of it: "✓ 本文引用", "≠ 年份: 2021"; "" in notes from before it was looked for

    @model_serializer(mode="wrap")
    def _without_an_empty_badge(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        data: dict[str, Any] = plain(self)
        return data if self.badge else {name: value for name, value in data.items() if name != "badge"}

    @property
    def is_found(self) -> bool:
        """Whether title, authors, year and id are those of a real paper."""
        return self.badge.startswith(FOUND) and OPEN not in self.badge

    @property
    def has_proven_id(self) -> bool:
        """Whether the id may be linked; without a badge nobody has ever doubted it."""
        return (
            bool(self.arxiv)
            and not self.badge.startswith(OPEN)
            and OPEN_ID not in self.badge
            and WRONG_ID not in self.badge
        )


class Comparison(Part):
    paper: Slug = Field(description="the name of a note from the list of this lab's papers")
    text: Line = Field(description="how the two differ, in Chinese")


class Comparisons(Part):
    items: tuple[Comparison, ...] = Field(
        description="only papers of this lab, from the list given; [] if there are none"
    )
    none: LineOrNone = Field(
        description='why there are none, for example 本 lab 还没有可比的论文; "" where there are some'
    )

    @model_validator(mode="after")
    def _some_or_a_reason(self) -> "Comparisons":
        if bool(self.items) == bool(self.none):
            raise ValueError("give either comparisons or the reason why there are none")
        return self


def _show_readings(readings: tuple[FoundReading, ...]) -> str:
    return "\n".join(_show_reading(n, reading) for n, reading in enumerate(readings, start=1))


def _show_reading(n: int, reading: FoundReading) -> str:
    lines = [f"{n}. **{escape(reading.title)}**", f"   - 作者与年份：{escape(reading.authors)}，{_year(reading.year)}"]
    if reading.has_proven_id:
        lines.append(f"   - arXiv：[{reading.arxiv}](https://arxiv.org/abs/{reading.arxiv})")
    elif reading.arxiv:
        lines.append(f"   - arXiv：{reading.arxiv}")
    if reading.reference:
        lines.append(f"   - 文献条目：{escape(reading.reference)}")
    if reading.badge:
        lines.append(f"   - 核实：{escape(reading.badge)}")
    return "\n".join([*lines, f"   - 理由：{reading.reason}"])


def _year(year: int) -> str:
    return f"{year:04}" if year else "年份不详"


def _read_readings(text: str) -> list[dict[str, Any]]:
    return [_read_reading(item) for item in re.split(r"\n(?=\d+\. )", text)] if text else []


def _read_reading(item: str) -> dict[str, Any]:
    found = _ITEM.fullmatch(item)
    if not found:
        raise ValueError(f"not an entry of the reading list of a note: {item[:60]!r}")
    return {
        "title": unescape(found["title"]),
        "authors": unescape(found["authors"]),
        "year": 0 if found["year"] == _year(0) else int(found["year"]),
        "arxiv": found["arxiv"] or found["unlinked"] or "",
        "reference": unescape(found["reference"] or ""),
        "badge": unescape(found["badge"] or ""),
        "reason": found["reason"],
    }


def _show_comparisons(comparisons: Comparisons) -> str:
    return comparisons.none or "\n".join(f"- [{escape(c.paper)}]({c.paper}.md)：{c.text}" for c in comparisons.items)


def _read_comparisons(text: str) -> dict[str, Any]:
    if not text.startswith("- "):
        return {"items": [], "none": text}
    found = [_COMPARED.fullmatch(line) for line in text.split("\n")]
    if not all(found):
        raise ValueError("each line here is `- [name](name.md)：difference`")
    return {"items": [{"paper": m["link"], "text": m["text"]} for m in found if m], "none": ""}


READINGS = Body(_show_readings, _read_readings)
COMPARISONS = Body(_show_comparisons, _read_comparisons)
