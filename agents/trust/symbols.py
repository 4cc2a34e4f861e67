r"""Whether every symbol of a formula is explained in its table.

A symbol is a letter with what belongs to it: `x_i`, `\hat{x}` and `x^{(t)}` are forms of x, and a row on x explains
them; a row on `W_Q` does not explain `W_K`. Operators, relations, functions, numbers, text, differentials, and letters
that only count need no row.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pydantic import BaseModel

from agents.note.formula import Formula
from agents.note.mark import SIGN
from agents.trust.counters import (
    BLACKBOARD,
    counters,
    dummies,
    ends,
    everywhere,
    names,
    only_counting,
    subscript,
    superscript,
)
from agents.trust.outcome import Doubt, Outcome
from agents.trust.tex import Piece, TooDeepError, read, words
from agents.trust.texts import parts

_SETS = frozenset("RNZQCEPIV")  # in blackboard bold: known sets, expectation, probability, indicator, variance
_VECTORS = frozenset({"mathbf", "boldsymbol", "bm", "pmb", "textbf", "bold", "vec", "overrightarrow"})
_DENSITIES = frozenset("pPq")  # p(x) and p(z) are two functions, named by what is in the brackets
_POWERS = words("alpha beta gamma lambda kappa rho")  # above a letter they are numbers, where another one is a label
_WORDS = words("""
    if and or for all otherwise else when where with then such that is are the of in on to by from as iff subject
    st const softmax sigmoid relu gelu silu concat sign sgn tr rank diag var cov top""")
_A_WORD = 3  # letters in a row
_MOST_NAMED = 6  # in a mark


@dataclass(frozen=True, slots=True)
class _Form:
    """A symbol as a formula or a row has it; scripts that only count are "#"."""

    base: str
    marks: frozenset[str] = frozenset()
    sub: str = ""
    sup: str = ""
    alone: bool = True  # of a row: False where it names a product, the W of ΔW, which says nothing of W_0

    @property
    def labels(self) -> tuple[str, str]:
        """What makes it another thing than its base."""
        return self.sub.strip("#"), self.sup.strip("#")


def outcome(part: BaseModel) -> Outcome:
    """Every formula that has a table; one that has none (a draft's) is not counted."""
    right = of = 0
    doubts = []
    for where, formula in parts(part, Formula):
        if not (formula.tex and formula.symbols):
            continue
        try:
            lacking, count = unexplained(formula)
        except TooDeepError:
            continue
        of += count
        right += count - len(lacking)
        if lacking:
            doubts.append(_doubt(where, formula, lacking))
    return Outcome("symbols", right, of, tuple(doubts))


def _doubt(where: str, formula: Formula, lacking: list[str]) -> Doubt:
    named = "、".join(f"${one}$" for one in lacking[:_MOST_NAMED] if "`" not in one)
    more = " 等" if len(lacking) > _MOST_NAMED else ""
    message = f"in the formula, but not in its table of symbols: {', '.join(lacking)}; add a row for each"
    return Doubt(f"{where}.meaning", message, f"{SIGN} 未解释：{named}{more}", len(formula.meaning))


def unexplained(formula: Formula) -> tuple[list[str], int]:
    """The symbols that no row explains, as TeX, and how many the formula has, each form once. TooDeepError."""
    pieces = read(formula.tex)
    counting = counters(pieces)
    rows = [said for row in formula.symbols for said in _rows(read(row.symbol), counting)]
    runs = list(_runs(pieces, only_counting(pieces) | _indices(pieces)))
    runs += [(end,) for end in ends(pieces) if end.value.isupper()]
    plain = {_form((piece,), counting): piece for run in runs for piece in run}
    free = dummies(pieces)
    lacking: dict[_Form, str] = {}
    of: set[_Form] = set()
    for run in runs:
        forms = [_form((piece,), counting) for piece in run]
        left = [form for form in forms if not _is_explained(form, rows, plain, free)]
        word = _form(run, counting)
        if any(row.base == word.base for row in rows if len(run) > 1):
            of.add(word)
        elif len(run) >= _A_WORD and left == forms:
            of.add(word)
            lacking[word] = "".join(piece.tex for piece in run)
        else:
            of |= set(forms)
            lacking |= {form: plain[form].shown if any(form.labels) else plain[form].tex for form in left}
    return list(dict.fromkeys(lacking.values())), len(of)


def _rows(pieces: tuple[Piece, ...], counting: frozenset[str]) -> Iterator[_Form]:
    """What one row of a table explains."""
    named: list[list[Piece]] = [[]]
    for piece in _head(pieces):
        if piece.kind == "comma":
            named.append([])
        named[-1].append(piece)
    for one in named:
        forms = [_form(run, counting) for run in _runs(tuple(one), row=True)]
        yield from (replace(form, alone=len(forms) == 1) for form in forms)


def _form(run: tuple[Piece, ...], counting: frozenset[str]) -> _Form:
    """Of one letter or name, or of letters in a row that are a word."""
    last = run[-1]
    base = "".join(piece.value for piece in run)
    sub, sup = last.scripts
    return _Form(base, last.marks, subscript(sub, counting), superscript(sup, counting))


def _is_explained(form: _Form, rows: list[_Form], plain: dict[_Form, Piece], free: frozenset[str]) -> bool:
    """By a row about it, or, of what is bound in the formula itself, by any row on its letter."""
    same = [row for row in rows if row.base == form.base]
    if form.base in free and not any(form.labels) and form.marks <= {"prime"}:
        return any(row.marks <= {"prime"} for row in same)
    return any(_explains(row, form, rows, plain) for row in same)


def _explains(row: _Form, form: _Form, rows: list[_Form], plain: dict[_Form, Piece]) -> bool:
    """Whether a row is about this form. One about x is about all forms of x, but where x too stands in the formula."""
    is_entry = bool(form.sub) and not form.marks and not row.sub  # the a_i of a vector in bold
    if not row.marks - (_VECTORS if is_entry else frozenset()) <= form.marks:
        return False
    if form == _Form(form.base) and form.base in _DENSITIES:
        return True
    if not (_fits(row.sub, form.sub) and (_fits(row.sup, form.sup) or (row.sup, form.sup) == ("#", ""))):
        return False
    if not row.alone:
        return (row.marks, row.labels) == (form.marks, form.labels)
    if row in plain and row.marks != form.marks and not is_entry:
        return False  # L beside \mathcal{L}, y beside \hat{y}: two things
    if row in plain and any(any(other.labels) for other in rows):  # a table that tells forms apart
        bases = {other.base for other in rows}
        labels = zip((row.sub, row.sup), form.labels, strict=True)
        return not any(label and not said and not names(label) <= bases for said, label in labels)
    return True


def _fits(row: str, form: str) -> bool:
    """$v_w$ is about $v_{w_O}$ as well."""
    return row in {"", form} or (row == "#" and form.isdigit() and form != "0") or form.startswith(f"{row}_")


def _indices(pieces: tuple[Piece, ...]) -> frozenset[str]:
    """The letters i and j where they stand below something: dummies, wherever else they stand."""
    scripts = {one.value for piece in everywhere(pieces) for one in everywhere(piece.sub) if one.kind == "letter"}
    return frozenset("ij") & scripts


def _head(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    r"""What a row is about: the p of $p(y \mid x)$, the x of $x \in X$, all of $Q, K, V$."""
    kept: list[Piece] = []
    depth, hidden, behind_relation = 0, None, False
    before = ""
    for piece in pieces:
        if piece.kind == "open":
            if hidden is None and before in {"letter", "name", "function", "text"}:
                hidden = depth
            depth += 1
        elif piece.kind == "close" and piece.value not in {"|", r"\|"}:
            depth -= 1
            hidden, was = (None, hidden) if hidden == depth else (hidden, None)
            if was is not None:
                before = "close"
                continue
        elif depth == 0 and piece.kind in {"relation", "comma"}:
            behind_relation = piece.kind == "relation" and piece.value != "="
        if hidden is None and not behind_relation:
            kept.append(piece)
        before = piece.kind if piece.kind != "space" else before
    return tuple(kept)


def _runs(
    pieces: tuple[Piece, ...], silent: frozenset[str] = frozenset(), *, row: bool = False
) -> Iterator[tuple[Piece, ...]]:
    """The letters and names that a formula speaks of; letters typed without a blank between them come together."""
    said = list(everywhere(pieces))
    integral = any(piece.kind == "integral" for piece in said)
    circle = any(piece.kind == "function" and piece.value in {"sin", "cos", "tan", "arctan"} for piece in said)
    yield from _Speech(silent | ({"pi"} if circle else set()), integral=integral, row=row).runs(pieces)


@dataclass(frozen=True, slots=True)
class _Speech:
    silent: frozenset[str]
    integral: bool
    row: bool

    def runs(self, pieces: tuple[Piece, ...]) -> Iterator[tuple[Piece, ...]]:
        run: list[Piece] = []
        for n, piece in enumerate(pieces):
            behind = next((one for one in pieces[n + 1 :] if one.kind != "space"), Piece("space"))
            if piece.kind == "letter" and not self.is_constant(piece, pieces[n - 1] if n else None):
                follows = run and not (piece.marks or len(piece.value) > 1)
                if run and not follows:
                    yield from self.said(run, Piece("space"))
                    run = []
                if not (self.integral and piece.value == "d" and behind.kind == "letter"):
                    run.append(piece)
                if not self.row:
                    yield from self.in_scripts(piece)
                if (
                    piece.scripts != ("", "")
                    or piece.marks
                    or len(piece.value) > 1
                    or pieces[n + 1 : n + 2] != (behind,)
                ):
                    yield from self.said(run, behind)
                    run = []
                continue
            yield from self.said(run, piece)
            run = []
            yield from self.other(piece, behind)
        yield from self.said(run, Piece("space"))

    def in_scripts(self, piece: Piece) -> Iterator[tuple[Piece, ...]]:
        r"""What scripts speak of, where they are no label: of $\mathbb{E}_{x \sim p}$, of $N^\alpha$."""
        if BLACKBOARD & piece.marks:
            if piece.value in "EV" or len(piece.sub) != 1:
                yield from self.limits(piece)
        elif len(piece.sup) == 1 and piece.sup[0].value in _POWERS and piece.value != "e":
            yield from self.runs(piece.sup)

    def said(self, run: list[Piece], behind: Piece) -> Iterator[tuple[Piece, ...]]:
        """A run that has ended; `behind`: what stands there."""
        if not run:
            return
        called = behind.kind == "open" and behind.value in "(["
        word = "".join(piece.value for piece in run)
        if self.row:
            yield tuple(run)
        elif (word == "O" or len(run) >= _A_WORD) and (called or word.lower() in _WORDS):
            return
        elif kept := tuple(one for one in run if not self.is_silent(one)):
            yield kept

    def is_silent(self, piece: Piece) -> bool:
        if BLACKBOARD & piece.marks:
            return piece.value in _SETS
        return piece.value in self.silent and not piece.marks

    def is_constant(self, piece: Piece, before: Piece | None) -> bool:
        r"""The e of $e^x$, the $\pi$ of $2\pi$."""
        if self.row:
            return False
        return (piece.value == "e" and bool(piece.sup)) or (
            piece.value == "pi" and bool(before and before.kind == "number")
        )

    def limits(self, piece: Piece) -> Iterator[tuple[Piece, ...]]:
        """What stands below a minimum, an expectation: more than a letter that counts."""
        yield from self.runs(tuple(one for one in piece.sub if one.value not in "ijklmnst" or one.scripts != ("", "")))
        yield from self.runs(piece.sup)

    def other(self, piece: Piece, behind: Piece) -> Iterator[tuple[Piece, ...]]:
        """A piece that is no letter: what it holds, and those of its scripts that are more than a label."""
        called = behind.kind == "open" and behind.value in "(["
        if piece.kind == "name":
            if self.row or not (called or piece.value.lower() in _WORDS):
                yield (piece,)
        elif piece.kind == "text":
            is_defined = bool(piece.sub) or behind.value == "="
            if re.fullmatch("[A-Za-z]{2,}", piece.value) and (self.row or (is_defined and piece.value not in _WORDS)):
                yield (piece,)
        elif piece.kind == "sum":
            over = next((n for n, one in enumerate(piece.sub) if one.kind == "relation"), len(piece.sub))
            yield from self.runs(piece.sub[over:])
            yield from self.runs(piece.sup)
        elif piece.kind in {"limits", "integral"}:
            yield from self.limits(piece)
        elif piece.kind != "function":
            yield from self.runs(piece.inner)
            counts = superscript(piece.scripts[1], frozenset("ijklmnst"))
            if piece.kind == "number" or counts not in {"", "#"}:
                yield from self.runs(piece.sup)
