"""An experiment as its notebook: one cell of text for each section, and above each cell of code what it is for.

`read(show(n)) == n`, and `show(read(t)) == t` for a notebook that we wrote and nobody has run. The keys that
other notes have as front matter stand in the notebook's metadata under `lab`.
"""

import hashlib
import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import quote, unquote

from pydantic import ValidationError

from agents.note import cells
from agents.note.cells import Book, Cell
from agents.note.cutting import BrokenNote, added_by, is_added
from agents.note.experiment import STEPS, ExperimentClosing, ExperimentNote, ExperimentOpening, NoteStep
from agents.note.note import REMARKS, OwnSection, front_matter
from agents.note.section import Place, places
from agents.note.text import escape, unescape

FOLDER = "experiments/notebooks"
_PLACES = {place.anchor: place for place in places(ExperimentNote)}
_TEXTS = (*ExperimentOpening.model_fields, *ExperimentClosing.model_fields, "provenance")
_KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_FORMULA = re.compile(
    r"(?P<intent>.*)\n\n对应公式：\[(?P<title>(?:\\.|[^\]\\])+)\]\((?P<link>[^)\s]+)\)\n\n\$\$\n(?P<tex>.*)\n\$\$"
)


def show(note: ExperimentNote, headings: Mapping[str, str] | None = None) -> str:
    """The file, without outputs; `headings` are texts for anchors where they are not the model's own."""
    added = json.loads(note.own_keys) if note.own_keys else {}
    front = note.model_dump(mode="json", include=set(front_matter(type(note))), exclude_none=True)
    metadata = _KERNEL | added.get("notebook", {}) | {"lab": front | added.get("lab", {})}
    own = list(note.own_sections)
    made = list(_cells(note, headings or {}))
    names = [cells.name_of(cell) for cell in made]
    placed = [_resting(section.after, names) for section in own]
    book: Book = {"cells": [], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    for name, cell in zip(["", *names], [None, *made], strict=True):
        if cell:
            book["cells"].append(cell | added.get("cells", {}).get(name, {}))
        book["cells"] += [cells.restored(s.text) for s, after in zip(own, placed, strict=True) if after == name]
    return cells.dump(book)


def _resting(after: str, names: list[str]) -> str:
    """The cell that one of the person's goes after: the one it stood after, else the last one of that section."""
    if after in {"", *names}:
        return after
    section = after.partition("-")[0]
    return next((name for name in reversed(names) if name.partition("-")[0] == section), names[-2])


def _cells(note: ExperimentNote, names: Mapping[str, str]) -> Iterator[Cell]:
    yield cells.markdown("title", f"# {escape(note.title)}")
    yield from _added(note, "", names)
    for anchor, place in _PLACES.items():
        value = getattr(note, anchor)
        if anchor in STEPS:
            yield cells.markdown(anchor, heading(anchor, names))
            for n, step in enumerate(value.cells, start=1):
                yield cells.markdown(f"{anchor}-{n}-why", _why(step))
                yield cells.code(f"{anchor}-{n}-code", step.code)
        elif place.section.body:
            yield cells.markdown(anchor, f"{heading(anchor, names)}\n\n{place.section.body.show(value)}".rstrip("\n"))
        if anchor == "environment" and note.script:
            yield cells.code("script", _finding(note.script))
        yield from _added(note, anchor, names)
    yield cells.markdown("remarks", heading("remarks", names) + ("" if note.remarks == "\n" else f"\n{note.remarks}"))


def _added(note: ExperimentNote, anchor: str, names: Mapping[str, str]) -> Iterator[Cell]:
    """The sections that CLAUDE.md asks for behind one of the model's."""
    for more in note.more:
        if more.after == anchor:
            name = f"more-{hashlib.sha256(more.anchor.encode()).hexdigest()[:8]}"
            head = f"{'#' * more.level} {names.get(more.anchor, more.heading)} <!-- field: {more.anchor} -->"
            yield cells.markdown(name, f"{head}\n\n{more.text}".rstrip("\n"))


def heading(anchor: str, names: Mapping[str, str]) -> str:
    """The first line of a cell of text, with the mark by which it is found."""
    default = REMARKS.heading if anchor == "remarks" else _PLACES[anchor].section.heading
    return f"## {names.get(anchor, default)} <!-- field: {anchor} -->"


def _why(step: NoteStep) -> str:
    if step.formula is None:
        return step.intent
    link = quote(posixpath.relpath(step.formula.path, FOLDER))
    return f"{step.intent}\n\n对应公式：[{escape(step.formula.title)}]({link})\n\n$$\n{step.formula.tex}\n$$"


def _finding(script: str) -> str:
    return (
        f"# 可复用的代码放在 experiments/scripts/{script}.py，让 Python 找得到它\n"
        'import sys\n\nsys.path.insert(0, "../scripts")'
    )


def with_closing(text: str, closing: Mapping[str, str], facts: Mapping[str, Any], headings: Mapping[str, str]) -> str:
    """The notebook with other words in its closing cells (put in where they are missing) and other facts."""
    book = cells.load(text)
    named = {cells.name_of(cell): cell for cell in reversed(book["cells"])}
    last = next((n for n, cell in enumerate(book["cells"]) if cells.name_of(cell) in {"provenance", "remarks"}), None)
    for anchor, said in closing.items():
        cell = named.get(anchor)
        if cell is None:
            cell = cells.markdown(anchor, heading(anchor, headings))
            book["cells"].insert(len(book["cells"]) if last is None else last, cell)
            last = None if last is None else last + 1
        first = cells.source(cell).partition("\n")[0]
        head = first if cells.has_anchor(cell, anchor) else heading(anchor, headings)
        cells.set_source(cell, f"{head}\n\n{said}")
    if isinstance(book["metadata"].get("lab"), dict):
        book["metadata"]["lab"] |= facts
    return cells.dump(book)


def own_parts(text: str) -> dict[str, Any]:
    """What in a notebook is the person's, also in one that no longer follows its schema; BrokenNote if it is none."""
    book = cells.load(text)
    own, after, remarks = [], "", "\n"
    seen: set[str] = set()
    for cell in book["cells"]:
        name = cells.name_of(cell)
        if name == "remarks" and name not in seen:
            remarks = cells.source(cell).partition("\n")[2] if "\n" in cells.source(cell) else "\n"
        if name and name not in seen:
            seen.add(name)
            after = name
        else:
            own.append(OwnSection(after=after, text=cells.kept(cell)))
    keys = set(front_matter(ExperimentNote))
    return {"remarks": remarks, "own_sections": tuple(own), "own_keys": cells.additions(book, keys)}


def kept_parts(text: str) -> dict[str, Any]:
    """The same; nothing of a file that is no notebook any more (the backup holds all of it)."""
    with suppress(BrokenNote):
        return own_parts(text)
    return {}


def read(text: str) -> ExperimentNote:
    """The experiment that a notebook holds; BrokenNote, with the line, when it does not follow the schema."""
    book = cells.load(text)
    ours: dict[str, Cell] = {}
    for cell in book["cells"]:
        if name := cells.name_of(cell):
            ours.setdefault(name, cell)
    front = book["metadata"].get("lab")
    if not isinstance(front, dict):
        raise BrokenNote(1, "its metadata holds nothing under `lab`: this notebook was not made here")
    data = {key: value for key, value in front.items() if key in front_matter(ExperimentNote)} | own_parts(text)
    data["more"] = list(_more(ours))
    try:
        data |= _title(ours) | {name: _text(ours, _PLACES[name]) for name in _TEXTS}
        data |= {name: {"cells": _steps(ours, name)} for name in STEPS}
        note = ExperimentNote.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        line = _line(text, str(first["loc"][0]) if first["loc"] else "")
        raise BrokenNote(line, f"{where}: {first['msg'].removeprefix('Value error, ')}") from error
    except _Wrong as wrong:
        raise BrokenNote(_line(text, wrong.cell), str(wrong)) from wrong
    if list(ours) != [cells.name_of(cell) for cell in _cells(note, {})]:
        raise BrokenNote(1, "its cells do not stand in the order in which they were written")
    if note.script and cells.source(ours["script"]) != _finding(note.script):
        raise BrokenNote(_line(text, "script"), "script: this cell is ours, to find experiments/scripts")
    return note


def _more(ours: Mapping[str, Cell]) -> Iterator[dict[str, Any]]:
    """The added sections, each behind the section of the model that stands before it."""
    after = ""
    for name, cell in ours.items():
        if is_added(name):
            yield added_by(cells.source(cell), after).model_dump() | {"text": cells.body(cell)}
        elif name in _PLACES:
            after = name


class _Wrong(ValueError):  # noqa: N818 - it is the cell that is wrong
    def __init__(self, cell: str, message: str) -> None:
        super().__init__(f"{cell}: {message}")
        self.cell = cell


def _cell(ours: Mapping[str, Cell], name: str, kind: str) -> Cell:
    if name not in ours:
        raise _Wrong(name, "this cell is missing")
    if ours[name]["cell_type"] != kind:
        raise _Wrong(name, f"this cell is no {kind} cell any more")
    return ours[name]


def _title(ours: Mapping[str, Cell]) -> dict[str, str]:
    said = cells.source(_cell(ours, "title", "markdown"))
    if not said.startswith("# ") or "\n" in said:
        raise _Wrong("title", "the first cell is the title, on one line")
    return {"title": unescape(said.removeprefix("# "))}


def _text(ours: Mapping[str, Cell], place: Place) -> Any:
    cell = _cell(ours, place.anchor, "markdown")
    if not cells.has_anchor(cell, place.anchor) or place.section.body is None:
        raise _Wrong(place.anchor, f"this cell begins with `## {place.section.heading}` and its anchor")
    try:
        return place.section.body.read(cells.body(cell))
    except ValueError as error:
        raise _Wrong(place.anchor, str(error)) from error


def _steps(ours: Mapping[str, Cell], section: str) -> list[dict[str, Any]]:
    head = _cell(ours, section, "markdown")
    if not cells.has_anchor(head, section) or cells.body(head):
        raise _Wrong(section, "this cell is a heading over cells and holds no text of its own")
    numbers = {int(found[2]) for name in ours if (found := cells.STEP.fullmatch(name)) and found[1] == section}
    return [_step(ours, f"{section}-{n}") for n in range(1, len(numbers) + 1)]


def _step(ours: Mapping[str, Cell], name: str) -> dict[str, Any]:
    why = cells.source(_cell(ours, f"{name}-why", "markdown"))
    step: dict[str, Any] = {"intent": why, "code": cells.source(_cell(ours, f"{name}-code", "code"))}
    if found := _FORMULA.fullmatch(why):
        path = posixpath.normpath(posixpath.join(FOLDER, unquote(found["link"])))
        step |= {"intent": found["intent"]}
        step |= {"formula": {"path": path, "title": unescape(found["title"]), "tex": found["tex"]}}
    return step


def _line(text: str, name: str) -> int:
    """The line of a cell in the file, by its id; the first one of the section where it has no number."""
    at = text.find(f'"id": "lab-{name}')
    return text.count("\n", 0, at) + 1 if at >= 0 else 1
