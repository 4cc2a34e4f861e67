"""Is this text an answer: JSON, by the schema, and past the checks of the one who asked."""

import json
from dataclasses import dataclass
from typing import Any, Generic

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from agents.model.parse import json_object
from agents.model.question import Check, R
from agents.note.problem import Problem

_NAMED = 10  # problems of the schema that one re-ask names: mending these tends to mend the rest


@dataclass(frozen=True, slots=True)
class Verdict(Generic[R]):
    """One answer as text, what could be made of it, and what is wrong with it."""

    text: str
    reply: R | None  # None: it does not hold the schema
    problems: tuple[Problem, ...]

    @property
    def fatal(self) -> tuple[Problem, ...]:
        """The problems that no note can be written with."""
        return tuple(problem for problem in self.problems if problem.fatal)

    @property
    def badness(self) -> tuple[bool, int, int]:
        """Sorts answers: any by the schema before any other, then by what is wrong with them."""
        return self.reply is None, len(self.fatal), len(self.problems)


def judge(text: str, model: type[R], check: Check[R]) -> Verdict[R]:
    """The reply in `text`, and what is wrong with it. A LabError of `check` passes: no re-ask would mend that."""
    try:
        found = json_object(text)
    except ValueError as error:
        return Verdict(text, None, (Problem(f"the answer {error}"),))
    try:
        reply = _validated(found, model)
    except ValidationError as error:
        return Verdict(text, None, tuple(_schema_problems(error)))
    return Verdict(text, reply, tuple(check(reply)))


def _validated(found: str, model: type[R]) -> R:
    try:
        return model.model_validate_json(found)
    except ValidationError as error:
        # The API keeps to an enum but not to its capitals; a re-ask for that would be paid for nothing.
        wrong = [fault for fault in error.errors(include_url=False) if fault["type"] in {"literal_error", "enum"}]
        if not wrong:
            raise
        value = json.loads(found)
        for fault in wrong:
            _lower(value, fault)
        return model.model_validate_json(json.dumps(value))


def _lower(value: Any, fault: ErrorDetails) -> None:
    *way, last = fault["loc"]
    given = fault["input"]
    if not isinstance(given, str) or repr(given.lower()) not in str(fault.get("ctx", {}).get("expected")):
        return
    try:
        for step in way:
            value = value[step]
        value[last] = given.lower()
    except (KeyError, IndexError, TypeError):
        return  # inside a union the way holds more than keys


def _schema_problems(error: ValidationError) -> list[Problem]:
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    named = [Problem(f"{_path(fault['loc'])}: {fault['msg']}") for fault in faults[:_NAMED]]
    more = len(faults) - len(named)
    return [*named, Problem(f"and {more} more of this kind")] if more else named


def _path(location: tuple[int | str, ...]) -> str:
    """`method.steps[2].quote`, the way a person would point at it."""
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in location)
    return path.removeprefix(".") or "the object"
