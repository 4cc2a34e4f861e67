"""One writer at a time: the lab's lock, held from the reading of a file to the commit of it."""

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from agents.errors import DiskError, TryAgainError
from agents.lab.find import Lab

PATIENCE = 10.0  # seconds to wait for another run of ours, or for git's own lock


@contextmanager
def held(lab: Lab, patience: float = PATIENCE, name: str = "lock") -> Iterator[None]:
    """Hold the lab's lock, or another one by `name`; TryAgainError when that takes longer than `patience` seconds.

    The kernel frees it when its holder dies, so a lock file that lies about means nothing.
    """
    path = lab.private / name
    lock = FileLock(path, timeout=patience)
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise TryAgainError(
            f"another run holds {path} for more than {patience:.0f} s", "wait until it is done, then run again"
        ) from error
    except OSError as error:
        raise DiskError(f"cannot lock {path}: {error.strerror}", "mend its permissions") from error
    try:
        yield
    finally:
        lock.release()
