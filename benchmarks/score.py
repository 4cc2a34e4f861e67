"""How one text is compared with another: the metric of the public py-pdf benchmark, without a dependency.

Its score is `Levenshtein.ratio`, which is 2 x (longest common subsequence) / (both lengths). Before it is taken, that
benchmark mends what some tools leave in their text (ligatures, words broken at line ends, page labels); `mend` does so.
"""

import re
from collections.abc import Hashable, Sequence

LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft", "ﬆ": "st", "ꜳ": "aa"})
SOFT = "\ufffe"  # what pdfium writes for the hyphen of a broken word


def subsequence(one: Sequence[Hashable], other: Sequence[Hashable]) -> int:
    """Length of the longest common subsequence: a row of the table is one integer, a column one of its bits."""
    everywhere = (1 << len(one)) - 1
    places: dict[Hashable, int] = {}
    for index, item in enumerate(one):
        places.setdefault(item, 0)
        places[item] |= 1 << index
    row = everywhere
    for item in other:
        if hit := row & places.get(item, 0):
            row = ((row + hit) | (row - hit)) & everywhere
    return len(one) - row.bit_count()


def ratio(one: Sequence[Hashable], other: Sequence[Hashable]) -> float:
    """1.0 for equal texts, 0.0 for texts without a character in common."""
    both = len(one) + len(other)
    return 2 * subsequence(one, other) / both if both else 1.0


def universal(text: str) -> str:
    """Line ends as Python reads them from a file, which is how that benchmark gets its texts."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def mend(pages: Sequence[str], labels: Sequence[str]) -> str:
    """Pages as that benchmark joins them: ligatures spelled out, broken words whole, page labels off."""
    texts = [
        _unlabelled(_unbroken(page.translate(LIGATURES)), label) for page, label in zip(pages, labels, strict=True)
    ]
    return "\n".join(texts)


def _unbroken(text: str) -> str:
    lines = [line.rstrip() for line in text.replace(SOFT, SOFT + "\n").split("\n")]
    broken = [number for number, line in enumerate(lines[:-1]) if line.endswith(("-", SOFT))]
    for number in broken:
        rest = lines[number + 1].split(" ")[0]
        lines[number] = lines[number][:-1] + rest
        lines[number + 1] = lines[number + 1][len(rest) :]
    return "\n".join(lines)


def _unlabelled(text: str, label: str) -> str:
    """The page without its label at its start and at its end."""
    if label and text.lstrip().startswith(label):
        text = text.lstrip()[len(label) :]
    if label and text.rstrip().endswith(label):
        text = text.rstrip()[: -len(label)]
    return text


def normal(text: str) -> str:
    """Casefolded, spaces and quotes alike, the dot behind a section number off."""
    text = re.sub(r"^(\d+|[A-Z])\.\s", r"\1 ", text.translate(str.maketrans("’‘“”", "''\"\"")))
    return re.sub(r"\s+", " ", text).strip().casefold()
