"""A formula of LaTeXML's page -> its TeX, once: `alttext` holds it, with the author's macros expanded."""

import re

from agents.source.document import Hidden
from agents.source.html_hidden import COMMAND, prose, report
from agents.source.html_tree import Element, line

# what LaTeXML writes into `alttext` for its own sake, and no other reader of TeX knows
_OWN = re.compile(
    r"\\definecolor(?:\[[^\]]*\])?\{[^{}]*\}\{[^{}]*\}\{[^{}]*\}"
    r"|\\color\[[^\]]*\]\{[^{}]*\}"
    r"|\\pgfsys@color@\w+@(?:stroke|fill)(?:\{[^{}]*\})*"
    r"|\\(?:vspace|label|lx@\w+)\*?\{[^{}]*\}"
    r"|\\(?:leavevmode|nobreak|penalty\s*-?\d+)(?![A-Za-z])"
)
# a sized delimiter within braces: LaTeXML writes it so, KaTeX takes none
_SIZED = re.compile(r"(\\[bB]igg?[lrm]?)\s*\{\s*(\\[A-Za-z]+|\\?[^\sA-Za-z\\])\s*\}")
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
    kept: list[str] = []
    at = judged = 0
    marks = list(_UNSEEN.finditer(tex))
    ends = _group_ends(tex, {mark.end() for mark in marks})
    for mark in marks:
        end = ends[mark.end()]
        if mark.start() >= judged:
            judged = end
            words = COMMAND.sub(" ", tex[mark.end() : end])
            if prose(words):
                found.append(report("element", words))
                kept.append(tex[at : mark.start()])
                at = end
    return line(_SIZED.sub(r"\1\2 ", _OWN.sub("", "".join(kept) + tex[at:]))), found


def _group_ends(tex: str, starts: set[int]) -> dict[int, int]:
    """For each start where the group ends that opens there, or that it stands in; one scan for all of them."""
    ends = dict.fromkeys(starts, len(tex))
    open_groups: list[list[int]] = [[]]  # for each, the starts that end with it
    at = 0
    while at < len(tex):
        letter = tex[at]
        if at in starts and letter != "{":
            open_groups[-1].append(at)
        if letter == "{":
            open_groups.append([at] if at in starts else [])
        elif letter == "}" and len(open_groups) > 1:
            # a command's own group ends behind its brace, a colour ends before that of the group it is in
            for start in open_groups.pop():
                ends[start] = at + (tex[start] == "{")
        at += 2 if letter == "\\" else 1
    return ends
