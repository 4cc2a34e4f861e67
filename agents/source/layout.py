"""What stands on every page and belongs to none: running heads, page numbers, line numbers, the arXiv stamp.

And what the pages have in common: the size of the body text, the right edges of its columns.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from agents.source.lines import Line, Row, make_rows, runs_up, turn

_STAMP = re.compile(
    r"^arXiv:\s?([a-z-]+(?:\.[A-Z]{2})?/\d{7}|\d{4}\.\d{4,5})(v\d+)?(?=\s+(?:\[|\d{1,2} [A-Z][a-z]{2} \d{4})|$)"
)
_PAGE_NUMBER = re.compile(r"^[-–—]?\s?(?:\d{1,4}|[ivxl]{1,6})\s?[-–—]?$|^Page \d+( of \d+)?$", re.IGNORECASE)
_IMPRINT = re.compile(
    r"^(\d+(st|nd|rd|th) Conference|Proceedings of|Preprint|Published as|To appear|Under review|Copyright|©|Workshop on"
    r"|Accepted (to|at|by|for)|Submitted to|Correspondence to:.{0,3}$)",
    re.IGNORECASE,
)
_MARGIN = 0.105  # share of a page's height, at its top and its foot, where running heads and page numbers stand


class Page(NamedTuple):
    number: int  # from 1
    width: float
    height: float
    lines: list[Line]


class Measure(NamedTuple):
    """What most of the text has in common, in points."""

    body: float  # size of the running text
    width: float  # of a column
    step: float  # from one baseline to the next
    lefts: tuple[float, ...]
    rights: tuple[float, ...]


def find_stamp(first: Page) -> str:
    """Id and version from the arXiv stamp on page 1, "" without."""
    for line in first.lines:
        if found := _STAMP.match(line.text):
            return found[1] + (found[2] or "")
    return ""


def _upright(page: Page) -> Page:
    """A page set sideways, turned; on any other page sideways text (an axis label, the stamp) is left out."""
    up = [line for line in page.lines if runs_up(line)]
    if not up:
        return page
    if sum(len(line.text) for line in up) * 2 < sum(len(line.text) for line in page.lines) or len(up) < 3:
        return page._replace(lines=[line for line in page.lines if not runs_up(line)])
    turned = [turn(line, page.height) for line in up]
    return Page(page.number, page.height, page.width, turned)


def _line_numbers(page: Page) -> set[int]:
    """Indices of a review copy's line numbers: many, at one x, counting up by one."""
    columns: dict[int, list[int]] = {}
    for index, line in enumerate(page.lines):
        if len(line.text) <= 4 and line.text.isdecimal():
            columns.setdefault(round(line.x1 / 4), []).append(index)
    numbers: set[int] = set()
    for column in columns.values():
        if len(column) >= 15:
            values = [int(page.lines[index].text) for index in column]
            counting = sum(b - a == 1 for a, b in pairwise(values))
            if counting > 0.8 * (len(values) - 1):
                numbers.update(column)
    return numbers


def _margin(page: Page) -> set[int]:
    """Indices of the lines at the head and the foot of the page, and of its first and its last line.

    The latter because a page may be printed smaller than its paper.
    """
    bases = [line.base for line in page.lines] or [0.0]
    first, last = min(bases) + 2, max(bases) - 2
    top, foot = _MARGIN * page.height, (1 - _MARGIN) * page.height
    return {
        index
        for index, line in enumerate(page.lines)
        if line.y1 < top or line.y0 > foot or line.base < first or line.base > last
    }


def _is_furniture(line: Line, page: Page, *, repeated: bool) -> bool:
    """Running head, page number or imprint. A number with text beside it may be a section's: "2   Background"."""
    if _PAGE_NUMBER.match(line.text) and not repeated:
        return sum(abs(other.base - line.base) < 2 for other in page.lines) == 1
    return repeated or bool(_IMPRINT.match(line.text))


def _masked(line: Line) -> tuple[str, int]:
    return re.sub(r"\d+", "#", line.text), round(line.base / 6)


def _without_numbers(page: Page) -> Page:
    """The page without a review copy's line numbers, and page 1 without the stamp."""
    numbers = _line_numbers(page)
    if page.number > 1 and not numbers:
        return page
    lines = [line for index, line in enumerate(page.lines) if index not in numbers]
    return page._replace(lines=[line for line in lines if page.number > 1 or not _STAMP.match(line.text)])


def strip_furniture(pages: Sequence[Page]) -> list[Page]:
    """The pages without stamp, running heads, page numbers, imprint and line numbers."""
    pages = [_without_numbers(_upright(page)) for page in pages]
    margins = [_margin(page) for page in pages]
    marked = zip(pages, margins, strict=True)
    seen = Counter(mark for page, margin in marked for mark in {_masked(page.lines[index]) for index in margin})
    often = max(2, 0.3 * len(pages)) if len(pages) < 40 else 6
    return [
        page._replace(
            lines=[
                line
                for index, line in enumerate(page.lines)
                if index not in margin or not _is_furniture(line, page, repeated=seen[_masked(line)] >= often)
            ]
        )
        for page, margin in zip(pages, margins, strict=True)
    ]


def page_rows(pages: Sequence[Page]) -> list[Row]:
    """All rows of the paper, in the order in which they were written."""
    return [row for page in pages for row in make_rows(page.number, page.lines)]


def _common(values: Sequence[float], least: int) -> tuple[float, ...]:
    counts = Counter(round(value / 2) for value in values)
    edges = [edge for edge, count in counts.items() if count + counts[edge - 1] + counts[edge + 1] >= least]
    return tuple(sorted(edge * 2.0 for edge in edges))


def measure(rows: Sequence[Row]) -> Measure:
    """The body text's size and columns, told from the rows that look most alike."""
    by_size: dict[float, int] = {}
    for row in rows:
        if len(row.text) >= 20:
            by_size[row.size] = by_size.get(row.size, 0) + len(row.text)
    letters: Counter[float] = Counter()
    for size, count in by_size.items():
        letters[round(size * 2) / 2] += count
    body = letters.most_common(1)[0][0] if letters else 10.0
    prose = [row for row in rows if abs(row.size - body) < 0.6 and len(row.text) >= 25 and row.math < 0.5]
    widths = sorted(row.x1 - row.x0 for row in prose)
    width = widths[int(0.75 * len(widths))] if widths else 300.0
    full = [row for row in prose if row.x1 - row.x0 > 0.9 * width]
    least = max(3, len(full) // 25)
    steps = Counter(
        round(b.base - a.base, 1) for a, b in pairwise(prose) if a.page == b.page and body < b.base - a.base < 3 * body
    )
    step = steps.most_common(1)[0][0] if steps else 1.2 * body
    return Measure(body, width, step, _common([r.x0 for r in full], least), _common([r.x1 for r in full], least))


def widest_gap(row: Row) -> float:
    """The widest gap between the lines of a row, in points; 0 for a single line."""
    return max((b.x0 - a.x1 for a, b in pairwise(row.cells)), default=0.0)


def is_prose(row: Row, usual: Measure) -> bool:
    """A row of running text: body size, column wide, words. Justified rows may have wide gaps between words."""
    return (
        abs(row.size - usual.body) < 0.6
        and row.x1 - row.x0 > 0.8 * usual.width
        and row.bold < 0.85
        and row.math < 0.5
        and (len(row.cells) == 1 or widest_gap(row) < (2.2 if _is_justified(row, usual) else 1.1) * row.size)
        and sum(map(str.isalpha, row.text)) > 0.6 * len(row.text)
    )


def _is_justified(row: Row, usual: Measure) -> bool:
    """Whether it begins and ends where a column does."""
    return any(abs(row.x0 - x) < 2.5 for x in usual.lefts) and any(abs(row.x1 - x) < 2.5 for x in usual.rights)
