"""A Source made to fit into a number of tokens: whole sections are left out, those first that a note needs least."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from agents.errors import UsageError
from agents.model.prices import tokens
from agents.model.rendering import render
from agents.source.document import Block, Document, Source

_REFERENCES = re.compile(r"references?$|bibliography$|literature cited$|参考文献", re.IGNORECASE)
# What goes first stands first; what is named here not at all goes after these, the last section before the first.
_LEAST = (
    re.compile(
        r"acknowledg|contribution statement|author contribution|ethic|broader impact|checklist|funding", re.IGNORECASE
    ),
    _REFERENCES,
    re.compile(r"related work|prior work|background|preliminar", re.IGNORECASE),
    re.compile(r"discussion|future work", re.IGNORECASE),
)
_MOST = re.compile(
    r"abstract|introduction|method|approach|model|experiment|result|ablation|conclusion|limit", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Part:
    """A top-level section: its heading and the range of its blocks."""

    heading: str
    start: int
    stop: int
    rank: tuple[int, int]  # the smallest goes first


def shorten(source: Source, most: int) -> tuple[Source, tuple[str, ...]]:
    """The source with so many sections left out that it takes at most `most` tokens, and their headings in order.

    UsageError where even title, abstract and the first section take more.
    """
    size = tokens(render(source))
    parts = sorted(_parts(source.document), key=lambda part: part.rank)
    gone: list[_Part] = []
    short = source
    while size > most and len(parts) > 1:
        gone.append(parts.pop(0))
        short = replace(source, document=_without(source.document, gone))
        size = tokens(render(short))
    if size > most:
        what = f"--max-input-tokens leaves {max(most, 0)} tokens for the paper, which takes {size} however it is cut"
        raise UsageError(what, f"raise it by {size - most} or more")
    return short, tuple(part.heading for part in sorted(gone, key=lambda part: part.start))


def _parts(document: Document) -> Iterator[_Part]:
    """The top-level sections in reading order; what stands before the first is no part, so it always stays."""
    starts = [n for n, block in enumerate(document.blocks) if block.kind == "heading" and block.level == 1]
    last = {section.heading for section in document.appendix}
    for place, (start, stop) in enumerate(zip(starts, [*starts[1:], len(document.blocks)], strict=True)):
        heading = document.blocks[start].text
        yield _Part(heading, start, stop, (0 if heading in last else _rank(heading), -place))


def _rank(heading: str) -> int:
    """After the appendix, which is 0: as in `_LEAST`, the body last."""
    named = next((n for n, pattern in enumerate(_LEAST, start=1) if pattern.search(heading)), 0)
    return named or len(_LEAST) + 1 + bool(_MOST.search(heading))


def _without(document: Document, gone: Sequence[_Part]) -> Document:
    left_out = {n for part in gone for n in range(part.start, part.stop)}
    blocks = tuple(block for n, block in enumerate(document.blocks) if n not in left_out)
    headings = _headings(blocks)
    printed = iter(document.references)
    kept = [next(printed, None) for block in document.blocks if block.kind == "reference"]
    left = [n for n, block in enumerate(document.blocks) if block.kind == "reference"]
    references = tuple(one for n, one in zip(left, kept, strict=True) if n not in left_out and one)
    sections = tuple(section for section in document.sections if section.heading in headings)
    return replace(document, blocks=blocks, sections=sections, references=references)


def _headings(blocks: Sequence[Block]) -> set[str]:
    return {block.text for block in blocks if block.kind == "heading"}
