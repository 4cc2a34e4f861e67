"""Files: how one comes to be (whole or not at all, durable before anything builds on it), and how one is read."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from agents.errors import DiskError

TEMPORARY = ".tmp-"  # begins the name, beside the file, so that the rename stays on one disk
_HINTS = {
    errno.ENOSPC: "free some space on the disk, then run again",
    errno.EDQUOT: "free some of your disk quota, then run again",
    errno.EROFS: "the disk is mounted read-only: mend that, then run again",
}


@contextmanager
def whole(path: Path, mode: int | None = None) -> Iterator[BinaryIO]:
    """A file to write that appears at `path` when the block ends well; otherwise what stood there stands. DiskError.

    `mode`: its permissions, else what the umask leaves. The folder is made where it is missing.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _temporary(path, mode) as file:
            yield file
        sync(path.parent)
    except OSError as error:
        raise failed(path, error) from error


@contextmanager
def _temporary(path: Path, mode: int | None) -> Iterator[BinaryIO]:
    temporary = path.parent / f"{TEMPORARY}{secrets.token_hex(8)}"
    # os.open applies the umask, which could otherwise only be read by changing it for the whole process
    descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600 if mode == 0o600 else 0o666)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            if mode is not None:
                os.fchmod(descriptor, mode)
            yield file
            file.flush()
            os.fsync(descriptor)
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def read(path: Path) -> bytes:
    """The bytes of a file, b"" where there is none. DiskError."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise DiskError(f"cannot read {path}: {error.strerror}", "mend its permissions") from error


def sync(folder: Path) -> None:
    """Make a rename in this folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def failed(path: Path, error: OSError) -> DiskError:
    """The error of the tree for one of the disk's."""
    hint = _HINTS.get(error.errno or 0, "mend the permissions, then run again")
    return DiskError(f"cannot write {path}: {error.strerror or error}", hint)
