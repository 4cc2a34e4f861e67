"""What a check of a note comes to: how much of it holds, and each thing that does not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from agents.note import mark
from agents.note.problem import Problem


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing in a note that is not borne out."""

    where: str  # the field: "experiments.results.0.text"
    message: str  # for Claude, and for lint: what is wrong, and what stands in the source instead
    mark: str = ""  # what the note shows at that place: "⚠ 原文未找到"; "" where the field's own print shows it
    at: int = 0  # where in the field's text the mark goes: behind the number that is meant
    unsettled: bool = False  # nothing speaks against it either: it is counted and marked, but no reason for exit 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """One check over one note: `right` of `of` things hold, and the doubts are about the others."""

    name: str  # as in the front matter's `checks`: "numbers"
    right: int
    of: int
    doubts: tuple[Doubt, ...] = ()
    note: str = ""  # what else the receipt says of it: "表格单元 20，正文 21"


def problems(outcomes: Iterable[Outcome]) -> list[Problem]:
    """The doubts as they go back to Claude; none is fatal: what it does not mend is written with a mark."""
    return [_problem(doubt) for one in outcomes for doubt in one.doubts if not doubt.unsettled]


def unsettled_points(outcomes: Iterable[Outcome]) -> list[Problem]:
    """What could not be settled: told to Claude when it is asked again anyway, no reason to ask it again."""
    return [_problem(doubt) for one in outcomes for doubt in one.doubts if doubt.unsettled]


def _problem(doubt: Doubt) -> Problem:
    return Problem(f"{doubt.where}: {doubt.message}", fatal=False)


def counts(outcomes: Iterable[Outcome]) -> dict[str, tuple[int, int]]:
    """For the front matter: only checks that had something to look at."""
    return {one.name: (one.right, one.of) for one in outcomes if one.of}


def marked(data: dict[str, Any], outcomes: Iterable[Outcome], part: Any) -> dict[str, Any]:
    """A reply as plain data (`part.model_dump()`), with every mark at its place in the text of its field.

    A mark for which the field has no room is left out: the counts and the report tell of it all the same.
    """
    doubts = [doubt for one in outcomes for doubt in one.doubts if doubt.mark]
    for doubt in sorted(doubts, key=lambda doubt: (doubt.where, doubt.at), reverse=True):
        path = doubt.where.split(".")
        data = _with_mark(data, path, doubt, most(part, path))
    return data


def most(part: Any, path: Sequence[str]) -> int:
    """The characters that the text at this place may have; 0 where there is no limit."""
    value: Any = part
    limits: list[int] = []
    for name in path:
        if isinstance(value, BaseModel):
            field = type(value).model_fields[name]
            limits = _limits(field.metadata, field.annotation)
            value = getattr(value, name)
        else:
            value = value[int(name)] if isinstance(value, tuple | list) else value[name]
    return min(limits, default=0)


def _limits(metadata: Iterable[Any], annotation: Any) -> list[int]:
    """Of a text, or of each text of a row of them."""
    if get_origin(annotation) is None:
        return [one.max_length for one in metadata if isinstance(getattr(one, "max_length", None), int)]
    inner = [more for argument in get_args(annotation) for more in getattr(argument, "__metadata__", ())]
    return _limits(inner, None)


def _with_mark(value: Any, path: list[str], doubt: Doubt, room: int) -> Any:
    if not path:
        text = mark.marked(value, doubt.at, doubt.mark)
        return text if not room or len(text) <= room else value
    if isinstance(value, dict):
        return value | {path[0]: _with_mark(value[path[0]], path[1:], doubt, room)}
    at = int(path[0])
    return (*value[:at], _with_mark(value[at], path[1:], doubt, room), *value[at + 1 :])
