"""`--fix`: repairs that are proved to change no meaning, written to the files; the commit is the person's.

Files with changes that are not committed are repaired too: nothing of what they say changes, and a copy of every file
as it was goes to .lab/backup/.
"""

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agents.lab import lock, pages
from agents.lab.consistency import statuses
from agents.lab.find import READING_LIST, Lab, inside
from agents.lab.write import backup, write
from agents.note.lint.finding import Finding
from agents.note.lint.page import markdown
from agents.note.lint.repair import repaired
from agents.recipes.lint_checked import Checked

RULES = ("id-unquoted", "round-trip", "status", "table", "typography")


_REPAIR = {"table": "typography"}


@dataclass(frozen=True, slots=True)
class Fixed:
    """A file that was repaired, and the rules whose findings are gone."""

    path: str
    rules: tuple[str, ...]
    copy: str = ""  # of the file as it was

    def __str__(self) -> str:
        return f"fixed {self.path}: {', '.join(self.rules)}"


def fix(lab: Lab, found: Sequence[Finding], read: Sequence[Checked]) -> list[Fixed]:
    """Repair what can be repaired of these findings. DiskError, TryAgainError."""
    paths = _paths(found)
    if not paths:
        return []
    with lock.held(lab):
        return [
            Fixed(path, rules, _written(lab, path, data)) for path, rules, data in _repairs(lab, paths, read) if rules
        ]


def fixable(lab: Lab, found: Sequence[Finding], read: Sequence[Checked]) -> set[Finding]:
    """The findings that `fix` would take away."""
    rules = {path: rules for path, rules, _ in _repairs(lab, _paths(found), read)}
    return {
        finding
        for finding in found
        if _is_ours(finding) and _REPAIR.get(finding.rule, finding.rule) in rules.get(finding.path, ())
    }


def _is_ours(finding: Finding) -> bool:
    """Typography in what the person wrote is a warning, and stays."""
    return finding.is_error or finding.rule not in {"table", "typography"}


def left_to_you(fixed: Sequence[Fixed]) -> list[str]:
    """What the person is told at the end."""
    if not fixed:
        return []
    return [f"not committed: look at it with git diff; as it was: {', '.join(one.copy for one in fixed)}"]


def _paths(found: Sequence[Finding]) -> list[str]:
    return sorted({finding.path for finding in found if finding.rule in RULES and finding.path.endswith(".md")})


def _repairs(lab: Lab, paths: Sequence[str], read: Sequence[Checked]) -> Iterator[tuple[str, tuple[str, ...], bytes]]:
    """Each file, the rules that a repair of it satisfies, and its bytes then."""
    listed = pages.read(lab, READING_LIST)
    said = {} if isinstance(listed, Finding) else statuses(listed.encode(), [one.page for one in read])
    for path in paths:
        data = inside(lab, path).read_bytes()
        text, mark, end = _text(data)
        kind = markdown(path, text).kind if text else ""
        after, rules = repaired(text, kind, said.get(path, "")) if kind else (text, ())
        yield path, rules, mark + after.replace("\n", end).encode()


def _text(data: bytes) -> tuple[str, bytes, str]:
    """Its text without, its byte order mark, its line ends; "" and those of Unix where they are mixed."""
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    windows, ends = data.count(b"\r\n"), data.count(b"\n")
    if windows not in {0, ends}:
        return "", mark, "\n"
    text = data.removeprefix(mark).decode("utf-8")
    return text.replace("\r\n", "\n"), mark, "\r\n" if windows else "\n"


def _written(lab: Lab, path: str, data: bytes) -> str:
    """Write a file; the path of the copy of what stood there."""
    file = inside(lab, path)
    copy = backup(lab, file)
    write(file, data)
    return copy.relative_to(lab.root).as_posix()
