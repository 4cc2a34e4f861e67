"""Will it be shown? The formulas and diagrams of any Markdown, hand-written too, put to KaTeX and to Mermaid."""

import re
from collections.abc import Generator, Iterator, Sequence

from agents.note import frontmatter
from agents.note.diagram import Diagram, read, show
from agents.trust import katex, mermaid

Fault = tuple[int, str, str]  # line (from 1), rule ("katex", "mermaid", "math"), message

_FENCE = re.compile(r" {0,3}(?:> ?)*(`{3,}|~{3,})\s*([^`\s]*)")
_HEADING = re.compile(r" {0,3}#{1,6}\s")
_CODE = r"(?P<code>(?<!`)(`+)(?!`).*?(?<!`)\2(?!`))"
# As GitHub has it: no blank inside at the edges, no digit behind ("$5 和 $10" is money).
_INLINE = re.compile(_CODE + r"|(?<![\\$])\$(?![\s$])(?P<math>(?:\\.|[^$\\`])*?(?:\\.|[^$\\`\s]))\$(?![\d$])")
_DOLLARS = re.compile(_CODE + r"|(?<!\\)(?P<display>\$\$)")
_LONGEST_LINE = 20_000  # characters
_MOST_LINES = 200  # of one formula
_MOST_DIAGRAMS = 100  # of one page that Mermaid is given: each takes it some milliseconds


def faults(text: str) -> Iterator[Fault]:
    """All of it, in the order of the text; nothing from a parser that is not on this machine."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    at: int = frontmatter.behind(lines)
    diagrams = 0
    while at < len(lines):
        line = lines[at]
        if len(line) > _LONGEST_LINE:
            yield at + 1, "math", f"a line of {len(line)} characters is not looked through for formulas"
            at += 1
        elif fence := _FENCE.match(line):
            end = _end_of_fence(lines, at, fence[1])
            diagrams += fence[2] == "mermaid"
            if fence[2] == "mermaid" and diagrams > _MOST_DIAGRAMS:
                if diagrams == _MOST_DIAGRAMS + 1:
                    yield at + 1, "math", f"more than {_MOST_DIAGRAMS} diagrams: those from here on are not looked at"
            elif fence[2] == "mermaid":
                yield from _diagram(lines[at + 1 : end], at + 2, closed=end < len(lines))
            at = end + 1
        elif "$" in line:
            at = 1 + (yield from _formulas(lines, at))
        else:
            at += 1


def _end_of_fence(lines: Sequence[str], at: int, mark: str) -> int:
    """The line that closes it; behind the last one where none does."""
    closing = re.compile(rf" {{0,3}}(?:> ?)*{re.escape(mark[0])}{{{len(mark)},}}\s*")
    return next((n for n in range(at + 1, len(lines)) if closing.fullmatch(lines[n])), len(lines))


def _diagram(lines: Sequence[str], first: int, *, closed: bool) -> Iterator[Fault]:
    if not closed:
        yield first - 1, "mermaid", "this block is not closed: all that follows is taken for the diagram"
        return
    text = "\n".join(lines)
    if not _is_ours(text):
        yield from ((first + line - 1, "mermaid", message) for line, message in mermaid.faults(text) or ())


def _is_ours(text: str) -> bool:
    """Printed by code, so it parses: Mermaid need not be loaded."""
    block = f"```mermaid\n{text}\n```"
    try:
        return show(Diagram.model_validate(read(block))) == block
    except ValueError:
        return False


def _formulas(lines: Sequence[str], at: int) -> Generator[Fault, None, int]:
    """Of one line, and of those behind it that a display formula goes on to; returns the last of them."""
    rest, end = lines[at], at
    begun = _display(rest)
    while begun is not None:
        yield from _inline(rest[:begun], at + 1)
        tex, end, rest = _displayed(lines, end, rest[begun + 2 :])
        if tex is None:
            yield end + 1, "math", "a $$ without its partner: what follows is shown as it is written"
            return end
        if wrong := katex.fault(tex, display=True):
            yield at + 1, "katex", wrong
        begun, at = _display(rest), end
    yield from _inline(rest, at + 1)
    return end


def _display(line: str) -> int | None:
    """Where a $$ stands that is no code."""
    return next((found.start() for found in _DOLLARS.finditer(line) if found["display"]), None)


def _displayed(lines: Sequence[str], at: int, rest: str) -> tuple[str | None, int, str]:
    """The formula up to the closing $$, the line of that, and what stands behind; None for a formula without it."""
    taken = []
    for n in range(at, min(at + _MOST_LINES, len(lines))):
        line = rest if n == at else lines[n]
        if n > at and (_FENCE.match(line) or _HEADING.match(line)):
            break
        before, closing, behind = line.partition("$$")
        taken.append(before)
        if closing:
            return "\n".join(taken), n, behind
    return None, at, ""


def _inline(text: str, line: int) -> Iterator[Fault]:
    for found in _INLINE.finditer(text):
        if found["math"] and (wrong := katex.fault(found["math"], display=False)):
            yield line, "katex", f"${found['math'][:60]}$: {wrong}"
