r"""The links of a Markdown text, and the headings that a link may end in.

Line by line, without code, formulas and comments: fast, and the same links that a CommonMark parser sees in what we
write and in what people usually do (a test compares the two).
"""

import posixpath
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from urllib.parse import unquote

from agents.note import frontmatter
from agents.note.text import unescape

FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")  # what opens or closes a block of code, in no list
_FENCE = re.compile(r"\s*(?:[-+*>]\s+|\d{1,9}[.)]\s+|>)*(`{3,}(?=[^`]*$)|~{3,})")
_ITEM = re.compile(r" {0,3}(?:[-+*]|\d{1,9}[.)])(?:\s|$)")
_RUN = re.compile(r"`+")
_BLANKED = re.compile(r"(?<![\\$])\$(?!\$)(?:\\.|[^$\\])+?\$(?!\$)|<!--.*?-->")
_DESTINATION = r"(?:<(?P<{0}1>[^<>]*)>|(?P<{0}2>(?!<)(?:\\.|[^\s()\\]|\((?:\\.|[^\s()\\])*\))+))"
_TITLE = r"(?:\s+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?\s*"
_LINK = re.compile(
    rf"\\.|\]\(\s*{_DESTINATION.format('inline')}{_TITLE}\)"
    rf"|^ {{0,3}}\[(?!\^)(?:\\.|[^\]\\])+\]:\s*{_DESTINATION.format('reference')}{_TITLE}$"
)
_HEADING = re.compile(r" {0,3}(?:> ?)*#{1,6}(?:[ \t](.*))?")
_CLOSING = re.compile(r"(?:^|[ \t])#+$")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)\s*")
_MARKED = re.compile(r"!?\[((?:\\.|[^\]\\])*)\](?:\([^)]*\)|\[[^\]]*\])?|`+|<[^>]*>|(?<!\w)_+|_+(?!\w)")
_COMMENT = re.compile(r"<!--.*?-->")
_EXPLICIT = re.compile(r"\s(?:id|name)=[\"']([^\"'\n]+)[\"']")
_FENCED = re.compile(r"^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_WIKI = re.compile(r"\[\[([^\[\]|#\n]+)(?:#[^\[\]|\n]*)?(?:\|[^\[\]\n]*)?\]\]")
_LONGEST_FORMULA = 50  # lines
_LONGEST_HEADING = 1000  # characters
_LONGEST_LINE = 20_000  # characters: a picture as text, or no text at all


@dataclass(frozen=True, slots=True)
class Link:
    """The target of a link as it is written, and its line."""

    line: int
    target: str


def links(text: str, first: int = 1) -> list[Link]:
    """Every link and picture, in order; `first` is the number of the first line."""
    return [
        Link(first + n, _target(match))
        for n, line in shown(text)
        if "](" in line or "]:" in line
        for match in _LINK.finditer(_bare(line))
        if match.lastgroup
    ]


def _target(match: re.Match[str]) -> str:
    found = match.groupdict()
    return unescape(next(value for value in found.values() if value is not None))


@lru_cache(maxsize=2)
def shown(text: str) -> tuple[tuple[int, str], ...]:
    """The lines that are neither front matter nor code, formula or comment, by their number from 0.

    Kept, since one rule after another asks for those of the same text.
    """
    return tuple(_shown(text))


def _shown(text: str) -> Iterator[tuple[int, str]]:
    closing, was_blank, in_list = "", True, False
    lines = text.split("\n")
    front = frontmatter.behind(lines)
    for n, line in enumerate(lines[front:], front):
        stripped = line.strip()
        if closing:
            closing = "" if _closes(stripped, closing) else closing
        elif mark := _FENCE.match(line):
            closing = mark[1]
        elif stripped.startswith("<!--") and "-->" not in stripped:
            closing = "-->"
        elif stripped.count("$$") == 1 and _formula_ends(lines, n):
            closing = "$$"
        elif line.startswith(("    ", "\t")) and was_blank and not in_list:
            continue  # a block of code: the blank line before it still counts
        elif len(line) <= _LONGEST_LINE:
            in_list = bool(_ITEM.match(line)) or (in_list and (not was_blank or not stripped or line[0] == " "))
            yield n, line
        was_blank = not stripped


def _closes(stripped: str, closing: str) -> bool:
    if closing[0] in "`~":
        return stripped.startswith(closing) and not stripped.strip(closing[0])
    return closing in stripped


def _formula_ends(lines: list[str], n: int) -> bool:
    """Whether the $$ of this line has its partner before the next blank line; a lone one is only text."""
    return any("$$" in line for line in takewhile(str.strip, lines[n + 1 : n + _LONGEST_FORMULA]))


def _bare(line: str) -> str:
    """The line with blanks in place of code, formulas and comments."""
    runs = [match for match in _RUN.finditer(line) if line[match.start() - 1 : match.start()] != "\\"]
    later: dict[int, list[int]] = {}
    for match in reversed(runs):
        later.setdefault(len(match[0]), []).append(match.end())
    out, at = "", 0
    for match in runs:
        ends = later[len(match[0])]
        ends.pop()
        if match.start() >= at and ends:
            out += line[at : match.start()] + " "
            at = ends[-1]
    return _BLANKED.sub(" ", out + line[at:])


def fragments(text: str) -> frozenset[str]:
    """What a link into this text may end in: GitHub's names of its headings, Obsidian's, and ids in HTML."""
    found: set[str] = set(_EXPLICIT.findall(text))
    count: Counter[str] = Counter()
    for heading in _headings(text):
        plain = _COMMENT.sub("", heading)
        name = slug(heading)
        found |= {f"{name}-{count[name]}" if count[name] else name, plain.strip(), slug(plain.strip())}
        count[name] += 1
    return frozenset(found)


def _headings(text: str) -> Iterator[str]:
    before, last = "", -2
    for n, line in shown(text):
        if match := _HEADING.fullmatch(line):
            yield _CLOSING.sub("", (match[1] or "").strip())
        elif before.strip() and last == n - 1 and _UNDERLINE.fullmatch(line):
            yield before.strip()
        before, last = ("" if match else line), n


def slug(heading: str) -> str:
    """GitHub's name of a heading. The blank before a comment stays and becomes a hyphen: ours end in one."""
    text = _MARKED.sub(lambda match: match[1] or "", _COMMENT.sub("", heading[:_LONGEST_HEADING]))
    kept = (char for char in unescape(text).lower() if char in " -" or _is_word(char))
    return "".join(kept).replace(" ", "-")


def _is_word(char: str) -> bool:
    return unicodedata.category(char) in {"Nd", "Pc"} or unicodedata.category(char)[0] in "LM"


def is_elsewhere(target: str) -> bool:
    """Whether a link leads out of the lab's files: to another host, or to a program."""
    return bool(re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//", target))


def parts(target: str) -> tuple[str, str]:
    """The path and the fragment of a link, as they are when nothing is encoded."""
    path, _, fragment = target.partition("#")
    return unquote(path.partition("?")[0]), unquote(fragment)


def targets(text: str, folder: str) -> Iterator[str]:
    """Where the links of a note in `folder` lead, as paths in the lab, without fragments; not to the web."""
    for link in links(text):
        path, _ = parts(link.target)
        if path and not is_elsewhere(link.target):
            yield posixpath.normpath(path.lstrip("/") if path.startswith("/") else posixpath.join(folder, path))


def wiki_names(text: str) -> list[str]:
    """The notes that Obsidian's links name: `[[name#section|shown]]`."""
    return [name.strip() for name in _WIKI.findall(text)]


def without_code(text: str) -> str:
    """Markdown without its fenced blocks, diagrams among them."""
    return _FENCED.sub("", text) if "```" in text or "~~~" in text else text
