"""Figures and tables: the caption with its number, the cells, and what else is written in them."""

from dataclasses import dataclass, field

from agents.source.document import Block, Figure, Table
from agents.source.tex.displays import kind
from agents.source.tex.stream import Span, Stream
from agents.source.tex.tables import find_tabulars, read_tabular
from agents.source.tex.text import Paper, paragraphs, plain
from agents.source.tex.words import FIGURES, TABLES

NOWHERE = (0.0, 0.0, 0.0, 0.0)
_CAPTIONS = {r"\caption": "om", r"\captionof": "mom", r"\subcaption": "om", r"\subfloat": "oo", r"\subfigure": "o"}


@dataclass(slots=True)
class Float:
    figures: list[Figure] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)


def is_float(name: str) -> bool:
    return kind(name) in FIGURES or kind(name) in TABLES


def read_float(paper: Paper, at: int) -> Float:
    """The figure or table that begins at this index."""
    stream = paper.stream
    name, end = stream.environment(at), stream.ends[at]
    captions = _captions(stream, at, end)
    main = [(index, span) for index, span in captions if index in paper.numbers.at]
    minor = [plain(paper, span.start, span.stop) for index, span in captions if index not in paper.numbers.at]
    # a longtable is its own tabular
    tabulars = find_tabulars(stream, at if kind(name) in {"longtable", "longtabu", "xltabular"} else at + 1, end + 1)
    found = Float()
    word = "Figure" if kind(name) in FIGURES else "Table"
    for place, (index, span) in enumerate(main):
        what = _counted_as(stream, index, word)
        label, caption = f"{what} {paper.numbers.at[index]}", plain(paper, span.start, span.stop)
        own = _own(tabulars, [start for start, _ in main], place)
        shown = caption + "".join(f" ({chr(97 + i % 26)}) {text}" for i, text in enumerate(minor) if len(main) == 1)
        found.blocks.append(Block("caption", f"{label}: {shown}", 0, NOWHERE))
        if what == "Figure":
            found.figures.append(Figure(label, caption, 0))
            own_tables = [("", start) for start in own]
        else:
            parts = minor if len(minor) == len(own) > 1 else [""] * len(own)
            own_tables = list(zip(parts, own, strict=True))
            found.tables += [
                Table(label, f"{caption} {part}".strip(), 0, *read_tabular(paper, start)) for part, start in own_tables
            ] or [Table(label, caption, 0, (), ())]
        found.blocks += [block for _, start in own_tables for block in table_blocks(paper, start)]
    if not main:
        found.blocks += [block for start in tabulars for block in table_blocks(paper, start)]
    found.blocks += _written(paper, Span(at + 1, end, end), [span for _, span in captions], tabulars)
    return found


def table_blocks(paper: Paper, at: int) -> list[Block]:
    header, rows = read_tabular(paper, at)
    text = "\n".join(" | ".join(row) for row in (*header, *rows))
    return [Block("table", text, 0, NOWHERE)] if text else []


def _captions(stream: Stream, start: int, stop: int) -> list[tuple[int, Span]]:
    found = []
    index = start
    while index < stop:
        tok = stream.tokens[index].rstrip("*")
        index += 1
        if tok in _CAPTIONS:
            spans, after = stream.arguments(index, _CAPTIONS[tok])
            if spans[-1]:
                found.append((index - 1, spans[-1]))
                index = after
    return found


def _counted_as(stream: Stream, index: int, word: str) -> str:
    if stream.tokens[index].rstrip("*") != r"\captionof":
        return word
    return stream.word(stream.mandatory(index + 1)).capitalize()


def _own(tabulars: list[int], captions: list[int], place: int) -> list[int]:
    """Of several captions in one float, each has the tabulars on its side: before it or behind, as the first has."""
    if len(captions) == 1:
        return tabulars
    if tabulars and tabulars[0] < captions[0]:
        low = captions[place - 1] if place else -1
        return [start for start in tabulars if low < start < captions[place]]
    high = captions[place + 1] if place + 1 < len(captions) else 1 << 60
    return [start for start in tabulars if captions[place] < start < high]


def _written(paper: Paper, span: Span, captions: list[Span], tabulars: list[int]) -> list[Block]:
    """Text in the float that is neither: a prompt in a box, an algorithm; panel titles are too short to tell."""
    ends = paper.stream.ends
    taken = sorted([(c.start, c.after) for c in captions] + [(start, ends[start] + 1) for start in tabulars])
    texts: list[str] = []
    at = span.start
    for start, after in [*taken, (span.stop, span.stop)]:
        texts += paragraphs(paper, at, start) if start > at else []
        at = max(at, after)
    return [Block("text", text, 0, NOWHERE) for text in texts if len(text.split()) >= 8]
