"""`ConceptReply` is what Claude may say of a concept; `ConceptNote` is that, its checked links, and the facts."""

import re
from typing import Annotated, Literal

from pydantic import Field

from agents.note.diagram import DIAGRAM, Diagram
from agents.note.formula import FORMULAS, MOST_FORMULAS, Formulas
from agents.note.note import Note
from agents.note.plain import LINES, TEXT
from agents.note.problem import Problem
from agents.note.related import LINKS, Link
from agents.note.section import Part, Section
from agents.note.text import Line, Plain, PlainOrNone, Prose

Area = Literal["fundamentals", "vision-language", "multimodal-arch", "training", "applications"]
FEWEST_SENTENCES, MOST_SENTENCES = 3, 5

_END = re.compile(r"[。！？!?]+[”’）」]*|(?<![0-9A-Z])(?<!vs)(?<!cf)(?<!\be\.g)(?<!\bi\.e)\.(?=\s+[A-Z]|\s*$)|\n+")


class Intuition(Part):
    analogy: Annotated[Prose, Section("类比", TEXT)] = Field(
        description="an analogy from everyday life, in Chinese, without formulas: what it is"
    )
    importance: Annotated[Prose, Section("为什么重要", TEXT)] = Field(
        description="which problem it solves and what would be missing without it, in Chinese"
    )


class Definition(Part):
    statement: Annotated[Prose, Section("技术定义", TEXT)] = Field(
        description="the formal definition in Chinese: inputs, outputs, shapes, conditions"
    )
    formulas: Annotated[Formulas, Section("数学表达", FORMULAS)]


class ConceptOpening(Part):
    """The sections before the links."""

    intuition: Annotated[Intuition, Section("直觉理解")]
    definition: Annotated[Definition, Section("正式定义")]
    example: Annotated[Prose, Section("具体例子", TEXT)] = Field(
        description="one worked example in Chinese with concrete numbers, computed step by step"
    )
    diagram: Annotated[Diagram, Section("流程图", DIAGRAM)] = Field(description="the key process or architecture")


class ConceptClosing(Part):
    """The sections after the links."""

    mistakes: Annotated[tuple[Line, ...], Section("常见误区", LINES)] = Field(
        description="what beginners mix up, each with what is right, in Chinese"
    )
    interview: Annotated[Prose, Section("面试/口述版", TEXT)] = Field(
        description=f"{FEWEST_SENTENCES} to {MOST_SENTENCES} Chinese sentences, as one would say it to an interviewer"
    )


class ConceptReply(ConceptClosing, ConceptOpening):
    title: Plain = Field(description="the concept's name as a title, in Chinese with English terms")
    english_name: PlainOrNone = Field(
        description='its usual English name, letters, digits and hyphens or spaces ("cross-attention"); "" if none'
    )
    area: Area = Field(description="the folder it belongs to")
    tags: tuple[Plain, ...] = Field(description="2 to 6 short English tags in lower case, words joined by hyphens")
    aliases: tuple[Plain, ...] = Field(
        description="other names of this concept, Chinese and English, by which it may be looked for"
    )


class ConceptLinks(Part):
    """The section between opening and closing."""

    related: Annotated[tuple[Link, ...], Section("与已有笔记的关联", LINKS)] = ()


class ConceptNote(Note, ConceptClosing, ConceptLinks, ConceptOpening):
    kind: Literal["concept"] = "concept"


def sentences(text: str) -> int:
    """How many sentences a text has; what stands on a line of its own is one, with a full stop or without."""
    return sum(bool(piece.strip()) for piece in _END.split(text))


def incomplete(reply: ConceptReply) -> list[Problem]:
    """The demands that the API's schema cannot carry. An interview version of another length is marked, not refused."""
    wrong: list[str] = []

    def demand(holds: object, sentence: str) -> None:
        if not holds:
            wrong.append(sentence)

    demand(reply.mistakes, "mistakes: name at least one")
    demand(2 <= len(reply.tags) <= 6, "tags: give 2 to 6")
    demand(len(reply.diagram.nodes) >= 2 and reply.diagram.edges, "diagram: draw nodes and edges")
    demand(re.search(r"\d", reply.example), "example: work it through with concrete numbers")
    formulas = reply.definition.formulas.items
    demand(len(formulas) <= MOST_FORMULAS, f"definition.formulas: choose at most {MOST_FORMULAS}")
    for n, formula in enumerate(formulas):
        demand(formula.tex, f"definition.formulas.items[{n}].tex: give the TeX")
        demand(formula.symbols, f"definition.formulas.items[{n}].symbols: explain every symbol")
    return [*map(Problem, wrong), *_wrong_length(reply.interview)]


def _wrong_length(interview: str) -> list[Problem]:
    count = sentences(interview)
    if FEWEST_SENTENCES <= count <= MOST_SENTENCES:
        return []
    said = f"interview: say it in {FEWEST_SENTENCES} to {MOST_SENTENCES} sentences, not {count}"
    return [Problem(said, fatal=False)]
