"""The weekly job as a systemd user timer, put in place whole or not at all, and never over what we did not write."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from agents import disk
from agents.errors import ConfigError, LabError, OverwriteError
from agents.lab import job, write
from agents.lab.find import Lab
from agents.note.text import one_line

_SEAL = "# Written by llm-learning-lab, and rewritten by it as long as nobody edits it: "
_PLAIN = re.compile(r"[\w+=:,./-]+", re.ASCII)
_REFUSED = set("\"'\\$")  # what systemd does not take, or takes amiss, in the path of a program
_PATIENCE = 60.0  # seconds for systemctl
_ELSEWHERE = "print what another scheduler needs: --schedule cron, launchd or github"

_SERVICE = """\
[Unit]
Description=Weekly log of {lab}

[Service]
Type=oneshot
WorkingDirectory=/
Environment={path}
ExecStart={command}
# saved, with something left to look at
SuccessExitStatus=3
"""
_TIMER = """\
[Unit]
Description=Friday evenings: weekly log of {lab}

[Timer]
OnCalendar=Fri {hour}:00
# a Friday on which the machine was off is made up for when it is on again
Persistent=true

[Install]
WantedBy=timers.target
"""


def units(lab: Lab) -> dict[str, str]:
    """The user service and its timer, by file name."""
    command = job.command(lab)
    if set(command[0]) & _REFUSED:
        command.insert(0, "/usr/bin/env")
    line = " ".join(_quoted(word).replace("$", "$$") for word in command)  # `$` begins a variable there
    shown = _quoted(str(lab.root))
    return {
        f"{job.name(lab)}.service": _SERVICE.format(lab=shown, path=_quoted(f"PATH={job.path()}"), command=line),
        f"{job.name(lab)}.timer": _TIMER.format(lab=shown, hour=job.HOUR),
    }


def _quoted(word: str) -> str:
    if _PLAIN.fullmatch(word):
        return word
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'


def install(lab: Lab) -> list[str]:
    """Write, load and start the timer of this lab; what the person should know of it, a sentence each.

    ConfigError where there is no systemd of the user's, OverwriteError for units that are not as we wrote them.
    """
    folder = _folder(os.environ)
    wanted = {folder / name: _sealed(text.encode()) for name, text in units(lab).items()}
    for path in wanted:
        _refuse_foreign(path)
    _refuse_unstartable()
    _refuse_absent()
    timer = f"{job.name(lab)}.timer"
    before = {path: disk.read(path) for path in wanted}
    try:
        for path, data in wanted.items():
            if before[path] != data:
                write.write(path, data)
        _systemctl("daemon-reload")
        _systemctl("enable", "--now", timer)
    except BaseException:
        _undo(before, timer)
        raise
    return _said(lab)


def _said(lab: Lab) -> list[str]:
    name = job.name(lab)
    return [
        f"{name}.timer is on: Fridays at {job.HOUR}:00, or when the machine is on again after one that it missed",
        "it runs while you are logged in; to have it run without you: loginctl enable-linger",
        f"it sees no variable of your shell: your key, and a limit (LAB_MAX_USD=…), belong into {lab.root / '.env'}",
        f"what it did: journalctl --user -u {name}; to end it: systemctl --user disable --now {name}.timer",
    ]


def _folder(env: Mapping[str, str]) -> Path:
    """Where a user's own units stand; a relative XDG_CONFIG_HOME does not count, as its specification says."""
    config = Path(env.get("XDG_CONFIG_HOME", ""))
    return (config if config.is_absolute() else Path.home() / ".config") / "systemd/user"


def _sealed(text: bytes) -> bytes:
    """The text under a line that tells later whether anybody has edited it."""
    return f"{_SEAL}{hashlib.sha256(text).hexdigest()}\n".encode() + text


def _refuse_foreign(path: Path) -> None:
    if not path.exists() and not path.is_symlink():
        return
    data = disk.read(path) if path.is_file() and not path.is_symlink() else b""
    if data != _sealed(data.partition(b"\n")[2]):
        raise OverwriteError(f"{path} is not as we wrote it", "move it away, then run this again")


def _refuse_unstartable() -> None:
    """A Python that finds the package only from this folder, or by this shell's variables, would fail every Friday."""
    ran = subprocess.run([sys.executable, "-c", "import agents"], cwd="/", env={}, capture_output=True, check=False)
    if ran.returncode:
        raise ConfigError(
            f"started by a timer, {sys.executable} does not find the package `agents`",
            "install the package into that Python (in a checkout: make setup), then run this again with it",
        )


def _refuse_absent() -> None:
    try:
        _systemctl("show", "--property=Version")
    except ConfigError as error:
        raise ConfigError(f"no systemd of yours is running here: {error.what}", error.hint) from error


def _systemctl(*arguments: str) -> None:
    """One command to the user's systemd; ConfigError when there is none, or when it refuses."""
    systemctl = shutil.which("systemctl")
    if systemctl is None:
        raise ConfigError("there is no systemctl", _ELSEWHERE)
    command = [systemctl, "--user", *arguments]
    try:
        ran = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ConfigError(f"systemctl --user {arguments[0]} failed: {error}", _ELSEWHERE) from error
    if ran.returncode:
        said = one_line(ran.stderr.decode("utf-8", "replace")) or f"it ended with {ran.returncode}"
        raise ConfigError(f"systemctl --user {arguments[0]} failed: {said}", _ELSEWHERE)


def _undo(before: Mapping[Path, bytes], timer: str) -> None:
    """Units that stood there stand again, and a timer that did not is neither there nor on."""
    with suppress(LabError, OSError):
        if not all(before.values()):
            _systemctl("disable", "--now", timer)
    for path, data in before.items():
        with suppress(LabError, OSError):
            if data:
                write.write(path, data)
            else:
                path.unlink(missing_ok=True)
    with suppress(LabError):
        _systemctl("daemon-reload")
