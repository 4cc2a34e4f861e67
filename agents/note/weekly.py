"""`WeeklyReply` is what Claude may say of a week; `WeeklyNote` is that beside the facts, and keeps what was edited."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from agents.note.finished import FINISHED, Finished
from agents.note.mark import SIGN
from agents.note.note import KeptNote
from agents.note.plain import LINES
from agents.note.problem import Problem
from agents.note.section import Body, Part, Section
from agents.note.slug import folded
from agents.note.text import AnyLine, Line, LineOrNone

MOST_INSIGHTS, MOST_TASKS, MOST_GAPS = 6, 7, 5
MOST_HOURS = 60.0  # of one week: what is more is no plan
RETOLD = f"{SIGN} 近似复述："
NO_PROBLEM = "本周没有记下卡住的地方。"
_NOT_ITS_OWN = re.compile(
    r"://|www\.|(?<![\d.])\d{4}\.\d{4,5}(?!\d)|\b20\d\d[-/年]\s?\d{1,2}\b|[\w-]+/[\w./-]*\.(?:md|ipynb|py)\b"
)

Hours = Annotated[float, AfterValidator(lambda hours: round(hours, 1))]


class Way(Part):
    """The way out of one problem, by its number in the list that was given."""

    problem: int = Field(description="the number of the problem in the list")
    steps: tuple[Line, ...] = Field(description="concrete ways forward in Chinese: what to try, look up, compute, ask")


class Gap(Part):
    gap: Line = Field(description="what seems not to be understood yet, and what shows it; in Chinese")
    prerequisites: tuple[Line, ...] = Field(description="what to learn first, the most basic first; in Chinese")


class Task(Part):
    task: Line = Field(description="one concrete task, in Chinese")
    hours: Hours = Field(ge=0.1, le=40, description="how many hours it takes, for example 1.5")
    done_when: Line = Field(description="how one sees that it is done, in Chinese")


class WeeklyReply(Part):
    insights: tuple[Line, ...] = Field(
        description=f"at most {MOST_INSIGHTS} distilled insights in Chinese: what was understood, not what was done"
    )
    ways: tuple[Way, ...] = Field(description="one for each problem of the list; [] if the list is empty")
    gaps: tuple[Gap, ...] = Field(description=f"at most {MOST_GAPS} gaps in knowledge; [] if none can be seen")
    plan: tuple[Task, ...] = Field(description=f"2 to {MOST_TASKS} tasks for the next week, in order")


class Stuck(Part):
    """A problem in the person's words, and the ways forward; none from the draft engine."""

    text: AnyLine
    steps: tuple[Line, ...] = ()


class Listed(Part):
    """A section that lists something, or says in a line why it does not."""

    none: LineOrNone = ""


class Gaps(Listed):
    items: tuple[Gap, ...] = ()


class Plan(Listed):
    items: tuple[Task, ...] = ()

    @property
    def hours(self) -> float:
        return round(sum(task.hours for task in self.items), 1)


def _blocks(text: str) -> list[tuple[str, list[str]]]:
    """`- head` and its `  - points`; ValueError for a line of another form."""
    blocks: list[tuple[str, list[str]]] = []
    for line in text.split("\n") if text else []:
        if line.startswith("- "):
            blocks.append((line[2:], []))
        elif blocks and line.startswith("  - "):
            blocks[-1][1].append(line[4:])
        else:
            raise ValueError(f"neither a point (`- …`) nor what belongs to it (`  - …`): {line[:60]!r}")
    return blocks


def _show_points(head: str, label: str, points: tuple[str, ...]) -> list[str]:
    return [f"- {head}", *(f"  - {label}{point}" for point in points)]


def _points(label: str, points: list[str]) -> list[str]:
    if strange := next((point for point in points if not point.startswith(label)), None):
        raise ValueError(f"`  - {label}…` should stand here, not {strange[:60]!r}")
    return [point.removeprefix(label) for point in points]


_FIRST, _HOURS, _DONE_WHEN = "先补：", "预计：", "完成标准："


def _show_problems(problems: tuple[Stuck, ...]) -> str:
    return "\n".join(line for p in problems for line in _show_points(p.text, "", p.steps)) or NO_PROBLEM


def _read_problems(text: str) -> list[dict[str, Any]]:
    blocks = [] if text == NO_PROBLEM else _blocks(text)
    return [{"text": head, "steps": points} for head, points in blocks]


def _show_gaps(gaps: Gaps) -> str:
    return "\n".join(line for g in gaps.items for line in _show_points(g.gap, _FIRST, g.prerequisites)) or gaps.none


def _read_gaps(text: str) -> dict[str, Any]:
    if text and not text.startswith("- "):
        return {"none": text}
    return {"items": [{"gap": head, "prerequisites": _points(_FIRST, points)} for head, points in _blocks(text)]}


def _show_plan(plan: Plan) -> str:
    if not plan.items:
        return plan.none
    lines = [line for task in plan.items for line in _show_task(task)]
    return "\n".join([*lines, "", f"合计：{plan.hours:g} 小时"])


def _show_task(task: Task) -> list[str]:
    return [f"- [ ] {task.task}", f"  - {_HOURS}{task.hours:g} 小时", f"  - {_DONE_WHEN}{task.done_when}"]


def _read_plan(text: str) -> dict[str, Any]:
    tasks, _, total = text.rpartition("\n\n合计：")
    if not total or not tasks.startswith("- "):
        return {"none": text}
    return {"items": [_read_task(head, points) for head, points in _blocks(tasks)]}


def _read_task(head: str, points: list[str]) -> dict[str, Any]:
    hours = re.fullmatch(rf"{_HOURS}([\d.]+) 小时", points[0]) if len(points) == 2 else None
    if not head.startswith("[ ] ") or not hours or not points[1].startswith(_DONE_WHEN):
        raise ValueError(f"a task is `- [ ] …` with {_HOURS} and {_DONE_WHEN} below it: {head[:60]!r}")
    return {"task": head[4:], "hours": hours[1], "done_when": points[1].removeprefix(_DONE_WHEN)}


class WeeklyBody(Part):
    """The sections, in the order of the log."""

    finished: Annotated[Finished, Section("本周完成", FINISHED)] = Finished()
    insights: Annotated[tuple[Line, ...], Section("关键收获", LINES)] = ()
    problems: Annotated[tuple[Stuck, ...], Section("遇到的问题", Body(_show_problems, _read_problems))] = ()
    gaps: Annotated[Gaps, Section("知识盲区与前置知识", Body(_show_gaps, _read_gaps))] = Gaps()
    plan: Annotated[Plan, Section("下周计划", Body(_show_plan, _read_plan))] = Plan()


class WeeklyNote(KeptNote, WeeklyBody):
    kind: Literal["weekly"] = "weekly"
    done: tuple[AnyLine, ...] = ()  # what the person said, also where he has edited the section that shows it
    stuck: tuple[AnyLine, ...] = ()
    facts: str = ""  # a hash of what happened and was said, as it stands in this log,
    distilled: str = ""  # and of what Claude has distilled; "" for nothing


def incomplete(reply: WeeklyReply, problems: int) -> list[Problem]:
    """The demands that the API's schema cannot carry; `problems` is how many the person has named."""
    wrong: list[str] = []

    def demand(holds: object, sentence: str) -> None:
        if not holds:
            wrong.append(sentence)

    demand(1 <= len(reply.insights) <= MOST_INSIGHTS, f"insights: give 1 to {MOST_INSIGHTS}")
    demand(len(reply.gaps) <= MOST_GAPS, f"gaps: at most {MOST_GAPS}")
    demand(1 <= len(reply.plan) <= MOST_TASKS, f"plan: give 2 to {MOST_TASKS} tasks")
    total = Plan(items=reply.plan).hours
    demand(total <= MOST_HOURS, f"plan: {total:g} hours are no week; stay below {MOST_HOURS:g}")
    answered = sorted(way.problem for way in reply.ways)
    demand(
        answered == list(range(1, problems + 1)),
        f"ways: answer each of the {problems} problems once, by its number (you gave {answered})",
    )
    demand(all(way.steps for way in reply.ways), "ways: each needs at least one step")
    demand(all(gap.prerequisites for gap in reply.gaps), "gaps: each needs at least one prerequisite")
    for line in _lines(reply):
        found = _NOT_ITS_OWN.search(line)
        demand(not found, f"{found and found[0]!r} in {line[:60]!r}: links, paths, ids and dates are added by code")
    return [Problem(sentence) for sentence in wrong]


def _lines(reply: WeeklyReply) -> Iterator[str]:
    yield from reply.insights
    for way in reply.ways:
        yield from way.steps
    for gap in reply.gaps:
        yield from (gap.gap, *gap.prerequisites)
    for task in reply.plan:
        yield from (task.task, task.done_when)


def retold(insight: str, told: tuple[str, ...]) -> bool:
    """Whether an insight says hardly more than one of the things that the list of the week says already."""
    said = folded(insight)
    return any((line := folded(text)) and line in said and len(said) <= len(line) + 12 for text in told)
