"""The five stages of a lab as text and as a chart; pure.

    graph TD
        A["阶段一：Transformer 与 LLM 基础"] --> B["阶段二：视觉编码器"]
        A1["Self-Attention"] --> A
        style A fill:#4A90D9,stroke:#333,color:#fff

Letters go to the stages in the order in which they can be learned.
"""

from collections.abc import Iterator

from agents.note.diagram import quoted
from agents.note.plan import Item, PlanReply, in_order
from agents.note.text import as_line

NUMERALS = "一二三四五"
_COLOURS = ("#4A90D9", "#7B68EE", "#E67E22", "#27AE60", "#E74C3C")


def names(plan: PlanReply) -> list[str]:
    """The stages as headings and in the progress block: "阶段一：…"."""
    return [f"阶段{numeral}：{as_line(stage.name)}" for numeral, stage in zip(NUMERALS, plan.stages, strict=True)]


def outline(plan: PlanReply) -> str:
    """What there is to learn, stage by stage."""
    stages = zip(names(plan), plan.stages, strict=True)
    return "\n\n".join(f"### {name}\n\n" + "\n".join(map(_item, stage.items)) for name, stage in stages)


def _item(item: Item) -> str:
    return "\n".join([f"- {item.text}", *(f"  - {part}" for part in item.parts)])


def chart(plan: PlanReply) -> str:
    """The Mermaid block."""
    return "\n".join(["```mermaid", "graph TD", *(line and f"    {line}" for line in _chart(plan)), "```"])


def _chart(plan: PlanReply) -> Iterator[str]:
    order = in_order(plan.dependencies)
    letters = {stage: chr(ord("A") + n) for n, stage in enumerate(order)}
    labelled: set[int] = set()

    def node(stage: int) -> str:
        """Its label stands where it is first named."""
        label = "" if stage in labelled else f'["阶段{NUMERALS[stage - 1]}：{quoted(plan.stages[stage - 1].label)}"]'
        labelled.add(stage)
        return f"{letters[stage]}{label}"

    for edge in sorted(plan.dependencies, key=lambda edge: (order.index(edge.before), order.index(edge.after))):
        yield f"{node(edge.before)} --> {node(edge.after)}"
    for number, stage in enumerate(plan.stages, start=1):
        yield ""
        letter = letters[number]
        yield from (f'{letter}{n}["{quoted(topic)}"] --> {letter}' for n, topic in enumerate(stage.topics, start=1))
    yield ""
    for letter, colour in zip(letters.values(), _COLOURS, strict=True):
        yield f"style {letter} fill:{colour},stroke:#333,color:#fff"
