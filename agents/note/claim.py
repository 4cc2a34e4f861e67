"""A claim about the paper and what it stands on: a quote, and the table cells its numbers come from.

- Q-Former 只训练 188M 参数。
- 原文 p. 4：“The Q-Former contains 188M parameters.”
- 数据：Table 2｜BLIP-2 ViT-g FlanT5XXL｜VQAv2 test-dev｜65.0
- 推断：冻结两端是训练便宜的主因。
"""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from agents.note.mark import NOT_FOUND
from agents.note.section import Body, Part
from agents.note.text import Line, Plain, PlainOrNone, escape, unescape

JUDGEMENT = "推断："
_BAR = "｜"
_QUOTE = re.compile(rf"  - (?:原文 p\. (?P<page>\d+)|{NOT_FOUND})：“(?P<quote>.*)”")


def _without_bar(text: str) -> str:
    return text.replace(_BAR, "|")


CellText = Annotated[Plain, AfterValidator(_without_bar)]


class Cell(Part):
    """A number of a table, by the names that the paper prints."""

    table: CellText = Field(description='as printed: "Table 2"')
    row: CellText = Field(description="the row's label as printed")
    column: CellText = Field(description="the column's header as printed")
    value: CellText = Field(description="the number as printed in that cell")


class Claim(Part):
    """One statement. With a quote it is the authors'; without one it is a judgement, shown as 推断."""

    text: Line = Field(description="the statement in Chinese, one sentence or two")
    quote: PlainOrNone = Field(
        description='verbatim from the paper, 5-40 words, in its language; "" for a judgement of your own'
    )
    cells: tuple[Cell, ...] = Field(description="one for each number in `text` that comes from a table; [] otherwise")

    @model_validator(mode="before")
    @classmethod
    def _no_label_of_its_own(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("text"), str) and not data.get("quote"):
            return {**data, "text": data["text"].strip(" ").removeprefix(JUDGEMENT)}
        return data

    @model_validator(mode="after")
    def _judgements_carry_no_quote(self) -> "Claim":
        if self.text.startswith(JUDGEMENT):
            raise ValueError("a statement labelled 推断 is a judgement of your own and carries no quote")
        return self


class FoundClaim(Claim):
    """A claim as it stands in a note: code has looked for its quote."""

    page: int = Field(ge=0)  # where the quote was found; 0: not found, or there is none


def show(claims: tuple[FoundClaim, ...]) -> str:
    return "\n".join(_show(claim) for claim in claims)


def _show(claim: FoundClaim) -> str:
    lines = [f"- {claim.text}" if claim.quote else f"- {JUDGEMENT}{claim.text}"]
    if claim.quote:
        where = f"原文 p. {claim.page}" if claim.page else NOT_FOUND
        lines.append(f"  - {where}：“{escape(claim.quote)}”")
    cells = [_BAR.join(map(escape, (cell.table, cell.row, cell.column, cell.value))) for cell in claim.cells]
    return "\n".join([*lines, *(f"  - 数据：{cell}" for cell in cells)])


def read(text: str) -> list[dict[str, Any]]:
    """Claims as plain data, to be validated by the model; ValueError for a line of another form."""
    claims: list[dict[str, Any]] = []
    for line in text.split("\n") if text else []:
        if line.startswith("- "):
            claims.append({"text": line[2:], "quote": "", "cells": [], "page": 0})
        elif claims and (quote := _QUOTE.fullmatch(line)):
            claims[-1] |= {"quote": unescape(quote["quote"]), "page": int(quote["page"] or 0)}
        elif claims and line.startswith("  - 数据：") and line.count(_BAR) == 3:
            cell = map(unescape, line.removeprefix("  - 数据：").split(_BAR))
            claims[-1]["cells"].append(dict(zip(("table", "row", "column", "value"), cell, strict=True)))
        else:
            raise ValueError(f"neither a claim (`- …`), its quote, nor its data: {line[:60]!r}")
    return claims


CLAIMS = Body(show, read)
