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
from operator import mul
from typing import NamedTuple

from agents.source.document import Box

SCALE = 10  # MuPDF prints whole numbers in its JSON: ask for tenths of a point
_LINE = re.compile(  # of the JSON; a font's name is as its maker wrote it
    r'"bbox":\{"x":([^,]*),"y":([^,]*),"w":([^,]*),"h":([^,}]*)[^}]*\},"font":\{"name":"[^"\\]*(?:\\.[^"\\]*)*"[^}]*"size":([^}]*)\},'
    r'"x":[^,]*,"y":([^,]*),"text":"([^"\\]*(?:\\.[^"\\]*)*)"',
    re.DOTALL,
)
_SPAN = re.compile(r'(<[^"]*"[^"]*)">([^<]*)')  # all tags before a stretch of text, and the text
_STYLE = re.compile(r'font-family:([^,;]*)[^"]*?font-size:([\d.]+)pt')
WHITE = re.compile(r"color:#[ef].[ef].[ef].")
_TINY = re.compile(r"font-size:(?:[01](?:\.\d+)?|2(?:\.[0-4]\d*)?)pt")
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


class _Look(NamedTuple):
    """What the tags before a stretch of text say of it, or those of a whole line."""

    size: float
    bold: float  # share of the letters, 0 to 1
    math: float
    font: str
    raised: bool
    hidden: str  # "white", "tiny", "invisible", "" where it is seen


def hidden_kind(style: str) -> str:
    """How a stretch of text of this style is hidden, "" where it is seen."""
    if ";color:#" not in style:
        return "invisible"
    if _TINY.search(style):
        return "tiny"
    return "white" if WHITE.search(style) else ""


@lru_cache(maxsize=4096)
def _look(opening: str) -> _Look:
    """A paper has a few hundred kinds of them, so each is read once."""
    found = _STYLE.search(opening)
    font, size = (found[1], float(found[2])) if found else ("", 0.0)
    bold, math = float("<b>" in opening or bool(_BOLD.search(font))), float(bool(_MATH.search(font)))
    name = f"{font} italic" if "<i>" in opening else font
    return _Look(size, bold, math, name, "<sup>" in opening, hidden_kind(opening))


def spans_of(line: Line) -> list[Span]:
    """The stretches of one font in a line."""
    spans: list[Span] = []
    for opening, text in _SPAN.findall(line.markup):
        if text:
            look = _look(opening)
            shown = html.unescape(_NAMELESS.sub(lambda found: chr(int(found[1], 16)), text)) if "&" in text else text
            shown = shown if shown.isprintable() else _printable(shown, line.markup)
            shown = shown if shown.isascii() else mend_accents(shown)
            spans.append(Span(look.font, look.size, bool(look.bold), look.raised, shown))
    return spans


def _printable(text: str, markup: str) -> str:
    """Control characters are glyphs without a name: check marks in Dingbats, ligatures, big brackets, which go."""
    dingbats = "ingbats" in markup
    if not dingbats and not _MATH.search(markup):  # bitmap fonts of TeX give the place in the font: T1, OT1
        text = _DASH.sub("–", _LIGATURE.sub(lambda found: _LIGATURES[found[0]], text))
    return _CONTROL.sub(lambda found: chr(0x2700 + ord(found[0])) if dingbats and found[0] not in "\t\n" else " ", text)


@lru_cache(maxsize=4096)
def _unescaped(text: str) -> str:
    """The letters of a stretch of the HTML: "&#x2217;" is one, and mathematics repeats itself."""
    return html.unescape(text)


def _mixed_look(spans: Sequence[tuple[str, str]], first: float) -> _Look:
    """The look of a line in several fonts, weighed by their letters. `first`: the size of its first character."""
    letters = bold_letters = math_letters = 0
    fonts: dict[str, int] = {}
    largest, hidden = 0.0, ""
    for opening, text in spans:
        size, bold, math, font, _, kind = _look(opening)
        if "&" in text:
            text = _unescaped(text)  # noqa: PLW2901 - what is counted
        count = len(text) - text.count(" ")
        letters += count
        if bold:
            bold_letters += count
        if math:
            math_letters += count
        fonts[font] = fonts[font] + count if font in fonts else count
        if size > largest and count and _LETTER.search(text):
            largest = size
        if kind:
            hidden = kind
    if not letters:
        return _Look(first, 0.0, 0.0, "", False, hidden)
    font = max(fonts, key=fonts.__getitem__)
    return _Look(largest or first, bold_letters / letters, math_letters / letters, font, False, hidden)


def _told(text: str, markup: str) -> str:
    """A line's text as MuPDF's JSON has it, without what is no letter, in single spaces."""
    if "\\" in text:
        text = json.loads(f'"{text}"', strict=False)
    plain = text.isprintable()
    if plain and text.isascii() and "`" not in text and "  " not in text:
        return text.strip(" ")
    if not plain:
        text = _printable(text, markup)
    return " ".join((text if text.isascii() and "`" not in text else mend_accents(text)).split())


def _box(x: str, y: str, width: str, height: str) -> Box:
    """A box of the JSON, in points."""
    x0, y0 = int(x) / SCALE, int(y) / SCALE
    return (x0, y0, x0 + int(width) / SCALE, y0 + int(height) / SCALE)


def line_boxes(block_json: str) -> list[Box]:
    """The boxes of the lines in a piece of the JSON."""
    return [_box(*found[:4]) for found in _LINE.findall(block_json)]


def read_lines(page_json: str, page_html: str) -> tuple[list[Line], bool]:
    """The lines of a page, blank ones left out, and whether any of it looks as if it were hidden.

    Coordinates in points, unturned.
    """
    lines = []
    suspicious = "&#xe00" in page_html  # a letter without a shape
    found = _LINE.findall(page_json)
    for (x, y, width, height, first, base, text), markup in zip(found, page_html.split("<p ")[1:], strict=True):
        start = markup.find("<")
        end = markup.find('">', start)
        mixed = markup.find("<span", end) >= 0
        look = _mixed_look(_SPAN.findall(markup), int(first) / SCALE) if mixed else _look(markup[start:end])
        suspicious = suspicious or look.hidden != ""
        if shown := _told(text, markup):
            box = _box(x, y, width, height)
            lines.append(
                tuple.__new__(Line, (*box, int(base) / SCALE, *look[:4], shown, markup))
            )  # a third of the time
    return lines, suspicious


def box_around(rows: Sequence[Row]) -> Box:
    """The box around all of these, in tenths of a point."""
    if len(rows) == 1:
        x0, y0, x1, y1 = rows[0].box
    else:
        _, _, x0s, y0s, x1s, y1s, *_ = zip(*rows, strict=True)
        x0, y0, x1, y1 = min(x0s), min(y0s), max(x1s), max(y1s)
    return (round(x0, 1), round(y0, 1), round(x1, 1), round(y1, 1))


def turn(line: Line, height: float) -> Line:
    """A line that runs up the page (a table set sideways), as if the page were turned to read it."""
    return line._replace(x0=height - line.y1, x1=height - line.y0, y0=line.x0, y1=line.x1, base=line.x1)


def runs_up(line: Line) -> bool:
    """Whether this line is set sideways."""
    height = line.y1 - line.y0
    return height > 2 * line.size and height > 2 * (line.x1 - line.x0)


def make_row(page: int, cells: Sequence[Line]) -> Row:
    """A row of these cells, in this order."""
    first = cells[0]
    if len(cells) == 1:
        return tuple.__new__(Row, (page, (first,), *first[:10]))
    x0s, y0s, x1s, y1s, _, sizes, bolds, maths, _, texts, _ = zip(*cells, strict=True)
    lengths = list(map(len, texts))
    weight = sum(lengths)
    main = cells[lengths.index(max(lengths))]
    bold = sum(map(mul, bolds, lengths)) / weight
    math = sum(map(mul, maths, lengths)) / weight
    edges = (min(x0s), min(y0s), max(x1s), max(y1s))
    return Row(page, tuple(cells), *edges, main.base, max(sizes), bold, math, main.font, " ".join(texts))


def _runs_on(last: Line, line: Line) -> bool:
    """Same baseline and further right; or close behind and a little off, as after stacked sub- and superscripts."""
    off, em = abs(line.base - last.base), max(last.size, line.size)
    return (off < 0.2 * em and line.x0 > last.x1 - 0.3 * em) or (off < 0.4 * em and -0.8 * em < line.x0 - last.x1 < em)


def make_rows(page: int, lines: Iterable[Line]) -> list[Row]:
    """Join neighbouring lines that share a baseline and run on to the right."""
    groups: list[list[Line]] = []
    last: Line | None = None
    for line in lines:
        if last and _runs_on(last, line):
            groups[-1].append(line)
        else:
            groups.append([line])
        last = line
    return [make_row(page, group) for group in groups]
