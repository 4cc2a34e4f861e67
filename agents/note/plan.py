"""`PlanReply` is what Claude may say of a new lab: its topic, five stages, what to read and where to look.

The lab that this project ships is one of these too (agents/starter/), so both go through the same templates.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field

from agents.note.problem import Problem
from agents.note.section import Part
from agents.note.slug import folded
from agents.note.text import Line, LineOrNone, Plain, PlainOrNone, Prose

StageNumber = Literal[1, 2, 3, 4, 5]
Kind = Literal["course", "project", "article", "benchmark"]
KINDS: Mapping[Kind, str] = {
    "course": "课程",
    "project": "开源项目",
    "article": "博客与文章",
    "benchmark": "基准与排行榜",
}
Demand = Callable[[object, str], None]

STAGES = 5
FEWEST_PAPERS, MOST_PAPERS = 10, 60
_LONGEST_URL = 300


class Item(Part):
    text: Line = Field(description="one thing to learn, in Chinese with English terms")
    parts: tuple[Line, ...] = Field(description="what it divides into; [] for nothing")


class Stage(Part):
    name: Plain = Field(description="the stage's name without its number, in Chinese; a few examples in （）may follow")
    label: Plain = Field(description="the same name without the brackets, for the chart")
    items: tuple[Item, ...] = Field(description="2 to 8 things to learn")
    topics: tuple[Plain, ...] = Field(description="2 to 4 of its key topics, a few words each, for the chart")


class Dependency(Part):
    """One stage is learned before another."""

    before: StageNumber
    after: StageNumber


class Paper(Part):
    title: Plain = Field(description="the full title, as published")
    short: PlainOrNone = Field(description='the short name that people use (BLIP-2); "" for none')
    first_author: Plain
    year: int = Field(ge=1900, le=2100)
    arxiv: PlainOrNone = Field(description='arXiv id without version; "" where it is not known for certain')
    stage: StageNumber
    must_read: LineOrNone = Field(
        description='for 5 to 8 papers: why everybody should read it, in Chinese, at most 20 characters; "" for others'
    )


class Shelf(Part):
    """A section of the reading list."""

    topic: Plain = Field(description="the section's heading, in Chinese")
    papers: tuple[Paper, ...]


class Resource(Part):
    kind: Kind
    name: Plain
    by: Plain = Field(description="who offers it: a university, an organisation, a person")
    note: Line = Field(description="what it is good for, in one Chinese sentence")
    url: PlainOrNone = Field(description='its https address; "" where it is not known for certain')


class PlanReply(Part):
    title: Plain = Field(description='the lab\'s name, such as "LLM Learning Lab"')
    subject: Plain = Field(description="the topic in Chinese, with its usual English name in （）")
    english_name: PlainOrNone = Field(description='the topic in one to three English words ("diffusion models")')
    intro: Prose = Field(description="one or two Chinese sentences: what this lab is for and what it covers")
    stages: tuple[Stage, ...] = Field(description=f"exactly {STAGES}, from the basics to the frontier")
    dependencies: tuple[Dependency, ...] = Field(description="which stage is learned directly before which")
    shelves: tuple[Shelf, ...] = Field(description="the reading list, by topic")
    resources: tuple[Resource, ...] = Field(description="courses, projects, articles and benchmarks that exist")

    @property
    def papers(self) -> tuple[Paper, ...]:
        """All papers, in the order of the reading list."""
        return tuple(paper for shelf in self.shelves for paper in shelf.papers)


def safe_link(url: str) -> str:
    """The address if a person may be sent there: a plain web address without a login in it; else ""."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return ""
    plain = url.isascii() and url.isprintable() and not set(url) & set(" <>\"'`\\^{}|")
    bare = plain and len(url) <= _LONGEST_URL and "@" not in parts.netloc and "." in host
    return url if bare and parts.scheme in {"http", "https"} else ""


def in_order(edges: Sequence[Dependency]) -> list[int]:
    """The stages so that none comes before what it builds on; shorter than five where the edges run in a circle."""
    waiting = {n: {edge.before for edge in edges if edge.after == n} for n in range(1, STAGES + 1)}
    order: list[int] = []
    while ready := [n for n, before in waiting.items() if before <= set(order)]:
        order += ready
        for n in ready:
            del waiting[n]
    return order


def incomplete(reply: PlanReply) -> list[Problem]:
    """The demands that the API's schema cannot carry. Only a link that is none may stay: it is left out."""
    wrong: list[str] = []

    def demand(holds: object, sentence: str) -> None:
        if not holds:
            wrong.append(sentence)

    demand(len(reply.stages) == STAGES, f"stages: give exactly {STAGES}, not {len(reply.stages)}")
    for n, stage in enumerate(reply.stages):
        demand(2 <= len(stage.items) <= 8, f"stages[{n}].items: give 2 to 8")
        demand(2 <= len(stage.topics) <= 4, f"stages[{n}].topics: give 2 to 4")
    _judge_order(reply.dependencies, demand)
    _judge_papers(reply, demand)
    for kind in KINDS:
        demand(any(resource.kind == kind for resource in reply.resources), f"resources: name at least one {kind}")
    links = [
        Problem(
            f"resources[{n}].url: {resource.url[:80]!r} is no https address: mend it, or give an empty text",
            fatal=False,
        )
        for n, resource in enumerate(reply.resources)
        if resource.url and not (safe_link(resource.url) and resource.url.startswith("https://"))
    ]
    return [*map(Problem, wrong), *links]


def _judge_order(edges: Sequence[Dependency], demand: Demand) -> None:
    ends = {end for edge in edges for end in (edge.before, edge.after)}
    demand(len(ends) == STAGES, "dependencies: join every stage to another one")
    demand(len(in_order(edges)) == STAGES, "dependencies: no stage may depend on itself, also not in a circle")


def _judge_papers(reply: PlanReply, demand: Demand) -> None:
    papers = reply.papers
    names = [folded(paper.title) for paper in papers]
    twice = next((paper.title for paper in papers if names.count(folded(paper.title)) > 1), "")
    demand(FEWEST_PAPERS <= len(papers) <= MOST_PAPERS, f"shelves: name {FEWEST_PAPERS} to {MOST_PAPERS} papers")
    demand(not twice, f"shelves: {twice!r} stands there twice")
    demand(all(shelf.papers for shelf in reply.shelves), "shelves: leave out sections without papers")
    topics = [shelf.topic for shelf in reply.shelves]
    demand(len(set(topics)) == len(topics), "shelves: two sections have the same topic")
    for n in range(1, STAGES + 1):
        demand(any(paper.stage == n for paper in papers), f"shelves: stage {n} has no paper")
    demand(sum(bool(paper.must_read) for paper in papers) >= 3, "papers.must_read: say it of at least 3")
