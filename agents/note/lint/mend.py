r"""Typography that GitHub does not show as it is meant, mended where the words surely stay the same.

- `**损失：**越小` is not bold: the punctuation moves out; `甲**“乙”**丙` gets its blanks
- `损失$L$越小` and `$ L $` show their dollar signs: a blank outside, none inside
- `$p(y|x)$` in a table cuts its cell in two: `\vert`

Front matter, code, formulas on lines of their own, comments, HTML and the targets of links are left as they are.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agents.note.cjk import cjk_safe, pieces
from agents.note.links import shown
from agents.note.table import columns

_HAN = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
# What is none of the writer's prose: it is put aside as a piece of code, which nothing here changes.
_ASIDE = re.compile(
    r"\$\$.*?\$\$|(?<=\])\([^()]*(?:\([^()]*\)[^()]*)*\)|<[^<>]*>|\[\[.*?\]\]|\bhttps?://[^\s，。；、）]+|\x60{3,}"
)
_KEPT = re.compile("`\x01(\\d+)\x01`")
_LOOSE = re.compile(r"\$ *(.*?) *\$")
_IS_MATH = re.compile(r"[\\^_=+<>|]|^[A-Za-z]$|^[A-Za-z]\(.*\)$")
_PIPE = re.compile(r"(?<!\\)\|(?=([A-Za-z])?)")
_DELIMITER = re.compile(r" {0,3}\|?(?: *:?-+:? *\|)+ *(?::?-+:? *)?$")


def mended(text: str) -> str:
    """The same text with its typography mended; every other byte stays. Idempotent."""
    body = text.removeprefix("\ufeff")
    lines = body.split("\n")
    plain = [line.removesuffix("\r") for line in lines]
    prose = dict(shown("\n".join(plain)))
    widths = {row.line: row.width for row in rows(prose)}
    for n, line in prose.items():
        whole = _uncut(line, widths[n]) if n in widths else line
        lines[n] = _mended(whole) + lines[n][len(plain[n]) :]
    return text[: len(text) - len(body)] + "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: the index of its line, how many cells it has, and how many its header."""

    line: int
    cells: int
    width: int


def rows(prose: Mapping[int, str]) -> Iterator[Row]:
    """The rows below the headers of tables; `prose` holds the lines outside code by their index."""
    width = 0
    for n, line in prose.items():
        if "|" not in line or n - 1 not in prose:
            width = 0
        elif _DELIMITER.match(line) and "|" in prose[n - 1] and columns(line) == columns(prose[n - 1]):
            width = columns(line)
        elif width:
            yield Row(n, columns(line), width)


def _mended(line: str) -> str:
    if not re.search(r"\*\*|\$", line) or "\x01" in line or re.search("[\ue000-\uf8ff]|\\*{3}", line):
        return line
    kept: list[str] = []

    def aside(found: re.Match[str]) -> str:
        kept.append(found[0])
        return f"`\x01{len(kept) - 1}\x01`"

    masked = _ASIDE.sub(aside, line)
    tight = "".join(_LOOSE.sub(_tight, piece) if kind == "math" else piece for kind, piece in pieces(masked))
    if not _is_sound(tight):
        return line
    new = _KEPT.sub(lambda found: kept[int(found[1])], cjk_safe(tight))
    return new if _words(new) == _words(line) else line


def _tight(found: re.Match[str]) -> str:
    return f"${found[1]}$" if _IS_MATH.search(found[1]) and found[1][-1] != "\\" else found[0]


def _is_sound(line: str) -> bool:
    """Whether every mark has its partner, and every formula is one: of `$5 和 $6` nobody can say."""
    text = ""
    for kind, piece in pieces(line):
        if kind == "math" and (
            re.search(f"[{_HAN}]", piece) or piece[1].isspace() or piece[-2].isspace() or piece[1].isdigit()
        ):
            return False
        text += re.sub(r"\\.", "", piece) if kind == "text" else "x"
    return "$" not in text and text.count("**") % 2 == 0


def _words(line: str) -> list[str]:
    """All that is read: letters and signs in their order, stars, blanks and the punctuation that moves aside."""
    return sorted(line.replace(" ", "")) + re.findall(r"\w", line)


def _uncut(row: str, width: int) -> str:
    r"""A row with more cells than its table, and a | in its formulas: \vert is the same sign."""
    if columns(row) == width:
        return row
    new = "".join(_PIPE.sub(_vert, piece) if kind == "math" else piece for kind, piece in pieces(row))
    return new if columns(new) == width else row


def _vert(found: re.Match[str]) -> str:
    return r"\vert " if found[1] else r"\vert"
