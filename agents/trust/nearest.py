"""What the paper has instead of a number: its near misses, the better they fit the statement the earlier."""

from collections.abc import Iterable

from agents.trust.cells import Checked
from agents.trust.number_index import same
from agents.trust.numbers import Number
from agents.trust.scan import Seen
from agents.trust.support import IN_QUOTE, Ground, Wanted

_MOST_NEAREST = 3


def rivals(
    asked: Wanted, stated: Iterable[Number], quote: Ground | None, checked: Iterable[Checked], ground: Ground
) -> list[tuple[float, Seen]]:
    """Near misses of a number and how well they fit, the best first; what the sentence states too is none."""
    others = tuple(stated)

    def said(one: Number) -> bool:
        return any(same(other, one) for other in others)

    scored = [
        (ground.score(seen, asked), seen)
        for seen in dict.fromkeys(ground.near_misses(asked))
        if not said(ground.index.number(seen))
    ]
    if quote:
        near = [quote.index.number(seen) for seen in quote.near_misses(asked)]
        meant = [one for one in near if not said(one)]
        scored = [
            (IN_QUOTE if any(ground.index.number(seen).value == one.value for one in meant) else score, seen)
            for score, seen in scored
        ]
    values = {stated.number.value for one in checked if one.found.kind == "cell" for stated in one.stated}
    scored = [
        (
            IN_QUOTE
            if ground.index.number(seen).value in values and ground.index.passages[seen.passage].cell
            else score,
            seen,
        )
        for score, seen in scored
    ]
    return sorted(scored, key=lambda one: -one[0])


def nearest(asked: list[Wanted], ground: Ground, table: str) -> str:
    found = []
    for one in asked:
        misses = [(ground.score(seen, one), seen) for seen in dict.fromkeys(ground.near_misses(one))]
        close = [(0.0, seen) for seen in ground.index.close(one.number, one.raw)] if not misses else []
        found += [
            seen
            for _, seen in sorted(misses + close, key=lambda pair: (table not in _place(pair[1], ground), -pair[0]))
        ]
    return listed(found, ground)


def listed(found: Iterable[Seen], ground: Ground) -> str:
    shown: dict[str, None] = {}
    for seen in found:
        number = ground.index.number(seen)
        shown.setdefault(f"{number.text} ({_place(seen, ground)})")
        if len(shown) == _MOST_NEAREST:
            break
    return f"; nearest: {', '.join(shown)}" if shown else ""


def _place(seen: Seen, ground: Ground) -> str:
    passage = ground.index.passages[seen.passage]
    if passage.cell is None:
        return f"p. {passage.page}"
    n, row, column = passage.cell
    grid = ground.index.grids[n]
    return f"p. {passage.page}, {grid.table.label} {grid.label(row)} × {grid.heading(column)}"
