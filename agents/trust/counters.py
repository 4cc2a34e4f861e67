r"""Letters that only count: the i of a sum, the t of $x_t$ and $x_{t-1}$; no row of a table of symbols is about them.

A letter below one symbol alone may be its name as well (the v of $d_v$), so it counts only where something shows it:
it is bound by a sum, stands below several symbols, or is reckoned with. A letter that is bound and stands in the
line as well, the x of $\sum_x p(x)$, is spoken of: it counts only where it is one of those that always do.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise, takewhile

from agents.trust.tex import Piece, tokens, words

BLACKBOARD = frozenset({"mathbb", "mathds", "mathbbm"})
_USUAL = frozenset("ijklmnstuhr") | {"ell"}
_ALWAYS = frozenset("ijklmnt")  # what sums run over, and nothing else
_REMOVAL = {r"\backslash", r"\setminus"}
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz")
_ENDS = frozenset("NTKMLHB")  # where a row of them usually ends
_SIGNS = set("+-,:;<>()|'/_") | {
    f"\\{name}" for name in words("le leq ge geq mid ne neq ldots dots cdots backslash setminus")
}
_DOTS = {"ldots", "dots", "cdots", "dotsc", "dotsb"}
_SILENT = re.compile(
    r"\\(?:text|mathrm|mathit|mathsf|mathbf|mathtt|operatorname\*?|textit|textrm|textbf|rm|it|bf|quad)(?![A-Za-z])"
    r"|\\[,;:! ]|[{}~]"
)
_TRANSPOSED = re.compile(r"(?<=.)\s*\\(?:top|intercal|dagger)$")
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


def only_counting(pieces: tuple[Piece, ...]) -> frozenset[str]:
    """What sums run over and is not spoken of: usual letters, and those that stand in scripts alone."""
    spoken = in_line(pieces)
    return (bound(pieces) - (spoken - _ALWAYS)) | (_beside(pieces) - spoken)


def _beside(pieces: tuple[Piece, ...]) -> frozenset[str]:
    """Small letters in one script with what a sum runs over: the v of $e_{uv}$, where it runs over u."""
    summed = bound(pieces)
    found: set[str] = set()
    for piece in everywhere(pieces):
        letters = {one.value for one in piece.sub if one.kind == "letter"} if piece.kind == "letter" else set()
        found |= letters & _LATIN if letters & summed else set()
    return frozenset(found)


def dummies(pieces: tuple[Piece, ...]) -> frozenset[str]:
    r"""What a sum, a maximum, an expectation or an integral binds: the a of $\max_a Q(s, a)$, the z of $dz$."""
    said = list(everywhere(pieces))
    below = {one.value for piece in said if _binds(piece) for one in piece.sub}
    return frozenset(bound(pieces) | below | set(_differentials(said)))


def _binds(piece: Piece) -> bool:
    return bool(piece.marks & BLACKBOARD) or (piece.kind == "limits" and piece.value != "nabla")


def _differentials(said: list[Piece]) -> Iterator[str]:
    if any(piece.kind == "integral" for piece in said):
        yield from (one.value for d, one in pairwise(said) if d.value == "d" and one.kind == "letter")


def in_line(pieces: tuple[Piece, ...]) -> frozenset[str]:
    """The letters that stand outside of scripts."""
    return frozenset(piece.value for piece in _outside_scripts(pieces) if piece.kind == "letter")


def counters(pieces: tuple[Piece, ...]) -> frozenset[str]:
    """The letters that count in this formula's scripts; so do usual ones that only a row has."""
    below: dict[str, set[str]] = defaultdict(set)
    counting = set(bound(pieces) | _beside(pieces) | _ends(pieces))
    for piece in everywhere(pieces):
        letters = {one.value for one in everywhere(piece.sub + piece.sup) if one.kind == "letter"}
        if piece.kind == "sum":
            counting |= {one.value for one in piece.sup if one.kind == "letter"}
        elif piece.kind == "letter":
            for letter in letters & _USUAL:
                below[letter].add(piece.value)
                counting |= {letter} if _reckoned(piece.scripts[0]) else set()
        else:
            counting |= letters & _USUAL
    spoken = in_line(pieces)
    several = {letter for letter, bases in below.items() if len(bases) > 1 or letter in spoken}
    return frozenset(counting | several | (_USUAL - below.keys()))


def _reckoned(script: str) -> bool:
    said = tokens(_SILENT.sub("", script))
    return len(said) > 1 and bool(set("+-:<") & set(script) or _REMOVAL & set(said))


def _ends(pieces: tuple[Piece, ...]) -> frozenset[str]:
    found = frozenset(piece.value for piece in ends(pieces))
    return found | _ENDS if _has_dots(pieces) else frozenset()


def ends(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    r"""The letters in which rows of symbols end: the G of $r_1, \ldots, r_G$."""
    said = [piece for piece in everywhere(pieces) if piece.kind in {"letter", "name"}]
    begun = {(piece.value, at) for piece in said for at in (0, 1) if piece.scripts[at] == "1"}
    scripts = [(piece.sub, piece.sup)[at] for piece in said for at in (0, 1) if (piece.value, at) in begun]
    single = (script[0] for script in scripts if len(script) == 1 and script[0].kind == "letter")
    return tuple(single) if _has_dots(pieces) else ()


def _has_dots(pieces: tuple[Piece, ...]) -> bool:
    return any(piece.kind == "other" and piece.value in _DOTS for piece in everywhere(pieces))


def _outside_scripts(pieces: tuple[Piece, ...]) -> Iterator[Piece]:
    for piece in pieces:
        yield piece
        yield from _outside_scripts(piece.inner)


def subscript(text: str, counting: frozenset[str]) -> str:
    """What it says: "model", "1", "#" where it only counts."""
    said = [tok for tok in tokens(_SILENT.sub("", text)) if not tok.isspace()]
    letters = [one for one in said if one.lstrip("\\") in counting]
    if letters and all(one.lstrip("\\") in counting or one in _SIGNS or one.isdigit() for one in said):
        return "#"
    return "".join(said)


def names(label: str) -> frozenset[str]:
    """The letters of which a label is made."""
    return frozenset(one.lstrip("\\") for one in tokens(label) if one not in _SIGNS and not one.isdigit())


def superscript(text: str, counting: frozenset[str]) -> str:
    """The same above; powers, transposes and stars say nothing."""
    said = _TRANSPOSED.sub("", _SILENT.sub("", text))
    return "" if _POWER.fullmatch(re.sub(r"\s", "", said)) else subscript(said, counting)
