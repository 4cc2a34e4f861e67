"""What has digits in a note and is no number of the paper: pages, years, ordinals, headings, citations, labels."""

import re

from agents.note.cjk import pieces
from agents.trust.factual import Statement
from agents.trust.number_index import Index
from agents.trust.scan import without_names

_ESCAPED = re.compile(r"\\([\\`*_\[\]<$|~&!#>+.-])")
_DIGIT = re.compile(r"\d")
_HEADING = re.compile(r"(?<![\w.])((?:[A-Z]\.?)?\d+(?:\.\d+)*)\s+(\S+)")
_PASSED = (
    re.compile(r"\bpp?\.\s*\d+(?:\s*[-–]\s*\d+)?"),
    re.compile(r"(?:https?://|www\.)[^\s，。；）)]+|\b10\.\d{4,}/\S+"),
    re.compile(r"(?<!\d)(?:19|20)\d\d\s*(?:[-–至到~]\s*(?:19|20)\d\d\s*)?年"),
    re.compile(r"[(（,，]\s*(?:19|20)\d\d[a-z]?\s*[)）]"),
    re.compile(r"第\s*\d{1,2}(?![\d.])"),
    re.compile(r"^\s*(?:[A-Z]\.)?\d+(?:\.\d+)+\s+(?=[A-Z])"),  # a section's number before its title
)


def stated_only(statement: Statement, index: Index) -> str:
    """The text with what is no number of the paper's blotted out; places stay."""

    def title(found: re.Match[str]) -> str:
        known = (found[1], found[2].casefold()) in index.headings
        return _DIGIT.sub("\0", found[1]) + found[0][len(found[1]) :] if known else found[0]

    text = statement.text
    if statement.markdown:
        text = "".join(_unescaped(piece) if kind == "text" else piece for kind, piece in pieces(text))
    for pattern in _PASSED:
        text = pattern.sub(lambda found: _DIGIT.sub("\0", found[0]), text)
    return _HEADING.sub(title, without_names(text, index.labels))


def _unescaped(piece: str) -> str:
    return _ESCAPED.sub(lambda found: "\0\0" if found[1] == "$" else f"\0{found[1]}", piece)
