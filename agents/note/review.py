"""`ReviewReply` is what Claude may say of a lab; `ReviewNote` is that, the computed graph and weak spots, the facts."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from types import GenericAlias
from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from agents.note.atlas import NOTES, RELATIONS, Noted, Related
from agents.note.direction import DIRECTIONS, Direction
from agents.note.map import MAP, Map
from agents.note.note import Note
from agents.note.plain import TEXT
from agents.note.problem import Problem
from agents.note.quiz import QUIZ, Item
from agents.note.section import Part, Section
from agents.note.text import Line, Prose
from agents.note.weak import SPOTS, Spot

QUESTIONS, DIRECTIONS_ASKED = 5, 3
_MOST_STEPS = 3


class Explanation(Part):
    """What a computed weak spot means."""

    spot: str = Field(description="the key of the weak spot, from the list given")
    why: Line = Field(description="why it matters for what this person has learnt so far, in Chinese")
    remedy: Line = Field(description="what to do about it, concretely, in Chinese")


class SelfTest(Part):
    """A question on a section of a note."""

    section: str = Field(description="the key of the section that holds the answer, from the list given")
    question: Line = Field(description="a question that tests understanding, not memory of words; in Chinese")
    answer: Line = Field(description="the answer in Chinese, 2 to 5 sentences, from what that section says")


class ReviewReply(Part):
    """Narrowed by `reply_model` to the weak spots and sections that there are."""

    reading: Prose = Field(
        description="how to read the map, in Chinese: its lines of dependence and evolution, and where they break"
    )
    weak: tuple[Explanation, ...] = Field(description="an explanation of every weak spot of the list, in its order")
    quiz: tuple[SelfTest, ...] = Field(description=f"exactly {QUESTIONS} questions, from different notes if possible")
    directions: tuple[Direction, ...] = Field(description=f"exactly {DIRECTIONS_ASKED} directions to learn next")


class Knowledge(Part):
    drawing: Annotated[Map, Section("图", MAP)]
    reading: Annotated[Prose, Section("脉络", TEXT)]


class Atlas(Part):
    notes: Annotated[tuple[Noted, ...], Section("笔记", NOTES)]
    relations: Annotated[tuple[Related, ...], Section("关系", RELATIONS)]


class ReviewBody(Part):
    knowledge: Annotated[Knowledge, Section("知识关系图")]
    weak: Annotated[tuple[Spot, ...], Section("薄弱环节", SPOTS)]
    quiz: Annotated[tuple[Item, ...], Section("自测问题", QUIZ)]
    directions: Annotated[tuple[Direction, ...], Section("下一步", DIRECTIONS)]
    atlas: Annotated[Atlas, Section("附表")]


class ReviewNote(Note, ReviewBody):
    kind: Literal["review"] = "review"
    since: date | None = None  # None: everything was reviewed
    tokens: int = Field(default=0, ge=0)
    usd: float | None = Field(default=None, ge=0)


def reply_model(spots: Sequence[str], sections: Sequence[str]) -> type[ReviewReply]:
    """The reply with the keys that there are as enums. Where there are none, an empty list is all that can be said."""
    fields: dict[str, Any] = {}
    for name, part, key, keys in (("weak", Explanation, "spot", spots), ("quiz", SelfTest, "section", sections)):
        told = ReviewReply.model_fields[name].description if keys else "always []: there is nothing to say here"
        fields[name] = (GenericAlias(tuple, (_narrowed(part, key, keys), ...)), Field(description=told))
    return create_model("ReviewReply", __base__=ReviewReply, **fields)


def _narrowed(part: type[Part], key: str, keys: Sequence[str]) -> type[Part]:
    """A part whose `key` is one of these."""
    described = Field(description=part.model_fields[key].description)
    fields: dict[str, Any] = {key: (Literal[tuple(keys)], described)} if keys else {}
    return create_model(part.__name__, __base__=part, **fields)


def incomplete(reply: ReviewReply, spots: Sequence[str], sections: Sequence[str]) -> list[Problem]:
    """The demands that the API's schema cannot carry: counts, and that nothing is left out or invented."""
    wrong: list[str] = []

    def demand(holds: object, sentence: str) -> None:
        if not holds:
            wrong.append(sentence)

    explained = Counter(explanation.spot for explanation in reply.weak)
    for key in dict.fromkeys([*spots, *explained]):
        times = explained[key]
        demand(key in spots, f"weak: {key!r} is not in the list of weak spots")
        demand(key not in spots or times == 1, f"weak: explain {key!r} exactly once, not {times} times")
    asked = QUESTIONS if sections else 0
    demand(len(reply.quiz) == asked, f"quiz: ask exactly {asked} questions, not {len(reply.quiz)}")
    for n, test in enumerate(reply.quiz):
        demand(test.section in sections, f"quiz[{n}].section: {test.section!r} is not in the list of sections")
    demand(len({test.question for test in reply.quiz}) == len(reply.quiz), "quiz: two questions are the same")
    count = len(reply.directions)
    demand(count == DIRECTIONS_ASKED, f"directions: give exactly {DIRECTIONS_ASKED}, not {count}")
    for n, direction in enumerate(reply.directions):
        steps = len(direction.first_steps)
        demand(1 <= steps <= _MOST_STEPS, f"directions[{n}].first_steps: give 1 to {_MOST_STEPS}, not {steps}")
    return [Problem(sentence) for sentence in wrong]
