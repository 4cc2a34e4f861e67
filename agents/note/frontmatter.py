"""The YAML block at the top of a note. We print JSON scalars, which are YAML in which an id cannot become a float."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import yaml

FENCE = "---"
# BaseLoader: 2301.12590 is an id and stays one; pydantic turns into numbers what should be numbers.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_NESTING = "[{-?"  # what opens a level in YAML; PyYAML overflows the stack at 25,000 levels: a crash
_MOST_LEVELS = 5_000
_NOT_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")  # line ends to YAML, or nothing that it reads
_KEY = re.compile(r"([A-Za-z_][\w-]*):(?:\s|$)")


class NotYaml(ValueError):  # noqa: N818 - it is the text that is none
    """A front matter that YAML cannot read; `line` counts from 0, within the text."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"the front matter is not YAML: {message}")
        self.line = line


def show(values: Mapping[str, Any], own_keys: str = "") -> str:
    """`own_keys` are the lines of keys that a person added, byte for byte."""
    shown = {key: _NOT_IN_YAML.sub(_escaped, json.dumps(value, ensure_ascii=False)) for key, value in values.items()}
    lines = [f"{key}: {value}\n" for key, value in shown.items()]
    return f"{FENCE}\n{''.join(lines)}{own_keys}{FENCE}\n"


def _escaped(char: re.Match[str]) -> str:
    return f"\\u{ord(char[0]):04x}"


def behind(lines: Sequence[str]) -> int:
    """The index of the first line behind a front matter; 0 where a text does not begin with one."""
    if lines[0] != FENCE or FENCE not in lines[1:]:
        return 0
    return lines.index(FENCE, 1) + 1


def cut(text: str, ours: Iterable[str]) -> tuple[str, str]:
    """The lines of our keys, and those that the person added: other keys, and comments."""
    known = set(ours)
    mine, others = "", ""
    is_other = False
    for line in re.findall(r"[^\n]*\n", text):
        if key := _KEY.match(line):
            is_other = key[1] not in known
        elif line.startswith("#"):
            is_other = True  # we write no comments
        if is_other:
            others += line
        else:
            mine += line
    return mine, others


def keys(text: str, first: int = 0) -> Iterator[tuple[int, str]]:
    """Where each top-level key stands: its line, counted from `first`, and its name."""
    for n, line in enumerate(text.split("\n"), first):
        if key := _KEY.match(line):
            yield n, key[1]


def read(text: str) -> dict[str, Any]:
    """The keys as plain data: scalars stay strings, whatever they look like. ValueError when it is no YAML mapping."""
    if sum(map(text.count, _NESTING)) > _MOST_LEVELS:
        raise NotYaml(0, "too long or too deep")
    try:
        values = yaml.load(text, Loader=_LOADER) or {}  # noqa: S506 - the base loader makes strings only
    except yaml.YAMLError as error:
        raise NotYaml(_line(error), getattr(error, "problem", "") or str(error).splitlines()[0]) from error
    except RecursionError as error:
        raise NotYaml(0, "too deep") from error
    if not isinstance(values, dict):
        raise ValueError("the front matter is not a list of keys")  # noqa: TRY004 - it is the text that is wrong
    return values


def _line(error: yaml.YAMLError) -> int:
    """Where something begins that is never closed, else where YAML stopped."""
    begins = re.search("flow|quoted", getattr(error, "context", None) or "")
    mark = getattr(error, "context_mark" if begins else "problem_mark", None)
    return mark.line if mark else 0
