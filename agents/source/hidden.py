"""Text that a reader of the page cannot see, told apart from what is seen: white, tiny, invisible, covered, off-page.

The page's HTML tells nearly all of it for nothing. What lies over or under a text is looked up only where something is
painted after a text or a text is white, and pixels are compared only where that leaves a doubt. Not caught: text in the
colour of a dark ground, and a font whose table of characters lies about its glyphs: only OCR would tell.
"""

import html
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from agents.source.document import Box, Hidden
from agents.source.lines import WHITE, Line, hidden_kind, line_boxes, spans_of

Shows = Callable[[Sequence[Box]], list[bool]]  # whether a page would look different without the text in each box
_LATER = re.compile(r'"type":(?:"image"|"vector","argb":-\d+,"stroked":0)')
_HIDES = re.compile(r'image|vector","argb":(-\d+),"stroked":0')
_OPAQUE = -(1 << 24)  # and above, to -1: all that has 255 as its highest byte
_SPAN = re.compile(r'<span style="([^"]*)">([^<]*)</span>')
_TAG_CODE = re.compile(r"&#xe00([0-7][0-9a-f]);")  # letters without a shape, meant for language tags
_WORD = re.compile(r"[^\W\d_]{2,}|[\u3400-\u9fff]")
_LEAST = 4  # words on a page that are reported: fewer are a figure's lettering
_LONGEST = 200  # characters of it that are kept
_WIDE, _HIGH = 12.0, 3.0  # points: a smaller area hides no word
_MOST = 0.8  # share of a page's letters


class Paint(NamedTuple):
    """What is painted on a page: when each line of text, and when and where the areas that hide what they lie over."""

    lines: dict[Box, int]
    areas: Sequence[tuple[int, Box]]

    def over(self, box: Box) -> bool:
        """Whether an area lies over all of this line, painted after it."""
        when = self.lines.get(box)
        return when is not None and any(at > when and _holds(area, box) for at, area in self.areas)

    def under(self, box: Box) -> bool:
        """Whether an area lies below some of this line, painted before it."""
        when = self.lines.get(box, 0)
        return any(at < when and meets(area, box) for at, area in self.areas)


def _holds(area: Box, box: Box) -> bool:
    """Whether the area covers the box; letters are lower than their line by a quarter, at the top and at the foot."""
    slack = 0.25 * (box[3] - box[1])
    return area[0] <= box[0] + 1 and area[2] >= box[2] - 1 and area[1] <= box[1] + slack and area[3] >= box[3] - slack


def meets(one: Box, other: Box) -> bool:
    """Whether two boxes share more than an edge."""
    return one[0] < other[2] and one[2] > other[0] and one[1] < other[3] and one[3] > other[1]


def paints_later(page_json: str) -> bool:
    """Whether anything that could hide a text is painted after one."""
    return bool(_LATER.search(page_json, max(0, page_json.find('"type":"text"'))))


def read_paint(page_json: str, block: Any) -> Paint:
    """The order of painting. `block`: the page's first one; of drawings the JSON has no boxes."""
    lines: dict[Box, int] = {}
    areas: list[tuple[int, Box]] = []
    for at, piece in enumerate(page_json.split('{"type":"')[1:]):
        if piece.startswith("text"):
            lines.update(dict.fromkeys(line_boxes(piece), at))
        elif (found := _HIDES.match(piece)) and int(found[1] or -1) >= _OPAQUE:
            area = block.bbox
            x0, x1 = area.x0, area.x1
            if x1 - x0 > _WIDE and area.y1 - area.y0 > _HIGH:
                areas.append((at, (x0, area.y0, x1, area.y1)))
        block = block.next
    return Paint(lines, areas)


def _parted(line: Line, kinds: Sequence[str]) -> tuple[Line | None, list[tuple[str, str]]]:
    """The line without its hidden stretches, and these."""
    tags = "".join(chr(int(code, 16)) for code in _TAG_CODE.findall(line.markup))
    found: list[tuple[str, str]] = [("tags", tags)] if tags else []
    left = iter(kinds)

    def keep(span: re.Match[str]) -> str:
        kind = next(left) if span[2] else ""
        if kind:
            found.append((kind, html.unescape(span[2])))
        return "" if kind else span[0]

    markup = _TAG_CODE.sub("", _SPAN.sub(keep, line.markup))
    if not found:
        return line, []
    text = " ".join("".join(span.text for span in spans_of(line._replace(markup=markup))).split())
    return (line._replace(text=text, markup=markup) if text else None), found


def _suspects(lines: Sequence[Line], paint: Paint | None, *, signs: bool) -> dict[int, bool]:
    """Indices of the lines that may be white or covered, each with whether only pixels can tell."""
    found: dict[int, bool] = {}
    for index, line in enumerate(lines):
        box = box_of(line)
        white = signs and WHITE.search(line.markup) is not None
        covered = paint is not None and bool(paint.areas) and paint.over(box)
        if not white and not covered:
            continue
        whole = covered or all(hidden_kind(style) == "white" for style, text in _SPAN.findall(line.markup) if text)
        alone = whole and not any(other is not line and meets(slim(box), box_of(other)) for other in lines)
        if alone or covered:
            found[index] = alone
        elif paint is None or not paint.under(box):
            found[index] = False  # other letters stand here too: pixels would tell nothing
    return found


def _looked_at(lines: Sequence[Line], suspects: dict[int, bool], shows: Shows) -> set[int]:
    """Indices of the lines that are white or covered indeed; a word or two are not worth the look."""
    doubts = [index for index, doubt in suspects.items() if doubt]
    if sum(len(_WORD.findall(lines[index].text)) for index in doubts) < _LEAST:
        return set(suspects) - set(doubts)
    shown = shows([slim(box_of(lines[index])) for index in doubts])
    return set(suspects) - {index for index, is_shown in zip(doubts, shown, strict=True) if is_shown}


def sift(
    lines: Sequence[Line], size: tuple[float, float], paint: Paint | None, shows: Shows, *, signs: bool
) -> tuple[list[Line], list[tuple[str, str]]]:
    """The lines that are seen, and what is hidden as (kind, text). `size`: the page's; `signs`: whether it has any."""
    bad: set[int] = set()
    if signs or (paint and paint.areas):
        bad = _looked_at(lines, _suspects(lines, paint, signs=signs), shows)
    seen: list[Line] = []
    hidden: list[tuple[str, str]] = []
    for index, line in enumerate(lines):
        if line.x1 <= 0 or line.y1 <= 0 or line.x0 >= size[0] or line.y0 >= size[1]:
            hidden.append(("off-page", line.text))
        elif index in bad and not (signs and WHITE.search(line.markup)):
            hidden.append(("covered", line.text))
        elif signs:
            kinds = [hidden_kind(style) for style, text in _SPAN.findall(line.markup) if text]
            rest, found = _parted(line, kinds if index in bad else ["" if kind == "white" else kind for kind in kinds])
            hidden += found
            seen += [rest] if rest else []
        else:
            seen.append(line)
    return seen, hidden


def box_of(line: Line) -> Box:
    return (line.x0, line.y0, line.x1, line.y1)


def slim(box: Box) -> Box:
    """The middle of a line: its neighbours reach into the rest."""
    inset = 0.3 * (box[3] - box[1])
    return (box[0], box[1] + inset, box[2], box[3] - inset)


def is_layer_of_scan(lines: Sequence[Line], hidden: Sequence[tuple[str, str]]) -> bool:
    """Whether nearly all text of a page is invisible or covered: what OCR read, laid over or under its picture."""
    unseen = sum(len(text) for kind, text in hidden if kind in {"invisible", "covered"})
    return unseen > _MOST * sum(len(line.text) for line in lines)


def collect(page: int, found: Sequence[tuple[str, str]]) -> list[Hidden]:
    """One value for each kind on a page, where it says more than a figure's lettering does."""
    kinds = dict.fromkeys(kind for kind, _ in found)
    told = {kind: " ".join(" ".join(text for other, text in found if other == kind).split()) for kind in kinds}
    return [Hidden(kind, page, text[:_LONGEST]) for kind, text in told.items() if len(_WORD.findall(text)) >= _LEAST]
