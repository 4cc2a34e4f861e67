"""From the facts of a week, what the person said and a checked reply to the week's log. Pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import TypeAdapter, ValidationError

from agents.lab.notes import Standing
from agents.lab.reading_list import STATUSES, Row
from agents.lab.week import Week
from agents.model.question import Answer, Question
from agents.note.finished import GROUPS, Done, told
from agents.note.markdown import render, sealed
from agents.note.note import fingerprint
from agents.note.template import headings
from agents.note.text import Line, as_line, escape, one_line
from agents.note.weekly import RETOLD, Stuck, WeeklyNote, WeeklyReply, retold
from agents.recipes import receipt
from agents.trust import alone
from agents.trust.outcome import counts

PROMPT = "prompts/weekly.md"
VARIABLES = ("week", "finished", "problems", "last_plan", "unread", "kept")
NOTHING = WeeklyReply(insights=(), ways=(), gaps=(), plan=())  # what no model has said
_NOT_DISTILLED = "draft 引擎只列事实，不作提炼：有 key 之后重跑同一命令，由 Claude 补写。"
_NO_GAPS, _NO_GAPS_DRAFT = "这一周没有看出要先补的前置知识。", "draft 引擎不判断知识盲区。"
_QUIET = "这一周没有记录到活动，没有可提炼的。"
_WRITER = "写作："
_MOST_UNREAD, _MOST_NAMED = 30, 5  # papers, in the prompt and in a draft
_MOST_TEXT, _MOST_TEXTS = 8_000, 80_000  # characters of one note, and of all
_LINE: TypeAdapter[str] = TypeAdapter(Line)


@dataclass(frozen=True, slots=True)
class Material:
    """What a log is made of: facts, and what the person has said about the week so far."""

    week: Week
    facts: tuple[Done, ...]
    done: tuple[str, ...]
    stuck: tuple[str, ...]

    @property
    def is_quiet(self) -> bool:
        return not (self.facts or self.done or self.stuck)

    @property
    def digest(self) -> str:
        """A hash of all that, as it stands in the log."""
        return _hash([done.model_dump() for done in self.facts], self.done, self.stuck)

    @property
    def gist(self) -> str:
        """A hash of what there is to distil: that a note was renamed since tells Claude nothing new."""
        return _hash([done.model_dump(exclude={"path", "arxiv"}) for done in self.facts], self.done, self.stuck)

    def after(self, old: WeeklyNote | None) -> "Material":
        """The same with what an earlier log of the week holds already."""
        if old is None:
            return self
        done, stuck = ((*old.done, *self.done), (*old.stuck, *self.stuck))
        return Material(self.week, self.facts, tuple(dict.fromkeys(done)), tuple(dict.fromkeys(stuck)))


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a log tells beside that: where its facts are from, what is being read, the last review of the lab."""

    source: str
    reading: tuple[str, ...]  # titles
    review: date | None
    today: date


def _hash(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()[:16]


def spoken(text: str) -> str:
    """What a person typed as a line of a note: his Markdown where it is sound, else as he wrote it. "" for none."""
    plain = one_line(text)
    try:
        return _LINE.validate_python(plain) if plain else ""
    except ValidationError:
        return _LINE.validate_python(as_line(plain))


def values(material: Material, last_plan: str, unread: Sequence[Row], kept: Sequence[str]) -> dict[str, str]:
    """The prompt's variables."""
    week = material.week
    facts = [f"- {GROUPS[done.group]}：{escape(done.title)}{told(done)}" for done in material.facts]
    papers = [f"- {STATUSES[row.status][0]} {escape(one_line(row.title))}" for row in unread if row.status != "read"]
    return {
        "week": f"{week}（{week.monday} 至 {week.sunday}）",
        "finished": "\n".join([*facts, *(f"- {said}" for said in material.done)]) or "（没有记录）",
        "problems": "\n".join(f"{n}. {text}" for n, text in enumerate(material.stuck, start=1)) or "（没有）",
        "last_plan": last_plan or "（没有）",
        "unread": "\n".join(papers[:_MOST_UNREAD]) or "（没有）",
        "kept": "\n\n".join(kept) or "（没有）",
    }


def sources(texts: Iterable[tuple[str, str]]) -> str:
    """The week's notes, as (title, text), for Claude to distil from; long ones are cut."""
    out = ""
    for title, text in texts:
        out += f"# {title}\n\n{text.strip()[:_MOST_TEXT]}\n\n"
    return out[:_MOST_TEXTS]


def build(
    asked: Material,
    answer: Answer[WeeklyReply],
    question: Question[WeeklyReply],
    standing: Standing[WeeklyNote] | None,
    about: Receipt,
) -> WeeklyNote:
    """The log, with what the person has edited in the one that stands, whatever that says by now."""
    old = standing.note if standing else None
    material = asked.after(old)
    written = _written(asked, answer, old, material, about)
    values = receipt.facts(answer, standing, WeeklyNote, about.today) | written
    values |= {
        "title": f"{material.week} 学习周记",
        "done": material.done,
        "stuck": material.stuck,
        "facts": material.digest,
        "finished": {"facts": material.facts, "said": material.done},
        "provenance": _provenance(answer, question, old, about, values),
    }
    edited = old.edited if old else {}
    kept = {"edited": edited, "sections": old.sections if old else {}}
    note = WeeklyNote.model_validate({name: value for name, value in values.items() if name not in edited} | kept)
    note = sealed(note)
    return note.model_copy(update={"written": fingerprint(note)})


def _written(
    asked: Material, answer: Answer[WeeklyReply], old: WeeklyNote | None, material: Material, about: Receipt
) -> dict[str, Any]:
    """Insights, problems, gaps and plan. Without Claude, what Claude has written into this log before stays."""
    steps = {problem.text: problem.steps for problem in old.problems} if old else {}
    if answer.engine == "claude":
        reply = answer.reply
        steps |= {asked.stuck[way.problem - 1]: way.steps for way in reply.ways}
        body = {
            "insights": marked(reply, asked),
            "gaps": {"items": reply.gaps, "none": "" if reply.gaps else _NO_GAPS},
            "plan": {"items": reply.plan},
            "distilled": asked.gist,
            "checks": _checks(reply, asked) | counts(alone.outcomes(reply)),
        }
    elif old and old.distilled:
        body = {
            name: getattr(old, name) for name in ("insights", "gaps", "plan", "distilled", "checks", "engine", "model")
        }
    else:
        why = _QUIET if material.is_quiet else ""
        body = {
            "insights": (why or _NOT_DISTILLED,),
            "gaps": {"none": why or _NO_GAPS_DRAFT},
            "plan": {"none": why or _not_planned(about.reading)},
            "checks": {"schema": (1, 1)},
        }
    return body | {"problems": tuple(Stuck(text=text, steps=steps.get(text, ())) for text in material.stuck)}


def _not_planned(reading: tuple[str, ...]) -> str:
    titles = "、".join(f"《{as_line(one_line(title)[:100])}》" for title in reading[:_MOST_NAMED])
    return f"draft 引擎不排计划；阅读清单里在读的有{titles}。" if titles else "draft 引擎不排计划。"


def _telling(material: Material) -> tuple[str, ...]:
    return (*(done.title for done in material.facts), *material.done)


def marked(reply: WeeklyReply, material: Material) -> tuple[str, ...]:
    """The insights; one that only retells the list is marked as that."""
    said = _telling(material)
    return tuple(f"{RETOLD}{text}" if retold(text, said) else text for text in reply.insights)


def _checks(reply: WeeklyReply, material: Material) -> dict[str, tuple[int, int]]:
    fresh = sum(not line.startswith(RETOLD) for line in marked(reply, material))
    return {"schema": (1, 1), "distilled": (fresh, len(reply.insights))}


def _provenance(
    answer: Answer[WeeklyReply],
    question: Question[WeeklyReply],
    old: WeeklyNote | None,
    about: Receipt,
    values: Mapping[str, Any],
) -> tuple[str, ...]:
    writer = receipt.writer(answer) if answer.engine == "claude" else f"{_WRITER}draft 引擎，没有用模型，只列事实。"
    if values["engine"] != answer.engine and old:  # an earlier Claude's words stay
        writer = next((line for line in old.provenance if line.startswith(_WRITER)), writer)
    lines = [about.source, writer, receipt.contract(answer, question, PROMPT)]
    if "distilled" in values["checks"]:
        fresh, of = values["checks"]["distilled"]
        lines.append(f"收获：{fresh}/{of} 条不是清单的复述；收获本身对不对，程序没有检查。")
    return (*lines, last_review(about.review, about.today))


def last_review(review: date | None, today: date) -> str:
    """How long ago the lab was last reviewed."""
    if review is None:
        return "知识梳理：还没有做过，可以运行 `python -m agents.review`。"
    return f"知识梳理：上一次在 {review}，{(today - review).days} 天前。"


def source(material: Material, kind: str) -> str:
    """Which days, by whose clock, and where the facts are from."""
    week = material.week
    return f"范围：{week.monday}（周一）至 {week.sunday}（周日），时区 UTC{week.zone}；{kind}。"


def text(note: WeeklyNote, claude_md: str) -> bytes:
    """The file: headings as the lab's CLAUDE.md words them."""
    return render(note, headings(claude_md, note.kind)).encode()
