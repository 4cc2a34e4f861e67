"""A true statement about a paper, as it stands in a reply of Claude's, with what would make it false.

They are taken from readings that are not the one under test: true_cells.py, true_sentences.py, true_references.py and
known_formulas.py say how.
"""

from dataclasses import dataclass, field
from typing import Any

HOLE = "\u25a2"  # where the number or the quote stands
RESULTS = "experiments.results.0"


@dataclass(frozen=True, slots=True)
class Statement:
    """`data` is what stands at `where` in a reply, with a hole for `piece`."""

    form: str  # "cell of a claim", "number beside its quote", "reference", ...
    where: str
    data: Any
    piece: str = ""
    others: dict[str, tuple[Any, ...]] = field(default_factory=dict)  # kind of error -> pieces, or whole data

    def said(self) -> Any:
        return filled(self.data, self.piece)


def filled(data: Any, piece: str) -> Any:
    if isinstance(data, dict):
        return {key: filled(value, piece) for key, value in data.items()}
    if isinstance(data, list):
        return [filled(value, piece) for value in data]
    return data.replace(HOLE, piece) if isinstance(data, str) else data


def claim(text: str, quote: str = "", cells: list[dict[str, str]] | None = None) -> dict[str, Any]:
    return {"text": text, "quote": quote, "cells": cells or []}
