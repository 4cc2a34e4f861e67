"""A note cut at its headings without judging it: also one that a person wrote, or that no longer follows its schema."""

from dataclasses import dataclass

from agents.note.cutting import heading_lines
from agents.note.note import REMARKS


@dataclass(frozen=True, slots=True)
class Passage:
    """What stands under one heading, down to the next; `anchor` is "" for a heading of the person's."""

    heading: str
    anchor: str
    text: str


def passages(body: str) -> list[Passage]:
    """The passages of a note, in order, up to 我的批注: from there on it is the person's own."""
    lines = body.split("\n")
    found = heading_lines(body)
    ends = [*(line for line, _, _ in found[1:]), len(lines)]
    made = []
    for (line, heading, anchor), end in zip(found, ends, strict=False):
        if anchor == "remarks" or heading == REMARKS.heading:
            break
        made.append(Passage(heading, anchor or "", "\n".join(lines[line + 1 : end]).strip()))
    return made


def passage(body: str, anchor: str) -> str:
    """The text of one section of ours; "" where it is not there. Quick: most notes do not have most sections."""
    if f"<!-- field: {anchor} -->" not in body:
        return ""
    return next((found.text for found in passages(body) if found.anchor == anchor), "")
