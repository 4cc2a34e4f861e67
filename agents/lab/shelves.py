"""The two lists of a new lab, papers to read and places to look at; pure."""

from agents.lab import reading_list
from agents.lab.reading_list import NONE, STATUSES, UNSORTED, UNVERIFIED
from agents.lab.starter import Starter
from agents.note.plan import KINDS, Resource, safe_link
from agents.note.text import as_line


def papers(starter: Starter) -> str:
    """papers/README.md."""
    legend = " / ".join(" ".join(marks) for marks in STATUSES.values())
    doubts = f"`{UNVERIFIED}`：这篇是 Claude 列出的，还没有在 arXiv 上核对到，题名与年份请自己确认。\n\n"
    sections = [
        *((shelf.topic, [starter.row(paper) for paper in shelf.papers]) for shelf in starter.plan.shelves),
        (UNSORTED, []),
    ]
    return (
        f"# 论文阅读清单\n\n状态：{legend}。“阶段”指[学习路线图](../README.md#学习路线图)的五个阶段；"
        f"没有 arXiv 编号的写 `{NONE}`。\n\n"
        f"{doubts if any(paper.title in starter.doubted for paper in starter.plan.papers) else ''}"
        "表格归你：可以增删、移动、改写，程序只改它所读那篇论文的一行。"
        f"清单里没有的论文会登记在“{UNSORTED}”，由你挪到合适的主题下。\n"
    ) + "".join(f"\n## {as_line(topic)}\n\n{reading_list.listing(rows)}" for topic, rows in sections)


def awesome(starter: Starter) -> str:
    """resources/awesome-….md."""
    everything = starter.plan.resources
    doubts = (
        f"标着 `{UNVERIFIED}` 的链接是 Claude 给出的，没有逐个打开看过，使用前请自己核对。\n\n"
        if any(map(starter.doubts, everything))
        else ""
    )
    sections = (
        f"\n## {heading}\n\n" + "".join(f"{entry(starter, one)}\n" for one in everything if one.kind == kind)
        for kind, heading in KINDS.items()
    )
    return (
        f"# {as_line(starter.plan.subject)}资源汇总\n\n{doubts}"
        "论文见[阅读清单](../papers/README.md)。这份文件归你，程序不会再改它。\n"
    ) + "".join(sections)


def entry(starter: Starter, resource: Resource) -> str:
    """One resource as a bullet point."""
    return f"- {linked(resource)}（{as_line(resource.by)}）：{resource.note}{mark(starter, resource)}"


def linked(resource: Resource) -> str:
    """Its name, with its address where that may be followed."""
    name, url = as_line(resource.name), safe_link(resource.url)
    return f"[{name}]({url.replace('(', '%28').replace(')', '%29')})" if url else name


def mark(starter: Starter, resource: Resource) -> str:
    """What stands after an address that nobody has looked at."""
    return f"（{UNVERIFIED}）" if starter.doubts(resource) else ""
