"""The weekly agent as a job for a scheduler: what it is called, what is run, when, and with which PATH.

A Friday that was missed costs nothing: `--catch-up` writes what is missing, so a scheduler may call late, or twice.
"""

import hashlib
import re
import shutil
import sys
from pathlib import Path

from agents.errors import ConfigError
from agents.lab.find import Lab
from agents.note.slug import slug

FRIDAY = 5  # of launchd and cron
HOUR = 20
_NO_TEXT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")  # control characters, and bytes that are no UTF-8


def name(lab: Lab) -> str:
    """One for each lab, wherever it stands."""
    digest = hashlib.sha256(str(lab.root).encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return "-".join(filter(None, ("lab-weekly", slug(lab.root.name), digest)))


def command(lab: Lab) -> list[str]:
    """This Python, this lab. ConfigError for a path that no unit, plist or crontab can hold."""
    words = [sys.executable, "-m", "agents.weekly", "--lab", str(lab.root), "--catch-up"]
    return [_writable(word) for word in words]


def path() -> str:
    """Where the run finds this git: cron and launchd tell it next to nothing."""
    git = shutil.which("git")
    own = [str(Path(git).absolute().parent)] if git else []
    return _writable(":".join(dict.fromkeys([*own, "/usr/local/bin", "/usr/bin", "/bin"])))


def _writable(word: str) -> str:
    if _NO_TEXT.search(word):
        raise ConfigError(
            f"no scheduler can be told of {word!r}: it holds a control character, or is not UTF-8",
            "rename that folder",
        )
    return word
