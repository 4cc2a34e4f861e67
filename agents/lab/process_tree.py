"""A process and all that came of it: how much memory they hold, and how to end them. On Linux, by /proc.

Where there is no /proc (macOS) the tree is the process alone, and nothing is weighed.
"""

import os
import re
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")
_PATIENCE = 5.0  # seconds for children that make children faster than they are ended
_PAGE = os.sysconf("SC_PAGE_SIZE")


def tree(root: int) -> list[int]:
    """The process ids, parents before children; those that have ended and only wait to be reaped are left out."""
    children: dict[int, list[int]] = {}
    for entry in _PROC.iterdir() if _PROC.is_dir() else ():
        if entry.name.isdigit():
            with suppress(OSError):  # it may just have ended
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
                if state != "Z":
                    children.setdefault(int(parent), []).append(int(entry.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def held(root: int) -> tuple[int, int]:
    """How many processes the tree has, and at most how many bytes they hold for themselves.

    Memory that forked processes share is counted for each of them: ask `memory` when it seems too much.
    """
    pids, size = tree(root), 0
    for pid in pids if _PROC.is_dir() else ():
        with suppress(OSError):
            _, resident, shared, *_ = (_PROC / str(pid) / "statm").read_text().split()
            size += (int(resident) - int(shared)) * _PAGE
    return len(pids), size


def memory(root: int) -> int:
    """Bytes that the tree holds; what several processes share is counted once. Slower than `held`."""
    size = 0
    for pid in tree(root) if _PROC.is_dir() else ():
        with suppress(OSError):
            found = re.search(r"^Pss_Anon:\s+(\d+) kB", (_PROC / str(pid) / "smaps_rollup").read_text(), re.MULTILINE)
            size += int(found[1]) * 1024 if found else 0
    return size


def end(root: int) -> None:
    """Kill all of it: what came of the root first, as it adopts orphans while it lives; then its process group."""
    until = time.monotonic() + _PATIENCE
    while (children := tree(root)[:0:-1]) and time.monotonic() < until:
        for pid in children:
            _kill(os.kill, pid)
        time.sleep(0.01)
    _kill(os.killpg, root)


def _kill(how: Callable[[int, int], None], pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):  # ended; or one that became another person's (su)
        how(pid, signal.SIGKILL)
