"""A formula of LaTeXML's page -> its TeX, once: `alttext` holds it, with the author's macros expanded."""

import re

from agents.source.document import Hidden
from agents.source.html_hidden import prose, report
from agents.source.html_tree import Element, line

# what LaTeXML writes into `alttext` for its own sake, and no other reader of TeX knows
_OWN = re.compile(
    r"\\definecolor(?:\[[^\]]*\])?\{[^{}]*\}\{[^{}]*\}\{[^{}]*\}"
    r"|\\color\[[^\]]*\]\{[^{}]*\}"
    r"|\\pgfsys@color@\w+@(?:stroke|fill)(?:\{[^{}]*\})*"
    r"|\\(?:vspace|label|lx@\w+)\*?\{[^{}]*\}"
    r"|\\(?:leavevmode|nobreak|penalty\s*-?\d+)(?![A-Za-z])"
)
_UNSEEN = re.compile(r"\\[hv]?phantom\s*(?=\{)|\\color\[(?:rgb\]\{1,1,1\}|gray\]\{1\}|named\]\{white\})")


def tex_of(math: Element) -> str:
    """The TeX of a <math>, "" for one that has none."""
    tex = math.get("alttext") or ""
    if not tex:
        notes = (node for node in math.iter("annotation") if node.get("encoding") == "application/x-tex")
        tex = "".join(next(notes, math).itertext())
    tex = line(tex.replace("%\n", ""))
    return line(re.sub(r"^(?:\\(?:displaystyle|textstyle)(?![A-Za-z])\s*)+", "", tex))


def without_unseen(tex: str) -> tuple[str, list[Hidden]]:
    """Take out what the formula leaves blank, where it says something, and what nobody but LaTeXML understands."""
    found: list[Hidden] = []
    kept, at = [], 0
    for match in _UNSEEN.finditer(tex):
        if match.start() < at:
            continue
        end = _group_end(tex, match.end())
        words = re.sub(r"\\[A-Za-z@]+", " ", tex[match.end() : end])
        if prose(words):
            found.append(report("element", words.replace("{", " ").replace("}", " ")))
            kept.append(tex[at : match.start()])
            at = end
    return line(_OWN.sub("", "".join(kept) + tex[at:])), found


def _group_end(tex: str, start: int) -> int:
    """Where the group ends that opens at `start`, or that `start` stands in."""
    depth = 0
    at = start
    while at < len(tex):
        letter = tex[at]
        if letter == "\\":
            at += 1
        elif letter == "{":
            depth += 1
        elif letter == "}":
            depth -= 1
            if depth < 0:
                return at
            if depth == 0 and tex[start] == "{":
                return at + 1
        at += 1
    return len(tex)
