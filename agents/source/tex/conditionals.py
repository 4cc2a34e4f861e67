r"""`\iffalse … \fi` and the others: which branch a reader sees; the other is passed over, and told of if it speaks."""

import re
from typing import TYPE_CHECKING

from agents.source.tex.hidden import hide
from agents.source.tex.tokens import join

if TYPE_CHECKING:
    from agents.source.tex.expand import Expander

ENDS = {r"\else", r"\fi", r"\or"}
CONDITIONALS = {
    r"\iffalse", r"\iftrue", r"\ifx", r"\if", r"\ifcat", r"\ifnum", r"\ifdim", r"\ifodd", r"\ifcase", r"\ifmmode",
    r"\ifvmode", r"\ifhmode", r"\ifinner", r"\ifdefined", r"\ifcsname", r"\ifeof", r"\ifpdf", r"\ifxetex", r"\ifluatex",
    r"\ifhbox", r"\ifvbox", r"\ifvoid",
}  # fmt: skip
_NUMBER = re.compile(r"\s*(-?\d+)\s*([<>=])\s*(-?\d+)")


def decide(paper: "Expander", tok: str) -> None:
    reader = paper.reader
    if tok == r"\fi":
        return
    if tok in {r"\else", r"\or"}:  # the end of a branch that was shown
        _skip(paper, to_else=False)
        return
    if not _holds(paper, tok):
        _skip(paper, to_else=True)
    reader.skip_spaces()


def _holds(paper: "Expander", tok: str) -> bool:
    reader = paper.reader
    if tok in {r"\iftrue", r"\ifpdf", r"\ifhmode"}:
        return True
    if tok == r"\ifmmode":
        return paper.math
    if tok == r"\ifdefined":
        return reader.pop() in paper.macros
    if tok == r"\ifx":
        first, second = (_meant(paper) for _ in range(2))
        return first == second
    if tok == r"\ifnum":
        found = _NUMBER.match(reader.peek())
        if not found:
            return False
        rest = reader.pop()[found.end() :]
        if rest:
            reader.push([rest])
        left, right = int(found[1]), int(found[3])
        return {"<": left < right, ">": left > right, "=": left == right}[found[2]]
    return paper.switches.get(tok[1:], False)


def _meant(paper: "Expander") -> object:
    r"""What a token of `\ifx` stands for: a macro's body, nothing for an unknown name, or itself."""
    reader = paper.reader
    reader.skip_spaces()
    tok = reader.pop()
    if tok == r"\csname":
        while (part := reader.pop()) and part != r"\endcsname":
            tok += part
        return paper.macros.get(f"\\{tok[7:]}", "")
    if tok[:1] != "\\" and len(tok) > 1:
        reader.push([tok[1:]])
        tok = tok[0]
    return "" if tok in {r"\relax", r"\undefined", r"\@undefined"} else paper.macros.get(tok, tok[:0] or tok)


def _skip(paper: "Expander", *, to_else: bool) -> None:
    r"""To the matching `\fi` (or `\else`). Without one nothing is skipped: half a paper lost is worse."""
    reader = paper.reader
    if paper.unclosed:
        return
    skipped: list[str] = []
    depth = 0
    while tok := reader.pop():
        if tok in CONDITIONALS or tok[1:] in paper.switches:
            depth += 1
        elif tok == r"\fi":
            if not depth:
                break
            depth -= 1
        elif tok == r"\else" and not depth and to_else:
            break
        skipped.append(tok)
    else:
        paper.unclosed = True
        reader.warn(r"an \if… has no \fi; it was passed over")
        reader.push(skipped)
        return
    reader.hidden += hide("comment", join(skipped))
