"""Algorithms and listings: which rows are theirs. They are kept line by line, as they are read."""

import re
from collections.abc import Collection, Sequence

from agents.source.layout import Measure, is_prose
from agents.source.lines import Row

_LABEL = re.compile(r"(?:Algorithm|ALGORITHM|Procedure|Listing|Pseudocode|算法)\s?(\d{1,2}|[A-Z]\.?\d{1,2})\b")
_PROSE_AFTER = re.compile(
    r"\s*[,;)]|\s(?:is|are|and|in|of|to|for|shows?|we|with|which|gives?|describes?|summari[sz]es|presents?)\b"
)
_STEP = re.compile(
    r"\d{1,3}\s?[:.)]?\s|(?:Require|Ensure|Input|Output|Data|Result|Initiali[sz]e|Parameters?|Hyperparameters?|Return)\b"
    r"|(?:for|while|if|else|end|repeat|until|return|function|procedure|def|import)\b|[#/]",
    re.IGNORECASE,
)
_GAP = 2.2  # usual steps between two of its rows


def find_algorithms(rows: Sequence[Row], usual: Measure, taken: Collection[int]) -> list[range]:
    """The indices of each one's rows, its label first."""
    found: list[range] = []
    index = 0
    while index < len(rows):
        last = _last(rows, index, usual, taken) if index not in taken and _is_label(rows, index) else index
        if last > index:
            found.append(range(index, last + 1))
        index = last + 1
    return found


def _is_label(rows: Sequence[Row], index: int) -> bool:
    """A row that begins with the label in bold, or with steps right below it; no sentence that names an algorithm."""
    row = rows[index]
    label = _LABEL.match(row.text)
    if not label or _PROSE_AFTER.match(row.text[label.end() :]):
        return False
    after = rows[index + 1] if index + 1 < len(rows) else None
    return row.spans_bold() or row.bold > 0.85 or bool(after and _STEP.match(after.text))


def _last(rows: Sequence[Row], first: int, usual: Measure, taken: Collection[int]) -> int:
    """The index of the last row: below one another, near, in one column, and no running text."""
    label, last = rows[first], first
    for index in range(first + 1, len(rows)):
        row = rows[index]
        most = _GAP * usual.step * (2 if last == first else 1)  # a rule stands below the label
        if index in taken or row.page != label.page or not -1 < row.base - rows[last].base < most:
            break
        if row.x0 > label.x1 + usual.width or row.x1 < label.x0 - usual.body:
            break
        if is_prose(row, usual) and not _STEP.match(row.text):
            break
        last = index
    return last
