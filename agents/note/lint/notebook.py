"""A notebook as lint reads it: is it one, does its `lab` metadata hold what every note's front matter holds.

Its page is the text of its Markdown cells; `rows` says where each line of that stands in the file.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from agents.note.lint.finding import Finding
from agents.note.lint.page import Page
from agents.note.note import Note, front_matter

KIND = "experiment"
_CELLS = {"markdown", "code", "raw"}
_KEYS = [key for key in front_matter(Note) if Note.model_fields[key].is_required()]


def notebook(path: str, raw: str) -> Page:
    """The page of a notebook."""

    def wrong(message: str, line: int = 1) -> Page:
        return Page(path, findings=(Finding(path, line, "notebook", message),))

    try:
        found = json.loads(raw)
    except json.JSONDecodeError as error:
        return wrong(f"not JSON: {error.msg}", error.lineno)
    except (RecursionError, ValueError) as error:  # nested a thousand deep, a number of 5,000 digits
        return wrong(f"not to be read as JSON: {str(error).partition('.')[0]}")
    if not isinstance(found, dict) or not isinstance(found.get("cells"), list):
        return wrong("no notebook: it has no cells")
    if found.get("nbformat") != 4:
        return wrong(f"a notebook of format 4 is expected, not {str(found.get('nbformat'))[:20]}")
    for n, cell in enumerate(found["cells"], start=1):
        if what := _wrong_cell(cell):
            return wrong(f"cell {n}: {what}")
    lines = [line for cell in found["cells"] if cell["cell_type"] == "markdown" for line in _lines(cell["source"])]
    metadata = found.get("metadata")
    lab = metadata.get("lab") if isinstance(metadata, dict) else None
    return Page(
        path,
        text="\n".join(lines),
        front=lab if isinstance(lab, dict) else {},
        findings=tuple(_metadata(path, lab)),
        rows=tuple(_rows(raw, lines)),
    )


def _wrong_cell(cell: Any) -> str:
    if not isinstance(cell, dict) or cell.get("cell_type") not in _CELLS:
        return "neither Markdown nor code"
    source = cell.get("source")
    is_text = isinstance(source, str) or (isinstance(source, list) and all(isinstance(line, str) for line in source))
    return "" if is_text else "its source is no text"


def _lines(source: str | list[str]) -> list[str]:
    """A cell's lines, and a blank one between it and the next cell."""
    text = source if isinstance(source, str) else "".join(source)
    return [*text.replace("\r\n", "\n").split("\n"), ""]


def _metadata(path: str, lab: Any) -> Iterator[Finding]:
    if lab is None:
        yield Finding(path, 1, "front-matter", "no `lab` in its metadata: not checked", is_error=False)
    elif not isinstance(lab, Mapping):
        yield Finding(path, 1, "front-matter", "`lab` in its metadata is not a set of keys")
    else:
        for key in _KEYS:
            if not lab.get(key):
                yield Finding(path, 1, "front-matter", f"the key {key} is missing in `lab` in its metadata")
        if lab.get("kind", KIND) != KIND:
            yield Finding(path, 1, "front-matter", f"the kind of a notebook is {KIND}, not {str(lab['kind'])[:20]!r}")


def _rows(raw: str, lines: list[str]) -> Iterator[int]:
    """Each line as JSON writes it, looked for from the one before on."""
    at, row = 0, 1
    for line in lines:
        written = json.dumps(line, ensure_ascii=raw.isascii())[1:-1]
        found = raw.find(written, at)
        if written and found >= 0:
            row += raw.count("\n", at, found)
            at = found
        yield row
