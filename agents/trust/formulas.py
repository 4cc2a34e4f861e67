r"""Whether a formula of the note is the paper's: its TeX against the TeX of the equation with its number.

What only looks different is put aside: spacing, sizes of delimiters, fonts of names, braces around one token, numbers
and labels, alignment, the full stop at the end. A note may give one line of an equation, or a formula that stands
within a sentence; one that the paper does not number and that is not found is not judged.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from agents.note.formula import Formula
from agents.note.mark import SIGN
from agents.note.section import Part
from agents.source.document import Document, Equation
from agents.trust.outcome import Doubt, Outcome
from agents.trust.tex import tokens, words
from agents.trust.texts import parts

MARK, UNKNOWN = f"{SIGN} 与原文公式不同", f"{SIGN} 原文没有这个编号"
_DROPPED = words(r"""
    \left \right \middle \big \Big \bigg \Bigg \bigl \bigr \Bigl \Bigr \biggl \biggr \Biggl \Biggr \bigm \Bigm \, \; \:
    \! ~ \quad \qquad \displaystyle \textstyle \scriptstyle \limits \nolimits \nonumber \notag & \hfill \mathstrut
    \hline    \substack \rm \it \sf \bf \tt \tiny \small \scriptsize \footnotesize \normalsize \large \Large
""") | {"\\ "}
_SAME = {
    f"\\{name}": same
    for names, same in (
        ("le", r"\leq"), ("ge", r"\geq"), ("ne", r"\neq"), ("to", r"\rightarrow"), ("gets", r"\leftarrow"),
        ("land", r"\wedge"), ("lbrace", r"\{"), ("rbrace", r"\}"), ("lbrack", "["), ("rbrack", "]"),
        ("colon", ":"), ("lor", r"\vee"),
        ("lvert rvert vert mid", "|"), ("lVert rVert Vert parallel", r"\|"), ("dfrac tfrac cfrac", r"\frac"),
        ("ldots cdots dotsc dotsb", r"\dots"), ("widehat", r"\hat"), ("widetilde", r"\tilde"), ("overline", r"\bar"),
        ("top intercal", "T"), ("ast", "*"), ("prime", "'"), ("mathscr", r"\mathcal"), ("mathds mathbbm", r"\mathbb"),
        ("varepsilon", r"\epsilon"), ("varphi", r"\phi"), ("neg", r"\lnot"),
    )
    for name in names.split()
}  # fmt: skip
_FONTS = words(r"""
    \mathrm \mathit \mathsf \mathtt \mathnormal \text \textrm \textit \textsf \mbox \hbox \operatorname \operatorname*
    \mathbf \boldsymbol \bm \pmb \textbf \mathop \mathrel \mathbin \mathord \ensuremath
""")
_ONE = words(
    r"\sqrt \hat \bar \tilde \vec \dot \ddot \check \underline \mathcal \mathbb \mathfrak \underbrace \overbrace"
)
_TWO = words(r"\frac \binom \stackrel \overset \underset")
_TAKEN = re.compile(
    r"\\(?:tag\*?|label|vspace\*?|hspace\*?)\s*\{[^{}]*\}|\\(?:begin|end)\s*\{[^{}]*\}(?:\{[lcr|]+\})?"
    r"|\\(?:left|right)\s*\.|(?<=\\\\)\[[\d.]+\s*[a-z]{2}\]"
)
_FUNCTION = re.compile(r"\\(log|ln|exp|sin|cos|tan|tanh|max|min|sup|inf|lim|det|dim|arg|ker|Pr|argmax|argmin)")
_FEWEST_TOKENS = 3  # of an unnumbered formula that is looked for everywhere
_INLINE = re.compile(r"(?<![\\$])\$((?:\\.|[^$\\])+)\$")
_BREAK = r"\\"
_OF_FONT = "{font"  # the brace of a font's argument: it goes with the font
_PUNCTUATION = {".", ",", ";", _BREAK}


@dataclass(frozen=True, slots=True)
class Index:
    """What the paper's own TeX has, each formula as `plain` gives it; empty where only the PDF was read."""

    numbered: tuple[tuple[str, Equation, list[str]], ...]  # with its number
    everywhere: tuple[str, ...]  # the TeX of all of them, those within sentences too
    numbers: frozenset[str]  # of all equations, those too of which there is no TeX


def index(document: Document) -> Index:
    exact = [(_number(one.number), one, plain(one.tex)) for one in document.equations if one.tex]
    inline = [tex for block in document.blocks for tex in _INLINE.findall(block.exact)] if exact else []
    said = tuple(dict.fromkeys([one.tex for _, one, _ in exact] + inline))
    numbers = frozenset(_number(equation.number) for equation in document.equations)
    return Index(tuple(one for one in exact if one[0]), said, numbers)


def outcome(part: Part, index: Index) -> Outcome:
    """Every formula that can be looked up."""
    right = 0
    doubts = []
    for where, formula in parts(part, Formula):
        verdict = _judge(formula, index) if formula.tex and index.everywhere else False
        if isinstance(verdict, bool):
            right += verdict
        else:
            message, mark = verdict
            doubts.append(Doubt(f"{where}.meaning", message, mark, len(formula.meaning)))
    return Outcome("formulas", right, right + len(doubts), tuple(doubts))


def _judge(formula: Formula, index: Index) -> bool | tuple[str, str]:
    """Found, or what is wrong and its mark; False for one that is not to be judged."""
    number, mine = _number(formula.equation), plain(formula.tex)
    if not number:
        wanted = _on_one_line(formula.tex)
        return len(mine) >= _FEWEST_TOKENS and any(wanted in _on_one_line(tex) for tex in index.everywhere)
    if number not in index.numbers:
        return f"the paper has no equation ({formula.equation})", UNKNOWN
    same = [one for one in index.numbered if one[0] == number]
    if not same or any(_is_part(mine, theirs) for _, _, theirs in same):
        return bool(same)
    _, equation, theirs = same[0]
    what = f"{formula.tex!r} is not equation ({number}) of the paper, {equation.tex!r}"
    if other := next((name for name, _, form in index.numbered if _is_part(mine, form)), ""):
        return f"{what}, but its equation ({other})", MARK
    return f"{what}: {_first_difference(mine, theirs)}", MARK


def plain(tex: str) -> list[str]:
    """The tokens that make the formula what it is."""
    kept: list[str] = []
    in_font = False
    for given in tokens(_TAKEN.sub(" ", tex)):
        if given.isspace() or given in _DROPPED:
            continue
        tok = _SAME.get(given, given)
        function = _FUNCTION.fullmatch(tok)
        if tok in _FONTS:
            in_font = True
            continue
        kept += [_OF_FONT] if in_font and tok == "{" else list(function[1]) if function else [tok]
        in_font = False
    kept = [char for tok in kept for char in (tok if tok[0].isdigit() else [tok])]
    kept = _scripts_in_order(_without_braces(_as_fractions(kept)))
    while kept and kept[-1] in _PUNCTUATION:
        kept.pop()
    return kept


def _as_fractions(toks: list[str]) -> list[str]:
    r"""Plain TeX's {a \over b} as LaTeX has it."""
    out: list[str] = []
    begun: list[int] = []
    for tok in toks:
        if tok == r"\over" and begun:
            out[begun[-1] : begun[-1] + 1] = [r"\frac", "{"]
            out += ["}", "{"]
            continue
        if tok in {"{", _OF_FONT}:
            begun.append(len(out))
        elif tok == "}" and begun:
            begun.pop()
        out.append(tok)
    return out


def _without_braces(toks: list[str]) -> list[str]:
    """Braces off where they group nothing: around one token, and where no command or script asks for a group."""
    while True:
        out: list[str] = []
        open_at: list[tuple[int, str]] = []
        second = -1  # where the second argument of a fraction begins
        for tok in toks:
            before = out[-1] if out else ""
            if tok in {"{", _OF_FONT}:
                wanted = before if before in _TWO else "one" if _asks(out, second, font=tok == _OF_FONT) else ""
                open_at.append((len(out), wanted))
                out.append("{")
            elif tok == "}" and open_at:
                begin, wanted = open_at.pop()
                if wanted and len(out) - begin > 2:
                    out.append(tok)
                    second = len(out) if wanted in _TWO else second
                else:
                    del out[begin]
            else:
                out.append(tok)
        if out == toks:
            return out
        toks = out


def _asks(out: list[str], second: int, *, font: bool) -> bool:
    """Whether what has been read needs a group behind it."""
    before = out[-1] if out else ""
    if before in {"_", "^"} or (before in _ONE and not font):
        return True
    return len(out) == second or (len(out) > 1 and out[-2] in _TWO and before not in {"{", "}"})


def _scripts_in_order(toks: list[str]) -> list[str]:
    """x^2_i as x_i^2, where both scripts are one token."""
    out = list(toks)
    for n in range(len(out) - 1):
        if out[n : n + 2] == ["^", "'"]:
            out[n : n + 2] = ["'"]
    for n in range(len(out) - 3):
        if out[n] == "^" and out[n + 2] == "_" and "{" not in {out[n + 1], out[n + 3]}:
            out[n : n + 4] = ["_", out[n + 3], "^", out[n + 1]]
    return out


def _is_part(mine: list[str], theirs: list[str]) -> bool:
    """The whole equation, or some of its lines."""
    lines = _lines(theirs)
    wanted = _without_breaks(mine)
    parts = (
        [tok for line in lines[i:j] for tok in line] for i in range(len(lines)) for j in range(i + 1, len(lines) + 1)
    )
    return any(wanted in (part, part[:-1] if part and part[-1] in _PUNCTUATION else part) for part in parts)


def _lines(toks: list[str]) -> list[list[str]]:
    lines: list[list[str]] = [[]]
    for tok in toks:
        if tok == _BREAK:
            lines.append([])
        else:
            lines[-1].append(tok)
    return lines


def _without_breaks(toks: list[str]) -> list[str]:
    return [tok for line in _lines(toks) for tok in line]


def _first_difference(mine: list[str], theirs: list[str]) -> str:
    mine, theirs = _without_breaks(mine), _without_breaks(theirs)
    at = next((n for n, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b), min(len(mine), len(theirs)))
    ours, paper = (" ".join(side[at : at + 6]) or "nothing more" for side in (mine, theirs))
    return f"first different at {ours!r}, where the paper has {paper!r}"


@lru_cache(maxsize=4096)
def _on_one_line(tex: str) -> str:
    """For a search: a blank around every token."""
    return f" {' '.join(_without_breaks(plain(tex)))} "


def _number(number: str) -> str:
    return re.sub(r"[\s().]|^(?:Eq|Equation)\b", "", number).lower()


def with_pages(value: Any, document: Document) -> Any:
    """A reply as plain data (`model_dump()`): the page of a formula is that of the equation with its number."""
    pages = {_number(equation.number): equation.page for equation in document.equations if equation.number}
    return _paged(value, {number: page for number, page in pages.items() if page})


def _paged(value: Any, pages: dict[str, int]) -> Any:
    if isinstance(value, dict):
        found = {key: _paged(inner, pages) for key, inner in value.items()}
        if "equation" in found and "page" in found:
            found["page"] = pages.get(_number(found["equation"]), found["page"])
        return found
    if isinstance(value, list | tuple):
        return tuple(_paged(inner, pages) for inner in value)
    return value
