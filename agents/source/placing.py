"""Display formulas that the PDF reader did not know as such, put where the text around them stands. Pure."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from agents.source.document import Block

Words = Callable[[str], Sequence[str]]

_RUN = 4  # long words in a row by which a place is known again


def place(blocks: Sequence[Block], exact: Sequence[Block], lacking: Collection[str], words: Words) -> list[Block]:
    """`blocks` and, of the markup's display formulas, those that stand in none of them, each at its place.

    One whose neighbours are not found again stays out. `lacking`: the numbers of those that the PDF reader missed;
    formulas without a number are among them anyhow. `words`: the long words of a paragraph.
    """
    shown = {_formula(block.exact) for block in blocks if block.kind == "equation" and block.exact}
    runs = _runs(blocks, words)
    at: dict[int, list[Block]] = {}  # behind which block
    for n, one in enumerate(exact):
        if one.kind != "equation" or _formula(one.text) in shown:
            continue
        number = one.text.rpartition("$$")[2].strip(" ()")
        if not number or number in lacking:
            index = _index(exact, n, runs, words)
            if index is not None:
                at.setdefault(index, []).append(replace(one, text="", exact=" ".join(one.text.split())))
    out = [*at.get(-1, ())]
    for index, block in enumerate(blocks):
        out += [block, *(replace(one, page=block.page, box=block.box) for one in at.get(index, ()))]
    return out


def _formula(text: str) -> str:
    """Its TeX without spaces and number."""
    return "".join(text.rpartition("$$")[0].split())


def _runs(blocks: Sequence[Block], words: Words) -> dict[tuple[str, ...], int]:
    """The block of every run of words that the paper has only once."""
    found: Counter[tuple[str, ...]] = Counter()
    where: dict[tuple[str, ...], int] = {}
    for index, block in enumerate(blocks):
        if block.kind == "text":
            said = words(block.text)
            for run in zip(*(said[n:] for n in range(_RUN)), strict=False):
                found[run] += 1
                where[run] = index
    return {run: index for run, index in where.items() if found[run] == 1}


def _index(exact: Sequence[Block], n: int, runs: Mapping[tuple[str, ...], int], words: Words) -> int | None:
    """The block that ends where the text before the formula ends, else the one before that which goes on after it."""
    before = next((one for one in reversed(exact[:n]) if one.kind != "equation"), None)
    if before and before.kind == "text":
        index = runs.get(tuple(words(before.text)[-_RUN:]))
        if index is not None:
            return index
    after = next((one for one in exact[n + 1 :] if one.kind != "equation"), None)
    if after and after.kind == "text":
        index = runs.get(tuple(words(after.text)[:_RUN]))
        return None if index is None else index - 1
    return None
