"""Running git: always with a scrubbed environment, never with a terminal, and never killed the hard way."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from agents.errors import DiskError, TryAgainError
from agents.note.text import one_line

TIMEOUT = 120.0  # seconds for git and the hooks it runs
GRACE = 30.0  # seconds to clean up after an interrupt
_POLL = 0.1
_HELD = re.compile(r"Unable to create '([^']+\.lock)': File exists")

# What `git rev-parse --local-env-vars` names: inside a hook they are set, and git would work on that repository.
# After them, what changes the meaning of path names.
LOCAL = frozenset(
    """GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_CONFIG GIT_CONFIG_PARAMETERS GIT_CONFIG_COUNT GIT_OBJECT_DIRECTORY GIT_DIR
    GIT_WORK_TREE GIT_IMPLICIT_WORK_TREE GIT_GRAFT_FILE GIT_INDEX_FILE GIT_NO_REPLACE_OBJECTS GIT_REPLACE_REF_BASE
    GIT_PREFIX GIT_INTERNAL_SUPER_PREFIX GIT_SHALLOW_FILE GIT_COMMON_DIR
    GIT_LITERAL_PATHSPECS GIT_GLOB_PATHSPECS GIT_NOGLOB_PATHSPECS GIT_ICASE_PATHSPECS""".split()  # noqa: SIM905 - a list of 20 quoted names is harder to compare with git's
)
_OURS = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_EDITOR": ":",
    "GIT_OPTIONAL_LOCKS": "0",
    "LC_ALL": "C.UTF-8",
}
# fsmonitor is a program named by the repository; gc would run on after us
_CONFIG = ("-c", "core.fsmonitor=false", "-c", "gc.auto=0", "-c", "maintenance.auto=false")


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of one git command; `code` is negative when a signal ended it."""

    code: int
    out: bytes
    err: str

    @property
    def lock(self) -> str:
        """The lock of another git's (index.lock, HEAD.lock, that of a branch) for which it gave up; "" for none."""
        held = _HELD.search(self.err) if self.code else None
        return held[1] if held else ""

    @property
    def said(self) -> str:
        """The last lines of its complaint, on one clean line."""
        lines = [one_line(_without_colours(line)) for line in self.err.splitlines()]
        return " / ".join([line for line in lines if line][-3:])[-400:] or f"git ended with {self.code}"


def has_git() -> bool:
    """Whether there is a git to run."""
    return shutil.which("git") is not None


def environment(env: Mapping[str, str]) -> dict[str, str]:
    """What git and its hooks may see: no other repository's variables, no keys."""
    kept = {name: value for name, value in env.items() if name not in LOCAL and not name.startswith("ANTHROPIC_")}
    return {**kept, **_OURS}


def run_git(folder: Path, *arguments: str, stdin: bytes = b"") -> Ran:
    """Run one git command in `folder`. TryAgainError when it does not end in time, DiskError when it cannot start."""
    try:
        return _run(folder, arguments, stdin)
    except OSError as error:
        raise DiskError(f"cannot run git: {error.strerror}", "free some disk space, close some programs") from error


def _run(folder: Path, arguments: tuple[str, ...], stdin: bytes) -> Ran:
    """Output goes to files: a child that a hook leaves behind would hold a pipe open long after git is done."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(stdin)
        given.seek(0)
        with subprocess.Popen(
            ["git", *_CONFIG, *arguments],
            cwd=folder,
            env=environment(os.environ),
            stdin=given if stdin else subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        ) as process:
            _wait(process, arguments[0])
        out.seek(0)
        err.seek(0)
        return Ran(process.returncode, out.read(), err.read().decode("utf-8", "replace"))


def run_git_patiently(folder: Path, *arguments: str, patience: float, stdin: bytes = b"") -> Ran:
    """The same, again for up to `patience` seconds while another git holds a lock. The lock is never removed."""
    until = time.monotonic() + patience
    ran = run_git(folder, *arguments, stdin=stdin)
    while ran.lock and time.monotonic() < until:
        time.sleep(_POLL)
        ran = run_git(folder, *arguments, stdin=stdin)
    return ran


def _wait(process: subprocess.Popen[bytes], command: str) -> None:
    """Wait for git; when it or the person loses patience, let it clean up.

    An interrupt goes to git and its hooks alike. SIGTERM to a hook, or SIGKILL to anything, loses work that the hook
    has put aside (pre-commit does that with the person's unstaged changes) and leaves locks behind.
    """
    try:
        process.wait(TIMEOUT)
    except (subprocess.TimeoutExpired, KeyboardInterrupt) as reason:
        with suppress(ProcessLookupError):  # it may just have ended, and Popen have noticed
            os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.terminate()
        if isinstance(reason, KeyboardInterrupt):
            raise
        raise TryAgainError(
            f"git {command} did not finish in {TIMEOUT:.0f} s (a hook that hangs?)",
            "run it by hand to see what it waits for",
        ) from reason


def _without_colours(line: str) -> str:
    """Take off what colours a terminal: ESC [ parameters letter."""
    head, *rest = line.split("\x1b[")
    return head + "".join(part.lstrip("0123456789;")[1:] for part in rest)
