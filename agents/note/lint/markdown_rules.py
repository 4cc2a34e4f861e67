"""Rules over the Markdown of a note, whoever wrote it: text that does nothing, holds no secret, and shows as meant.

Each is a small pure function from a text to its flaws. In what the person wrote they are warnings, and he may link
wherever he likes; in our own sections they are errors.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from agents.note.cjk import pieces
from agents.note.links import FENCE, is_elsewhere, links, shown
from agents.note.lint.finding import Finding, excerpt
from agents.note.lint.mend import mended, rows
from agents.note.lint.page import Page
from agents.note.text import host_is_ours, secret

_TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)((?:\s[^<>]*)?)/?>|<!--.*?-->|<[!?][^<>]*>|<[A-Za-z][\w+.-]*:[^\s<>]*>")
_HARMLESS = {"details", "summary", "br", "sub", "sup", "kbd"}
# What GitHub shows of HTML: the person may lay out his page with it.
_LAYOUT = re.compile(
    r"a|abbr|b|blockquote|caption|center|cite|code|d[dlt]|del|dfn|div|em|fig(?:caption|ure)|font|h[1-6]|hr|i|img|ins|li"
    r"|mark|ol|p|picture|pre|q|r[pt]|ruby|s|samp|small|source|span|strike|strong|table|tbody|t[dhrt]|tfoot|thead|u|ul"
    r"|var|wbr|details|summary|br|sub|sup|kbd"
)
_ACTS = re.compile(r"\son\w+\s*=|javascript:", re.IGNORECASE)
_LOADS = re.compile(
    r"\s(?:src|srcset|poster|background)\s*=\s*[\"']?\s*((?:[a-z][\w+.-]*:|//)[^\s\"'>]*)", re.IGNORECASE
)
_ANCHOR = re.compile(r"\s(?:id|name)=[\"'][^\"'<>]*[\"']\s*")
_PICTURE = re.compile(r"!\[[^\]]*\]\(\s*<?([A-Za-z][A-Za-z0-9+.-]*:|//)([^)\s>]*)")
_ADDRESS = re.compile(
    r"(?<![\w`(<\[/])(?:https?|ftp)://[^\s<>，。；、）)]+|(?<![\w.`(/])www\.[^\s<>，。；、）)]+", re.IGNORECASE
)
_DEFINITION = re.compile(r" {0,3}\[[^\]]+\]:")  # of a link: `links` knows it
_NOT_SHOWN = re.compile(r"\\.|(?<=\]\()\s*<[^<>]*>|(?<=\]:)\s*<[^<>]*>")  # an escaped sign, the target of a link


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong on a line, which counts from 1."""

    line: int
    rule: str
    message: str
    is_grave: bool = False  # an error, whoever wrote it
    is_his_to_choose: bool = False  # nothing to be said of where the person wrote it


Rule = Callable[[str], Iterator[Flaw]]


def findings(page: Page, is_ours: Callable[[int], bool]) -> Iterator[Finding]:
    """Every rule over a page; `is_ours` says of a line of its text whether an agent wrote it."""
    for rule in RULES:
        for flaw in rule(page.text):
            ours = is_ours(flaw.line)
            if ours or not flaw.is_his_to_choose:
                weight = ours or flaw.is_grave
                yield Finding(page.path, page.row(flaw.line), flaw.rule, flaw.message, is_error=weight)


def holds_no_secret(text: str) -> Iterator[Flaw]:
    """A key or a token, anywhere: what is committed is known to whoever can read the repository."""
    if not secret(text):
        return
    for n, line in enumerate(text.split("\n"), start=1):
        if found := secret(line):
            what = f"looks like a secret ({found[0][:6]}…): take it out, and renew it where it was in a commit"
            yield Flaw(n, "secret", what, is_grave=True)


def holds_no_html(text: str) -> Iterator[Flaw]:
    """Raw HTML, but for comments, named places and what folds or breaks a text; each element once on a line."""
    for n, line in _prose(text):
        told = set()
        for tag in _TAG.finditer(line) if "<" in line else ():
            name = (tag[2] or "").lower()
            if tag[0].startswith("<!--") or (name in _HARMLESS and not tag[3].strip()):
                continue
            if name == "a" and (tag[1] or _ANCHOR.fullmatch(tag[3])):
                continue
            if not name and tag[0][1].isalpha():
                if not host_is_ours(tag[0][1:-1]):
                    yield Flaw(n, "inert", f"{excerpt(tag[0])!r} leads out of the lab", is_his_to_choose=True)
            elif name not in told:
                his = _only_lays_out(name, tag[3] or "")
                told |= set() if his else {name}
                yield Flaw(n, "inert", f"raw HTML: {excerpt(tag[0])!r}", is_his_to_choose=his)


def _only_lays_out(name: str, attributes: str) -> bool:
    """Whether a tag is shown, does nothing, and loads nothing from another host."""
    loaded = _LOADS.findall(attributes)
    return bool(_LAYOUT.fullmatch(name)) and not _ACTS.search(attributes) and all(map(host_is_ours, loaded))


def shows_no_foreign_pictures(text: str) -> Iterator[Flaw]:
    """A picture that another host sends: it learns who reads, and may send another one tomorrow."""
    for n, line in _prose(text):
        for picture in _PICTURE.finditer(line) if "![" in line else ():
            address = picture[1] + picture[2]
            if not host_is_ours(address):
                yield Flaw(n, "inert", f"a picture from elsewhere: {excerpt(address)!r}")


def links_to_known_places(text: str) -> Iterator[Flaw]:
    """What we write links to arXiv, doi.org, GitHub and the lab."""
    for link in links(text):
        if is_elsewhere(link.target) and not host_is_ours(link.target):
            yield Flaw(link.line, "inert", f"{excerpt(link.target)!r} leads out of the lab", is_his_to_choose=True)
    for n, line in _prose(text):
        for address in () if _DEFINITION.match(line) else _ADDRESS.findall(line):
            if not host_is_ours(address):
                yield Flaw(n, "inert", f"{excerpt(address)!r} leads out of the lab", is_his_to_choose=True)


def shows_as_meant(text: str) -> Iterator[Flaw]:
    """Bold and formulas beside Chinese that GitHub shows as stars and dollar signs; what `mended` changes."""
    if "**" not in text and "$" not in text:
        return
    for n, (line, better) in enumerate(zip_longest(text.split("\n"), mended(text).split("\n"), fillvalue=""), start=1):
        if line != better:
            yield Flaw(
                n, "typography", f"{_around(line, better)!r} would show as meant if written {_around(better, line)!r}"
            )


def _around(line: str, other: str) -> str:
    """The place where a line differs from another one."""
    at = next((n for n, (a, b) in enumerate(zip_longest(line, other)) if a != b), 0)
    return line[max(at - 12, 0) : at + 20]


def marks_have_partners(text: str) -> Iterator[Flaw]:
    """A ** or a $$ that nothing closes is shown as it stands."""
    for n, line in shown(text):
        if "**" not in line and "$$" not in line:
            continue
        plain = "".join(re.sub(r"\\.", "", piece) if kind == "text" else "x" for kind, piece in pieces(line))
        for mark in ("**", "$$"):
            if plain.count(mark) % 2 and "***" not in plain:
                yield Flaw(n + 1, "typography", f"a {mark} without its partner: it is shown as it stands")


def rows_fit_their_table(text: str) -> Iterator[Flaw]:
    """A row with more or fewer cells than its header: a | inside a cell, also inside $…$, must be escaped."""
    if "|" not in text:
        return
    for row in rows(dict(shown(text))):
        if row.cells != row.width:
            what = f"a row with {row.cells} cells where the header has {row.width}"
            yield Flaw(row.line + 1, "table", what + (r" (an unescaped | ?)" if row.cells > row.width else ""))


def fences_close(text: str) -> Iterator[Flaw]:
    """A block of code that nothing closes: all that follows is code, headings too."""
    fence, opened = "", 0
    for n, line in enumerate(text.split("\n"), start=1):
        mark = FENCE.match(line)
        if not mark:
            continue
        if not fence:
            fence, opened = mark[1], n
        elif mark[1].startswith(fence) and line.strip() == mark[1]:
            fence = ""
        elif mark[1].startswith(fence):
            yield _unclosed(opened, fence, f"line {n} begins another one")
            fence, opened = mark[1], n
    if fence:
        yield _unclosed(opened, fence, "all below is code")


def _unclosed(line: int, fence: str, so: str) -> Flaw:
    return Flaw(line, "fence", f"{fence} begins a block of code here that nothing closes: {so}")


def _prose(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are shown, by number, without code, formulas and what is escaped."""
    for n, line in shown(text):
        if any(sign in line for sign in ("<", "//", "![", "www.", "WWW.")):
            bare = "".join(piece if kind == "text" else " x " for kind, piece in pieces(line))
            yield n + 1, _NOT_SHOWN.sub(" ", bare)


RULES: tuple[Rule, ...] = (
    holds_no_secret,
    holds_no_html,
    shows_no_foreign_pictures,
    links_to_known_places,
    shows_as_meant,
    marks_have_partners,
    rows_fit_their_table,
    fences_close,
)
