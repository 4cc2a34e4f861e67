"""A file of the lab as lint reads it: its text, its front matter by key and line; and what is wrong before any schema.

A file that a person wrote by himself, without front matter or without a `kind`, is his: it is not checked.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from agents.note import frontmatter
from agents.note.kinds import KINDS
from agents.note.lint.finding import Finding

_ANCHOR = "<!-- field: "
_OURS = {"engine", "checks", "written"}  # keys that only an agent writes
# A number to YAML, so no longer what it was once another program has written the front matter again.
_LIKE_A_NUMBER = re.compile(r"[-+]?[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?\s*")
_IDS = ("arxiv", "sha256", "written")


@dataclass(frozen=True, slots=True)
class Page:
    """`front` is {} and `kind` "" for a file that is no note of ours."""

    path: str
    text: str = ""  # without byte order mark, all lines end at "\n"
    kind: str = ""
    front: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)  # of each key
    findings: tuple[Finding, ...] = ()  # what was wrong on the way here
    rows: tuple[int, ...] = ()  # of a notebook: where each line of `text` stands in the file

    @property
    def folder(self) -> str:
        """Where its links start from."""
        return self.path.rpartition("/")[0]

    def says(self, key: str) -> str:
        """A key's value where it is one word or sentence."""
        value = self.front.get(key)
        return value if isinstance(value, str) else ""

    def line(self, key: str) -> int:
        """Where a key stands; 1 where it does not."""
        return self.lines.get(key, 1)

    def row(self, line: int) -> int:
        """Where a line of `text` stands in the file."""
        return self.rows[line - 1] if self.rows else line


def markdown(path: str, text: str) -> Page:
    """The page of a Markdown file."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    found = [*_nul(path, text)]

    def page(*findings: Finding, **known: Any) -> Page:
        return Page(path, text, findings=(*found, *findings), **known)

    lines = text.split("\n")
    if lines[0] != frontmatter.FENCE:
        is_ours = lines[0].rstrip() == frontmatter.FENCE or _ANCHOR in text
        what = "the front matter is missing: a line --- first" if is_ours else "no front matter: not checked"
        return page(Finding(path, 1, "front-matter", what, is_error=is_ours))
    if frontmatter.FENCE not in lines[1:]:
        return page(Finding(path, 1, "front-matter", "begins with a front matter that no second --- closes"))
    front = lines[1 : lines.index(frontmatter.FENCE, 1)]
    raw = "\n".join([*front, ""])
    try:
        values = frontmatter.read(raw)
    except frontmatter.NotYaml as error:
        return page(Finding(path, min(error.line, len(front)) + 2, "front-matter", str(error)))
    except ValueError as error:
        return page(Finding(path, 2, "front-matter", str(error)))
    keys = list(frontmatter.keys(raw, first=2))
    positions = {key: n for n, key in reversed(keys)}
    kind, wrong = _kind(path, values, positions, is_ours=bool(_OURS & values.keys()) or _ANCHOR in text)
    found += [*_twice(path, keys), *_unquoted(path, front, keys)] if kind else []
    return page(*wrong, kind=kind, front=values if kind else {}, lines=positions)


def _nul(path: str, text: str) -> Iterator[Finding]:
    at = text.find("\0")
    if at >= 0:
        yield Finding(path, text.count("\n", 0, at) + 1, "nul", "a NUL byte: git takes the file for a binary one")


def _kind(
    path: str, values: Mapping[str, Any], lines: Mapping[str, int], *, is_ours: bool
) -> tuple[str, list[Finding]]:
    """The kind, or why there is none; a person may have kinds of his own in what he wrote."""
    kind = values.get("kind")
    if isinstance(kind, str) and kind in KINDS:
        return kind, []
    if kind is not None:
        what = f"kind {kind!r} is none of {', '.join(KINDS)}" + ": not checked" * (not is_ours)
        return "", [Finding(path, lines.get("kind", 1), "front-matter", what, is_error=is_ours)]
    if is_ours:
        return "", [Finding(path, 1, "front-matter", f"the key kind is missing: one of {', '.join(KINDS)}")]
    return "", [Finding(path, 1, "front-matter", "no kind in the front matter: not checked", is_error=False)]


def _twice(path: str, keys: list[tuple[int, str]]) -> Iterator[Finding]:
    count: Counter[str] = Counter()
    for line, key in keys:
        count[key] += 1
        if count[key] == 2:
            yield Finding(path, line, "front-matter", f"the key {key} stands here a second time")


def _unquoted(path: str, front: list[str], keys: list[tuple[int, str]]) -> Iterator[Finding]:
    for line, key in keys:
        value = front[line - 2].partition(":")[2].strip()
        bare = value and value[0] not in "\"'#"
        if key in _IDS and bare and (key == "arxiv" or _LIKE_A_NUMBER.fullmatch(value)):
            yield Finding(
                path, line, "id-unquoted", f'{key} needs quotes: {key}: "{value}" (2301.12590 would be 2301.1259)'
            )
