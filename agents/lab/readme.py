"""The README.md of a new lab, from agents/starter/lab-readme.md. Agents change its progress block later, only."""

import re
from datetime import date
from string import Template

from agents.disk import read
from agents.lab import roadmap, starter
from agents.lab.progress import block
from agents.lab.reading_list import UNVERIFIED
from agents.lab.shelves import linked, mark
from agents.lab.starter import Starter, short
from agents.note.plan import Paper
from agents.note.table import cell, show
from agents.note.text import as_line, escape

_TEMPLATE = "lab-readme.md"
_COURSES = 4  # of those in the list of resources, shown here too
_EXAMPLES = re.compile(r"(?m)^(│   [├└]── [a-z-]+/ .*)（[^）]*）$")  # of what a folder of notes holds


def text(begun: Starter, today: date) -> str:
    """The whole file, as it is on the day that the lab is made."""
    plan = begun.plan
    template = read(starter.FOLDER / _TEMPLATE).decode()
    if not begun.is_shipped:
        template = _EXAMPLES.sub(r"\1", template)
    return Template(template).substitute(
        title=as_line(plan.title),
        subtitle=_spaced(f"一个系统学习{as_line(plan.subject)}的个人知识库"),
        intro=plan.intro,
        outline=roadmap.outline(plan),
        chart=roadmap.chart(plan),
        awesome=begun.awesome,
        awesome_file=begun.awesome.partition("/")[2].ljust(20),
        courses=_courses(begun),
        must_read=_must_read(begun),
        progress=block(roadmap.names(plan), [begun.row(paper) for paper in plan.papers]),
        today=today,
    )


def _courses(begun: Starter) -> str:
    courses = [one for one in begun.plan.resources if one.kind == "course"][:_COURSES]
    rows = [[linked(one), as_line(one.by), cell(one.note) + mark(begun, one)] for one in courses]
    return show(["课程", "机构", "说明"], rows)


def _must_read(begun: Starter) -> str:
    papers = sorted((paper for paper in begun.plan.papers if paper.must_read), key=lambda paper: paper.year)
    rows = [[_paper(begun, paper), str(paper.year), cell(paper.must_read)] for paper in papers]
    return show(["论文", "年份", "意义"], rows)


def _paper(begun: Starter, paper: Paper) -> str:
    title = escape(paper.title)
    to_arxiv = f"[{title}](https://arxiv.org/abs/{paper.arxiv})" if paper.arxiv else title
    named = f"（{escape(short(paper))}）" if short(paper) else ""
    return to_arxiv + named + (f"（{UNVERIFIED}）" if paper.title in begun.doubted else "")


def _spaced(line: str) -> str:
    """A space between Chinese and Latin script."""
    return re.sub(r"(?<=[一-鿿])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])(?=[一-鿿])", " ", line)
