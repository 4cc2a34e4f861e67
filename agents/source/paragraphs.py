"""Rows of text -> paragraphs, with words that were broken at the end of a row put together again."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from itertools import groupby, pairwise
from operator import attrgetter

from agents.source.document import Block, BlockKind
from agents.source.layout import Measure, is_prose
from agents.source.lines import Row, box_around

Mend = Callable[[Sequence[str]], str]
_BROKEN = re.compile(r"([^\W\d_]+)[-‐]$")
_TAIL = re.compile(r"\w*-?")
_SENTENCE_END = re.compile(r"[.?!:;。？！][\"”’')\]]*(?:\d{1,3})?$")
_FIRST_SENTENCE = re.compile(r"^.{0,1500}?[a-z)\]\d”\"][.?!][\"”’')\]]*(?=\s+[A-Z\[(“\"])")
_APART = 1.4  # steps from line to line, which are 1.2 times the size of the letters where they are large
_LEADING = 1.2
_BULLET = re.compile(r"^(?:[•◦▪–∙·]|\(?(?:[a-z]|[ivx]{1,4}|\d{1,2})[.)])\s")


def mender(rows: Sequence[Row]) -> Mend:
    """A function that joins rows and mends words that were broken at the end of one.

    The hyphen stays where the paper also writes it inside a row ("pre-training"), and where both halves are words of
    the paper and the whole is none ("sequence-" + "aligned").
    """
    whole = "\n".join([row.text for row in rows]).casefold()
    pieces = whole.split()
    words = set(pieces)
    hyphened = "\n".join([piece for piece in words if "-" in piece])
    rests = Counter(after.text.casefold().partition(" ")[0] for row, after in pairwise(rows) if row.text[-1:] in "-‐")
    words -= {word for word, count in Counter(filter(rests.__contains__, pieces)).items() if count == rests[word]}

    @cache
    def is_hyphen(head: str, tail: str) -> bool:
        """Whether the paper writes one between these two pieces of a word."""
        compound = min(len(head), len(tail)) > 2 and head in words and tail in words and head + tail not in words
        return compound or tail.endswith("-") or not tail or f"{head}-{tail}" in hyphened

    def joint(before: str, text: str) -> str:
        """A row with what joins it to the next one."""
        broken = _BROKEN.search(before)
        if not broken:
            return f"{before} "
        in_capitals = len(broken[1]) > 1 and broken[1].isupper() and text[:2].isupper()
        if not text[:1].islower() and not in_capitals:
            return before
        tail = _TAIL.match(text)[0]  # type: ignore[index]
        return before if is_hyphen(broken[1].casefold(), tail.casefold()) else before[:-1]

    def join(texts: Sequence[str]) -> str:
        whole = " ".join(texts)
        if "- " not in whole and "‐ " not in whole:
            return whole.strip()
        pieces = [joint(text, after) if text[-1:] in "-‐" else f"{text} " for text, after in pairwise(texts)]
        return "".join([*pieces, texts[-1]]).strip()

    return join


def as_printed(rows: Sequence[Row], step: float, mend: Mend) -> str:
    """The rows of a page as lines; of a word broken at the end of a line, the rest stands on that line.

    A blank line stands where the page leaves room. `step`: from line to line.
    """
    lines: list[str] = []
    broken, base = False, rows[0].base if rows else 0.0
    for row in rows:
        text, apart = row.text, row.base - base > _APART * max(step, _LEADING * row.size)
        if broken and not apart:
            rest, _, text = text.partition(" ")
            lines[-1] = mend([lines[-1], rest])
        if apart:
            lines.append("")
        if text:
            lines.append(text)
        broken, base = text[-1:] in {"-", "‐"} and bool(_BROKEN.search(text)), row.base
    return "\n".join(lines)


def ends_sentence(text: str) -> bool:
    """Whether this is the end of a sentence, as far as its last character tells."""
    return bool(_SENTENCE_END.search(text))


def is_formula(row: Row) -> bool:
    """Part of a display formula, by its letters: mathematics, hardly a word."""
    return (row.math > 0.3 and len(set(re.findall(r"[A-Za-z]{3,}", row.text))) < 3) or len(row.text) < 4


def _continues(last: Row, row: Row, usual: Measure) -> bool:
    """Whether this row belongs to the paragraph that the row before it is in."""
    down = row.base - last.base
    if is_formula(last) and is_formula(row) and row.page == last.page and abs(down) < 2.5 * usual.step:
        return True
    if row.page == last.page and abs(down) < 0.8 * usual.step and last.x0 - 2 < row.x0 < last.x1 + 2 * last.size:
        return True  # the parts of a fraction, and the rest of the line behind it
    if abs(row.size - last.size) > 0.8 or _BULLET.match(row.text):
        return False
    if row.page != last.page or down <= 0 or row.x0 > last.x1:  # next page or next column
        goes_on = row.text[:1].islower() or is_prose(row, usual)
        return goes_on and not ends_sentence(last.text) and abs(row.size - last.size) < 0.5
    if down > 1.45 * max(usual.step * last.size / usual.body, last.size):  # a float may stand between
        return not ends_sentence(last.text) and row.text[:1].islower() and abs(row.x0 - last.x0) < 2 * row.size
    indented = row.x0 > last.x0 + 0.8 * row.size
    short = last.x1 < last.x0 + 0.75 * usual.width and ends_sentence(last.text) and row.x1 - row.x0 > 0.75 * usual.width
    return not short and not (indented and ends_sentence(last.text))


def group_rows(rows: Sequence[Row], usual: Measure) -> list[list[Row]]:
    """The rows of each paragraph; a footnote or a figure's lettering does not end the paragraph that it interrupts."""
    groups: list[list[Row]] = []
    latest: dict[bool, list[Row]] = {}
    for row in rows:
        running = abs(row.size - usual.body) < 0.8 or is_formula(row)
        group = latest.get(running)
        if group and _continues(group[-1], row, usual):
            group.append(row)
        else:
            latest[running] = [row]
            groups.append(latest[running])
    return groups


def _block(rows: Sequence[Row], text: str) -> Block:
    kind: BlockKind = "equation" if all(map(is_formula, rows)) and len(text) > 6 else "text"
    return Block(kind, text, rows[0].page, box_around([row for row in rows if row.page == rows[0].page]))


def make_blocks(rows: Sequence[Row], usual: Measure, mend: Mend) -> list[tuple[Row, Block]]:
    """One block a paragraph, with its first row; one for each page of a paragraph that goes on overleaf.

    A sentence is never cut: its rest overleaf stays with its beginning.
    """
    blocks = []
    for group in group_rows(rows, usual):
        carried: str | None = None
        parts = [list(own) for _, own in groupby(group, key=attrgetter("page"))]
        for index, part in enumerate(parts):
            text = mend([row.text for row in part]) if carried is None else carried
            carried = None
            if text and index + 1 < len(parts) and not ends_sentence(text):
                rest = mend([row.text for row in parts[index + 1]])
                found = _FIRST_SENTENCE.match(rest)
                cut = found.end() if found else len(rest)
                text, carried = mend([text, rest[:cut]]), rest[cut:].strip()
            if text:
                blocks.append((part[0], _block(part, text)))
    return blocks
