"""Note <-> Markdown, driven by the model: `parse(render(n)) == n`, and `render(parse(t)) == t` for what we print.

The person's sections and his remarks come back byte for byte.
"""

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from agents.note import frontmatter
from agents.note.cutting import REMARKS_ANCHOR, BrokenNote, Chunk, Pieces, key_lines, sections, split
from agents.note.note import REMARKS, KeptNote, Note, body_hash, front_matter
from agents.note.section import Place, anchor_of
from agents.note.text import escape

N = TypeVar("N", bound=Note)
K = TypeVar("K", bound=KeptNote)


def render(note: Note, headings: Mapping[str, str] | None = None) -> str:
    """The Markdown of a note; `headings` are texts for anchors where they are not the model's own."""
    names = headings or {}
    data = note.model_dump(mode="json", include=set(front_matter(type(note))), exclude_none=True)
    out = [frontmatter.show(data, note.own_keys), f"\n# {_title(note)}\n\n"]
    out += [own.text for own in note.own_sections if own.after == ""]
    edited = note.edited if isinstance(note, KeptNote) else {}
    for place in sections(type(note)):
        out.append(edited[place.anchor] if place.anchor in edited else _section(note, place, names))
        out += [own.text for own in note.own_sections if own.after == place.anchor]
    out.append(f"## {names.get(REMARKS_ANCHOR, REMARKS.heading)} <!-- field: {REMARKS_ANCHOR} -->\n{note.remarks}")
    return "".join(out)


def _section(note: Note, place: Place, names: Mapping[str, str]) -> str:
    heading = f"{'#' * place.level} {names.get(place.anchor, place.section.heading)} {anchor_of(place)}\n\n"
    body = _body(note, place)
    return f"{heading}{body}\n\n" if body else heading


def _body(note: Note, place: Place) -> str:
    return place.section.body.show(value_at(note, place.path)) if place.section.body else ""


def sealed(note: K) -> K:
    """The note with the hash of each section that we write; those of edited ones stay, so that they stay edited."""
    ours = {place.anchor: body_hash(_body(note, place).strip("\n")) for place in sections(type(note))}
    kept = {anchor: note.sections[anchor] for anchor in note.edited if anchor in note.sections}
    written = {anchor: known for anchor, known in ours.items() if anchor not in note.edited}
    return note.model_copy(update={"sections": written | kept})


def _title(note: Note) -> str:
    return escape(note.title).replace("#", "\\#")


def value_at(note: BaseModel, path: tuple[str, ...]) -> Any:
    value: Any = note
    for name in path:
        value = getattr(value, name)
    return value


def parse(text: str, model: type[N]) -> N:
    """The note that a Markdown text holds; BrokenNote, with the line, when it does not follow the schema."""
    note, faults = examine(text, model)
    if note is None:
        raise faults[0]
    return note


def examine(text: str, model: type[N]) -> tuple[N | None, list[BrokenNote]]:
    """The note that a text holds, or everything in which it does not follow the schema."""
    try:
        pieces = split(text, model)
        data = frontmatter.read(pieces.front)
    except BrokenNote as error:
        return None, [error]
    except ValueError as error:
        return None, [BrokenNote(1, str(error), "front-matter")]
    data |= {"own_keys": pieces.own_keys, "own_sections": pieces.own_sections, "remarks": pieces.remarks}
    edited = _edited(pieces, model, data.get("sections"))
    data |= {"edited": edited} if edited else {}
    faults: dict[str, BrokenNote] = {}
    for place in sections(model):
        if place.anchor not in edited and (fault := _put(data, place, pieces.ours.get(place.anchor))):
            faults[place.anchor] = fault
    end = len(text.split("\n"))
    broken = [BrokenNote(fault.line or end, fault.message, fault.rule) for fault in faults.values()]
    try:
        note = model.model_validate(data)
    except ValidationError as error:
        return None, broken + _invalid(error, pieces, key_lines(text), set(faults))
    return (None, broken) if broken else (note, [])


def _edited(pieces: Pieces, model: type[Note], hashes: Any) -> dict[str, str]:
    """The sections that are no longer as we wrote them; only kinds that are refreshed by section know of any."""
    if not issubclass(model, KeptNote):
        return {}
    known = hashes if isinstance(hashes, dict) else {}
    chunks = {place.anchor: pieces.ours.get(place.anchor) for place in sections(model)}
    return {
        anchor: chunk.text if chunk else ""
        for anchor, chunk in chunks.items()
        if not chunk or known.get(anchor) != body_hash(chunk.body)
    }


def _invalid(
    error: ValidationError, pieces: Pieces, keys: Mapping[str, int], known: Collection[str]
) -> list[BrokenNote]:
    """What the model refuses, but for sections whose text could not even be read: those are `known`."""
    found = []
    for wrong in error.errors():
        where = ".".join(str(part) for part in wrong["loc"])
        if any(f"{where}.".startswith(f"{anchor}.") or anchor.startswith(f"{where}.") for anchor in known):
            continue
        message = f"{where}: {wrong['msg'].removeprefix('Value error, ')}"
        line = line_of(pieces.ours, where)
        found.append(
            BrokenNote(line, message) if line else BrokenNote(keys.get(where.split(".")[0], 1), message, "front-matter")
        )
    return found


def _put(data: dict[str, Any], place: Place, chunk: Chunk | None) -> BrokenNote | None:
    """Read one section into its place; what is wrong with it (line 0: it is missing)."""
    holder = data
    for name in place.path[:-1]:
        holder = holder[name]
    body = place.section.body
    if body is None:
        holder[place.path[-1]] = {}
    if chunk is None:
        return BrokenNote(0, f"the section {place.section.heading} ({place.anchor}) is missing", "heading")
    if body is None:
        what = f"{place.anchor} is a heading over sections and holds no text of its own"
        return BrokenNote(chunk.line, what) if chunk.body else None
    try:
        holder[place.path[-1]] = body.read(chunk.body)
    except ValueError as error:
        return BrokenNote(chunk.line, str(error))
    return None


def line_of(ours: Mapping[str, Chunk], where: str) -> int:
    """The line of the innermost section that holds `where` ("method.approach.0.text"); 0 for none."""
    fitting = [chunk.line for anchor, chunk in ours.items() if f"{where}.".startswith(f"{anchor}.")]
    return max(fitting, default=0)
