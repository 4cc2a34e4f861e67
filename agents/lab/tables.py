"""The headings and tables of a Markdown file that belongs to a person: found where they stand, changed cell by cell.

Lines keep their endings, whatever they are, so that joined again they are the file.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from agents.note.links import FENCE

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_PIPE = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"\s*:?-+:?\s*")
_CODE = re.compile(r" {4}| {0,3}\t")
_HEADING = re.compile(r"\ufeff? {0,3}(#{1,6})(?:[ \t]+|$)(.*?)(?:[ \t]+#+)?[ \t]*$")
_ENDS_TABLE = re.compile(r" {0,3}(?:#{1,6}(?:\s|$)|>|[-+*]\s|\d{1,9}[.)]\s|<[A-Za-z/!?])")
BLANK = " \t\r\n\ufeff"  # what no cell or line is made of, a byte order mark included

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading line; `text` without the marks."""

    line: int  # from 0, as all lines here
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` are the lines of the body; `columns` the header's cells as printed, without blanks around them."""

    line: int
    columns: tuple[str, ...]
    rows: tuple[int, ...]

    @property
    def last(self) -> int:
        """The line after which a row can be added: that of the last row, or of the rule under the header."""
        return self.rows[-1] if self.rows else self.line + 1


@dataclass(frozen=True, slots=True)
class Page:
    """A whole file, cut into lines, and what was found in it."""

    lines: tuple[str, ...]
    headings: tuple[Heading, ...]
    tables: tuple[Table, ...]
    open_at: int | None  # where a code block or comment begins that nothing closes


def lines_of(text: str) -> list[str]:
    """Cut at every line end, of whatever system; the ends stay on the lines."""
    return _LINE.findall(text)


def read(text: str) -> Page:
    """Find headings and tables; what stands in code blocks and comments is neither."""
    lines = lines_of(text)
    bare = [line.rstrip("\r\n") for line in lines]
    shown, open_at = _shown(bare)
    headings = tuple(
        Heading(n, len(match[1]), match[2])
        for n, line in enumerate(bare)
        if shown[n] and (match := _HEADING.fullmatch(line))
    )
    return Page(tuple(lines), headings, tuple(_tables(bare, shown)), open_at)


def _shown(bare: Sequence[str]) -> tuple[list[bool], int | None]:
    """For each line whether it is Markdown, not code or comment; and where the last block begins if it stays open."""
    shown, closing, opened = [], "", None
    for n, line in enumerate(bare):
        if closing == "-->":
            closing = "" if "-->" in line else closing
            shown.append(False)
        elif closing:
            fence = FENCE.match(line)
            over = fence and fence[1].startswith(closing) and not line[fence.end() :].strip()
            closing = "" if over else closing
            shown.append(False)
        elif fence := FENCE.match(line.removeprefix("\ufeff")):
            closing, opened = fence[1], n
            shown.append(False)
        elif line.strip(BLANK).startswith("<!--"):
            closing, opened = "" if "-->" in line else "-->", n
            shown.append(False)
        else:
            shown.append(not _CODE.match(line))
    return shown, opened if closing else None


def _tables(bare: Sequence[str], shown: Sequence[bool]) -> list[Table]:
    tables: list[Table] = []
    n = 0
    while n + 1 < len(bare):
        header, rule = cells(bare[n]), cells(bare[n + 1])
        is_table = header and len(header) == len(rule) and all(_RULE.fullmatch(text) for text in texts(bare[n + 1]))
        if not (is_table and shown[n] and shown[n + 1]):
            n += 1
            continue
        end = n + 2
        while end < len(bare) and shown[end] and bare[end].strip(BLANK) and not _ENDS_TABLE.match(bare[end]):
            end += 1
        rows = tuple(row for row in range(n + 2, end) if _PIPE.search(bare[row]))
        tables.append(Table(n, tuple(text.strip(BLANK) for text in texts(bare[n])), rows))
        n = end
    return tables


def cells(line: str) -> list[Span]:
    """Where the cells of a row begin and end in it, blanks included; pipes at the row's ends are optional."""
    bare = line.rstrip("\r\n")
    pipes = [match.start() for match in _PIPE.finditer(bare)]
    if not pipes:
        return []
    spans = [(left + 1, right) for left, right in pairwise([-1, *pipes, len(bare)])]
    if not bare[: pipes[0]].strip(BLANK):
        spans = spans[1:]
    if spans and not bare[pipes[-1] + 1 :].strip(BLANK):
        spans = spans[:-1]
    return spans


def texts(line: str) -> list[str]:
    """The cells of a row as they are written, blanks around them included."""
    return [line[start:end] for start, end in cells(line)]


def with_cells(line: str, values: Mapping[int, str]) -> str:
    """The row with other text in some of its cells, by their number; missing cells are added. The rest stays."""
    bare = line.rstrip("\r\n")
    spans = cells(line)
    for number, value in sorted(values.items(), reverse=True):
        if number < len(spans):
            start, end = spans[number]
            bare = bare[:start] + _filled(bare[start:end], value) + bare[end:]
    last = max(values, default=-1)
    if last >= len(spans):
        bare = _extended(bare, [values.get(number, "") for number in range(len(spans), last + 1)])
    return bare + line[len(line.rstrip("\r\n")) :]


def _filled(old: str, value: str) -> str:
    text = old.strip(BLANK)
    if not text:
        return f" {value} "
    at = old.index(text)
    return old[:at] + value + old[at + len(text) :]


def _extended(bare: str, values: Sequence[str]) -> str:
    if bare.rstrip(BLANK).endswith("|") and not bare.rstrip(BLANK).endswith("\\|"):
        return bare + "".join(f" {value} |" for value in values)
    return bare + "".join(f" | {value}" for value in values)
