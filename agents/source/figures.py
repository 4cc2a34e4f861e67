"""Which figures of a paper matter most, and where on its page each of them stands. Pure: boxes in, a box out."""

import re
from collections import Counter
from collections.abc import Sequence

from agents.source.document import Block, Box, Document, Figure

_MENTION = re.compile(r"\b(?:Fig(?:ure|s?\.|ures)?|FIG(?:URE|\.)?)\s?(\d{1,3}|[A-Z]\.?\d{1,2})|图\s?(\d{1,3})")
_NUMBER = re.compile(r"(\d{1,3}|[A-Z]\.?\d{1,2}|[IVX]{1,5})\b")
_NEAR = 24.0  # points between two parts of one figure
_LETTERING = 14.0  # and between a figure and what is written beside it
_EDGE = 4.0  # left around it


def main_figures(document: Document, most: int) -> list[Figure]:
    """The figures that the text speaks of most, the earlier first among equals; in the order of the paper."""
    text = " ".join(block.text for block in document.blocks if block.kind == "text")
    mentions = Counter(found[1] or found[2] for found in _MENTION.finditer(text))
    places = list(enumerate(document.figures))
    chosen = sorted(places, key=lambda place: (-mentions[_number(place[1].label)], place[0]))[:most]
    return [figure for _, figure in sorted(chosen)]


def caption_of(figure: Figure, blocks: Sequence[Block]) -> Block | None:
    """The block that holds its caption."""
    number = _number(figure.label)
    for block in blocks:
        if block.kind == "caption" and block.page == figure.page and not block.text.startswith(("Tab", "TAB", "表")):
            found = _NUMBER.search(block.text)
            if found and found[1] == number:
                return block
    return None


def _number(label: str) -> str:
    return label.rpartition(" ")[2]


def region(caption: Box, text: Sequence[Box], drawn: Sequence[Box], lettering: Sequence[Box]) -> Box | None:
    """Where a figure stands: what is drawn above its caption, else below it; None where nothing is.

    `text`: the page's paragraphs and other captions, which bound it; `lettering`: all its pieces of text, of which
    those beside the drawing belong to it.
    """
    x0, y0, x1, y1 = caption
    own = [box for box in drawn if not _is_rule(box) and not any(_inside(box, o) or _inside(o, box) for o in text)]
    columns = [box for box in text if box[0] < x1 and box[2] > x0]
    top = max((box[3] for box in columns if box[3] <= y0 + 2), default=0.0)
    foot = min((box[1] for box in columns if box[1] >= y1 - 2), default=float("inf"))
    for low, high in ((top, y0), (y1, foot)):
        between = [box for box in own if low - 2 <= (box[1] + box[3]) / 2 <= high + 2]
        if found := _joined(caption, between):
            letters = [box for box in lettering if not any(_inside(box, other) for other in (*text, caption))]
            grown = _grown(found, [box for box in letters if low - 2 <= (box[1] + box[3]) / 2 <= high + 2])
            return _beside_text(caption, (grown[0], max(grown[1], low), grown[2], min(grown[3], high)), text)
    return None


def _beside_text(caption: Box, found: Box, text: Sequence[Box]) -> Box:
    """The figure without the paragraphs that it is set into; what is drawn may reach under them unseen."""
    x0, y0, x1, y1 = found
    rows = [box for box in text if min(box[3], y1) - max(box[1], y0) > _EDGE]
    left = max((box[2] for box in rows if box[2] < caption[0]), default=x0)
    right = min((box[0] for box in rows if box[0] > caption[2]), default=x1)
    return (max(x0, left), y0, min(x1, right), y1)


def _joined(caption: Box, boxes: Sequence[Box]) -> Box | None:
    """The union of what stands over the caption and of whatever is near to that, step by step."""
    left = [box for box in boxes if box[0] < caption[2] and box[2] > caption[0]]
    if not left:
        return None
    found, rest = _union(left), [box for box in boxes if box not in left]
    while near := [box for box in rest if _is_near(box, found, _NEAR)]:
        found, rest = _union([found, *near]), [box for box in rest if box not in near]
    return found if found[2] - found[0] > 2 * _NEAR and found[3] - found[1] > _NEAR else None


def _grown(found: Box, letters: Sequence[Box]) -> Box:
    beside = [box for box in letters if _is_near(box, found, _LETTERING)]
    x0, y0, x1, y1 = _union([found, *beside])
    return (x0 - _EDGE, y0 - _EDGE, x1 + _EDGE, y1 + _EDGE)


def _is_rule(box: Box) -> bool:
    """A line across the page or a column: above the foot, below the running head, of a table."""
    return box[3] - box[1] < 2 and box[2] - box[0] > 150


def _union(boxes: Sequence[Box]) -> Box:
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _is_near(box: Box, other: Box, gap: float) -> bool:
    return box[0] < other[2] + gap and box[2] > other[0] - gap and box[1] < other[3] + gap and box[3] > other[1] - gap


def _inside(box: Box, other: Box) -> bool:
    """Whether the middle of `box` lies in `other`, or right at its edge."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return other[0] - _EDGE <= x <= other[2] + _EDGE and other[1] - _EDGE <= y <= other[3] + _EDGE
