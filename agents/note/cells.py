"""The JSON of a notebook (nbformat 4.5): its cells, which of them are ours, what they printed. Pure.

A cell of ours is known by its id, `lab-data` or `lab-data-1-code`. Tools that drop ids (Colab) leave the headings their
anchors, and by these the cells of text are found again.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from agents.note.cutting import BrokenNote, is_added
from agents.note.experiment import STEPS, ExperimentNote
from agents.note.section import places

Cell = dict[str, Any]
Book = dict[str, Any]

_OURS = "lab-"
ADDED = "lab-more-"  # such a cell is told by its anchor alone: ids are ASCII, anchors need not be
_SECTIONS = {"title", "script", "remarks", *(place.anchor for place in places(ExperimentNote))}
STEP = re.compile(rf"({'|'.join(STEPS)})-(\d+)-(why|code)")
_ANCHOR = re.compile(r"#{1,6} .*<!-- field: ([\w.]+) -->[ \t\r]*(?:\n|\Z)")
# What Jupyter writes into metadata by itself when it runs or saves: nothing that a person has said.
_JUPYTERS = {"kernelspec", "language_info"}
_RUNS = {"execution", "ExecuteTime"}


def load(text: str) -> Book:
    """The notebook as plain data; BrokenNote where it is none."""
    try:
        book = json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        raise BrokenNote(error.lineno, f"this is not JSON: {error.msg}") from error
    except RecursionError as error:
        raise BrokenNote(1, "this is nested too deeply for a notebook") from error
    if not isinstance(book, dict) or not isinstance(book.get("cells"), list) or book.get("nbformat") != 4:
        raise BrokenNote(1, "this is not a notebook of nbformat 4")
    if not all(map(_is_cell, book["cells"])) or not isinstance(book.get("metadata"), dict):
        raise BrokenNote(1, "its cells or its metadata are not those of a notebook")
    return book


def _is_cell(cell: Any) -> bool:
    if not isinstance(cell, dict) or not isinstance(cell.get("metadata", {}), dict):
        return False
    source = cell.get("source")
    is_text = isinstance(source, str) or (isinstance(source, list) and all(isinstance(line, str) for line in source))
    return cell.get("cell_type") in {"markdown", "code", "raw"} and is_text


def dump(book: Book) -> str:
    """The file, as nbformat and Jupyter write it: a run in Jupyter changes no other line."""
    return json.dumps(book, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def source(cell: Cell) -> str:
    """The text of a cell, which a file may hold as a list of lines."""
    said = cell["source"]
    return said if isinstance(said, str) else "".join(said)


def set_source(cell: Cell, text: str) -> None:
    cell["source"] = text.splitlines(keepends=True)


def markdown(name: str, text: str) -> Cell:
    """A cell of text with an id of ours."""
    return {"cell_type": "markdown", "id": f"{_OURS}{name}", "metadata": {}, "source": text.splitlines(keepends=True)}


def code(name: str, text: str) -> Cell:
    """A cell of code that has not been run."""
    cell = markdown(name, text) | {"cell_type": "code"}
    return cell | {"execution_count": None, "outputs": []}


def name_of(cell: Cell) -> str:
    """The name of a cell of ours, "" for one of the person's."""
    marked = cell.get("id")
    if isinstance(marked, str) and marked.startswith(_OURS) and not marked.startswith(ADDED):
        name = marked.removeprefix(_OURS)
    else:
        anchor = _ANCHOR.match(source(cell)) if cell["cell_type"] == "markdown" else None
        name = anchor[1] if anchor else ""
    return name if name in _SECTIONS or STEP.fullmatch(name) or is_added(name) else ""


def body(cell: Cell) -> str:
    """What stands below the heading of a cell."""
    return source(cell).replace("\r\n", "\n").partition("\n")[2].strip("\n")


def has_anchor(cell: Cell, anchor: str) -> bool:
    found = _ANCHOR.match(source(cell))
    return found is not None and found[1] == anchor


def kept(cell: Cell) -> str:
    """A cell of the person's as it is kept: what a run left in it is not his."""
    bare = {key: value for key, value in cell.items() if key not in {"outputs", "execution_count"}}
    bare |= {"metadata": _said(cell.get("metadata", {}), _RUNS), "source": source(cell)}
    return json.dumps(bare, ensure_ascii=False, sort_keys=True) + "\n"


def restored(text: str) -> Cell:
    """The cell that was kept."""
    cell: Cell = json.loads(text)
    set_source(cell, cell["source"])
    return cell | ({"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {})


def additions(book: Book, keys: set[str]) -> str:
    """What a person added to the metadata of book and cells (`keys` are ours), as a line of JSON; "" for nothing."""
    lab = book["metadata"].get("lab")
    cells: dict[str, Any] = {}
    for cell in book["cells"]:
        mine = {"metadata": _said(cell.get("metadata", {}), _RUNS), "attachments": cell.get("attachments")}
        if (name := name_of(cell)) and (said := {key: value for key, value in mine.items() if value}):
            cells.setdefault(name, said)
    added = {
        "notebook": _said(book["metadata"], _JUPYTERS | {"lab"}),
        "lab": _said(lab if isinstance(lab, dict) else {}, keys),
        "cells": cells,
    }
    added = {part: value for part, value in added.items() if value}
    return json.dumps(added, ensure_ascii=False, sort_keys=True) + "\n" if added else ""


def _said(metadata: dict[str, Any], without: set[str]) -> dict[str, Any]:
    return {key: value for key, value in metadata.items() if key not in without}


def codes(book: Book) -> list[str]:
    """The sources of the cells of code, in order."""
    return [source(cell) for cell in book["cells"] if cell["cell_type"] == "code"]


def with_outputs(text: str, executed: str) -> str:
    """The notebook with the outputs that another copy of it has; every other value stays."""
    book, run = load(text), load(executed)
    for cell, ran in zip(book["cells"], run["cells"], strict=True):
        if cell["cell_type"] == "code":
            cell |= {"outputs": ran["outputs"], "execution_count": ran["execution_count"]}
    return dump(book)


def outputs(book: Book) -> Iterator[tuple[int, str]]:
    """What each cell of code printed, as text, with the number of the cell; a picture is named, not shown."""
    for n, cell in enumerate((cell for cell in book["cells"] if cell["cell_type"] == "code"), start=1):
        yield n, "".join(map(_printed, cell.get("outputs", []))).rstrip("\n")


def _printed(output: dict[str, Any]) -> str:
    data = output.get("data", {})
    if "image/png" in data:
        return "[图]\n"
    said = output.get("text", data.get("text/plain", ""))
    text = said if isinstance(said, str) else "".join(said)
    return text if output.get("output_type") == "stream" else f"{text}\n"


def pictures(book: Book) -> int:
    """How many pictures a run left."""
    return sum("image/png" in output.get("data", {}) for cell in book["cells"] for output in cell.get("outputs", []))
