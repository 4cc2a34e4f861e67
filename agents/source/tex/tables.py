r"""`tabular` and its kin -> rows of cells: spans spread, heading rows told from the others, empty columns out."""

import re
from collections.abc import Mapping, Sequence

from agents.source.tex.displays import kind
from agents.source.tex.rows import cells, rows
from agents.source.tex.stream import Span, Stream
from agents.source.tex.text import Paper, plain
from agents.source.tex.words import ENVIRONMENT_ARGUMENTS, TABULARS, UNSHOWN

Grid = tuple[tuple[str, ...], ...]
_RULES = {r"\hline", r"\midrule", r"\Xhline", r"\thickhline", r"\toprule", r"\bottomrule", r"\hhline", r"\specialrule"}
_RULE_ARGUMENTS = {
    r"\specialrule": "mmm", r"\Xhline": "m", r"\hhline": "m", r"\toprule": "o", r"\midrule": "o", r"\bottomrule": "o",
    r"\cline": "m", r"\addlinespace": "o", r"\rowcolor": "omoo", r"\arrayrulecolor": "om", r"\noalign": "m",
    r"\caption": "om", r"\label": "m",
}  # fmt: skip
_BEFORE_SPAN = {"{", r"\rule", r"\vspace", r"\cellcolor", r"\bf", r"\it", r"\small", r"\footnotesize", r"\centering"}
_LONG_HEADS = {r"\endfirsthead", r"\endhead", r"\endfoot", r"\endlastfoot"}
_NUMERIC = re.compile(r"^[\s$\\,~+–—<>≤≥±%(){}*/.\d^_-]*\d[\s\S]{0,14}$")
MOST_COLUMNS = 60
MOST_HEADING_ROWS = 4


def find_tabulars(stream: Stream, start: int, stop: int) -> list[int]:
    r"""Where the outermost tabulars in a stretch begin; a nested one is part of a cell (`\shortstack` by hand)."""
    found = []
    index = start
    while index < stop:
        if kind(stream.environment(index)) in TABULARS and index in stream.ends:
            found.append(index)
            index = stream.ends[index]
        index += 1
    return found


def read_tabular(paper: Paper, at: int) -> tuple[Grid, Grid]:
    """Heading rows and body rows of the tabular that begins at this index."""
    stream = paper.stream
    name = kind(stream.environment(at))
    name = "tabular*" if stream.environment(at) == "tabular*" else name
    _, start = stream.arguments(at + 1, ENVIRONMENT_ARGUMENTS.get(name, "om"))
    grid: list[list[str]] = []
    ruled: dict[int, bool] = {}  # rows that a rule stands above: is it a \midrule, which ends a heading?
    spans: dict[int, tuple[int, str]] = {}  # column -> rows to go, text of a \multirow
    spread: list[set[int]] = []  # columns of each row that belong to a span, its first apart
    repeated = 0
    for row in rows(stream, start, stream.ends[at]):
        first, rule, long_head = _rules(stream, row)
        if rule:
            ruled[len(grid)] = ruled.get(len(grid), False) or rule == r"\midrule"
        if long_head:  # \endfirsthead … \endhead: the same heading once more
            if repeated:
                grid, spread = grid[:repeated], spread[:repeated]
            repeated = len(grid)
        if rule:
            spans.clear()  # no cell goes on behind a full rule, whatever number of rows it claims
        texts, extra = _row(paper, Span(first, row.stop, row.after), spans)
        if texts:
            grid.append(texts)
            spread.append(extra)
    return _split(grid, spread, ruled)


def _rules(stream: Stream, row: Span) -> tuple[int, str, bool]:
    """Past the rules that stand before a row's first cell: where that begins, the full rule if there was one."""
    index, rule, long_head = row.start, "", False
    while index < row.stop:
        tok = stream.tokens[index].rstrip("*")
        if tok.isspace():
            index += 1
        elif tok == r"\cmidrule":
            (_, after) = stream.arguments(index + 1, "o")
            if stream.tokens[after].startswith("("):
                after += 1
            index = stream.mandatory(after).after
        elif tok in _RULES or tok in _RULE_ARGUMENTS or tok in _LONG_HEADS or tok == r"\hdashline":
            rule = tok if tok in _RULES and rule != r"\midrule" else rule
            long_head = long_head or tok in {r"\endfirsthead", r"\endhead"}
            index = stream.arguments(index + 1, _RULE_ARGUMENTS.get(tok, ""))[1]
        else:
            break
    return index, rule, long_head


def _row(paper: Paper, row: Span, spans: dict[int, tuple[int, str]]) -> tuple[list[str], set[int]]:
    """The texts of a row, one a column ([] for a row of nothing), and which continue a wide cell."""
    texts: list[str] = []
    extra: set[int] = set()
    written = False
    for cell in cells(paper.stream, row.start, row.stop):
        width, height, inner = _spanning(paper.stream, cell)
        text = plain(paper, inner.start, inner.stop)
        column = len(texts)
        written = written or bool(text)
        if not text and column in spans:
            left, text = spans[column]
            spans[column] = (left - 1, text)
            if left <= 1:
                del spans[column]
        elif column in spans and text:
            del spans[column]
        if height > 1 and text:
            spans[column] = (height - 1, text)
        extra.update(range(column + 1, column + width))
        texts += [text] * width
        if len(texts) >= MOST_COLUMNS:
            break
    return (texts[:MOST_COLUMNS] if written else []), extra


def _spanning(stream: Stream, cell: Span) -> tuple[int, int, Span]:
    r"""Columns and rows that a cell takes, and its content: `\multicolumn`, `\multirow`, or one inside the other."""
    width = height = 1
    start, stop = cell.start, cell.stop
    for _ in range(3):
        at = start
        while at < stop and (stream.tokens[at].isspace() or stream.tokens[at] in _BEFORE_SPAN):
            at = stream.arguments(at + 1, UNSHOWN.get(stream.tokens[at], ""))[1]
        if at >= stop:
            break
        tok = stream.tokens[at].rstrip("*")
        if tok == r"\multicolumn":
            (count, _, content), after = stream.arguments(at + 1, "mmm")
            width = _count(stream.word(count))
        elif tok == r"\multirow":
            (_, count, _, _, _, content), after = stream.arguments(at + 1, "omomom")
            height = _count(stream.word(count))
        else:
            break
        if content is None or stream.source(after, stop).strip(" }\n\t"):
            break
        start, stop = content.start, content.stop
    return width, height, Span(start, stop, cell.after)


def _count(text: str) -> int:
    return min(abs(int(text)), MOST_COLUMNS) if re.fullmatch(r"-?\d{1,3}", text) and text != "0" else 1


def _split(grid: list[list[str]], spread: list[set[int]], ruled: Mapping[int, bool]) -> tuple[Grid, Grid]:
    width = max(map(len, grid), default=0)
    for row in grid:
        row.extend([""] * (width - len(row)))
    heading = _heading_rows(grid, ruled)
    for index in range(heading, len(grid)):  # in the body a wide cell is said once
        for column in spread[index]:
            grid[index][column] = ""
    used = [column for column in range(width) if any(row[column] for row in grid[heading:] or grid)]
    tidy = tuple(tuple(row[column] for column in used) for row in grid)
    return tidy[:heading], tidy[heading:]


def _heading_rows(grid: Sequence[Sequence[str]], ruled: Mapping[int, bool]) -> int:
    """Those above the first rule inside the table, if they look it: words rather than numbers."""
    inner = next((row for row in ruled if 0 < row < len(grid)), 0)
    if max(map(len, grid), default=0) < 2:
        return 0
    if 0 < inner <= MOST_HEADING_ROWS and (ruled[inner] or not any(_mostly_numbers(row) for row in grid[:inner])):
        return inner
    plausible = (
        len(grid) > 1 and not _mostly_numbers(grid[0]) and sum(map(_mostly_numbers, grid[1:])) * 2 >= len(grid) - 1
    )
    return 1 if plausible and sum(map(bool, grid[0])) > 1 else 0


def _mostly_numbers(row: Sequence[str]) -> bool:
    filled = [cell for cell in row[1:] if cell]
    return bool(filled) and 2 * sum(bool(_NUMERIC.match(cell)) for cell in filled) > len(filled)
