"""What lint has to say of a file: where, by which rule, what, and whether it is an error."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """`path` is relative to the lab, `line` counts from 1."""

    path: str
    line: int
    rule: str
    message: str
    is_error: bool = True

    def __str__(self) -> str:
        weight = "" if self.is_error else "warning: "
        return _one_line(f"{self.path}:{self.line}: {self.rule}: {weight}{self.message}")


def excerpt(text: str) -> str:
    """A piece of a file, short enough for a message."""
    text = text.strip()
    return text if len(text) <= 60 else f"{text[:59]}…"


def _one_line(text: str) -> str:
    """What cannot be seen (a line end in a file's name, a control character) as an escape."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
