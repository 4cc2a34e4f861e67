"""From a topic to what Claude is sent of the lab, and from a checked reply to the note of a concept. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from agents.lab import passages
from agents.lab.inventory import Entry
from agents.lab.notes import Standing
from agents.model.question import Answer, Question
from agents.note.added import texts, written
from agents.note.choice import MOST_CANDIDATES
from agents.note.concept import FEWEST_SENTENCES, MOST_SENTENCES, ConceptNote, ConceptReply, Definition, sentences
from agents.note.mark import SIGN, marked
from agents.note.markdown import render
from agents.note.note import fingerprint
from agents.note.related import Link
from agents.note.slug import folded, short_name
from agents.note.template import added, headings
from agents.note.text import one_line
from agents.recipes import receipt
from agents.trust import alone
from agents.trust.outcome import Outcome, counts

PROMPT = "prompts/concept.md"
# Characters of the lab that go into one question, whatever its size: about 15,000 tokens of Chinese at the most.
_INVENTORY, _PASSAGES, _PASSAGE = 10_000, 16_000, 1_200
_OF_A_NOTE = 3  # passages: one long note does not crowd out the others
_NO_KNOWLEDGE = ("weekly-log/", "notes/reviews/")  # they tell of other notes
_NOT_CHECKED = "没有检查：定义与公式的对错、例子里的计算。"


@dataclass(frozen=True, slots=True)
class Shelf:
    """What of the lab goes into a question about a topic."""

    titles: dict[str, str]  # of the notes that may be linked to, by path, best-ranked first
    inventory: str
    passages: tuple[passages.Passage, ...]

    @property
    def source(self) -> str:
        """The part that goes to Claude as fenced data: notes quote papers, which are anybody's text."""
        if not self.titles:
            return ""
        blocks = [f"# 本 lab 的笔记\n\n{self.inventory}"]
        blocks += [f"# {p.path} › {p.heading or p.title}\n\n{p.text}" for p in self.passages]
        return "\n\n".join(blocks) + "\n"

    @property
    def candidates(self) -> str:
        """The part of the prompt that says what may be linked to."""
        return "\n".join(f"- `{path}`" for path in list(self.titles)[:MOST_CANDIDATES]) or "（还没有笔记）"


def knowledge(entries: Iterable[Entry], apart: str = "") -> list[Entry]:
    """The notes that say something about the field: not weekly logs and reviews, and not the one being rewritten."""
    return [entry for entry in entries if not entry.path.startswith(_NO_KNOWLEDGE) and entry.path != apart]


def shelf(about: str, entries: Sequence[Entry], apart: str = "") -> Shelf:
    """Everything ranked by how well a note's best passage fits the topic, and cut at that rank."""
    known = knowledge(entries, apart)
    found = passages.ranked(about, known)
    order = passages.notes_by_rank(known, found)
    chosen = passages.within(found, most=_PASSAGES, longest=_PASSAGE, of_a_note=_OF_A_NOTE)
    return Shelf(titles(order), _inventory(order), tuple(chosen))


def titles(entries: Iterable[Entry]) -> dict[str, str]:
    """Path -> short title of the notes that a link can name: BLIP-2 says enough."""
    named = {entry.path: one_line(short_name(entry.title))[:300].strip() for entry in entries}
    return {path: title or path for path, title in named.items() if path.isprintable() and len(path) <= 300}


def _inventory(order: Sequence[Entry]) -> str:
    lines: list[str] = []
    room = _INVENTORY
    for entry in order:
        parts = (entry.path, entry.kind or "手写", entry.title, " ".join(entry.tags), entry.line)
        line = f"- {'｜'.join(one_line(part)[:200] for part in parts if part)}"
        room -= len(line)
        if room < 0:
            break
        lines.append(line)
    if left := len(order) - len(lines):
        lines.append(f"（按与主题的相关度排列；还有 {left} 篇相关度更低的没有列出）")
    return "\n".join(lines)


def build(
    answer: Answer[ConceptReply],
    links: tuple[Link, ...],
    about: str,
    question: Question[ConceptReply],
    origin: str,
    standing: Standing[ConceptNote] | None,
    taken: frozenset[str],
    today: date,
) -> ConceptNote:
    """The note, with what the person had added to the one that stands; `taken` are names that other notes go by."""
    reply = answer.reply.model_copy(update={"definition": _without_places(answer.reply.definition)})
    old = standing.note if standing else None
    checked = alone.outcomes(reply, is_draft=answer.engine == "draft")
    said = reply.model_dump()
    sections = {name: value for name, value in said.items() if name in ConceptNote.model_fields}
    note = ConceptNote.model_validate(
        sections
        | receipt.facts(answer, standing, ConceptNote, today, reply.tags)
        | {
            "aliases": _aliases(reply, about, old, taken),
            "related": links,
            "more": written(added(question.system, "concept"), texts(reply)),
            "checks": {"schema": (1, 1), "links": (len(links), len(links))} | counts(checked),
            "provenance": _provenance(answer, links, question, origin, checked),
        }
    )
    return note.model_copy(update={"written": fingerprint(note)})


def _without_places(definition: Definition) -> Definition:
    """Number and page of a formula are those of a paper: here there is none that they could be true of."""
    bare = tuple(item.model_copy(update={"equation": "", "page": 0}) for item in definition.formulas.items)
    return definition.model_copy(update={"formulas": definition.formulas.model_copy(update={"items": bare})})


def _aliases(reply: ConceptReply, about: str, old: ConceptNote | None, taken: frozenset[str]) -> tuple[str, ...]:
    """The person's, else Claude's; and the names that have to find this note: the topic as typed, its earlier title."""
    given = (*reply.aliases, reply.english_name)
    own = old.aliases if old and old.aliases else tuple(name for name in given if folded(name) not in taken)
    names = {folded(reply.title): "", "": ""}
    for name in (*own, about, old.title if old else ""):
        names.setdefault(folded(name), name)
    return tuple(filter(None, names.values()))


def _provenance(
    answer: Answer[ConceptReply],
    links: tuple[Link, ...],
    question: Question[ConceptReply],
    origin: str,
    checks: Sequence[Outcome],
) -> tuple[str, ...]:
    lines = [origin, receipt.writer(answer, "本 lab 的笔记"), receipt.contract(answer, question, PROMPT)]
    lines += receipt.checked(checks)
    if answer.engine == "draft":
        return (*lines, f"结构：通过字段、公式转义与 Markdown 检查；{len(links)} 处关联都指向存在的笔记。")
    said = sentences(answer.reply.interview)
    length = f"口述版 {said} 句"
    if not FEWEST_SENTENCES <= said <= MOST_SENTENCES:
        length = marked(length, len(length), f"{SIGN} 应为 {FEWEST_SENTENCES}–{MOST_SENTENCES} 句")
    checked = f"结构：通过字段、公式转义与 Markdown 检查；{len(links)} 处关联都指向存在的笔记；{length}。"
    return (*lines, checked, _NOT_CHECKED)


def origin(sent: Shelf) -> str:
    """Where Claude's words come from: a concept has no one source that they could be checked against."""
    seen = len({passage.path for passage in sent.passages})
    lab = f"参考了本 lab 的 {seen} 篇笔记、{len(sent.passages)} 段" if seen else "本 lab 里没有相关的段落可参考"
    return f"来源：模型自己的知识，没有原文可以核对；{lab}。"


def text(note: ConceptNote, claude_md: str) -> bytes:
    """The file: headings as the lab's CLAUDE.md words them."""
    return render(note, headings(claude_md, note.kind)).encode()
