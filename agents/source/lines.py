"""What MuPDF says of one page -> lines and rows, in the order in which the page was written.

MuPDF serialises a page twice from one pass: as JSON (boxes, baselines) and as HTML (what each span looks like). Both list
the same lines in the same order, so they are read side by side. pdfTeX writes text in reading order: nothing is sorted.
"""

import html
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from agents.source.document import Box

SCALE = 10  # MuPDF prints whole numbers in its JSON: ask for tenths of a point
_SPAN = re.compile(r'<(/?)(b|sup)>|font-family:([^,;]*)[^"]*?font-size:([\d.]+)pt[^"]*">([^<]*)<')
_MATH = re.compile(r"CM(?:MI|SY|EX|R\d)|MSBM|MSAM|EUSM|EUFM|Math|Symbol|rsfs|LMMath|txsy|txmi|NewTXMI|StandardSym|MTMI|MTSY", re.I)
_BOLD = re.compile(r"bold|black|heavy|medi\b|-Medi|CMBX|CMSSBX|SFBX|LMRoman\d+-Bold", re.I)
_SPACING_ACCENTS = {"´": "\u0301", "¨": "\u0308", "ˆ": "\u0302", "˜": "\u0303", "ˇ": "\u030c", "¯": "\u0304", "˚": "\u030a", "˘": "\u0306"}
_ACCENTED = re.compile(r"([´¨ˆ˜ˇ¯˚˘]) ?([A-Za-zı])")
_GRAVE = re.compile(r"(?<![`\w])`([AEOUaeou])(?=[\s\w])")


class Span(NamedTuple):
    """A stretch of one font."""

    font: str
    size: float
    bold: bool
    raised: bool  # a superscript
    text: str


class Line(NamedTuple):
    """What MuPDF calls a line: text on one baseline without a wide gap."""

    x0: float
    y0: float
    x1: float
    y1: float
    base: float
    size: float  # of its largest letters: small capitals count as the capitals they stand beside
    bold: float  # share of its letters, 0 to 1
    math: float  # share of its letters set in a math font
    font: str  # of most of its letters
    text: str
    spans: tuple[Span, ...]


class Row(NamedTuple):
    """Neighbouring lines on one baseline: a line of prose, or a row of a table in its cells."""

    page: int
    cells: tuple[Line, ...]
    x0: float
    y0: float
    x1: float
    y1: float
    base: float
    size: float
    bold: float
    math: float
    font: str
    text: str

    @property
    def box(self) -> Box:
        return (self.x0, self.y0, self.x1, self.y1)


def mend_accents(text: str) -> str:
    """Put together letters and accents that old TeX fonts set one over the other: "Z¨urich"."""
    if "`" in text:
        text = _GRAVE.sub(lambda found: unicodedata.normalize("NFC", found[1] + "\u0300"), text)
    if not any(accent in text for accent in _SPACING_ACCENTS):
        return text
    return _ACCENTED.sub(
        lambda found: unicodedata.normalize("NFC", found[2].replace("ı", "i") + _SPACING_ACCENTS[found[1]]), text
    )


def _spans(markup: str) -> tuple[Span, ...]:
    spans: list[Span] = []
    bold = raised = False
    for close, tag, font, size, text in _SPAN.findall(markup):
        if tag == "b":
            bold = not close
        elif tag:
            raised = not close
        elif text:
            spans.append(Span(font, float(size), bold or bool(_BOLD.search(font)), raised, html.unescape(text)))
    return tuple(spans)


def _look(spans: Sequence[Span], size: float) -> tuple[float, float, float, str]:
    """Size, bold share, math share and main font of a line."""
    if len(spans) == 1:
        only = spans[0]
        return only.size, float(only.bold), float(bool(_MATH.search(only.font))), only.font
    letters = bold = math = 0
    fonts: dict[str, int] = {}
    largest = 0.0
    for span in spans:
        count = len(span.text.replace(" ", ""))
        letters += count
        bold += count * span.bold
        math += count * bool(_MATH.search(span.font))
        fonts[span.font] = fonts.get(span.font, 0) + count
        if count and span.size > largest and not span.raised and any(map(str.isalnum, span.text)):
            largest = span.size
    if not letters:
        return size, 0.0, 0.0, ""
    return largest or size, bold / letters, math / letters, max(fonts, key=lambda font: fonts[font])


def read_lines(page_json: bytes, page_html: str) -> list[Line]:
    """The lines of a page, blank ones left out; coordinates in points, unturned."""
    found = [line for block in json.loads(page_json, strict=False)["blocks"] for line in block.get("lines", ())]
    markup = page_html.split("<p ")[1:]
    lines = []
    for line, marks in zip(found, markup, strict=True):
        text = mend_accents(" ".join(line["text"].split()))
        if not text:
            continue
        spans = _spans(marks)
        size, bold, math, font = _look(spans, line["font"]["size"] / SCALE)
        box = line["bbox"]
        x, y = box["x"] / SCALE, box["y"] / SCALE
        x1, y1 = x + box["w"] / SCALE, y + box["h"] / SCALE
        lines.append(Line(x, y, x1, y1, line["y"] / SCALE, size, bold, math, font, text, spans))
    return lines


def turn(line: Line, height: float) -> Line:
    """A line that runs up the page (a table set sideways), as if the page were turned to read it."""
    return line._replace(x0=height - line.y1, x1=height - line.y0, y0=line.x0, y1=line.x1, base=line.x1)


def runs_up(line: Line) -> bool:
    """Is this line set sideways?"""
    return line.y1 - line.y0 > 2 * (line.x1 - line.x0) and line.y1 - line.y0 > 2 * line.size


def make_row(page: int, cells: Sequence[Line]) -> Row:
    """A row of these cells, in this order."""
    first = cells[0]
    if len(cells) == 1:
        return Row(page, (first,), *first[:10])
    main = max(cells, key=lambda cell: len(cell.text))
    weight = sum(len(cell.text) for cell in cells)
    return Row(
        page,
        tuple(cells),
        min(cell.x0 for cell in cells),
        min(cell.y0 for cell in cells),
        max(cell.x1 for cell in cells),
        max(cell.y1 for cell in cells),
        main.base,
        max(cell.size for cell in cells),
        sum(cell.bold * len(cell.text) for cell in cells) / weight,
        sum(cell.math * len(cell.text) for cell in cells) / weight,
        main.font,
        " ".join(cell.text for cell in cells),
    )


def make_rows(page: int, lines: Iterable[Line]) -> list[Row]:
    """Join neighbouring lines that share a baseline and run on to the right."""
    groups: list[list[Line]] = []
    for line in lines:
        last = groups[-1][-1] if groups else None
        if last and abs(line.base - last.base) < 0.2 * max(line.size, last.size) and line.x0 > last.x1 - 0.3 * last.size:
            groups[-1].append(line)
        else:
            groups.append([line])
    return [make_row(page, group) for group in groups]


def leading(rows: Sequence[Row]) -> float:
    """The usual distance of two baselines, in points (12 where the rows do not tell)."""
    steps = [round(b.base - a.base, 1) for a, b in pairwise(rows) if a.page == b.page and 0 < b.base - a.base < 40]
    return max(set(steps), key=steps.count) if steps else 12.0
