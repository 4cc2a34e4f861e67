"""The engine `draft` for concepts: what the notes of the lab already say about a topic. Nothing in it is invented.

Sentences that name the topic, put where the section they come from fits, each with its note; formulas near them; a
diagram of who mentions it. Where the notes say nothing, the section says so.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from agents.lab.concepts import AREAS
from agents.lab.passages import Passage
from agents.lab.topic import mentions
from agents.note import formula
from agents.note.concept import Area, ConceptReply, Definition, Intuition
from agents.note.diagram import Diagram, Edge, Node
from agents.note.formula import MOST_FORMULAS, Formula, Formulas
from agents.note.links import without_code
from agents.note.related import Link
from agents.note.text import Line, as_line, one_line

_MOST, _OF_A_NOTE, _LONGEST = 30, 5, 400  # excerpts, of one note, characters of one
_SENTENCE = re.compile(r"(?<=[。！？])(?![”’」）。！？])|(?<=[a-z)\]][.!?])\s+(?=[A-Z“])")
_MARKER = re.compile(r"^(?:(?:[-*+>]\s+|\d+[.)]\s+)+|\*\*公式\*\*[^：]*：)")
_NO_SENTENCE = re.compile(r"\||\$\$|#|---$")
_DISPLAYED = re.compile(r"\$\$\s*(.+?)\s*\$\$", re.DOTALL)

_WHY = re.compile(r"背景|动机|重要|总结|why|motivation|background", re.IGNORECASE)
_EXAMPLE = re.compile(r"例子|示例|example", re.IGNORECASE)
_MISTAKE = re.compile(r"误区|混淆|pitfall|mistake", re.IGNORECASE)
_DEFINES = re.compile(r"是指|指的是|定义为|是一种|是一个|即|称为|\b(?:is an?|are|refers? to|denotes?|defined as)\b")
_DEFINITION = re.compile(r"定义|definition", re.IGNORECASE)
_ANALOGY = re.compile(r"直觉|类比|intuition|analogy", re.IGNORECASE)
_OF_OTHERS = {"related"}  # sections about how another concept stands to its neighbours

_CUES = {"mistakes": _MISTAKE, "example": _EXAMPLE, "importance": _WHY, "definition": _DEFINITION, "analogy": _ANALOGY}
_NOT_SAID = "draft 引擎只摘录本 lab 的笔记，不写这一节：合上笔记，用自己的 3–5 句话说一遍，写进“我的批注”。"
_ELSEWHERE = "elsewhere"  # it stands with its link only
_LINE: TypeAdapter[str] = TypeAdapter(Line)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A sentence that names the topic, and where it stands."""

    passage: Passage
    text: str  # as a Line takes it


@dataclass(frozen=True, slots=True)
class Draft:
    reply: ConceptReply
    links: tuple[Link, ...]
    notes: int


def draft(topic: str, subjects: tuple[str, ...], found: Sequence[Passage], titles: dict[str, str]) -> Draft | None:
    """The draft about a topic, from passages in order of rank; None when none of them names it.

    Every excerpt is a link; its words stand there, or in the section that they fit.

    `titles` are those of the notes that a link can name.
    """
    pool = [passage for passage in found if passage.path in titles and passage.anchor not in _OF_OTHERS]
    excerpts = _by_note(_chosen(pool, subjects))
    if not excerpts:
        return None
    placed: dict[str, list[Excerpt]] = {}
    for excerpt in excerpts:
        placed.setdefault(_section(excerpt), []).append(excerpt)
    reply = ConceptReply(
        title=topic,
        english_name="",
        area=_area(excerpts),
        tags=(),
        aliases=(),
        intuition=Intuition(
            analogy=_bullets(placed.get("analogy"), "打比方"),
            importance=_bullets(placed.get("importance"), "说明它为什么重要"),
        ),
        definition=Definition(
            statement=_bullets(placed.get("definition"), "给它下定义"),
            formulas=_formulas(pool, subjects),
        ),
        example=_bullets(placed.get("example"), "举例说明它"),
        diagram=_who_mentions(topic, excerpts, titles),
        mistakes=tuple(map(_quoted, placed.get("mistakes", ()))) or (_nothing("提到它的误区"),),
        interview=_NOT_SAID,
    )
    links = tuple(_link(excerpt, titles) for excerpt in excerpts)
    return Draft(reply, links, len({excerpt.passage.path for excerpt in excerpts}))


def _by_note(excerpts: Iterable[Excerpt]) -> list[Excerpt]:
    """Those of one note together, the notes in order of their best one."""
    notes: dict[str, list[Excerpt]] = {}
    for excerpt in excerpts:
        notes.setdefault(excerpt.passage.path, []).append(excerpt)
    return [excerpt for of_note in notes.values() for excerpt in of_note]


def _chosen(pool: Iterable[Passage], subjects: tuple[str, ...]) -> Iterator[Excerpt]:
    """Sentences that name the topic; of a section that has it in its heading the first one too."""
    of_note: Counter[str] = Counter()
    seen: set[str] = set()
    for passage in pool:
        about_it = mentions(passage.heading, subjects)
        for n, sentence in enumerate(_sentences(passage.text)):
            if not (mentions(sentence, subjects) or (about_it and n == 0)) or sentence in seen:
                continue
            if of_note[passage.path] < _OF_A_NOTE and of_note.total() < _MOST:
                of_note[passage.path] += 1
                seen.add(sentence)
                yield Excerpt(passage, sentence)


def _sentences(text: str) -> Iterator[str]:
    for line in without_code(text).split("\n"):
        bare = _MARKER.sub("", line.strip())
        if bare and not _NO_SENTENCE.match(bare):
            yield from (_as_line(sentence.strip()) for sentence in _SENTENCE.split(bare) if sentence.strip())


def _as_line(text: str) -> str:
    """Markdown of ours as it is; what a person's Markdown may hold and a line of ours may not, as plain text."""
    with suppress(ValidationError):
        if len(text) <= _LONGEST:
            return _LINE.validate_python(text)
    return as_line(one_line(text)[:_LONGEST]) or "…"


def _section(excerpt: Excerpt) -> str:
    heading = excerpt.passage.heading
    named = (name for name, cue in _CUES.items() if cue.search(heading))
    return next(named, "definition" if _DEFINES.search(excerpt.text) else _ELSEWHERE)


def _where(passage: Passage) -> str:
    heading = one_line(passage.heading)[:80]
    return f"《{as_line(one_line(passage.title)[:120])}》" + (f"的“{as_line(heading)}”" if heading else "")


def _quoted(excerpt: Excerpt) -> str:
    return f"{excerpt.text}（{_where(excerpt.passage)}）"


def _bullets(excerpts: Sequence[Excerpt] | None, what: str) -> str:
    return "\n".join(f"- {_quoted(excerpt)}" for excerpt in excerpts or ()) or _nothing(what)


def _nothing(what: str) -> str:
    return f"本 lab 的笔记里没有认出{what}的句子。"


def _link(excerpt: Excerpt, titles: dict[str, str]) -> Link:
    heading = as_line(one_line(excerpt.passage.heading)[:80])
    said = excerpt.text if _section(excerpt) == _ELSEWHERE else "原句摘在这篇笔记的相应一节里。"
    reason = f"“{heading}”一节：{said}" if heading else said
    path = excerpt.passage.path
    return Link(path=path, title=titles[path], relation="mentions", reason=reason)


def _area(excerpts: Sequence[Excerpt]) -> Area:
    """The folder of most concept notes that mention it; the first of the five where none does."""
    folders = Counter(excerpt.passage.path.split("/")[1] for excerpt in excerpts)
    return max(AREAS, key=lambda area: folders[area])


def _who_mentions(topic: str, excerpts: Sequence[Excerpt], titles: dict[str, str]) -> Diagram:
    counts = Counter(excerpt.passage.path for excerpt in excerpts)
    notes = list(enumerate(counts, start=1))
    return Diagram(
        nodes=(Node(id="topic", label=topic), *(Node(id=f"n{n}", label=titles[path]) for n, path in notes)),
        edges=tuple(Edge(source=f"n{n}", target="topic", label=f"{counts[path]} 处提及") for n, path in notes),
    )


def _formulas(pool: Iterable[Passage], subjects: tuple[str, ...]) -> Formulas:
    found = [made for passage in pool for made in _formulas_of(passage, subjects)][:MOST_FORMULAS]
    return Formulas(items=tuple(found), none="" if found else "本 lab 的笔记里没有认出与它有关的公式。")


def _formulas_of(passage: Passage, subjects: tuple[str, ...]) -> Iterator[Formula]:
    """Formulas as our notes print them, else what a person displayed; only where the text around names the topic."""
    with suppress(ValueError):
        if passage.text.startswith("**公式**"):
            for item in formula.read(passage.text)["items"]:
                said = " ".join((passage.title, item["meaning"], *(symbol["meaning"] for symbol in item["symbols"])))
                if mentions(said, subjects):
                    yield from _formula(item, passage)
            return
    if mentions(f"{passage.heading} {passage.text}", subjects):
        for tex in _DISPLAYED.findall(passage.text):
            yield from _formula({"tex": " ".join(tex.split()), "meaning": "摘自", "symbols": ()}, passage)


def _formula(item: dict[str, Any], passage: Passage) -> Iterator[Formula]:
    """Number and page are those of a paper that this note is not about: they go into words."""
    stands = f"Eq. ({item['equation']})" if item.get("equation") else ""
    page = f"p. {item['page']}" if item.get("page") else ""
    where = " ".join(filter(None, (_where(passage), as_line(stands), page)))
    meaning = f"摘自{where}。" if item["meaning"] == "摘自" else f"{item['meaning']}（摘自{where}）"
    with suppress(ValidationError):  # TeX of a person's that no line of ours can hold
        yield Formula.model_validate(item | {"equation": "", "page": 0, "meaning": meaning})
