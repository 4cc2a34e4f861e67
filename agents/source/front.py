"""Page 1 -> title, authors, abstract, and where the paper's body starts."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from agents.source.layout import Measure
from agents.source.lines import Line, Row, spans_of
from agents.source.paragraphs import Mend
from agents.source.sections import is_name

_ABSTRACT = re.compile(r"^(?:a\s?b\s?s\s?t\s?r\s?a\s?c\s?t|summary|摘\s*要)\b\s*(?:[.:—–\]】-]+\s*)?", re.IGNORECASE)
_AFTER_ABSTRACT = re.compile(
    r"^(?:(?:[1I][.:]?\s+)?introduction\b|(?:[1I][.:]?\s+)\S|key ?words|index terms|ccs concepts|关键词)", re.IGNORECASE
)
_INTRODUCTION = re.compile(r"^(?:[1I][.:]?\s+)?introduction\W*$|^[01]?\.?\s*(?:引言|绪论)$", re.IGNORECASE)
_AFFILIATION = re.compile(
    r"universi[tdä]|univerz|hochschule|polit[eé]cnic|\binria\b|\bcnrs\b|max planck|carnegie|\bIIT\b|\btech\b|huawei"
    r"|samsung|大学|学院|公司|研究|实验室|technical report|system card|white ?paper|preprint"
    r"|institut|research|department|laborator|\blabs?\b|school|college|corporation|\binc\b|\bltd\b|academy"
    r"|faculty|cent(?:er|re)\b|hospital|google|microsoft|\bmeta\b|facebook|openai|deepmind|nvidia|amazon|apple\b"
    r"|\bibm\b|intel\b|alibaba|tencent|baidu|bytedance|salesforce|hugging face|adobe|\bAI\b|\bTeam\b|polytech|eth z"
    r"|e-?mail|correspond|equal contrib|observator|astronom|physics|science|engineering|foundation|ministry|\bversion\b"
    r"|draft|\bmember\b|\bieee\b|conference|anonymous|\b(?:USA|UK|China|Germany|France|Canada|Switzerland|Japan|Korea"
    r"|India|Italy|Spain|Israel|Australia|Netherlands|Singapore)\b",
    re.IGNORECASE,
)
_GROUP = re.compile(  # who signs for many
    r"\b(?:team|group|authors|consortium|collaboration|project|community|contributors|AI|labs?|openai|research)\b",
    re.IGNORECASE,
)
_NO_AUTHOR = re.compile(
    r"\S@\S|https?:|www\.|\b(?:19|20)\d{2}\b"
    r"|^(?:technical report|system card|preprint|draft|version|anonymous|abstract|by$)",
    re.IGNORECASE,
)
_PARTICLES = {
    "de",
    "del",
    "della",
    "der",
    "den",
    "di",
    "da",
    "dos",
    "du",
    "van",
    "von",
    "la",
    "las",
    "le",
    "el",
    "al",
    "bin",
    "ten",
    "ter",
    "zu",
    "y",
    "e",
}
_NAME = re.compile(r"^[^\W\d_][\w'’.\-‐‑]*\.?$")
_CJK_NAME = re.compile(r"^[\u4e00-\u9fff]{2,4}$")
_LABELLED = re.compile(r"^(题目|作者)[:：]\s*(\S.*)$")  # on the cover that Chinese journals put before a paper
_MARKS = re.compile(r"[*∗†‡§¶‖⋆★♠♣♥♦#⇤⇑✉\d]+|\([^)]*\)|\s*[,;]\s*(?=[,;])")


class Front(NamedTuple):
    title: str
    authors: tuple[str, ...]
    abstract: str
    first: int  # index of the abstract's first row
    body: int  # index of the first row after it


def _title_rows(rows: Sequence[Row], limit: float) -> list[int]:
    """The rows of the largest type on the upper part of page 1 that read like a title, not like a logo."""
    best: list[int] = []
    group: list[int] = []
    for index, row in enumerate(rows):
        same = group and abs(row.size - rows[group[-1]].size) < 0.08 * row.size + 0.2
        close = group and row.base - rows[group[-1]].base < 2.2 * row.size
        if same and close and (row.bold > 0.5) == (rows[group[-1]].bold > 0.5):
            group.append(index)
        else:
            group = [index]
        letters = sum(len(rows[i].text) for i in group)
        if row.y0 > limit or letters < 6 or " " not in "".join(rows[i].text for i in group) + " ":
            continue
        if not best or rows[group[0]].size > rows[best[0]].size + 0.2 or group[0] == best[0]:
            best = list(group)
    return best


def _is_name(text: str) -> bool:
    if _CJK_NAME.match(text):
        return not _AFFILIATION.search(text)
    words = text.split()
    if not 2 <= len(words) <= 6 or _AFFILIATION.search(text) or len(text) > 45:
        return False
    capitals = [word for word in words if word.casefold() not in _PARTICLES]
    return (
        len(capitals) >= 2 and all(_NAME.match(word) and word[0].isupper() for word in capitals) and len(words[-1]) > 1
    )


def _clean(line: Line) -> str:
    """A line of the author block without superscripts (affiliation marks)."""
    kept = "".join(
        "," if span.raised or (span.size < 0.82 * line.size and not span.text.strip().isalpha()) else span.text
        for span in spans_of(line)
    )
    return re.sub(r"\s+", " ", _MARKS.sub(",", kept)).strip()


def _cut_off(line: Line) -> str:
    """Initials at the end of a line, whose last name stands on the next."""
    found = re.search(r"(?:^|[,;&]|\band\b)\s*((?:[A-Z]\.[ -]?)+)$", _clean(line))
    return found[1].strip() if found else ""


def _names(line: Line, cut: str = "") -> list[str]:
    """The people named in one line of the author block. `cut`: what the line before ended with of a name."""
    if "@" in line.text or "http" in line.text or "{" in line.text:
        return []
    spans = spans_of(line)
    if spans and spans[0].raised and spans[0].text.strip():
        return []  # an affiliation carries its mark in front, a name behind it
    parts = re.split(r"[,，、;；]|&|·|•|\band\b|\s{3,}|\|", f"{cut} {_clean(line)}".strip())
    parts = [part.strip(" .") if not re.search(r"\b[A-Z]\.$", part.strip()) else part.strip() for part in parts]
    whole = [name for part in parts for name in _run_together(part)]
    return [name for name in whole if _is_name(name)]


def _run_together(part: str) -> list[str]:
    """Names set beside each other with nothing but spaces between: "Junnan Li Dongxu Li Caiming Xiong"."""
    words = part.split()
    plain = all(word.casefold() not in _PARTICLES and "." not in word for word in words)
    if len(words) >= 6 and len(words) % 2 == 0 and plain:
        return [" ".join(words[index : index + 2]) for index in range(0, len(words), 2)]
    return [part]


def _authors(rows: Sequence[Row]) -> tuple[str, ...]:
    """Of the lines that name people, those set like the first of them."""
    found: list[tuple[Line, list[str]]] = []
    cut = ""  # a name may be broken after its initials: "... and A. / Brunthaler"
    for cell in (cell for row in rows for cell in row.cells):
        names, cut = _names(cell, cut), _cut_off(cell)
        if names:
            found.append((cell, names))
    if not found:
        return _group_author(rows)
    first = found[0][0]
    names = [
        name
        for line, people in found
        if abs(line.size - first.size) < 0.6 and (line.bold > 0.5) == (first.bold > 0.5)
        for name in people
    ]
    return tuple(dict.fromkeys(names))


def _group_author(rows: Sequence[Row]) -> tuple[str, ...]:
    """Who signs where no person does: "The Gemini Team"; the line with a word for a group, else the first one.

    It keeps its commas: "Qwen Team, Alibaba Group" is one author with its house.
    """
    lines = []
    for row in rows:
        text = re.sub(r"\s*,?\s*$", "", re.sub(r",(?=\s*,)", "", _clean(row.cells[0])))
        if _NO_AUTHOR.search(row.text) or len(text) > 60 or len(row.cells) > 1 or not text[:1].isupper():
            continue
        if text[-1] not in ".:":
            lines.append(text)
    named = [text for text in lines[:4] if _GROUP.search(text)]
    return tuple((named or lines)[:1])


def _abstract_end(rows: Sequence[Row], start: int, usual: Measure) -> int:
    """Index of the first row behind the abstract: a heading, keywords, or another page's text after enough of it."""
    first = rows[start] if start < len(rows) else None
    for index in range(start, len(rows)):
        row = rows[index]
        stands_out = row.bold > 0.85 or row.size > usual.body + 0.9 or row.text.isupper()
        plain = first is not None and first.bold < 0.5
        if (
            index > start
            and _AFTER_ABSTRACT.match(row.text)
            and len(row.text) < 200
            and (stands_out or row.text[:1].isalpha())
        ):
            return index
        if (
            index > start
            and stands_out
            and plain
            and len(row.text) < 80
            and (is_name(row.text) or row.text[0].isdecimal())
        ):
            return index
        if first is not None and row.page > first.page:
            return index
    return len(rows)


def read_front(rows: Sequence[Row], height: float, usual: Measure, mend: Mend) -> Front:
    """Title, authors and abstract; empty where page 1 does not show them."""
    top = [row for row in rows if row.page == 1]
    title_rows = _title_rows(top, 0.6 * height)
    if not title_rows:
        return Front("", (), "", 0, 0)
    after = title_rows[-1] + 1
    start, body, abstract = _find_abstract(rows, top, after, usual, mend)
    labels = {found[1]: found[2] for row in top if (found := _LABELLED.match(row.text))}
    title = labels.get("题目") or mend([top[index].text for index in title_rows])
    authors = _authors(top[after:start])
    if "作者" in labels:
        authors = tuple(re.split(r"[,，、;；\s]+", labels["作者"].strip()))
    return Front(title, authors, abstract, start, body)


def _find_abstract(
    rows: Sequence[Row], top: Sequence[Row], after: int, usual: Measure, mend: Mend
) -> tuple[int, int, str]:
    """Index of the abstract's first row, of the first row behind it, and its text."""
    near = [row for row in rows if row.page <= 2]
    heading = next(
        (i for i in range(after, len(near)) if _ABSTRACT.match(near[i].text) and len(near[i].cells) < 4), None
    )
    if heading is None:
        return _bare_abstract(top, after, usual, mend)
    run_in = _ABSTRACT.sub("", near[heading].text)
    start = heading if run_in else heading + 1
    end = _abstract_end(rows, start, usual)
    size = rows[start].size if start < len(rows) else usual.body
    texts = [row.text for row in rows[start:end] if row.size > size - 0.6]
    if run_in and texts:
        texts[0] = run_in
    return start, end, mend(texts) if texts else ""


def _bare_abstract(top: Sequence[Row], after: int, usual: Measure, mend: Mend) -> tuple[int, int, str]:
    """The same where no heading says "Abstract": the lines of prose between the authors and the introduction."""
    intro = next((i for i in range(after, len(top)) if _INTRODUCTION.match(top[i].text)), None)
    if intro is None:
        body = next((i for i in range(after, len(top)) if _starts_body(top[i], usual)), after)
        return body, body, ""
    first = intro
    while first > after and _is_abstract_line(top[first - 1], top[intro - 1]):
        first -= 1
    texts = [row.text for row in top[first:intro]]
    if len(texts) < 3 or not texts[0][:1].isupper():
        return intro, intro, ""
    return first, intro, mend(texts)


def _is_abstract_line(row: Row, last: Row) -> bool:
    """Set like the abstract's last line, in words; an affiliation begins with its mark or is full of names."""
    words = [word for word in row.text.split() if word.isalpha()]
    small = sum(word.islower() for word in words)
    begins = spans_of(row.cells[0])
    return (
        abs(row.size - last.size) < 0.4
        and row.font == last.font
        and 2 * small > len(words)
        and not (begins and begins[0].raised)
    )


def _starts_body(row: Row, usual: Measure) -> bool:
    long = row.x1 - row.x0 > 0.85 * usual.width and abs(row.size - usual.body) < 0.6 and len(row.text) > 45
    return bool(_AFTER_ABSTRACT.match(row.text)) or (
        long and not _names(row.cells[0]) and not _AFFILIATION.search(row.text)
    )
