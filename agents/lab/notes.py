"""Notes as they stand in the lab; those of papers are found by what they are about, not by their names."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from agents.errors import DataError, OverwriteError
from agents.lab.find import Lab, inside
from agents.note.cutting import BrokenNote
from agents.note.markdown import parse
from agents.note.note import Note, fingerprint
from agents.note.paper import PaperNote
from agents.note.slug import paper_name

N = TypeVar("N", bound=Note)
Reader = Callable[[str], N]  # a file's text -> the note; BrokenNote when it does not follow its schema

FOLDER = "papers"
_FRONT = 65_536  # bytes: a front matter is shorter, also with a thousand authors
_KEY = re.compile(r'^(arxiv|sha256|title):[ \t]*["\']?(.*?)["\']?[ \t\r]*$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Standing(Generic[N]):
    """A note as it stands on disk."""

    path: str  # relative to the lab
    text: str
    reader: Reader[N]
    note: N | None  # None: it no longer follows the schema
    broken: str = ""  # why, with the line

    @property
    def edited(self) -> bool:
        """Whether the person changed what we wrote (his own sections and tags do not count)."""
        return self.note is None or fingerprint(self.note) != self.note.written

    @property
    def own(self) -> tuple[object, ...]:
        """What in a note is the person's: a rewrite keeps it."""
        return (self.text,) if self.note is None else self.note.own()

    @property
    def has_own_words(self) -> bool:
        """Whether the person has written anything into a note that we made."""
        return self.note is None or self.note.has_own_words


def _fronts(lab: Lab) -> Iterator[tuple[Path, dict[str, str]]]:
    """Every paper note and the few keys it is found by, without parsing it."""
    for path in sorted((lab.root / FOLDER).glob("*.md")):
        if path.name == "README.md" or not path.is_file():
            continue
        with path.open("rb") as file:
            head = file.read(_FRONT).decode("utf-8", "replace").removeprefix("\ufeff")
        if head.startswith("---"):
            found = reversed(_KEY.findall(head.partition("\n---")[0]))
            yield path, {key: _unquoted(value) for key, value in found}


def _unquoted(value: str) -> str:
    """A value between its quotes: we print JSON, in which a quotation mark in a title is escaped."""
    with suppress(ValueError):
        return str(json.loads(f'"{value}"'))
    return value


def read_paper(text: str) -> PaperNote:
    """The note of a paper; BrokenNote."""
    return parse(text, PaperNote)


def find(lab: Lab, *, arxiv: str = "", sha256: str = "", title: str = "") -> Standing[PaperNote] | None:
    """The note of a paper: by its id, its source's checksum, or its title. DataError when two notes are."""
    for key, value in (("arxiv", arxiv), ("sha256", sha256), ("title", title)):
        found = [path for path, keys in _fronts(lab) if value and _same(keys.get(key, ""), value)]
        if len(found) > 1:
            names = " and ".join(path.name for path in found)
            raise DataError(f"two notes are about this paper: {names}", "keep one of them, move what you need over")
        if found:
            return load(lab, f"{FOLDER}/{found[0].name}", read_paper)
    return None


def _same(written: str, value: str) -> bool:
    return written.casefold() == value.casefold()


def load(lab: Lab, path: str, reader: Reader[N]) -> Standing[N]:
    """The note that stands at `path`. DataError when the file is not UTF-8 text."""
    try:
        return load_text(path, inside(lab, path).read_bytes().decode("utf-8"), reader)
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8", "save it as UTF-8") from error


def load_text(path: str, text: str, reader: Reader[N]) -> Standing[N]:
    """A note of that text, whatever stands on disk."""
    try:
        return Standing(path, text, reader, reader(text))
    except BrokenNote as error:
        return Standing(path, text, reader, None, str(error))


def new_path(lab: Lab, title: str, file: str, arxiv: str, sha256: str) -> str:
    """Where the note of a paper goes that has none: its short name, with its id where another paper has that."""
    stem = paper_name(title, file, sha256)
    taken = {path.name.lower() for path in (lab.root / FOLDER).iterdir()}
    for name in (stem, f"{stem}-{arxiv.replace('/', '-') or sha256[:8]}"):
        if f"{name}.md".lower() not in taken:
            return f"{FOLDER}/{name}.md"
    raise OverwriteError(f"{FOLDER}/{stem}.md stands there and is no note of this paper", "rename that file")


def others(lab: Lab, arxiv: str, sha256: str) -> dict[str, str]:
    """Name -> title of the lab's other paper notes."""
    return {
        path.stem: keys.get("title", path.stem)
        for path, keys in _fronts(lab)
        if not (arxiv and keys.get("arxiv") == arxiv) and keys.get("sha256") != sha256
    }
