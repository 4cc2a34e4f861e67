"""What MuPDF says of one page -> lines and rows, in the order in which the page was written.

MuPDF serialises a page twice from one pass: as JSON (boxes, baselines) and as HTML (what each span looks like). Both
list the same lines in the same order and are read side by side. pdfTeX writes in reading order: nothing is sorted.
"""

import html
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from agents.source.document import Box

SCALE = 10  # MuPDF prints whole numbers in its JSON: ask for tenths of a point
VECTOR = re.compile(rb'\{"type":"vector","argb":(-?\d+),"stroked":(\d)[^}]*\},?')
_SPAN = re.compile(r'<(/?)(b|i|sup)>|font-family:([^,;]*)[^"]*?font-size:([\d.]+)pt[^"]*">([^<]*)<')
_LETTER = re.compile(r"[^\W_]")
_MATH = re.compile(
    r"CM(?:MI|SY|EX|BSY|MIB)|LMMathI|MSBM|MSAM|EUSM|EUFM|Math|Symbol|rsfs|LMMath|txsy|txmi|NewTXMI|StandardSym|MTMI|MTSY",
    re.IGNORECASE,
)
_BOLD = re.compile(r"bold|black|heavy|medi\b|-Medi|CMBX|CMSSBX|SFBX|LMRoman\d+-Bold", re.IGNORECASE)
_SPACING_ACCENTS = {
    "´": "\u0301",
    "¨": "\u0308",
    "ˆ": "\u0302",
    "˜": "\u0303",
    "ˇ": "\u030c",
    "¯": "\u0304",
    "˚": "\u030a",
    "˘": "\u0306",
}
_ACCENTED = re.compile(r"([´¨ˆ˜ˇ¯˚˘]) ?([A-Za-zı])")
_GRAVE = re.compile(r"(?<![`\w])`([AEOUaeou])(?=[\s\w])")
_LIGATURES = dict(
    zip("\x1b\x1c\x1d\x1e\x1f\x0b\x0c\x0e\x0f", ("ff", "fi", "fl", "ffi", "ffl", "ff", "fi", "ffi", "ffl"), strict=True)
)
_LIGATURE = re.compile(r"(?<=[a-z])[\x0b\x0c\x0e\x0f\x1b-\x1f]|[\x0b\x0c\x0e\x0f\x1b-\x1f](?=[a-z])")
_NAMELESS = re.compile(r"&#x([01][0-9a-f]);")  # `html.unescape` would drop control characters
_DASH = re.compile(r"(?<=\d)\x15(?=\d)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffd]")


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
    markup: str  # MuPDF's HTML of it


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

    def spans_bold(self) -> bool:
        """Whether it begins in bold and goes on in another weight, as a label does."""
        spans = spans_of(self.cells[0])
        return bool(spans) and spans[0].bold and self.bold < 0.85


def mend_accents(text: str) -> str:
    """Put together letters and accents that old TeX fonts set one over the other: "Z¨urich"."""
    if "`" in text:
        text = _GRAVE.sub(lambda found: unicodedata.normalize("NFC", found[1] + "\u0300"), text)
    return _ACCENTED.sub(
        lambda found: unicodedata.normalize("NFC", found[2].replace("ı", "i") + _SPACING_ACCENTS[found[1]]), text
    )


@lru_cache(maxsize=1024)
def _traits(font: str) -> tuple[bool, bool]:
    """Whether a font of this name is bold, and whether it is one for mathematics."""
    return bool(_BOLD.search(font)), bool(_MATH.search(font))


def spans_of(line: Line) -> list[Span]:
    """The stretches of one font in a line."""
    spans: list[Span] = []
    bold = slanted = raised = False
    for close, tag, font, size, text in _SPAN.findall(line.markup):
        if tag == "b":
            bold = not close
        elif tag == "i":
            slanted = not close
        elif tag:
            raised = not close
        elif text:
            name = f"{font} italic" if slanted else font
            shown = html.unescape(_NAMELESS.sub(lambda found: chr(int(found[1], 16)), text))
            shown = shown if shown.isprintable() else _printable(shown, line.markup)
            shown = shown if shown.isascii() else mend_accents(shown)
            spans.append(Span(name, float(size), bold or _traits(font)[0], raised, shown))
    return spans


def _printable(text: str, markup: str) -> str:
    """Control characters are glyphs without a name: check marks in Dingbats, ligatures, big brackets, which go."""
    dingbats = "ingbats" in markup
    if not dingbats and not _MATH.search(markup):  # bitmap fonts of TeX give the place in the font: T1, OT1
        text = _DASH.sub("–", _LIGATURE.sub(lambda found: _LIGATURES[found[0]], text))
    return _CONTROL.sub(lambda found: chr(0x2700 + ord(found[0])) if dingbats and found[0] not in "\t\n" else " ", text)


def _plain_look(markup: str) -> tuple[float, float, float, str]:
    """Size, bold share, math share and main font of a line in one font: most lines, so told without a regex."""
    start = markup.find("font-family:") + 12
    font = markup[start : markup.find(",", start)]
    size = markup.find("font-size:", start) + 10
    bold, math = _traits(font)
    name = f"{font} italic" if "<i>" in markup else font
    return float(markup[size : markup.find("pt", size)]), float(bold or "<b>" in markup), float(math), name


def _mixed_look(markup: str, size: float) -> tuple[float, float, float, str]:
    """The same of a line in several fonts, weighed by their letters."""
    letters = bold_letters = math_letters = 0
    fonts: dict[str, int] = {}
    largest = 0.0
    bold = slanted = False
    for close, tag, font, points, text in _SPAN.findall(markup):
        if tag:
            if tag == "b":
                bold = not close
            elif tag == "i":
                slanted = not close
            continue
        if "&" in text:
            text = html.unescape(text)  # noqa: PLW2901 - "&#x2217;" is one letter
        count = len(text) - text.count(" ")
        is_bold, is_math = _traits(font)
        letters += count
        bold_letters += count * (bold or is_bold)
        math_letters += count * is_math
        name = f"{font} italic" if slanted else font
        fonts[name] = fonts.get(name, 0) + count
        if count and float(points) > largest and _LETTER.search(text):
            largest = float(points)
    if not letters:
        return size, 0.0, 0.0, ""
    return largest or size, bold_letters / letters, math_letters / letters, max(fonts, key=lambda font: fonts[font])


def load_blocks(page_json: bytes) -> list[dict[str, Any]]:
    """The blocks of a page without its drawings: a plot may have 10,000."""
    bare = VECTOR.sub(b"", page_json).rstrip() if b'"type":"vector"' in page_json else page_json
    bare = bare.removesuffix(b",]}") + b"]}" if bare.endswith(b",]}") else bare
    blocks: list[dict[str, Any]] = json.loads(bare, strict=False)["blocks"]
    return blocks


def line_box(line: dict[str, Any]) -> Box:
    """The box of a line of the JSON, in points."""
    box = line["bbox"]
    x, y = box["x"] / SCALE, box["y"] / SCALE
    return (x, y, x + box["w"] / SCALE, y + box["h"] / SCALE)


def read_lines(page_json: bytes, page_html: str) -> list[Line]:
    """The lines of a page, blank ones left out; coordinates in points, unturned."""
    found = [line for block in load_blocks(page_json) for line in block.get("lines", ())]
    lines = []
    for line, markup in zip(found, page_html.split("<p ")[1:], strict=True):
        text = line["text"]
        if not text.isprintable():
            text = _printable(text, markup)
        if not text.isascii() or "`" in text:
            text = mend_accents(text)
        text = " ".join(text.split())
        if not text:
            continue
        look = _plain_look(markup) if markup.count("<span") == 1 else _mixed_look(markup, line["font"]["size"] / SCALE)
        lines.append(Line(*line_box(line), line["y"] / SCALE, *look, text, markup))
    return lines


def turn(line: Line, height: float) -> Line:
    """A line that runs up the page (a table set sideways), as if the page were turned to read it."""
    return line._replace(x0=height - line.y1, x1=height - line.y0, y0=line.x0, y1=line.x1, base=line.x1)


def runs_up(line: Line) -> bool:
    """Whether this line is set sideways."""
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


def _runs_on(last: Line, line: Line) -> bool:
    """Same baseline and further right; or close behind and a little off, as after stacked sub- and superscripts."""
    off, em = abs(line.base - last.base), max(line.size, last.size)
    return (off < 0.2 * em and line.x0 > last.x1 - 0.3 * em) or (off < 0.4 * em and -0.8 * em < line.x0 - last.x1 < em)


def make_rows(page: int, lines: Iterable[Line]) -> list[Row]:
    """Join neighbouring lines that share a baseline and run on to the right."""
    groups: list[list[Line]] = []
    for line in lines:
        last = groups[-1][-1] if groups else None
        if last and _runs_on(last, line):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [make_row(page, group) for group in groups]
