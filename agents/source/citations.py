"""How often the text cites each reference: by the links of the PDF where it has them, else by the printed citations."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from agents.source.document import Box
from agents.source.lines import Line, Row, spans_of
from agents.source.references import Entry

Place = tuple[int, float, float]  # page, x, y from the top
_GAP = 12.0  # points between the parts of one citation on a line: a space and a parenthesis
_EDGE = 7.0  # points: a bracket and a stop behind a citation at a line's end, less than between two columns
_RAISED = re.compile(r"^[,;]?\d{1,3}(?:(?:\s*[,;–—-]\s*|\s+)\d{1,3})*[,;]?$")
_CITABLE = re.compile(r"(?:[^\W\d_]{2}|[.,;:!?)\]”\"’%])\s*$")
_GROUP = re.compile(r"\[(\d{1,3}(?:\s*[,;–—-]\s*\d{1,3})*)(?:,\s*[^\]\d][^\]]{0,40})?\]")


def _entry_at(place: Place, entries: Sequence[Entry]) -> int | None:
    """Index of the entry that a link leads to: the next one at or below its target, in the same column."""
    page, x, y = place
    near = [
        (abs(entry.box[1] - y), index)
        for index, entry in enumerate(entries)
        if entry.page == page and abs(entry.box[0] - x) < 110 and -16 < entry.box[1] - y < 32
    ]
    return min(near)[1] if near else None


def _level(one: Box, other: Box) -> bool:
    lower = min(one[3] - one[1], other[3] - other[1])
    return min(one[3], other[3]) - max(one[1], other[1]) > 0.5 * lower


def _goes_on(one: Box, other: Box, lines: Sequence[Line]) -> bool:
    """Whether the second link goes on where the first ended: behind it, or from a line's end to a line's start."""
    if _level(one, other):
        return -1 <= other[0] - one[2] <= _GAP
    x0, x1 = other[0], one[2]
    more = any(line.x0 < x1 + _EDGE < line.x1 and _level(one, line[:4]) for line in lines)
    led_to = any(line.x0 < x0 - _EDGE < line.x1 and _level(other, line[:4]) for line in lines)
    return not more and not led_to


def cited_names(links: Sequence[tuple[str, Box]], lines: Sequence[Line]) -> list[str]:
    """What a page cites: "(Name, 2020)" is two links to one entry, or three over a line's end, but one citation."""
    names: list[str] = []
    last: tuple[str, Box] | None = None
    for name, box in links:
        if last is None or name != last[0] or not _goes_on(last[1], box, lines):
            names.append(name)
        last = (name, box)
    return names


def count_links(pages: Sequence[Sequence[str]], places: Mapping[str, Place], entries: Sequence[Entry]) -> Counter[int]:
    """Citations by entry. `pages`: the names that each page cites; `places`: where the entry of each name is."""
    index_of = {name: index for name, place in places.items() if (index := _entry_at(place, entries)) is not None}
    return Counter(index_of[name] for names in pages for name in names if name in index_of)


def _numbers(group: str) -> list[int]:
    numbers: list[int] = []
    for part in re.split(r"[,;]|(?<=\d)\s+(?=\d)", group):
        ends = [int(end) for end in re.findall(r"\d+", part)]
        numbers += range(ends[0], ends[-1] + 1) if len(ends) == 2 and ends[0] < ends[1] <= ends[0] + 60 else ends
    return numbers


def count_printed(text: str, entries: Sequence[Entry]) -> Counter[int]:
    """Citations by entry, from "[3, 5-7]", "[AM98]" or "Name et al. (2020)" in the text."""
    index_of = {entry.label: index for index, entry in enumerate(entries)}
    counts: Counter[int] = Counter()
    if sum(entry.label.isdecimal() for entry in entries) * 2 > len(entries):
        cited = [number for found in _GROUP.finditer(text) for number in _numbers(found[1])]
        return Counter(index_of[str(number)] for number in cited if str(number) in index_of)
    groups = Counter(part.strip() for found in re.findall(r"\[([^\]]{3,200})\]", text) for part in found.split(","))
    for index, entry in enumerate(entries):
        counts[index] = groups.get(entry.label, 0) or _named(entry.label, text)
    return counts


def count_raised(rows: Sequence[Row], entries: Sequence[Entry]) -> Counter[int]:
    """Citations by entry, from numbers set as superscripts behind a word; a footnote's mark on its page is none."""
    index_of = {entry.label: index for index, entry in enumerate(entries)}
    notes = {(row.page, number) for row in rows if (number := _note_number(row))}
    counts: Counter[int] = Counter()
    for row in rows:
        for group in (group for cell in row.cells if "<sup>" in cell.markup for group in _raised_groups(cell)):
            numbers = [str(number) for number in _numbers(group)]
            if len(numbers) == 1 and (row.page, numbers[0]) in notes:
                notes.remove((row.page, numbers[0]))  # the mark of the footnote; a second one is a citation
            else:
                counts.update(index_of[number] for number in numbers if number in index_of)
    return counts


def _note_number(row: Row) -> str:
    """The number of the footnote that begins with this row, "" for any other row."""
    spans = spans_of(row.cells[0]) if row.text[0].isdecimal() else []
    small = bool(spans) and (spans[0].raised or spans[0].size < 0.8 * row.size)
    return spans[0].text.strip() if small and spans[0].text.strip().isdecimal() else ""


def _raised_groups(cell: Line) -> list[str]:
    """The superscripts of a line that may be citations: numbers, behind a word or a stop."""
    groups, before = [], ""
    for span in spans_of(cell):
        if span.raised and _RAISED.match(span.text.strip()) and (not before or _CITABLE.search(before)):
            groups.append(span.text)
        before += span.text
    return groups


def _named(label: str, text: str) -> int:
    """How often the text cites "Name et al., 2020" in one of the forms "Name et al. (2020)", "Name, 2019, 2020"."""
    found = re.match(r"^(.+?)(?: et al\.| and .+)?, (\d{4}[a-z]?)$", label)
    if not found:
        return 0
    others = r"(?:\s+et\s+al\.?,?|\s+(?:and|&)\s+[^\W\d_][\w'’-]+,?|,)?"
    years = rf"\s*[(\[]?(?:\d{{4}}[a-z]?,\s*)*{found[2]}\b"
    name = re.escape(found[1])  # at the beginning, where it is found fastest; only behind it that no letter precedes
    return len(re.findall(rf"{name}(?<!\w{name}){others}{years}", text))
