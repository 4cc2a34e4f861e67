"""What is asked and what comes back: the values that pass between a recipe and an engine."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

from pydantic import BaseModel

from agents.note.problem import Problem
from agents.source.document import Picture

R = TypeVar("R", bound=BaseModel)

Check = Callable[[R], list[Problem]]


@dataclass(frozen=True, slots=True)
class Question(Generic[R]):
    """One typed question. `source` is hostile text: the engine fences it and never mixes it into `system`."""

    agent: str  # "paper"
    target: str  # what it is about, for the key and for progress: "2301.12597v3"
    system: str  # the lab's CLAUDE.md, whole
    template: str  # the prompt as it stands in prompts/, before filling
    prompt: str  # the prompt as filled
    source: str  # the paper, as the model is to see it
    reply: type[R]
    pictures: tuple[Picture, ...] = ()  # figures that are to be seen beside the text
    depends_on: tuple[str, ...] = ()  # what else changes the answer: the source's sha256, the person's own notes

    def key(self, model: str) -> str:
        """The name under which the reply is kept. The filled prompt is left out: it holds inventory and dates."""
        parts = [self.agent, self.target, model, self.system, self.template, *self.depends_on]
        return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens, price and time of all calls of one question together; `input` is what was neither read from nor written to the cache."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    usd: Decimal | None = Decimal(0)  # None: no price is known for the model
    seconds: float = 0.0

    def __add__(self, other: "Usage") -> "Usage":
        """Of two questions together; the price is unknown where one of them is."""
        usd = None if self.usd is None or other.usd is None else self.usd + other.usd
        return Usage(
            self.input + other.input,
            self.output + other.output,
            self.cache_read + other.cache_read,
            self.cache_write + other.cache_write,
            usd,
            self.seconds + other.seconds,
        )

    @property
    def tokens_in(self) -> int:
        return self.input + self.cache_read + self.cache_write


@dataclass(frozen=True, slots=True)
class Answer(Generic[R]):
    """A reply that holds the schema; `problems` are those that Claude did not mend (none of them fatal)."""

    reply: R
    problems: tuple[Problem, ...]
    engine: str  # "claude" | "draft"
    model: str  # the model that answered; "" for draft
    usage: Usage
    replayed: bool = False  # taken from .lab/replies, nothing was paid
