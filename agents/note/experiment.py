"""`ExperimentReply` is what Claude may say of an experiment; `ExperimentNote` is what its notebook holds.

The notebook itself, cells and JSON, is printed and read by notebook.py.
"""

import hashlib
from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any, Literal, cast

from pydantic import Field, create_model

from agents.note.environment import ENVIRONMENT, Package
from agents.note.note import Note
from agents.note.plain import TEXT
from agents.note.section import Part, Section
from agents.note.text import CHINESE, Code, CodeOrNone, Line, Plain, PlainOrNone, Prose, Tex

SCRIPT = "lab_script"  # what a reply calls its script: the real name is given by code
STEPS = ("data", "architecture", "training", "figures")
_NOT_RUN = "还没有运行。"


class Step(Part):
    """One code cell and what it is for."""

    intent: Line = Field(description="what this cell does and why, in Chinese: it stands above the code")
    code: Code = Field(description="the Python code of the cell, its intent explained in # comments in Chinese")


class Implemented(Part):
    """A formula of another note of the lab that a cell puts into code."""

    path: str = Field(max_length=300)  # of the note, in the lab
    title: Plain
    tex: Tex


class NoteStep(Step):
    formula: Implemented | None = None


class Steps(Part):
    """A section of cells: its heading holds no text of its own."""

    cells: tuple[NoteStep, ...] = ()


class ExperimentOpening(Part):
    goal: Annotated[Prose, Section("实验目标", TEXT)] = Field(
        description="what the experiment verifies or reproduces, in Chinese"
    )
    expected: Annotated[Prose, Section("预期结果", TEXT)] = Field(
        description="what should be seen, and what would speak against it, in Chinese"
    )
    environment: Annotated[tuple[Package, ...], Section("所需环境", ENVIRONMENT)] = Field(
        description="every package that the code imports beside the standard library"
    )


class ExperimentReply(ExperimentOpening):
    title: Plain = Field(description="the experiment's title, in Chinese with English terms")
    english_name: PlainOrNone = Field(description='a short English name ("tiny clip"); "" if none')
    tags: tuple[Plain, ...] = Field(description="2 to 6 short English tags in lower case, words joined by hyphens")
    aliases: tuple[Plain, ...] = Field(description="other names by which the experiment may be looked for")
    data: tuple[Step, ...] = Field(description="数据准备: imports, seed, data")
    architecture: tuple[Step, ...] = Field(description="模型定义")
    training: tuple[Step, ...] = Field(description="训练循环")
    figures: tuple[Step, ...] = Field(description="可视化结果: at least one matplotlib figure")
    script: CodeOrNone = Field(
        description=f'one reusable module, which the cells import as {SCRIPT}; "" where nothing is worth reusing'
    )


class FixedCell(Part):
    cell: str
    code: Code = Field(description="its whole code, mended")


class Repair(Part):
    """What changes after a cell has failed; `repair_model` names the cells."""

    cause: Line = Field(description="what was wrong and how it is mended, one Chinese sentence")
    cells: tuple[FixedCell, ...]
    script: CodeOrNone = Field(description='the whole module where it has to change; "" where it stays')


class ClosingReply(Part):
    conclusion: Prose = Field(description="实验结论, in Chinese, from the outputs alone")
    theory: Prose = Field(description="与理论的对照, in Chinese")


class ExperimentSteps(Part):
    data: Annotated[Steps, Section("数据准备")]
    architecture: Annotated[Steps, Section("模型定义")]
    training: Annotated[Steps, Section("训练循环")]
    figures: Annotated[Steps, Section("可视化结果")]


class ExperimentClosing(Part):
    """Written after a run, and again after each: plain text here, whatever a person makes of it in between."""

    conclusion: Annotated[str, CHINESE, Section("实验结论", TEXT)] = _NOT_RUN
    theory: Annotated[str, CHINESE, Section("与理论的对照", TEXT)] = _NOT_RUN


class ExperimentNote(Note, ExperimentClosing, ExperimentSteps, ExperimentOpening):
    kind: Literal["experiment"] = "experiment"
    script: str = ""  # the module in experiments/scripts that belongs to it
    script_sha256: str = ""
    closed: str = ""  # fingerprint of the two closing cells as we last wrote them

    def ours(self) -> dict[str, Any]:
        """The cells' sources, without the two that every run writes anew."""
        return self.model_dump(mode="json", include={"title", *ExperimentOpening.model_fields, *STEPS, "script"})

    def own(self) -> tuple[object, ...]:
        """Also the closing cells, where the person has put his own words into them."""
        return (*super().own(), (self.conclusion, self.theory) if self.closing_edited else ())

    @property
    def has_own_words(self) -> bool:
        """Also where the closing cells are his."""
        return super().has_own_words or self.closing_edited

    @property
    def closing_edited(self) -> bool:
        """Whether the closing cells say something else than we wrote there."""
        return closing_fingerprint(self.conclusion, self.theory) != self.closed

    @property
    def steps(self) -> tuple[NoteStep, ...]:
        """All cells of code, in order."""
        return tuple(step for name in STEPS for step in getattr(self, name).cells)


def closing_fingerprint(conclusion: str, theory: str) -> str:
    return hashlib.sha256(f"{conclusion}\0{theory}".encode()).hexdigest()[:16]


@cache
def reply_model(formulas: tuple[str, ...]) -> type[ExperimentReply]:
    """The reply in which a cell of the model may name one of these formulas; without any the field is left out."""
    if not formulas:
        return ExperimentReply
    choice = Literal[(*formulas, "")]  # type: ignore[valid-type]  # an enum that is known at run time only
    about = Field(description='the formula of the lab that this cell implements; "" for none')
    step = create_model("ModelStep", __base__=Step, formula=(choice, about))
    field = (tuple[step, ...], Field(description="模型定义"))  # type: ignore[valid-type]
    return cast("type[ExperimentReply]", create_model("ExperimentReply", __base__=ExperimentReply, architecture=field))


@cache
def repair_model(names: tuple[str, ...]) -> type[Repair]:
    """The repair of a notebook with these cells."""
    choice = Literal[names]  # type: ignore[valid-type]  # an enum that is known at run time only
    cell = create_model("NamedCell", __base__=FixedCell, cell=(choice, Field(description="the name of the cell")))
    field = (tuple[cell, ...], Field(description="the cells that change"))  # type: ignore[valid-type]
    return cast("type[Repair]", create_model("Repair", __base__=Repair, cells=field))


def cells_of(reply: ExperimentReply) -> dict[str, Step]:
    """Every code cell of a reply by the name that problems and repairs call it: `data 1`."""
    return {f"{name} {n}": step for name in STEPS for n, step in enumerate(getattr(reply, name), start=1)}


def with_cells(reply: ExperimentReply, codes: dict[str, str], script: str) -> ExperimentReply:
    """The reply with other code in the cells that are named."""
    parts: dict[str, Sequence[Step]] = {
        name: tuple(
            step.model_copy(update={"code": codes.get(f"{name} {n}", step.code)})
            for n, step in enumerate(getattr(reply, name), start=1)
        )
        for name in STEPS
    }
    return reply.model_copy(update={**parts, "script": script})
