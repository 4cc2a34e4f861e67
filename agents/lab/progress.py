"""The 当前进度 block of the lab's README.md: how far the reading list is, stage by stage. Between markers; pure.

<!-- progress: begin -->
- [ ] 阶段一：Transformer 与 LLM 基础（✅ 3 / 📖 1 / 共 14 篇）
<!-- progress: end -->
"""

import re
from collections import Counter
from collections.abc import Sequence

from agents.errors import OverwriteError
from agents.lab.reading_list import Row, Status

README = "README.md"
BEGIN, END = "<!-- progress: begin -->", "<!-- progress: end -->"
_STAGE = re.compile(r"- \[[ xX]\] (.*?)(?:（(?:✅ \d+ / 📖 \d+ / 共 \d+ 篇|还没有论文)）)?\s*$")
_DIGITS = "〇一二三四五六七八九"


def block(names: Sequence[str], rows: Sequence[Row]) -> str:
    """The lines between the markers, both included; the n-th name is that of stage n."""
    counts: dict[int, Counter[Status]] = {}
    for row in rows:
        counts.setdefault(stage_number(row.stage), Counter())[row.status] += 1
    last = max(len(names), *counts) if counts else len(names)
    lines = [_line(name, counts.get(n, Counter())) for n, name in enumerate(names, start=1)]
    lines += [_line(f"阶段 {n}", counts[n]) for n in range(len(names) + 1, last + 1) if n in counts]
    return "\n".join([BEGIN, *lines, END])


def refreshed(readme: bytes, rows: Sequence[Row]) -> bytes:
    """README.md with its block as the reading list has it by now; every other byte stays. Without markers: as it is.

    The names of the stages are the person's: they are taken from the block. OverwriteError for a damaged block.
    """
    text = readme.decode("utf-8", "surrogateescape")
    begins, ends = text.count(BEGIN), text.count(END)
    if not begins and not ends:
        return readme
    start, stop = text.find(BEGIN), text.find(END)
    if (begins, ends) != (1, 1) or stop < start:
        raise OverwriteError(
            f"{README}: the progress block is damaged ({begins} × {BEGIN}, {ends} × {END})",
            "leave one of each, in this order; what stands between them is ours",
        )
    inside = text[start + len(BEGIN) : stop].split("\n")
    names = [found[1] for line in inside if (found := _STAGE.match(line.strip()))]
    ending = "\r\n" if "\r\n" in text[start:stop] else "\n"
    new = block(names, rows).replace("\n", ending)
    return f"{text[:start]}{new}{text[stop + len(END) :]}".encode("utf-8", "surrogateescape")


def _line(name: str, counts: Counter[Status]) -> str:
    of = counts.total()
    told = f"✅ {counts['read']} / 📖 {counts['reading']} / 共 {of} 篇" if of else "还没有论文"
    return f"- [{'x' if of and counts['read'] == of else ' '}] {name}（{told}）"


def stage_number(stage: str) -> int:
    """3 for "3", "阶段三"; 0 where no stage is named."""
    if found := re.search(r"\d+", stage):
        return int(found[0])
    return next((_DIGITS.index(char) for char in stage if char in _DIGITS), 0)
