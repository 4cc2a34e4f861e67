r"""Note <-> Markdown, driven by the model: `parse(render(n)) == n`, and `render(parse(t)) == t` for what we print.

A section is found by its anchor, so a person may change a heading's text. Headings without an anchor of ours are the
person's sections; everything after 我的批注 is his too. Both come back byte for byte. Lines end at "\\n" only: PDF text
holds form feeds and U+2028, at which `str.splitlines` would cut too.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from agents.note import frontmatter
from agents.note.note import REMARKS, Note, OwnSection, front_matter
from agents.note.section import Place, anchor_of, places

N = TypeVar("N", bound=Note)

_HEADING = re.compile(r"#{1,6}(?=\s)")
_ANCHOR = re.compile(r"<!-- field: ([\w.]+) -->$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_REMARKS_ANCHOR = "remarks"


class BrokenNote(ValueError):  # noqa: N818 - it is the note that is broken
    """A note that does not follow its schema; `line` counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line
        self.message = message


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
def _places(model: type[Note]) -> tuple[Place, ...]:
    return tuple(places(model))


def render(note: Note, headings: Mapping[str, str] | None = None) -> str:
    """The Markdown of a note; `headings` are texts for anchors where they are not the model's own."""
    names = headings or {}
    data = note.model_dump(mode="json", include=set(front_matter(type(note))), exclude_none=True)
    out = [frontmatter.show(data, note.own_keys), f"\n# {_title(note)}\n\n"]
    out += [own.text for own in note.own_sections if own.after == ""]
    for place in _places(type(note)):
        out.append(f"{'#' * place.level} {names.get(place.anchor, place.section.heading)} {anchor_of(place)}\n\n")
        if place.section.body and (body := place.section.body.show(_value(note, place.path))):
            out.append(f"{body}\n\n")
        out += [own.text for own in note.own_sections if own.after == place.anchor]
    out.append(f"## {names.get(_REMARKS_ANCHOR, REMARKS.heading)} <!-- field: {_REMARKS_ANCHOR} -->\n{note.remarks}")
    return "".join(out)


def _title(note: Note) -> str:
    return re.sub(r"([\\`*_\[\]<$#])", r"\\\1", note.title)


def _value(note: BaseModel, path: tuple[str, ...]) -> Any:
    value: Any = note
    for name in path:
        value = getattr(value, name)
    return value


@dataclass(frozen=True, slots=True)
class Pieces:
    """A note cut apart without judging what its sections hold: enough to keep the person's parts."""

    front: str  # lines between the fences, without the person's keys
    own_keys: str
    ours: dict[str, Chunk]
    own_sections: tuple[OwnSection, ...]
    remarks: str


def split(text: str, model: type[Note]) -> Pieces:
    """Cut a note at its headings. BrokenNote when front matter, or one of our sections twice, makes that impossible."""
    front, body, first = _split_front(text)
    known = {place.anchor for place in _places(model)}
    body, remarks = _split_remarks(body, known)
    ours: dict[str, Chunk] = {}
    own: list[OwnSection] = []
    after = ""
    for chunk in _chunks(body, first, known):
        if chunk.anchor is None:
            own.append(OwnSection(after=after, text=chunk.text))
        elif chunk.anchor in ours:
            raise BrokenNote(chunk.line, f"the section {chunk.anchor} stands here a second time")
        else:
            ours[chunk.anchor] = chunk
            after = chunk.anchor
    front, own_keys = frontmatter.cut(front, front_matter(model))
    return Pieces(front, own_keys, ours, tuple(own), remarks)


def _split_front(text: str) -> tuple[str, str, int]:
    """Front matter, the rest from after the title on, and the number of lines before it."""
    lines = text.removeprefix("\ufeff").split("\n")
    fences = [n for n, line in enumerate(lines) if line.rstrip("\r") == frontmatter.FENCE][:2]
    if len(fences) < 2 or fences[0] != 0:
        raise BrokenNote(1, "a note begins with front matter between two lines of ---")
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


def heads(body: str) -> list[tuple[int, str, str | None]]:
    """Heading lines outside code fences: line index, heading text, anchor."""
    found, fence = [], ""
    for n, line in enumerate(body.split("\n")):
        if mark := _FENCE.match(line):
            if not fence:
                fence = mark[1]
            elif mark[1].startswith(fence) and line.strip() == mark[1]:
                fence = ""
        elif not fence and (marks := _HEADING.match(line)):
            text = line[marks.end() :].strip()
            anchor = _ANCHOR.search(text)
            found.append((n, text[: anchor.start()].rstrip() if anchor else text, anchor[1] if anchor else None))
    return found


def _split_remarks(body: str, known: set[str]) -> tuple[str, str]:
    for n, heading, anchor in heads(body):
        if anchor == _REMARKS_ANCHOR or (anchor not in known and heading == REMARKS.heading):
            lines = body.split("\n")
            return "\n".join([*lines[:n], ""]), "\n".join(lines[n + 1 :])
    return (body if body.endswith("\n") else body + "\n"), "\n"


def _chunks(body: str, first: int, known: set[str]) -> list[Chunk]:
    lines = body.split("\n")
    starts = [(n, anchor if anchor in known else None) for n, _, anchor in heads(body)]
    chunks = []
    ends = [*(n for n, _ in starts[1:]), len(lines) - 1][: len(starts)]  # none where there is no heading
    if before := "\n".join([*lines[: starts[0][0] if starts else len(lines) - 1], ""]):
        chunks.append(Chunk(None, first + 1, before))
    for (n, anchor), end in zip(starts, ends, strict=True):
        chunks.append(Chunk(anchor, first + n + 1, "\n".join([*lines[n:end], ""])))
    return chunks


def parse(text: str, model: type[N]) -> N:
    """The note that a Markdown text holds; BrokenNote, with the line, when it does not follow the schema."""
    pieces = split(text, model)
    try:
        data = frontmatter.read(pieces.front)
    except ValueError as error:
        raise BrokenNote(1, str(error)) from error
    data |= {"own_keys": pieces.own_keys, "own_sections": pieces.own_sections, "remarks": pieces.remarks}
    for place in _places(model):
        chunk = pieces.ours.get(place.anchor)
        if chunk is None:
            raise BrokenNote(len(text.split("\n")), f"the section {place.section.heading} ({place.anchor}) is missing")
        _put(data, place, chunk)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BrokenNote(_line_of(pieces, where), f"{where}: {first['msg'].removeprefix('Value error, ')}") from error


def _put(data: dict[str, Any], place: Place, chunk: Chunk) -> None:
    holder = data
    for name in place.path[:-1]:
        holder = holder[name]
    if place.section.body is None:
        if chunk.body:
            raise BrokenNote(chunk.line, f"{place.anchor} is a heading over sections and holds no text of its own")
        holder[place.path[-1]] = {}
        return
    try:
        holder[place.path[-1]] = place.section.body.read(chunk.body)
    except ValueError as error:
        raise BrokenNote(chunk.line, str(error)) from error


def _line_of(pieces: Pieces, where: str) -> int:
    fitting = [chunk.line for anchor, chunk in pieces.ours.items() if f"{where}.".startswith(f"{anchor}.")]
    return max(fitting, default=1)
