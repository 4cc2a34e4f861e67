"""What stands in for the schedulers: a Python that only notes how it was called, and cron's own reading of a line."""

from pathlib import Path

STUB = """#!/bin/sh
# what it was called with, and in which surroundings
{{ pwd; printf '%s\\n' "$PATH" "$#"; for word in "$@"; do printf '%s\\n' "$word"; done; }} > {record}
exit {code}
"""
ODD = '我的 lab 100%d "q" it\'s $HOME ${HOME} $(ls) `ls` \\%x \\n; ls & #'


def stub(path: Path, record: Path, code: int = 0) -> Path:
    """An executable that stands where Python would and writes to `record` how it was called."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(STUB.format(record=f"'{record}'", code=code))
    path.chmod(0o755)
    return path


def recorded(record: Path) -> tuple[str, str, list[str]]:
    """(working directory, PATH, arguments) of the last call of a stub."""
    folder, path, count, *words = record.read_text(encoding="utf-8").splitlines()
    assert len(words) == int(count)
    return folder, path, words


def cron_command(line: str) -> str:
    """The command of a crontab line as cron hands it to sh: it ends at the first % without a backslash before it."""
    command = line.split(" ", 5)[5].rstrip("\n")
    out, n = "", 0
    while n < len(command):
        if command[n] == "\\" and n + 1 < len(command):
            out += command[n + 1] if command[n + 1] == "%" else command[n : n + 2]
            n += 2
        elif command[n] == "%":
            break
        else:
            out += command[n]
            n += 1
    return out
