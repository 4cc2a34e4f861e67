"""From a checked reply to the notebook of an experiment: the checks of its code, the facts. Pure."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from agents.lab.notes import Standing
from agents.model.question import Answer, Question
from agents.note import notebook
from agents.note.added import texts, written
from agents.note.experiment import (
    SCRIPT,
    STEPS,
    ExperimentNote,
    ExperimentReply,
    Implemented,
    Step,
    cells_of,
    closing_fingerprint,
)
from agents.note.note import fingerprint
from agents.note.problem import Problem
from agents.note.slug import folded
from agents.note.template import added
from agents.recipes import receipt
from agents.trust import alone, code
from agents.trust.outcome import Outcome, counts

PROMPT = "prompts/experiment.md"
_MOST_CELLS = 24


def incomplete(reply: ExperimentReply) -> list[Problem]:
    """The demands that the API's schema cannot carry: on counts, on the code, on the figure."""
    wrong: list[str] = []

    def demand(holds: object, sentence: str) -> None:
        if not holds:
            wrong.append(sentence)

    cells = cells_of(reply)
    codes = [*(step.code for step in cells.values()), reply.script]
    packages = [package.name for package in reply.environment]
    for name in STEPS:
        demand(getattr(reply, name), f"{name}: give at least one cell")
    demand(len(cells) <= _MOST_CELLS, f"give at most {_MOST_CELLS} cells, not {len(cells)}")
    demand(2 <= len(reply.tags) <= 6, "tags: give 2 to 6")
    demand(len(set(packages)) == len(packages), "environment: name each package once")
    for package in packages:
        demand(code.imports(codes, package), f"environment: nothing imports {package}")
    demand(code.imports(codes, "torch"), "the experiment does not import torch: it is to use PyTorch")
    demand(code.is_seeded(codes), "the experiment is not seeded: call torch.manual_seed")
    demand(
        code.draws([step.code for step in reply.figures]) and "matplotlib" in packages,
        "figures: draw at least one figure with matplotlib in this section (plt.plot, ax.imshow, …)",
    )
    demand(not reply.script or code.imports(codes[:-1], SCRIPT), f"script: no cell imports {SCRIPT}")
    return [Problem(sentence) for sentence in (*wrong, *_faults(reply, cells, packages))]


def _faults(reply: ExperimentReply, cells: Mapping[str, Step], packages: Sequence[str]) -> list[str]:
    allowed = {*packages, *([SCRIPT] if reply.script else [])}
    found = [f"{name}: {fault}" for name, step in cells.items() for fault in code.faults(step.code, allowed)]
    return found + [f"script: {fault}" for fault in (code.faults(reply.script, packages) if reply.script else [])]


def build(
    answer: Answer[ExperimentReply],
    question: Question[Any],
    standing: Standing[ExperimentNote] | None,
    *,
    topic: str,
    script: str,
    formulas: Mapping[str, Implemented],
    repairs: Sequence[str],
    today: date,
) -> ExperimentNote:
    """The note, not run yet, with what the person had added to the one that stands."""
    reply = answer.reply
    program = script_text(reply)
    checked = alone.outcomes(reply)
    aliases = tuple(dict.fromkeys((*([topic] if folded(topic) != folded(reply.title) else []), *reply.aliases)))
    body = reply.model_dump(include={"title", "goal", "expected", "environment"})
    note = ExperimentNote.model_validate(
        body
        | {name: {"cells": [_cell(step, script, formulas) for step in getattr(reply, name)]} for name in STEPS}
        | receipt.facts(answer, standing, ExperimentNote, today, reply.tags, aliases)
        | (notebook.kept_parts(standing.text) if standing else {})
        | {
            "more": written(added(question.system, "experiment"), texts(reply)),
            "script": script if program else "",
            "script_sha256": hashlib.sha256(program).hexdigest() if program else "",
            "checks": {"schema": (1, 1), "code": (len(cells_of(reply)),) * 2} | counts(checked),
            "provenance": _provenance(answer, question, repairs, checked),
        }
    )
    note = note.model_copy(update={"closed": closing_fingerprint(note.conclusion, note.theory)})
    return note.model_copy(update={"written": fingerprint(note)})


def script_text(reply: ExperimentReply) -> bytes:
    """The file of the script; b"" where there is none."""
    return f"{reply.script}\n".encode() if reply.script else b""


def _renamed(text: str, name: str) -> str:
    return re.sub(rf"\b{SCRIPT}\b", name, text)


def _cell(step: Step, script: str, formulas: Mapping[str, Implemented]) -> dict[str, Any]:
    formula = formulas.get(getattr(step, "formula", ""))
    return {"intent": step.intent, "code": _renamed(step.code, script), "formula": formula}


def _provenance(
    answer: Answer[Any], question: Question[Any], repairs: Sequence[str], checks: Sequence[Outcome]
) -> tuple[str, ...]:
    return (
        receipt.writer(answer),
        receipt.contract(answer, question, PROMPT),
        *receipt.checked(checks),
        "代码：每个单元都能编译、有注释，只导入标准库和所需环境里的包；没有查出 shell 命令、网络和外部路径。",
        *(f"运行报错后由模型修改：{cause}" for cause in repairs),
        "没有检查：代码在数学上是否正确，文字里的说法是否成立。",
    )


def listing(reply: ExperimentReply) -> str:
    """The whole program as Claude is shown it: every cell under its name."""
    first = 2 if reply.script else 1  # the cell that finds the script is ours
    parts = [
        f"## {name} (code cell {n})\n\n{step.code}" for n, (name, step) in enumerate(cells_of(reply).items(), first)
    ]
    return "\n\n".join([*parts, *([f"## script ({SCRIPT})\n\n{reply.script}"] if reply.script else [])])
