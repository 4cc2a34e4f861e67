"""The lab's files as lint reads them. What stands in the way of reading one is a finding, whatever it is."""

import stat
from collections.abc import Iterator
from pathlib import Path

from agents.lab.find import Lab
from agents.lab.inventory import LARGEST, candidates
from agents.lab.progress import README
from agents.note.lint.finding import Finding
from agents.note.lint.notebook import notebook
from agents.note.lint.page import Page, markdown

_FREE = ("README.md", "resources/*.md")  # pages of the person's whose links are looked at, and nothing else
_FOLDERS = ("papers", "notes", "weekly-log", "experiments", "resources")


def notes(lab: Lab) -> list[str]:
    """Where notes stand, as paths in the lab."""
    return [path.relative_to(lab.root).as_posix() for path in candidates(lab) if not _is_folder(path)]


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def free_pages(lab: Lab) -> list[str]:
    """The person's own pages."""
    return [path.relative_to(lab.root).as_posix() for pattern in _FREE for path in sorted(lab.root.glob(pattern))]


def linked_folders(lab: Lab) -> Iterator[Finding]:
    """Folders that are symbolic links: no agent looks for notes behind them."""
    for name in _FOLDERS:
        top = lab.root / name
        for path in (top, *(sorted(top.rglob("*")) if _is_folder(top) else ())):
            if path.is_symlink() and path.is_dir():
                yield _link(lab, path)


def page(path: str, text: str) -> Page:
    """The page of a note."""
    return notebook(path, text) if path.endswith(".ipynb") else markdown(path, text)


def read(lab: Lab, path: str) -> str | Finding:
    """A file's text."""
    file = lab.root / path
    try:
        if file.is_symlink() and not (file.name == README and file.resolve().is_relative_to(lab.root)):
            return _link(lab, file)
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            return Finding(path, 1, "unreadable", "not a regular file")
        if status.st_size > LARGEST:
            megabytes = status.st_size / 1_000_000
            return Finding(path, 1, "size", f"{megabytes:.1f} MB: agents read at most {LARGEST // 1_000_000} MB")
        data = file.read_bytes()
    except (OSError, RuntimeError) as error:  # links in a circle too
        return Finding(path, 1, "unreadable", f"cannot be read: {getattr(error, 'strerror', '') or error}")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        return Finding(path, data.count(b"\n", 0, error.start) + 1, "not-utf8", "not UTF-8: save it as UTF-8")


def _link(lab: Lab, path: Path) -> Finding:
    name = path.relative_to(lab.root).as_posix()
    try:
        leads_out = not path.resolve().is_relative_to(lab.root)
    except (OSError, RuntimeError):  # in a circle
        return Finding(name, 1, "symlink", "a symbolic link that leads nowhere")
    where = "out of the lab" if leads_out else "to another place in the lab"
    return Finding(name, 1, "symlink", f"a symbolic link {where}: not followed", is_error=leads_out)
