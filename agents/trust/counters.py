r"""Letters that only count: the i of a sum, the t of $x_t$ and $x_{t-1}$; no row of a table of symbols is about them.

A letter below one symbol alone may be its name as well (the v of $d_v$), so it counts only where something shows it:
it is bound by a sum, stands below several symbols, or is reckoned with.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import takewhile

from agents.trust.tex import Piece, tokens, words

_USUAL = frozenset("ijklmnstuhr")
_ENDS = frozenset("NTKMLHB")  # where a row of them usually ends
_SIGNS = set("+-,:;<>()|'/") | {
    f"\\{name}" for name in words("le leq ge geq mid ne neq ldots dots cdots backslash setminus")
}
_DOTS = {"ldots", "dots", "cdots", "dotsc", "dotsb"}
_SILENT = re.compile(
    r"\\(?:text|mathrm|mathit|mathsf|mathbf|mathtt|operatorname\*?|textit|textrm|textbf|rm|it|bf|quad)(?![A-Za-z])"
    r"|\\[,;:! ]|[{}~]"
)
_POWER = re.compile(r"[+-]?\d*\.?\d*|-?T|\\(?:top|intercal|ast|star|prime|dagger|pm)|[*+-]")


def everywhere(pieces: tuple[Piece, ...]) -> Iterator[Piece]:
    """All pieces, those within groups and scripts too."""
    for piece in pieces:
        yield piece
        for part in (piece.inner, piece.sub, piece.sup):
            yield from everywhere(part)


def bound(pieces: tuple[Piece, ...]) -> frozenset[str]:
    """What sums run over."""
    return frozenset(
        letter.value
        for piece in everywhere(pieces)
        if piece.kind == "sum"
        for letter in everywhere(tuple(takewhile(lambda one: one.kind != "relation", piece.sub)))
        if letter.kind == "letter"
    )


def counters(pieces: tuple[Piece, ...]) -> frozenset[str]:
    """The letters that count in this formula's scripts; so do usual ones that only a row has."""
    below: dict[str, set[str]] = defaultdict(set)
    counting = set(bound(pieces))
    for piece in everywhere(pieces):
        letters = {one.value for one in everywhere(piece.sub + piece.sup) if one.kind == "letter"}
        if piece.kind == "sum":
            counting |= {one.value for one in piece.sup if one.kind == "letter"}
        elif piece.kind == "letter":
            reckoned = len(tokens(_SILENT.sub("", piece.scripts[0]))) > 1 and set("+-:<") & set(piece.scripts[0])
            for letter in letters & _USUAL:
                below[letter].add(piece.value)
                counting |= {letter} if reckoned else set()
        else:
            counting |= letters & _USUAL
        if piece.kind == "other" and piece.value in _DOTS:
            counting |= _ENDS
    bare = {piece.value for piece in _outside_scripts(pieces) if piece.kind == "letter"}
    several = {letter for letter, bases in below.items() if len(bases) > 1 or letter in bare}
    return frozenset(counting | several | (_USUAL - below.keys()))


def _outside_scripts(pieces: tuple[Piece, ...]) -> Iterator[Piece]:
    for piece in pieces:
        yield piece
        yield from _outside_scripts(piece.inner)


def subscript(text: str, counting: frozenset[str]) -> str:
    """What it says: "model", "1", "#" where it only counts."""
    said = [tok for tok in tokens(_SILENT.sub("", text)) if not tok.isspace()]
    letters = [one for one in said if one in counting]
    if letters and all(one in counting or one in _SIGNS or one.isdigit() for one in said):
        return "#"
    return "".join(said)


def superscript(text: str, counting: frozenset[str]) -> str:
    """The same above; powers, transposes and stars say nothing."""
    said = _SILENT.sub("", text)
    return "" if _POWER.fullmatch(re.sub(r"\s", "", said)) else subscript(text, counting)
