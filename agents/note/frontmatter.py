"""The YAML block at the top of a note. We print JSON scalars, which are YAML in which an id cannot become a float."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

FENCE = "---"
_KEY = re.compile(r"([A-Za-z_][\w-]*):(?:\s|$)")


def show(values: Mapping[str, Any], own_keys: str = "") -> str:
    """`own_keys` are the lines of keys that a person added, byte for byte."""
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in values.items()]
    return f"{FENCE}\n{''.join(lines)}{own_keys}{FENCE}\n"


def read(text: str, ours: Iterable[str]) -> tuple[dict[str, Any], str]:
    """Our keys as plain data (scalars stay strings, whatever they look like) and the lines of the others.

    ValueError when it is not YAML, or not a mapping.
    """
    known = set(ours)
    mine, others = "", ""
    keep_other = False
    for line in text.splitlines(keepends=True):
        if key := _KEY.match(line):
            keep_other = key[1] not in known
        if keep_other:
            others += line
        else:
            mine += line
    try:
        # BaseLoader: 2301.12590 is an id and stays one; pydantic turns into numbers what should be numbers.
        values = yaml.load(mine, Loader=yaml.BaseLoader) or {}  # noqa: S506 - the base loader makes strings only
    except yaml.YAMLError as error:
        raise ValueError(f"the front matter is not YAML: {str(error).splitlines()[0]}") from error
    if not isinstance(values, dict):
        raise ValueError("the front matter is not a list of keys")
    return {key: None if value == "null" else value for key, value in values.items()}, others
