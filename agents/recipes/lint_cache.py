"""What lint found in each file, kept: a file whose bytes, rules and source have not changed is not looked at again.

What files say of each other is never kept: it is compared anew each time.
"""

import hashlib
import sys
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter

import agents
from agents import disk
from agents.errors import LabError
from agents.lab.find import Lab
from agents.recipes.lint_checked import Checked
from agents.source import places
from agents.source.ids import ArxivId

_NAME = "lint.json"
_LARGEST = 50_000_000  # bytes


@dataclass(frozen=True, slots=True)
class _Entry:
    key: str  # of the file's text, and of all that judged it
    source: str  # of the paper that it was held against
    checked: Checked


_Entries = dict[str, _Entry]


@dataclass(slots=True)
class Cache:
    """Entries by path. `folder` is None where nothing can be kept."""

    folder: Path | None
    program: str
    entries: _Entries = field(default_factory=dict)
    is_changed: bool = False

    def known(self, path: str, text: str) -> Checked | None:
        """What a file came to before, where it would come to the same now."""
        entry = self.entries.get(path)
        is_so = entry and entry.key == self._key(path, text) and entry.source == self._source(entry.checked)
        return entry.checked if entry and is_so else None

    def put(self, text: str, found: Checked) -> None:
        """Remember what a file of this text came to."""
        entry = _Entry(self._key(found.path, text), self._source(found), found)
        self.is_changed |= self.entries.get(found.path) != entry
        self.entries[found.path] = entry

    def _key(self, path: str, text: str) -> str:
        return hashlib.sha256(f"{self.program}\0{path}\0{text}".encode()).hexdigest()

    def _source(self, checked: Checked) -> str:
        """What is kept of the paper of a note: it tells whether that was written since."""
        if self.folder is None or checked.kind != "paper":
            return ""
        says = checked.front
        version = says.get("version", "")
        paper = ArxivId(says.get("arxiv", ""), int(version) if version.isdecimal() else 0)
        return " ".join(map(_stamp, places.all_of(says.get("sha256", ""), says.get("source", ""), paper, self.folder)))

    def save(self, paths: Collection[str]) -> None:
        """Keep the entries of files that are still there. A disk that takes nothing only makes the next run slower."""
        gone = self.entries.keys() - set(paths)
        if self.folder is None or not (gone or self.is_changed):
            return
        left = {path: entry for path, entry in self.entries.items() if path not in gone}
        with suppress(LabError), disk.whole(self.folder / _NAME) as file:
            file.write(_stored().dump_json(left))


def _stored() -> TypeAdapter[_Entries]:
    return TypeAdapter(_Entries)


def load(lab: Lab, claude_md: str) -> Cache:
    """What was kept; one that cannot be read is as good as none."""
    folder = None
    with suppress(LabError):
        folder = lab.cache
    cache = Cache(folder, _program(claude_md))
    with suppress(OSError, ValueError):
        if folder and (folder / _NAME).stat().st_size < _LARGEST:
            cache.entries = _stored().validate_json((folder / _NAME).read_bytes())
    return cache


def _program(claude_md: str) -> str:
    """What tells this program, and what it runs on, from any other."""
    folder = Path(agents.__file__).parent
    digest = hashlib.sha256(f"{sys.version}\0{claude_md}\0{_installed()}".encode())
    for path in sorted(folder.rglob("*.py")):
        digest.update(f"\0{path.relative_to(folder).as_posix()}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _installed() -> list[str]:
    """The packages at hand, with their versions: a parser that is missing finds nothing."""
    names = []
    for place in sys.path:
        with suppress(OSError):
            names += [path.name for path in Path(place or ".").iterdir() if path.suffix in {".dist-info", ".egg-info"}]
    return sorted(names)


def _stamp(path: Path) -> str:
    try:
        status = path.stat()
    except OSError:
        return "-"
    return f"{status.st_size}.{status.st_mtime_ns}"
