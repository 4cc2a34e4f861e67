"""The YAML block at the top of a note. We print JSON scalars, which are YAML in which an id cannot become a float."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

FENCE = "---"
# BaseLoader: 2301.12590 is an id and stays one; pydantic turns into numbers what should be numbers.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_KEY = re.compile(r"([A-Za-z_][\w-]*):(?:\s|$)")


def show(values: Mapping[str, Any], own_keys: str = "") -> str:
    """`own_keys` are the lines of keys that a person added, byte for byte."""
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in values.items()]
    return f"{FENCE}\n{''.join(lines)}{own_keys}{FENCE}\n"


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


def read(text: str) -> dict[str, Any]:
    """The keys as plain data: scalars stay strings, whatever they look like. ValueError when it is no YAML mapping."""
    try:
        values = yaml.load(text, Loader=_LOADER) or {}  # noqa: S506 - the base loader makes strings only
    except yaml.YAMLError as error:
        raise ValueError(f"the front matter is not YAML: {str(error).splitlines()[0]}") from error
    if not isinstance(values, dict):
        raise ValueError("the front matter is not a list of keys")  # noqa: TRY004 - it is the text that is wrong
    return values
