"""What the lab holds: every note and notebook, with what is known of it without judging what its sections say.

Also files that a person wrote by hand, without front matter, are here: `kind` is then "".
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from agents.lab.find import Lab
from agents.note import frontmatter
from agents.note.links import without_code
from agents.note.slug import folded
from agents.note.text import unescape

NOTEBOOKS = "experiments/notebooks"
INBOX = "weekly-log/inbox.md"
_FOLDERS = (("papers", "*.md"), ("notes", "**/*.md"), ("weekly-log", "*.md"), (NOTEBOOKS, "*.ipynb"))
_NO_NOTES = {"README.md", "inbox.md"}
LARGEST = 5_000_000  # bytes: a notebook with pictures; what is larger was written by no one
_FRONT = re.compile(r"---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_TITLE = re.compile(r"^# (.*\S)", re.MULTILINE)
_NO_PROSE = re.compile(r"[#>|`$<!-]|\*\*|\d+\. ")


@dataclass(frozen=True, slots=True)
class Entry:
    """One note; `text` is what stands below the front matter (of a notebook: its cells, code cells fenced)."""

    path: str  # in the lab
    kind: str  # "paper", "concept", "experiment", …; "" where none is said
    title: str
    tags: tuple[str, ...]
    aliases: tuple[str, ...]
    front: Mapping[str, Any]  # all scalars are strings
    text: str

    @property
    def line(self) -> str:
        """What it says, in one line: its first line of prose."""
        lines = (line.strip() for line in without_code(self.text).split("\n"))
        return next((line for line in lines if line and not _NO_PROSE.match(line)), "")[:200]

    @property
    def names(self) -> frozenset[str]:
        """Title and aliases as they are compared."""
        return frozenset(filter(None, map(folded, (self.title, *self.aliases))))


def entries(lab: Lab) -> list[Entry]:
    """All notes of the lab, by path. What cannot be read as text is left out."""
    return scan(lab)[0]


def scan(lab: Lab) -> tuple[list[Entry], list[str]]:
    """All notes of the lab, and the paths of the files that cannot be read as text, or are no notebooks."""
    found, left_out = [], []
    for path in _files(lab):
        if entry := _entry(lab, path):
            found.append(entry)
        else:
            left_out.append(path.relative_to(lab.root).as_posix())
    return found, left_out


def modified(lab: Lab, entry: Entry) -> date:
    """The day on which its file was last written to."""
    return date.fromtimestamp((lab.root / entry.path).stat().st_mtime)  # noqa: DTZ012 - his time zone is the system's


def _files(lab: Lab) -> Iterator[Path]:
    return (path for path in candidates(lab) if path.is_file() and not path.is_symlink())


def candidates(lab: Lab) -> Iterator[Path]:
    """Whatever stands where a note may stand, and symbolic links among it, which no agent follows."""
    for folder, pattern in _FOLDERS:
        for path in sorted((lab.root / folder).glob(pattern)) if _is_inside(lab, folder) else ():
            hidden = any(part.startswith(".") for part in path.relative_to(lab.root).parts)
            if path.name not in _NO_NOTES and not hidden:
                yield path


def _is_inside(lab: Lab, folder: str) -> bool:
    """Not a link that leads out: what stands there is not of this lab, and would be sent to Claude."""
    try:
        return (lab.root / folder).resolve().is_relative_to(lab.root)
    except (OSError, RuntimeError):  # links in a circle
        return False


def _entry(lab: Lab, path: Path) -> Entry | None:
    with suppress(OSError, ValueError, RecursionError):  # JSON nested a thousand deep
        if path.stat().st_size <= LARGEST:
            name = path.relative_to(lab.root).as_posix()
            text = path.read_text(encoding="utf-8-sig")
            return notebook(name, text) if path.suffix == ".ipynb" else note(name, text)
    return None


def note(path: str, text: str) -> Entry:
    """The entry of a Markdown file; front matter that is no YAML counts as none."""
    front: dict[str, Any] = {}
    body = text
    if fenced := _FRONT.match(text):
        body = text[fenced.end() :]
        with suppress(ValueError):
            front = frontmatter.read(fenced[1])
    return _made(path, front, body)


def notebook(path: str, text: str) -> Entry:
    """The entry of a notebook; ValueError when it is none."""
    found = json.loads(text)
    if not isinstance(found, dict) or not isinstance(found.get("cells"), list):
        raise ValueError("not a notebook")  # noqa: TRY004 - it is the text that is wrong
    body = "\n\n".join(_cell(cell) for cell in found["cells"] if isinstance(cell, dict))
    metadata = found.get("metadata")
    front = metadata.get("lab") if isinstance(metadata, dict) else None
    return _made(path, front if isinstance(front, dict) else {}, body)


def _cell(cell: Mapping[str, Any]) -> str:
    source = cell.get("source", "")
    text = source if isinstance(source, str) else "".join(map(str, source if isinstance(source, list) else ()))
    return f"```python\n{text}\n```" if cell.get("cell_type") == "code" else text


def _made(path: str, front: Mapping[str, Any], body: str) -> Entry:
    named = front.get("title")
    title = _TITLE.search(without_code(body))  # a comment in code is no title
    return Entry(
        path=path,
        kind=_word(front.get("kind")),
        title=named if isinstance(named, str) and named else unescape(title[1]) if title else Path(path).stem,
        tags=_words(front.get("tags")),
        aliases=_words(front.get("aliases")),
        front=front,
        text=body,
    )


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _words(value: Any) -> tuple[str, ...]:
    """A list of strings, whatever a person made of it: Obsidian takes a single word too."""
    found = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(word for word in found if isinstance(word, str) and word)
