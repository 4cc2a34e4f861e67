"""`PaperReply` is what Claude may say of a paper; `PaperNote` is that and the facts, which are code's."""

from datetime import date
from typing import Annotated, Generic, Literal

from pydantic import Field

from agents.note import status
from agents.note.ablation import ABLATION, Ablation, C
from agents.note.claim import CLAIMS, Claim, FoundClaim
from agents.note.diagram import DIAGRAM, Diagram
from agents.note.formula import FORMULAS, MOST_FORMULAS, Formulas
from agents.note.note import Note
from agents.note.plain import LINES, TEXT
from agents.note.problem import Problem
from agents.note.reading import COMPARISONS, READINGS, Comparisons, FoundReading, Reading
from agents.note.section import Part, Section
from agents.note.text import Line, Plain, PlainOrNone, Prose

Status = status.Status


class Echo(Part):
    """What shows that the model saw the text it was sent."""

    title: PlainOrNone = Field(description="the title, as it stands in the text you were sent")
    first_author: PlainOrNone = Field(description="the first author, as it stands in the text you were sent")
    last_heading: PlainOrNone = Field(
        description='the last heading (a line that begins with #) of the text; "" if none'
    )


class Method(Part, Generic[C]):
    intuition: Annotated[Prose, Section("直觉理解", TEXT)] = Field(
        description="one paragraph in Chinese, understood without formulas"
    )
    approach: Annotated[tuple[C, ...], Section("技术方案", CLAIMS)] = Field(
        min_length=1, description="the technical design taken apart, step by step, a claim each"
    )
    diagram: Annotated[Diagram, Section("架构图", DIAGRAM)] = Field(description="the architecture or the data flow")
    formulas: Annotated[Formulas, Section("关键公式", FORMULAS)]


class Experiments(Part, Generic[C]):
    results: Annotated[tuple[C, ...], Section("主要结果", CLAIMS)] = Field(
        description="the main results with their numbers, a claim each"
    )
    ablation: Annotated[Ablation[C], Section("消融实验", ABLATION)]


class Assessment(Part, Generic[C]):
    improvements: Annotated[tuple[C, ...], Section("核心改进", CLAIMS)] = Field(
        description="what is new against earlier work"
    )
    limitations: Annotated[tuple[C, ...], Section("局限性", CLAIMS)] = Field(
        description="limits that the authors state (with quote) and those you see (without)"
    )
    comparison: Annotated[Comparisons, Section("横向对比", COMPARISONS)]
    lessons: Annotated[tuple[Line, ...], Section("对后续学习的启发", LINES)] = Field(
        description="what to learn or try next because of this paper, in Chinese"
    )


class PaperBody(Part, Generic[C]):
    """The sections that reply and note share."""

    summary: Annotated[Line, Section("一句话总结", TEXT)] = Field(description="one Chinese sentence")
    background: Annotated[Prose, Section("背景与动机", TEXT)] = Field(
        description="the problem, why it matters, what earlier work lacks; in Chinese"
    )
    method: Annotated[Method[C], Section("方法")]
    experiments: Annotated[Experiments[C], Section("实验")]
    assessment: Annotated[Assessment[C], Section("个人评价")]
    further_reading: Annotated[tuple[Reading, ...], Section("延伸阅读", READINGS)] = Field(
        description="the 3 to 5 papers most worth reading next"
    )


class PaperReply(PaperBody[Claim]):
    echo: Echo
    tags: tuple[Plain, ...] = Field(description="2 to 6 short English tags in lower case, words joined by hyphens")
    aliases: tuple[Plain, ...] = Field(description='other names of the method ("BLIP-2"); [] if none')


class PaperNote(Note, PaperBody[FoundClaim]):
    kind: Literal["paper"] = "paper"
    arxiv: str = ""  # without version; "" for a paper that arXiv does not know
    version: int = Field(default=0, ge=0)
    authors: tuple[Plain, ...]
    published: date | None = None
    status: Status = "reading"
    source: Literal["pdf", "abstract", "pdf+tex", "pdf+html"]
    pages: int = Field(ge=0)
    sha256: str
    tokens: int = Field(default=0, ge=0)  # in and out, of all calls
    usd: float | None = Field(default=None, ge=0)  # None: no price is known for the model
    further_reading: Annotated[tuple[FoundReading, ...], Section("延伸阅读", READINGS)]


def incomplete(reply: PaperReply, *, whole_paper: bool = True) -> list[Problem]:
    """The demands that the API's schema cannot carry: counts, and that nothing is left out.

    An abstract names no references, and who must list some would have to invent them.
    """
    wrong: list[str] = []

    def demand(holds: object, sentence: str) -> None:
        if not holds:
            wrong.append(sentence)

    fewest = 3 if whole_paper else 0
    demand(fewest <= len(reply.further_reading) <= 5, f"further_reading: list {fewest} to 5 papers")
    demand(reply.experiments.results, "experiments.results: name at least one result")
    demand(reply.assessment.improvements, "assessment.improvements: name at least one")
    demand(reply.assessment.limitations, "assessment.limitations: name at least one")
    demand(reply.assessment.lessons, "assessment.lessons: name at least one")
    demand(2 <= len(reply.tags) <= 6, "tags: give 2 to 6")
    demand(len(reply.method.diagram.nodes) >= 2 and reply.method.diagram.edges, "method.diagram: draw nodes and edges")
    demand(len(reply.method.formulas.items) <= MOST_FORMULAS, f"method.formulas: choose at most {MOST_FORMULAS}")
    for n, formula in enumerate(reply.method.formulas.items):
        demand(formula.tex, f"method.formulas.items[{n}].tex: give the TeX")
        demand(formula.symbols, f"method.formulas.items[{n}].symbols: explain every symbol")
    ablation = reply.experiments.ablation
    demand(
        not ablation.rows or ablation.contributions, "experiments.ablation.contributions: say what each component does"
    )
    for group in {(row.table, row.metric) for row in ablation.rows}:
        marked = sum(row.baseline for row in ablation.rows if (row.table, row.metric) == group)
        demand(
            marked == 1,
            f"experiments.ablation.rows: mark exactly one baseline for {group[0]}, {group[1]} (not {marked})",
        )
    return [Problem(sentence) for sentence in wrong]
