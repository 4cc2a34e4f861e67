"""How a note says that something in it is not proven: a mark in brackets behind the words that are meant.

"28.5 BLEU（⚠ 原文未找到）" was looked for and not found; "《…》（? 未核实）" could not be looked up. Whoever writes a
mark, passes over marks or asks for one does it here. `SIGN` alone tells any ⚠, one too that begins a line of its own.
"""

import re
from collections.abc import Iterator

SIGN = "⚠"
NOT_FOUND = f"{SIGN} 原文未找到"
NOT_CHINESE = f"{SIGN} 未译成中文"
UNVERIFIED = "? 未核实"

_MARK = re.compile(rf"（({SIGN} [^（）]*|{re.escape(UNVERIFIED)})）")


def marked(text: str, at: int, mark: str) -> str:
    """The text with a mark behind its first `at` characters."""
    return f"{text[:at]}{_inline(mark)}{text[at:]}"


def _inline(mark: str) -> str:
    return f"（{mark}）"


def length(mark: str) -> int:
    """How many characters a mark adds."""
    return len(_inline(mark))


def holds(text: str, mark: str) -> bool:
    """Whether this very mark stands somewhere in the text."""
    return _inline(mark) in text


def unmarked(text: str) -> str:
    """The text as it was before it was marked."""
    return _MARK.sub("", text)


def blanked(text: str) -> str:
    """The text with blanks instead of its marks: all else stays at its place."""
    return _MARK.sub(lambda found: " " * len(found[0]), text)


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Where each mark begins and ends."""
    return (found.span() for found in _MARK.finditer(text))


def behind(text: str, at: int) -> Iterator[str]:
    """The marks that stand side by side from a place on, without their brackets."""
    while found := _MARK.match(text, at):
        yield found[1]
        at = found.end()
