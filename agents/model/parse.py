"""The JSON object in what a model wrote: alone, in a code fence, or with prose around it."""

import json
import re

_FENCE = re.compile(r"```[\w-]*[ \t]*\n(.*?)\n?[ \t]*```", re.DOTALL)


def json_object(text: str) -> str:
    """The text of the one JSON object meant by `text`. ValueError says, for the model to read, what is wrong."""
    whole = text.strip().removeprefix("\ufeff")
    if whole.startswith("{"):
        return _object_at(whole, 0)
    for fence in _FENCE.finditer(whole):
        if (body := fence[1].strip()).startswith("{"):
            return _object_at(body, 0)
    found = _objects(whole)
    if not found:
        raise ValueError("holds no JSON object")
    return max(found, key=len)


def _object_at(text: str, start: int) -> str:
    try:
        _, end = json.JSONDecoder().raw_decode(text, start)
    except json.JSONDecodeError as error:
        raise ValueError(f"is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:  # "[[[[…": a model that got stuck
        raise ValueError("is nested too deeply") from None
    return text[start:end]


def _objects(text: str) -> list[str]:
    """Every outermost object: a reasoning model without a field of its own for thoughts may write small ones first."""
    found: list[str] = []
    start = text.find("{")
    while start >= 0:
        try:
            found.append(_object_at(text, start))
            start = text.find("{", start + len(found[-1]))
        except ValueError:
            start = text.find("{", start + 1)
    return found
