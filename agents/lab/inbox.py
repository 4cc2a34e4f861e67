"""`weekly-log/inbox.md`: a line for whatever comes to mind in the week. Pure: bytes in, bytes out.

    - 读完了 DPO 的推导
    - 卡住：Q-Former 为什么要分两个阶段训练
    ？KL 项的系数怎么选

A line is something done, unless it says that the person is stuck: it begins with 卡住：, 问题：, stuck: or a question
mark, or it ends with one. Headings, comments and blank lines are the person's and stay.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

from agents.errors import DataError
from agents.lab import tables
from agents.lab.inventory import INBOX

LONGEST = 1000  # characters of one line
_LARGEST = 200_000  # bytes
_BULLET = re.compile(r"(?:[-*+•]|\d{1,3}[.)]|\[[ xX]\])(?:\s+|$)|\d{1,3}、\s*")
_STUCK = re.compile(r"(?:卡住|卡点|问题|疑问|stuck)\s*[:：]\s*|[?？]+\s*", re.IGNORECASE)
_DONE = re.compile(r"(?:完成|done)\s*[:：]\s*", re.IGNORECASE)
_NOT_SAID = re.compile(r"#{1,6}(\s|$)|<!--|([-*_=])(\s*\2){2,}$|```|~~~")


@dataclass(frozen=True, slots=True)
class Jotted:
    """What the inbox says, and the very lines that say it."""

    done: tuple[str, ...] = ()
    stuck: tuple[str, ...] = ()
    lines: Counter[str] = field(default_factory=Counter)


def read(data: bytes) -> Jotted:
    """What stands in the inbox. DataError when it cannot be read for certain; then nothing is taken out of it."""
    if len(data) > _LARGEST:
        raise DataError(f"{INBOX} is larger than {_LARGEST} bytes", "keep only short lines in it")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        at = data.count(b"\n", 0, error.start) + 1
        raise DataError(f"{INBOX} line {at} is not UTF-8", "save the file as UTF-8") from error
    done: list[str] = []
    stuck: list[str] = []
    used = Counter[str]()
    is_comment = False
    for number, line in enumerate(tables.lines_of(text), start=1):
        said = line.strip(tables.BLANK)
        opens = said.startswith("<!--") or is_comment
        is_comment = opens and "-->" not in said
        if opens or not said or _NOT_SAID.match(said):
            continue
        if len(said) > LONGEST:
            raise DataError(f"{INBOX} line {number} is longer than {LONGEST} characters", "cut it into lines")
        words, is_stuck = _parted(said)
        if words:
            (stuck if is_stuck else done).append(words)
            used[_bare(line)] += 1
    return Jotted(tuple(done), tuple(stuck), used)


def without(data: bytes, lines: Counter[str]) -> bytes:
    """The inbox without these lines, each as often as it was read; whatever else stands there by now stays."""
    left = Counter(lines)
    kept = []
    for line in tables.lines_of(data.decode("utf-8", "surrogateescape")):
        if left[_bare(line)] > 0:
            left[_bare(line)] -= 1
        else:
            kept.append(line)
    return "".join(kept).encode("utf-8", "surrogateescape")


def _bare(line: str) -> str:
    return line.rstrip("\r\n")


def _parted(said: str) -> tuple[str, bool]:
    """The words without list marks and label, and whether they say that the person is stuck."""
    words = said
    while mark := _BULLET.match(words):
        words = words[mark.end() :]
    if label := _STUCK.match(words):
        return words[label.end() :].strip(), True
    if label := _DONE.match(words):
        return words[label.end() :].strip(), False
    return words, words.endswith(("?", "？"))
