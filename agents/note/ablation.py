"""An ablation study: the paper's cells, Δ and relative change computed by code, and what each component contributes.

| 组件 | 设置 | 指标 | 数值 | Δ | 相对变化 | 出处 |
| --- | --- | --- | --- | --- | --- | --- |
| 完整模型 | ITC + ITM + ITG | I→T R@1 | 85.4 | 基准 | 基准 | Table 6 |
| 去掉 ITG | ITC + ITM | I→T R@1 | 84.5 | -0.9 | -1.1 % | Table 6 |

- 去掉 ITG 后检索变差。
- 原文 p. 8：“…”
"""

import re
from decimal import Decimal
from typing import Any, Generic, TypeVar

from pydantic import Field, model_validator

from agents.note import claim, table
from agents.note.claim import CellText, Claim
from agents.note.section import Body, Part
from agents.note.text import Line, LineOrNone, escape, unescape

C = TypeVar("C", bound=Claim)

_HEADER = ("组件", "设置", "指标", "数值", "Δ", "相对变化", "出处")
_BASELINE = "基准"
_UNKNOWN = "—"
_NUMBER = re.compile(r"([-+−]?\d[\d,]*(?:\.\d+)?)\s*(%|[A-Za-z×]*)(?:\s*(?:±|\+/-|\().*)?")


class AblationRow(Part):
    """One cell of an ablation table: what was changed, and the number under the names that the paper prints."""

    component: Line = Field(description="what was changed, in Chinese")
    table: CellText = Field(description='as printed: "Table 6"')
    setting: CellText = Field(description="the row's label as printed")
    metric: CellText = Field(description="the column's header as printed")
    value: CellText = Field(description="the number as printed in that cell")
    baseline: bool = Field(description="true for the row that the others of this table and metric are compared with")


class Ablation(Part, Generic[C]):
    rows: tuple[AblationRow, ...] = Field(description="the cells that matter, at most 40; [] if there is no ablation")
    contributions: tuple[C, ...] = Field(description="what each component contributes, a claim each")
    none: LineOrNone = Field(description='why there is none, for example 原文无消融实验; "" where there is one')

    @model_validator(mode="after")
    def _some_or_a_reason(self) -> "Ablation[C]":
        if bool(self.rows or self.contributions) == bool(self.none):
            raise ValueError("give either an ablation or the reason why there is none")
        return self


def number(value: str) -> tuple[Decimal, str] | None:
    """The number and unit that a cell holds ("85.4", "19%", "1.4B", "62.0 ± 0.3"), or None."""
    found = _NUMBER.fullmatch(value.strip())
    return (Decimal(found[1].replace(",", "").replace("−", "-")), found[2]) if found else None


def change(value: str, baseline: str) -> tuple[str, str]:
    """Δ and relative change as printed; — where the two cannot be compared."""
    ours, base = number(value), number(baseline)
    if ours is None or base is None or ours[1] != base[1]:
        return _UNKNOWN, _UNKNOWN
    delta = ours[0] - base[0]
    share = f"{delta / abs(base[0]) * 100:+.1f} %" if base[0] else _UNKNOWN
    return f"{delta:+}{ours[1]}", share


def _changes(rows: tuple[AblationRow, ...]) -> list[tuple[str, str]]:
    baselines = {(row.table, row.metric): row.value for row in reversed(rows) if row.baseline}
    out = []
    for row in rows:
        base = baselines.get((row.table, row.metric))
        out.append((_BASELINE,) * 2 if row.baseline else change(row.value, base) if base else (_UNKNOWN,) * 2)
    return out


def show(ablation: Ablation[Any]) -> str:
    if ablation.none:
        return ablation.none
    blocks = []
    if ablation.rows:
        rows = [
            (table.cell(r.component), escape(r.setting), escape(r.metric), escape(r.value), *deltas, escape(r.table))
            for r, deltas in zip(ablation.rows, _changes(ablation.rows), strict=True)
        ]
        blocks.append(table.show(_HEADER, rows))
    if ablation.contributions:
        blocks.append(claim.show(ablation.contributions))
    return "\n\n".join(blocks)


def read(text: str) -> dict[str, Any]:
    """Δ columns are not read: they follow from the values."""
    if not text.startswith(("| ", "- ")):
        return {"rows": [], "contributions": [], "none": text}
    cells, _, claims = text.partition("\n\n") if text.startswith("| ") else ("", "", text)
    rows = [
        {
            "component": table.uncell(component),
            "table": unescape(source),
            "setting": unescape(setting),
            "metric": unescape(metric),
            "value": unescape(value),
            "baseline": delta == _BASELINE,
        }
        for component, setting, metric, value, delta, _, source in (table.read(cells, _HEADER) if cells else [])
    ]
    return {"rows": rows, "contributions": claim.read(claims), "none": ""}


ABLATION = Body(show, read)
