"""The displays of the page -> equations with their numbers, exact TeX and the sentence around each."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from agents.source.document import Equation
from agents.source.equations import sentence_around
from agents.source.html_pieces import Piece
from agents.source.html_tree import Element, classes, elements, span, text_of

_BOX = (0.0, 0.0, 0.0, 0.0)
_RELATION = re.compile(
    r"^(?:[=<>+\-*/:&]|\\(?:leq?|geq?|neq?|approx|equiv|sim|simeq|cong|propto|times|cdot|quad|qquad|to|in"
    r"|lesssim|gtrsim|triangleq|coloneqq|Rightarrow|Longrightarrow|iff|le|ge|l?eqslant|hspace|phantom)(?![A-Za-z]))"
)
_OPEN_END = re.compile(r"(?:[=<>+\-*/({\[]|\\(?:times|cdot|leq?|geq?|approx|equiv|sim|propto|quad))\s*$")


class Display(NamedTuple):
    number: str  # "" for one without
    tex: str


class _Line(NamedTuple):
    """One line of a display: the cells between its alignment points."""

    number: str
    cells: tuple[str, ...]
    glued: bool  # beside the same number as the line above

    @property
    def tex(self) -> str:
        return " ".join(cell for cell in self.cells if cell)


def read_displays(node: Element) -> list[Display]:
    """The equations of an ltx_equation or an ltx_equationgroup.

    Lines without a number belong to the numbered one that they lead to, else to the one that they continue.
    """
    chains: list[list[_Line]] = []
    for row in _lines(node):
        if chains and _continues(chains[-1][-1], row):
            chains[-1].append(row)
        else:
            chains.append([row])
    return [one for chain in chains for lines in _numbered(chain) if (one := _display(lines)).tex]


def _continues(before: _Line, row: _Line) -> bool:
    starts = not row.tex or not row.cells[0] or bool(_RELATION.match(row.tex))
    return row.glued or starts or (not before.number and bool(_OPEN_END.search(before.tex)))


def _numbered(chain: Sequence[_Line]) -> list[list[_Line]]:
    """The chain cut behind every number."""
    groups: list[list[_Line]] = [[]]
    for row in chain:
        groups[-1].append(row)
        if row.number:
            groups.append([])
    rest = groups.pop()
    if rest and groups:
        groups[-1] += rest
    return groups or [rest]


def _display(lines: Sequence[_Line]) -> Display:
    number = next((row.number for row in lines if row.number), "")
    shown = [row for row in lines if row.tex]
    if len(shown) < 2:
        return Display(number, shown[0].tex if shown else "")
    body = r" \\ ".join(" & ".join(row.cells).strip() for row in shown)
    return Display(number, rf"\begin{{aligned}} {body} \end{{aligned}}")


def _lines(node: Element) -> Iterator[_Line]:
    """The rows of a display. A number beside several rows is given to the last of them."""
    rows = [row for row in node.iter("tr") if row.find("td") is not None] or [node]
    number, left = "", 0
    for row in rows:
        glued = left > 0
        if not glued:
            number, left = _number(row), _height(row)
        left -= 1
        yield _Line("" if left else number, _cells(row), glued)


def _height(row: Element) -> int:
    """How many rows the number in this one stands beside."""
    return max((span(cell, "row") for cell in row.iter("td") if "ltx_eqn_eqno" in classes(cell)), default=1)


def _cells(row: Element) -> tuple[str, ...]:
    """The formulas between the margins of a row."""
    cells = list(row.iterchildren("td")) if row.tag == "tr" else [row]
    return tuple(_tex(cell) for cell in cells if not _is_margin(classes(cell)))


def _is_margin(names: frozenset[str]) -> bool:
    return "ltx_eqn_eqno" in names or any(name.startswith("ltx_eqn_") and "pad" in name for name in names)


def _tex(cell: Element) -> str:
    """The formulas of a cell; words between them are kept as words."""
    if "ltx_tag" in classes(cell):
        return ""
    pieces = [_words(cell.text)]
    for node in cell.iterchildren("*"):
        pieces += [node.get("alttext", "") if node.tag == "math" else _tex(node), _words(node.tail)]
    return " ".join(piece for piece in pieces if piece)


def _words(text: str | None) -> str:
    words = " ".join((text or "").split())
    return rf"\text{{{words}}}" if any(map(str.isalpha, words)) else ""


def _number(row: Element) -> str:
    """The number, "3" of "(3)", "" without."""
    tag = next(elements(row, "ltx_tag_equation", "ltx_tag_equationgroup"), None)
    if tag is None:
        tag = next(elements(row, "ltx_eqn_eqno"), None)
    return re.sub(r"^\((.*)\)$", r"\1", text_of(tag)) if tag is not None else ""


def find_equations(pieces: Sequence[Piece], displays: dict[int, list[Display]]) -> tuple[Equation, ...]:
    """The numbered ones. `displays`: what each piece holds, by its index."""
    equations: list[Equation] = []
    for index, shown in displays.items():
        sentence = sentence_around(_beside(pieces, index, -1), _beside(pieces, index, 1))
        equations += [Equation(one.number, "", 0, _BOX, sentence, one.tex) for one in shown if one.number]
    return tuple(equations)


def _beside(pieces: Sequence[Piece], index: int, way: int) -> str:
    """The paragraph next to a display, over other displays."""
    index += way
    for _ in range(20):
        if not 0 <= index < len(pieces) or pieces[index].kind not in {"equation", "text"}:
            return ""
        if pieces[index].kind == "text":
            return pieces[index].text
        index += way
    return ""
