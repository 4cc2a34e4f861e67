"""Files on disk: whole or not at all, and durable before anything builds on them."""

import errno
import hashlib
import os
import secrets
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from agents.errors import DiskError
from agents.lab.find import Lab

_TEMPORARY = ".tmp-"  # beside the file, so that the rename stays on one disk
_READ_ONLY_HINT = "make it writable, then run again"
_HINTS = {
    errno.ENOSPC: "free some space on the disk, then run again",
    errno.EDQUOT: "free some of your disk quota, then run again",
    errno.EROFS: "the disk is mounted read-only: mend that, then run again",
}


def write(path: Path, data: bytes) -> None:
    """Put `data` in place of the file at `path`, keeping its mode. DiskError; then the old file stands untouched."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, data, _mode(path))
    except OSError as error:
        raise _failed(path, error) from error


def _mode(path: Path) -> int | None:
    """The mode of the file that stands there. A file made read-only is meant to stay, though a rename could do it."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return None
    if not mode & 0o222:
        raise DiskError(f"{path} is read-only", _READ_ONLY_HINT)
    return mode


def _replace(path: Path, data: bytes, mode: int | None) -> None:
    temporary = path.parent / f"{_TEMPORARY}{secrets.token_hex(8)}"
    # os.open applies the umask, which could otherwise only be read by changing it for the whole process
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if mode is not None:
                os.fchmod(descriptor, mode)
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """Make the rename itself durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _failed(path: Path, error: OSError) -> DiskError:
    hint = _HINTS.get(error.errno or 0, "mend the permissions, then run again")
    return DiskError(f"cannot write {path}: {error.strerror}", hint)


def read(path: Path) -> bytes:
    """The bytes of a file, b"" where there is none. DiskError."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise DiskError(f"cannot read {path}: {error.strerror}", "mend its permissions") from error


def backup(lab: Lab, path: Path) -> Path:
    """Keep a copy of a file that is about to be rewritten; its path. The same bytes are kept once."""
    data = read(path)
    name = f"{path.stem}-{hashlib.sha256(data).hexdigest()[:8]}{path.suffix}"
    copy = lab.backup / path.relative_to(lab.root).with_name(name)
    if not copy.exists():
        write(copy, data)
    return copy


def stale(folders: Iterable[Path]) -> list[Path]:
    """Temporary files that a killed run left behind. Only the holder of the lab's lock may remove them."""
    return [path for folder in folders for path in folder.glob(f"{_TEMPORARY}*")]


def sweep(folders: Iterable[Path]) -> None:
    """Remove them. The lab's lock must be held: others' files are in use only under it."""
    for path in stale(folders):
        with suppress(OSError):
            path.unlink()
