"""The weekly agent every Friday evening: what to tell systemd, launchd, cron or GitHub, as text."""

import json
import plistlib
import shlex
from pathlib import Path

from agents.lab import git, job, systemd
from agents.lab.find import Lab, shipped
from agents.lab.git import NoRepository
from agents.lab.systemd import install

__all__ = ["KINDS", "WORKFLOW", "install", "text", "workflow"]

KINDS = ("systemd", "launchd", "cron", "github")
WORKFLOW = ".github/workflows/weekly-log.yml"
_WHOLE_REPOSITORY = 'LAB_DIR: "."'

_CRON = """\
# Weekly log of {lab}: a line for `crontab -e`
0 {hour} * * {friday} {command}
"""
_LAUNCHD = """\
<!-- Save as ~/Library/LaunchAgents/{name}.plist, then run: launchctl bootstrap gui/$(id -u) THAT_FILE -->
"""


def text(kind: str, lab: Lab) -> str:
    """What the scheduler of one of KINDS wants, for this lab and this Python; ConfigError for a path it cannot hold."""
    if kind == "systemd":
        return "\n".join(f"# {file}\n{content}" for file, content in systemd.units(lab).items())
    if kind == "launchd":
        return _plist(lab)
    if kind == "cron":
        return _cron(lab)
    repo = git.opened(lab)
    return workflow("." if isinstance(repo, NoRepository) else lab.root.relative_to(repo.root).as_posix())


def workflow(folder: str = ".") -> str:
    """The GitHub workflow of a lab in that folder of its repository; its place is WORKFLOW, at the repository's top."""
    shown = json.dumps(folder, ensure_ascii=False)  # which is YAML too
    return (shipped() / WORKFLOW).read_text(encoding="utf-8").replace(_WHOLE_REPOSITORY, f"LAB_DIR: {shown}")


def _plist(lab: Lab) -> str:
    log = str(Path.home() / "Library/Logs" / f"{job.name(lab)}.log")
    made = plistlib.dumps(
        {
            "Label": job.name(lab),
            "ProgramArguments": job.command(lab),
            "WorkingDirectory": "/",
            "EnvironmentVariables": {"PATH": job.path()},
            # A Friday that was slept through is made up for on waking, one on which the machine was off by the next
            # Friday's run. RunAtLoad would pay Claude for a half-finished week at every login.
            "StartCalendarInterval": {"Weekday": job.FRIDAY, "Hour": job.HOUR, "Minute": 0},
            "StandardOutPath": log,
            "StandardErrorPath": log,
        },
        sort_keys=False,
    )
    return made.decode().replace("<plist ", _LAUNCHD.format(name=job.name(lab)) + "<plist ", 1)


def _cron(lab: Lab) -> str:
    command = f"cd / && PATH={shlex.quote(job.path())} {shlex.join(job.command(lab))}"
    # A % ends the command unless a backslash stands before it, which cron takes away; one of the path's own is kept
    # apart from it by a pair of quotes.
    escaped = command.replace("\\%", "\\''%").replace("%", "\\%")
    return _CRON.format(lab=lab.root, hour=job.HOUR, friday=job.FRIDAY, command=escaped)
