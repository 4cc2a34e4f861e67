r"""Display formulas: which of their lines carry a number, and the TeX of each with everything of layout taken off."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from agents.source.tex.rows import cells, rows
from agents.source.tex.stream import Span, Stream
from agents.source.tex.tokens import join
from agents.source.tex.words import DISPLAYS, ENVIRONMENT_ARGUMENTS, NEVER_NUMBERED

_DROPPED = {
    r"\label": "m", r"\tag": "m", r"\tag*": "m", r"\nonumber": "", r"\notag": "", r"\vspace": "m", r"\vspace*": "m",
    r"\hfill": "", r"\noindent": "", r"\displaybreak": "o", r"\centering": "", r"\resizebox": "mm", r"\scalebox": "m",
    r"\intertext": "m", r"\shortintertext": "m", r"\hskip": "", r"\strut": "", r"\qedhere": "", r"\raisebox": "m",
    r"\adjustbox": "m", r"\boldmath": "", r"\unboldmath": "", r"\sloppy": "", r"\allowbreak": "", r"\nobreak": "",
    r"\footnotemark": "o", r"\eqno": "", r"\leqno": "", r"\medmuskip": "", r"\IEEEeqnarraynumspace": "",
    r"\footnotesize": "", r"\small": "", r"\normalsize": "", r"\cite": "om",
}  # fmt: skip
# What KaTeX, the reader of notes, does not know, by what says the same
_SAID_AS = {
    r"\textsc": r"\text", r"\mathds": r"\mathbb", r"\mathbbm": r"\mathbb", r"\nicefrac": r"\frac", r"\sfrac": r"\frac",
    r"\flatfrac": r"\frac", r"\lefteqn": "", r"\bbl": r"\bigl", r"\textnormal": r"\text", r"\mathpzc": r"\mathcal",
    r"\textup": r"\text", r"\boldsymbol*": r"\boldsymbol", r"\emph": r"\textit", r"\slash": "/",
    r"\sl": r"\it", r"\em": r"\it", r"\/": "", r"\buildrel": "", r"\mathlarger": "", r"\mathsmaller": "",
    r"\bold": r"\mathbf",
    r"\mathbfit": r"\boldsymbol", r"\tfrac*": r"\tfrac", r"\textsl": r"\textit", r"\ell*": r"\ell", r"\root": r"\sqrt",
}  # fmt: skip
_BOXES = {r"\mbox", r"\hbox", r"\text"}
MOST_DEPTH = 20
LONGEST_BOX = 400  # tokens
_PLAIN = {r"\cases": "cases", r"\matrix": "matrix", r"\pmatrix": "pmatrix", r"\bmatrix": "bmatrix"}
_SPACING = {r"\ ", r"\,", r"\;", r"\:", r"\!", r"\quad", r"\qquad", r"\\", "\\\n"}
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Line:
    """One printed number and the rows that it stands for."""

    start: int
    stop: int
    rows: tuple[Span, ...]
    numbered: bool
    tag: str
    labels: tuple[str, ...]


def kind(name: str) -> str:
    return name.rstrip("*")


def inside(stream: Stream, at: int) -> tuple[int, int]:
    r"""The formula's first and last index in a display environment, behind the arguments of `\begin`."""
    name = stream.environment(at)
    _, start = stream.arguments(at + 1, ENVIRONMENT_ARGUMENTS.get(kind(name), ""))
    return start, stream.ends[at]


def lines(stream: Stream, name: str, start: int, stop: int) -> list[Line]:
    r"""The display between two indices ("" as name: `\[ … \]`) by its numbers; lines without one go with the next."""
    auto = bool(name) and not name.endswith("*") and name not in NEVER_NUMBERED
    many = DISPLAYS.get(kind(name), False)
    parts = [row for row in (rows(stream, start, stop) if many else [Span(start, stop, stop)]) if _holds(stream, row)]
    found: list[Line] = []
    waiting: list[Span] = []
    for part in parts:
        tag, silent, labels = _marks(stream, part)
        waiting.append(part)
        if tag or (auto and not silent):
            found.append(_line(waiting, tag, numbered=True, labels=labels))
            waiting = []
        elif labels:
            found.append(_line(waiting, "", numbered=False, labels=labels))
            waiting = []
    if waiting and found:  # what goes on behind the number belongs to it
        last = found[-1]
        found[-1] = _line([*last.rows, *waiting], last.tag, numbered=last.numbered, labels=last.labels)
    elif waiting:
        found = [_line(waiting, "", numbered=False, labels=())]
    return found


def _line(parts: list[Span], tag: str, *, numbered: bool, labels: tuple[str, ...]) -> Line:
    return Line(parts[0].start, parts[-1].stop, tuple(parts), numbered, tag, labels)


def _holds(stream: Stream, row: Span) -> bool:
    return any(not tok.isspace() and tok not in {"{", "}", "&"} for tok in stream.tokens[row.start : row.stop])


def _marks(stream: Stream, row: Span) -> tuple[str, bool, tuple[str, ...]]:
    r"""The `\tag`, whether `\nonumber` stands there, the labels."""
    tag, silent, labels = "", False, []
    for index in range(row.start, row.stop):
        tok = stream.tokens[index]
        if tok in {r"\tag", r"\tag*"}:
            tag = stream.word(stream.mandatory(index + 1)).strip("$()[] ")
        elif tok in {r"\eqno", r"\leqno"}:
            tag = _SPACES.sub("", stream.source(index + 1, row.stop)).strip("{}()[]$") or tag
        elif tok in {r"\nonumber", r"\notag", r"\nonumber*"}:
            silent = True
        elif tok == r"\label":
            labels.append(stream.word(stream.mandatory(index + 1)))
    return tag, silent, tuple(labels)


def formula(stream: Stream, start: int, stop: int, refs: Mapping[str, str], depth: int = 0) -> str:
    r"""The TeX between two indices, on one line: without labels and layout, `refs` resolved.

    A formula inside text inside a formula is set in \( \), so that it can stand between dollars itself.
    """
    out: list[str] = []
    index = start
    inner = False  # in such a formula
    bare: set[int] = set()  # dollars of `\mbox{$…$}`, which is the formula and no text at all
    while index < stop:
        tok = stream.tokens[index]
        if tok in _DROPPED:
            if tok in {r"\eqno", r"\leqno"}:
                break
            index = stream.arguments(index + 1, _DROPPED[tok])[1]
            continue
        if tok in {r"\ref", r"\eqref"}:
            span = stream.mandatory(index + 1)
            number = refs.get(stream.word(span), "?")
            out.append(f"({number})" if tok == r"\eqref" else number)
            index = span.after
            continue
        if tok in _PLAIN and depth < MOST_DEPTH and (span := stream.mandatory(index + 1)).after > span.stop:
            out.append(_plain_array(stream, _PLAIN[tok], span, refs, depth + 1))
            index = span.after
            continue
        if tok in _BOXES:
            bare |= _whole_formula(stream, index)
            out.append(r"\text" if not bare or max(bare) < index else "")
        elif tok == "$":
            if index not in bare:
                inner = not inner
                out.append(r"\(" if inner else r"\)")
        else:
            out.append(_SAID_AS.get(tok, tok))
        index += 1
    while out and (out[-1].isspace() or out[-1] in _SPACING):  # some push the number away with `\ \ \ `
        out.pop()
    return _SPACES.sub(" ", join(out)).strip()


def _whole_formula(stream: Stream, at: int) -> set[int]:
    """The two dollars in the box that begins here, if all of it is between them."""
    span = stream.mandatory(at + 1)
    if span.stop - span.start > LONGEST_BOX:
        return set()
    dollars = [index for index in range(span.start, span.stop) if stream.tokens[index] == "$"]
    around = stream.source(span.start, dollars[0]) + stream.source(dollars[-1] + 1, span.stop) if dollars else "x"
    return set(dollars) if len(dollars) == 2 and not around.strip() else set()


def _plain_array(stream: Stream, name: str, span: Span, refs: Mapping[str, str], depth: int) -> str:
    r"""Plain TeX's `\cases{… & text \cr}` and its kin as LaTeX's environments."""
    shown = []
    for row in rows(stream, span.start, span.stop):
        parts = [formula(stream, cell.start, cell.stop, refs, depth) for cell in cells(stream, row.start, row.stop)]
        if name == "cases":
            parts[1:] = [f"\\text{{{part}}}" for part in parts[1:]]
        if any(parts):
            shown.append(" & ".join(parts))
    return f"\\begin{{{name}}}" + r" \\ ".join(shown) + f"\\end{{{name}}}"


def line_formula(stream: Stream, name: str, line: Line, refs: Mapping[str, str]) -> str:
    """The TeX of a line as it can be shown by itself: several rows in an environment of their own."""
    if not DISPLAYS.get(kind(name), False):
        text = formula(stream, line.start, line.stop, refs)
        broken = len(rows(stream, line.start, line.stop)) > 1 and kind(name) in {"multline", "dmath", "equation", ""}
        return f"\\begin{{gathered}}{text}\\end{{gathered}}" if broken else text
    columns = kind(name) in {"eqnarray", "IEEEeqnarray"}
    shown = []
    for row in line.rows:
        parts = [formula(stream, cell.start, cell.stop, refs) for cell in cells(stream, row.start, row.stop)]
        if columns and len(parts) >= 3:  # left & = & right
            parts = [parts[0], f"{parts[1]} {' '.join(parts[2:])}".strip()]
        shown.append(parts)
    if len(shown) == 1:
        return " ".join(part for part in shown[0] if part)
    outer = "gathered" if kind(name) == "gather" else "aligned"
    return f"\\begin{{{outer}}}" + r" \\ ".join(" & ".join(parts).strip() for parts in shown) + f"\\end{{{outer}}}"
