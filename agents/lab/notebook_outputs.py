"""What is kept of a notebook's outputs: text and PNG, bounded and clean. Pure.

No HTML and no JavaScript, which would run in the reader's browser; no colours of a terminal; no paths of this machine.
What comes in may be forged by the cells: nothing about its form is taken for granted.
"""

import base64
import binascii
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from agents.note.text import visible

TEXT = 50_000  # characters kept of one cell
PICTURE = 2**20  # bytes of one picture
PICTURES = 20  # of one cell
CUT = "[… 其后的输出已省略 …]\n"
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|.)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_CELL = re.compile(r"/lab/tmp/ipykernel_\d+/\d+\.py")
_PNG = b"\x89PNG\r\n\x1a\n"


def plain(text: str, folder: str = "") -> str:
    """Text as a terminal would show it in the end, without colours, control characters and paths of this machine.

    `folder`: where the notebook ran.
    """
    lines = _ANSI.sub("", text).split("\n")
    text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)  # of a progress bar, how it ended
    text = _CONTROL.sub("", visible(text))
    for path, name in {folder: "/lab", **_places()}.items():
        text = text.replace(path, name) if path else text
    return _CELL.sub("<cell>", text)


def _places() -> dict[str, str]:
    prefixes = {sys.prefix: "<venv>", sys.base_prefix: "<python>", os.environ.get("HOME", "/"): "~"}
    return {path: name for path, name in prefixes.items() if len(Path(path).parts) > 2}  # not / or /usr


def clean(outputs: Sequence[Any], folder: str = "") -> list[dict[str, Any]]:
    """The outputs of one cell as nbformat has them."""
    whole = _joined(output for output in outputs if isinstance(output, Mapping))
    return list(_bounded(one for output in whole if (one := _one(output, folder))))


def _one(output: Mapping[str, Any], folder: str) -> dict[str, Any] | None:
    def text_of(value: Any) -> str:
        return plain(_text(value), folder)

    match output.get("output_type"):
        case "stream":
            text = text_of(output.get("text"))
            return {"output_type": "stream", "name": output["name"], "text": text} if text else None
        case "error":
            lines = output.get("traceback")
            trace = [text_of(line) for line in lines] if isinstance(lines, list) else []
            named = {key: text_of(output.get(key)) for key in ("ename", "evalue")}
            return {"output_type": "error", **named, "traceback": trace}
        case "display_data" | "execute_result" as kind:
            data = _data(output.get("data"), text_of)
            count = {"execution_count": _count(output)} if kind == "execute_result" else {}
            return {"output_type": kind, "data": data, "metadata": {}, **count} if data else None
    return None


def _count(output: Mapping[str, Any]) -> int | None:
    count = output.get("execution_count")
    return count if isinstance(count, int) else None


def _text(value: Any) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else value if isinstance(value, str) else ""


def _data(data: Any, text_of: Callable[[Any], str]) -> dict[str, str]:
    if not isinstance(data, Mapping):
        return {}
    kept = {"text/plain": text_of(data.get("text/plain")), "image/png": _png(_text(data.get("image/png")))}
    return {kind: value for kind, value in kept.items() if value}


def _png(encoded: str) -> str:
    """The picture in base64 if it is one, and no larger than a notebook should carry."""
    try:
        picture = base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        return ""
    return base64.b64encode(picture).decode() if picture.startswith(_PNG) and len(picture) <= PICTURE else ""


def _joined(outputs: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """What was printed in pieces as one text: stdout, then stderr, which would else change places from run to run."""
    for printed, group in groupby(outputs, lambda output: output.get("output_type") == "stream"):
        if not printed:
            yield from group
            continue
        pieces: dict[str, list[str]] = {"stdout": [], "stderr": []}
        for output in group:
            pieces["stderr" if output.get("name") == "stderr" else "stdout"].append(_text(output.get("text")))
        yield from ({"output_type": "stream", "name": name, "text": "".join(all_)} for name, all_ in pieces.items())


def _bounded(outputs: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    text, pictures = TEXT, PICTURES
    for output in outputs:
        match output["output_type"]:
            case "stream":
                if text > 0:
                    yield {**output, "text": _short(output["text"], text)}
                text -= len(output["text"])
            case "error":
                trace = [_short(line, TEXT // 20) for line in output["traceback"][-20:]]
                yield {**output, "evalue": _short(output["evalue"], TEXT // 20), "traceback": trace}
            case _ if text > 0 and pictures > 0:
                data = {**output["data"]}
                if "text/plain" in data:
                    data["text/plain"] = _short(data["text/plain"], text)
                    text -= len(data["text/plain"])
                pictures -= "image/png" in data
                yield {**output, "data": data}


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}\n{CUT}"
