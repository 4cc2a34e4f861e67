r"""A note's text cut at its headings, without judging what its sections hold.

A section is found by its anchor, so a person may change a heading's text. Headings without an anchor of ours are the
person's sections; everything after 我的批注 is his too. Lines end at "\\n" only: PDF text holds form feeds and U+2028,
at which `str.splitlines` would cut too.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from agents.note import frontmatter
from agents.note.note import ADDED, REMARKS, More, Note, OwnSection, front_matter
from agents.note.section import Place, places

_HEADING = re.compile(r"#{1,6}\s(.*)")
_ANCHOR = re.compile(r"<!-- field: ([\w.]+) -->$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
REMARKS_ANCHOR = "remarks"


class BrokenNote(ValueError):  # noqa: N818 - it is the note that is broken
    """A note that does not follow its schema; `line` counts from 1."""

    def __init__(self, line: int, message: str, rule: str = "schema") -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line
        self.message = message
        self.rule = rule  # "front-matter", "heading" (missing or twice), "schema": as lint says it


@dataclass(frozen=True, slots=True)
class Chunk:
    """A heading line (or nothing, before the first one) and the text up to the next."""

    anchor: str | None  # None: not a section of ours
    line: int
    text: str  # heading line included

    @property
    def body(self) -> str:
        return "\n".join(line.rstrip("\r") for line in self.text.split("\n")[1:]).strip("\n")


@cache
def sections(model: type[Note]) -> tuple[Place, ...]:
    """All headings of a kind of note, walked once."""
    return tuple(places(model))


@dataclass(frozen=True, slots=True)
class Pieces:
    """A note cut apart without judging what its sections hold: enough to keep the person's parts."""

    front: str  # lines between the fences, without the person's keys
    own_keys: str
    ours: dict[str, Chunk]  # added ones too
    more: tuple[More, ...]  # those, without their texts
    own_sections: tuple[OwnSection, ...]
    remarks: str


def split(text: str, model: type[Note]) -> Pieces:
    """Cut a note at its headings. BrokenNote when front matter, or one of our sections twice, makes that impossible."""
    front, body, first = _split_front(text)
    known = {place.anchor for place in sections(model)}
    body, remarks = _split_remarks(body, known)
    ours: dict[str, Chunk] = {}
    own: list[OwnSection] = []
    more: list[More] = []
    after = of_model = ""
    for chunk in _chunks(body, first, known):
        if chunk.anchor is None:
            own.append(OwnSection(after=after, text=chunk.text))
        elif chunk.anchor in ours:
            raise BrokenNote(chunk.line, f"the section {chunk.anchor} stands here a second time", "heading")
        else:
            ours[chunk.anchor] = chunk
            after = chunk.anchor
            if is_added(after):
                more.append(added_by(chunk.text, of_model))
            else:
                of_model = after
    front, own_keys = frontmatter.cut(front, front_matter(model))
    return Pieces(front, own_keys, ours, tuple(more), tuple(own), remarks)


def is_added(anchor: str) -> bool:
    """Whether a section with this anchor is one that a template of CLAUDE.md asks for, or asked for once."""
    return anchor.startswith(ADDED) and anchor != ADDED


def added_by(text: str, after: str) -> More:
    """The added section that begins with this heading; its text is left out."""
    first = text.partition("\n")[0]
    [(_, heading, anchor)] = heading_lines(first)
    name = (anchor or "").removeprefix(ADDED)
    level = len(first) - len(first.lstrip("#"))
    return More(anchor=ADDED + name, after=after, level=level, heading=heading or name)


def _split_front(text: str) -> tuple[str, str, int]:
    """Front matter, the rest from after the title on, and the number of lines before it."""
    lines = text.removeprefix("\ufeff").split("\n")
    fences = [n for n, line in enumerate(lines) if line.rstrip("\r") == frontmatter.FENCE][:2]
    if len(fences) < 2 or fences[0] != 0:
        raise BrokenNote(1, "a note begins with front matter between two lines of ---", "front-matter")
    start = fences[1] + 1
    for n in range(start, len(lines)):
        if lines[n].startswith("# "):
            start = n + 1
            break
        if lines[n].strip():
            break
    if start < len(lines) and not lines[start].strip():
        start += 1
    return "\n".join(line.rstrip("\r") for line in lines[1 : fences[1]]) + "\n", "\n".join(lines[start:]), start


def heading_lines(body: str) -> list[tuple[int, str, str | None]]:
    """Heading lines outside code fences: line index, heading text, anchor."""
    found, fence = [], ""
    for n, line in enumerate(body.split("\n")):
        if mark := _FENCE.match(line):
            if not fence:
                fence = mark[1]
            elif mark[1].startswith(fence) and line.strip() == mark[1]:
                fence = ""
        elif not fence and (heading := _HEADING.match(line)):
            text = heading[1].strip()
            anchor = _ANCHOR.search(text)
            found.append((n, text[: anchor.start()].strip() if anchor else text, anchor[1] if anchor else None))
    return found


def _split_remarks(body: str, known: set[str]) -> tuple[str, str]:
    for n, heading, anchor in heading_lines(body):
        if _is_remarks(heading, anchor, known):
            lines = body.split("\n")
            return "\n".join([*lines[:n], ""]), "\n".join(lines[n + 1 :])
    return (body if body.endswith("\n") else body + "\n"), "\n"


def _is_remarks(heading: str, anchor: str | None, known: Collection[str]) -> bool:
    return anchor == REMARKS_ANCHOR or (not _is_ours(anchor, known) and heading == REMARKS.heading)


def _is_ours(anchor: str | None, known: Collection[str]) -> bool:
    return anchor in known or is_added(anchor or "")


def _chunks(body: str, first: int, known: set[str]) -> list[Chunk]:
    lines = body.split("\n")
    starts = [(n, anchor if _is_ours(anchor, known) else None) for n, _, anchor in heading_lines(body)]
    chunks = []
    ends = [*(n for n, _ in starts[1:]), len(lines) - 1][: len(starts)]  # none where there is no heading
    if before := "\n".join([*lines[: starts[0][0] if starts else len(lines) - 1], ""]):
        chunks.append(Chunk(None, first + 1, before))
    for (n, anchor), end in zip(starts, ends, strict=True):
        chunks.append(Chunk(anchor, first + n + 1, "\n".join([*lines[n:end], ""])))
    return chunks


def key_lines(text: str) -> dict[str, int]:
    """The line of each key of the front matter; BrokenNote when there is no front matter."""
    front = _split_front(text)[0]
    return {key: n for n, key in reversed(list(frontmatter.keys(front, first=2)))}


@dataclass(frozen=True, slots=True)
class Head:
    """A heading line of a note."""

    line: int
    level: int
    text: str
    anchor: str  # "" where it has none


def heads(text: str, model: type[Note]) -> list[Head]:
    """The headings of a note outside code, up to 我的批注: what stands below that one is the person's."""
    _, body, first = _split_front(text)
    known = {place.anchor for place in sections(model)}
    lines = body.split("\n")
    found = []
    for n, heading, anchor in heading_lines(body):
        level = len(lines[n]) - len(lines[n].lstrip("#"))
        found.append(Head(first + n + 1, level, heading, anchor or ""))
        if _is_remarks(heading, anchor, known):
            break
    return found
