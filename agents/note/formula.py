r"""Formulas: TeX, where it stands in the paper, what it means, and every symbol.

**公式** Eq. (3)，p. 4：对称的对比损失。

$$
\\mathcal{L} = \\frac{1}{2}(\\mathcal{L}_{i} + \\mathcal{L}_{t})
$$

| 符号 | 含义 |
| --- | --- |
| $\\mathcal{L}_{i}$ | 以图像为锚的一侧 |
"""

import re
from typing import Any

from pydantic import Field, model_validator

from agents.note import table
from agents.note.section import Body, Part
from agents.note.text import Line, LineOrNone, PlainOrNone, Tex, TexOrNone, escape, unescape

MOST_FORMULAS = 6
_HEADER = ("符号", "含义")
_FORMULA = re.compile(
    r"\*\*公式\*\*(?: Eq\. \((?P<equation>(?:\\.|[^\\)])+)\))?(?:[， ]p\. (?P<page>\d+))?：(?P<meaning>.*)"
    r"(?:\n\n\$\$\n(?P<tex>.*)\n\$\$)?(?:\n\n(?P<symbols>\| 符号 .*(?:\n\|.*)*))?"
)


class Symbol(Part):
    symbol: Tex = Field(description="one symbol as TeX")
    meaning: Line = Field(description="its meaning in Chinese")


class Formula(Part):
    tex: TexOrNone = Field(description="the formula as TeX without dollar signs, on one line")
    equation: PlainOrNone = Field(description='its number as printed, without parentheses ("3"); "" where it has none')
    page: int = Field(ge=0, description="the page it stands on, from the page marks; 0 if unknown")
    meaning: Line = Field(description="what it computes and why, in Chinese")
    symbols: tuple[Symbol, ...] = Field(description="every symbol of the formula")


class Formulas(Part):
    items: tuple[Formula, ...] = Field(description=f"the key ones, at most {MOST_FORMULAS}; [] if the paper has none")
    none: LineOrNone = Field(description='why there are none, for example 原文无编号公式; "" where there are some')

    @model_validator(mode="after")
    def _some_or_a_reason(self) -> "Formulas":
        if bool(self.items) == bool(self.none):
            raise ValueError("give either formulas or the reason why there are none")
        return self


def _show(formula: Formula) -> str:
    number = escape(formula.equation).replace(")", "\\)")
    where = f" Eq. ({number})" if number else ""
    if formula.page:
        where += f"{'，' if where else ' '}p. {formula.page}"
    blocks = [f"**公式**{where}：{formula.meaning}"]
    if formula.tex:
        blocks.append(f"$$\n{formula.tex}\n$$")
    if formula.symbols:
        rows = [(table.cell(f"${s.symbol}$"), table.cell(s.meaning)) for s in formula.symbols]
        blocks.append(table.show(_HEADER, rows))
    return "\n\n".join(blocks)


def _read(text: str) -> dict[str, Any]:
    found = _FORMULA.fullmatch(text)
    if not found:
        raise ValueError(f"not a formula (`**公式** …：meaning`, `$$`, table of symbols): {text[:60]!r}")
    rows = table.read(found["symbols"], _HEADER) if found["symbols"] else []
    return {
        "tex": found["tex"] or "",
        "equation": unescape((found["equation"] or "").replace("\\)", ")")),
        "page": int(found["page"] or 0),
        "meaning": found["meaning"],
        "symbols": [{"symbol": table.uncell(s)[1:-1], "meaning": table.uncell(m)} for s, m in rows],
    }


def show(formulas: Formulas) -> str:
    return formulas.none or "\n\n".join(map(_show, formulas.items))


def read(text: str) -> dict[str, Any]:
    if not text.startswith("**公式**"):
        return {"items": [], "none": text}
    return {"items": [_read(block) for block in re.split(r"\n\n(?=\*\*公式\*\*)", text)], "none": ""}


FORMULAS = Body(show, read)
