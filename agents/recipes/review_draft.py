"""The review without a model: questions out of the notes' own fields, what weak spots mean in general. Deterministic.

Nothing in it is invented: a question asks for a symbol, an ablation's Δ, a mistake or the spoken version that a note
holds, and its answer is what stands there.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

from pydantic import TypeAdapter

from agents.lab.knowledge import Graph, label
from agents.lab.weakness import Weakness, paper
from agents.note.ablation import ABLATION, Ablation, change
from agents.note.claim import FoundClaim
from agents.note.direction import Direction
from agents.note.formula import FORMULAS, Formulas
from agents.note.plain import LINES
from agents.note.review import DIRECTIONS_ASKED, QUESTIONS, Explanation, ReviewReply, SelfTest
from agents.note.text import Line, as_line, one_line
from agents.note.ties import TIES
from agents.recipes.review_subject import Subject

_LINE: TypeAdapter[str] = TypeAdapter(Line)
_BULLET = re.compile(r"(?:- |\d+\. )")
_MOST_OF_A_KIND = 2  # questions on sections of one name, as long as there are others

Asked = tuple[str, str] | None  # question and answer; None where the section holds none


def draft(subject: Subject) -> ReviewReply:
    """Fill a ReviewReply from the notes alone."""
    return ReviewReply(
        reading=_reading(subject.graph),
        weak=tuple(Explanation(spot=weak.key, why=weak.why, remedy=weak.remedy) for weak in subject.weak),
        quiz=tuple(_quiz(subject)),
        directions=tuple(_directions(subject)),
    )


def _reading(graph: Graph) -> str:
    """Counts, and the notes that hold the rest together."""
    ties = Counter(edge.tie for edge in graph.edges)
    counts = "，".join(f"{name} {ties[tie]} 条" for tie, name in TIES.items() if ties[tie])
    lines = [f"{len(graph.notes)} 篇笔记之间有 {len(graph.edges)} 条关系{'：' + counts if counts else ''}。"]
    centre = [path for path in graph.ranked[:3] if graph.degrees[path]]
    if centre:
        names = "、".join(
            f"{as_line(f'《{label(graph.notes[path])}》')}（与 {graph.degrees[path]} 篇相连）" for path in centre
        )
        lines.append(f"联系最多的是{names}：复习从这里开始。")
    return "\n\n".join(lines)


def _quiz(subject: Subject) -> list[SelfTest]:
    """At most five, in the order of the sections: of other notes and of other kinds first, then whatever there is."""
    asked: dict[str, SelfTest] = {}
    taken: Counter[str] = Counter()  # questions by path, and by kind of section
    for of_note, of_kind in ((1, _MOST_OF_A_KIND), (QUESTIONS, _MOST_OF_A_KIND), (QUESTIONS, QUESTIONS)):
        for key, (entry, passage) in subject.sections.items():
            full = taken[entry.path] >= of_note or taken[passage.anchor] >= of_kind
            if key in asked or full or len(asked) == QUESTIONS:
                continue
            if passage.anchor in _ASK and (test := _asked(passage.anchor, label(entry), passage.text)):
                asked[key] = SelfTest(section=key, question=test[0], answer=test[1])
                taken.update((entry.path, passage.anchor))
    return list(asked.values())


def _asked(anchor: str, name: str, text: str) -> Asked:
    """A question that can be printed; a section that a person has broken asks none."""
    with suppress(ValueError):
        if found := _ASK[anchor](as_line(name), text):
            question, answer = found
            return _LINE.validate_python(question), _LINE.validate_python(answer)
    return None


def _of_formula(name: str, text: str) -> Asked:
    for formula in Formulas.model_validate(FORMULAS.read(text)).items:
        if formula.tex and formula.symbols:
            symbol = formula.symbols[0]
            question = f"《{name}》的公式 ${formula.tex}$ 在算什么？其中 ${symbol.symbol}$ 表示什么？"
            return question, f"{formula.meaning}其中 ${symbol.symbol}$：{symbol.meaning}"
    return None


def _of_ablation(name: str, text: str) -> Asked:
    ablation = Ablation[FoundClaim].model_validate(ABLATION.read(text))
    bases = {(row.table, row.metric): row.value for row in reversed(ablation.rows) if row.baseline}
    for row in ablation.rows:
        base = bases.get((row.table, row.metric), "")
        delta, share = change(row.value, base)
        if not row.baseline and delta != "—":
            metric = f"{as_line(row.metric)}（{as_line(row.table)}）"
            question = f"《{name}》的消融：{row.component}，{metric}会从基准 {as_line(base)} 变成多少？这说明什么？"
            meaning = ablation.contributions[0].text if ablation.contributions else ""
            return question, f"{as_line(row.value)}，Δ {delta}（{share}）。{meaning}"
    return None


def _of_mistakes(name: str, text: str) -> Asked:
    lines = LINES.read(text)
    return (f"关于“{name}”，初学者容易在哪里弄错？正确的是什么？", lines[0]) if lines else None


def _told(question: str) -> Callable[[str, str], Asked]:
    return lambda name, text: (question.format(name), _in_one_line(text))


def _in_one_line(text: str) -> str:
    lines = (line.strip() for line in text.split("\n"))
    return " ".join(_BULLET.sub("", line, count=1) if _BULLET.match(line) else line for line in lines if line)


_ASK: Mapping[str, Callable[[str, str], Asked]] = {
    "method.formulas": _of_formula,
    "definition.formulas": _of_formula,
    "experiments.ablation": _of_ablation,
    "mistakes": _of_mistakes,
    "interview": _told("用 3–5 句话，像对面试官那样讲清“{}”。"),
    "definition.statement": _told("“{}”的正式定义是什么？"),
    "method.intuition": _told("不用公式，怎样向没读过《{}》的人讲它的核心想法？"),
    "summary": _told("用一句话说清：《{}》解决了什么问题，关键在哪里？"),
}


def _directions(subject: Subject) -> Iterator[Direction]:
    """The first weak spots, one of each kind before a second one; then what is next in the reading list."""
    kinds: Counter[str] = Counter()
    ranked = []
    for n, weak in enumerate(subject.weak):
        kind = weak.key.partition("-")[0]
        ranked.append((kinds[kind], n, weak))
        kinds[kind] += 1
    chosen = [_towards(weak) for _, _, weak in sorted(ranked, key=lambda row: row[:2])[:DIRECTIONS_ASKED]]
    yield from chosen
    for row in [row for row in subject.shelf.rows if row.status == "unread"][: DIRECTIONS_ASKED - len(chosen)]:
        yield Direction(
            title=f"读《{one_line(row.title)[:200]}》",
            reason="阅读清单里排在最前的未读论文。",
            first_steps=(f"读它并写笔记：{paper(row)}。",),
        )


def _towards(weak: Weakness) -> Direction:
    return Direction(title=weak.towards, reason=f"{weak.fact.partition('：')[2]}{weak.why}", first_steps=(weak.remedy,))
