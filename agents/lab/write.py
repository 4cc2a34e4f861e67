"""The lab's files: written without losing their mode, read, kept as a copy; leftovers of killed runs swept."""

import hashlib
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from agents import disk
from agents.errors import DiskError
from agents.lab.find import Lab

_READ_ONLY_HINT = "make it writable, then run again"


def write(path: Path, data: bytes) -> None:
    """Put `data` in place of the file at `path`, keeping its mode. DiskError; then the old file stands untouched."""
    with disk.whole(path, mode(path)) as file:
        file.write(data)


def mode(path: Path) -> int | None:
    """The mode of the file that stands there, or None. DiskError for one made read-only: it is meant to stay."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return None
    if not mode & 0o222:
        raise DiskError(f"{path} is read-only", _READ_ONLY_HINT)
    return mode


def backup(lab: Lab, path: Path) -> Path:
    """Keep a copy of a file that is about to be rewritten; its path. The same bytes are kept once."""
    data = disk.read(path)
    name = f"{path.stem}-{hashlib.sha256(data).hexdigest()[:8]}{path.suffix}"
    copy = lab.backup / path.relative_to(lab.root).with_name(name)
    if not copy.exists():
        write(copy, data)
    return copy


def stale(folders: Iterable[Path]) -> list[Path]:
    """Temporary files that a killed run left behind. Only the holder of the lab's lock may remove them."""
    return [path for folder in folders for path in folder.glob(f"{disk.TEMPORARY}*")]


def sweep(folders: Iterable[Path]) -> None:
    """Remove them. The lab's lock must be held: others' files are in use only under it."""
    for path in stale(folders):
        with suppress(OSError):
            path.unlink()
