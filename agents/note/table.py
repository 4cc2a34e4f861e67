"""One Markdown table, printed and read back. A `|` inside a cell is escaped: unescaped it would cut the cell in two."""

import re
from collections.abc import Iterable, Sequence

_UNESCAPED_PIPE = re.compile(r"(?<!\\)\|")


def show(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def read(text: str, header: Sequence[str]) -> list[list[str]]:
    """The body rows of the table that `text` is; ValueError when it is not a table with this header."""
    lines = [_cells(line) for line in text.split("\n")]
    if not lines or lines[0] != list(header):
        raise ValueError(f"a table with the columns {' | '.join(header)} should stand here")
    for cells in lines[2:]:
        if len(cells) != len(header):
            raise ValueError(f"a table row with {len(cells)} cells where {len(header)} should be (an unescaped | ?)")
    return lines[2:]


def _cells(line: str) -> list[str]:
    return [cell.strip(" ") for cell in _UNESCAPED_PIPE.split(line.strip())[1:-1]]


def columns(row: str) -> int:
    """How many cells a row has, with or without a | at its ends."""
    row = row.strip()
    bare = row.removeprefix("|")
    return len(_UNESCAPED_PIPE.findall(bare)) + (not re.search(r"(?<!\\)\|$", bare))


def cell(line: str) -> str:
    """A line of inline Markdown as it must stand in a cell."""
    return line.replace("|", "\\|")


def uncell(text: str) -> str:
    return text.replace("\\|", "|")
