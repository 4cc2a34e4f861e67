"""The 当前进度 block of the lab's README.md: how far the reading list is, stage by stage. Between markers; pure.

<!-- progress: begin -->
- [ ] 阶段一：Transformer 与 LLM 基础（✅ 3 / 📖 1 / 共 14 篇）
<!-- progress: end -->
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from agents.errors import OverwriteError
from agents.lab.reading_list import Row, Status

README = "README.md"
BEGIN, END = "<!-- progress: begin -->", "<!-- progress: end -->"
_STAGE = re.compile(r"[-*+] \[[ xX]\] (.*?)(?:（(?:✅ \d+ / 📖 \d+ / 共 \d+ 篇|还没有论文)）)?\s*$")
_HAN = "一二三四五六七八九十"
_NUMERAL = rf"(?:\d+|[{_HAN}①-⑳Ⅰ-Ⅻ])"
_NUMBERED = re.compile(rf"(?:阶段|stage|phase|第)\s*({_NUMERAL})|({_NUMERAL})\s*[.、:：)）]", re.IGNORECASE)


def block(names: Sequence[str], rows: Sequence[Row]) -> str:
    """The lines between the markers, both included. A name that says no number is that of the n-th stage."""
    counts: dict[int, Counter[Status]] = {}
    for row in rows:
        counts.setdefault(stage_number(row.stage), Counter())[row.status] += 1
    named = {_own_number(name) or n: name for n, name in enumerate(names, start=1)}
    if len(named) < len(names):  # two say the same: then only their order tells
        named = dict(enumerate(names, start=1))
    lines = [_line(name, counts.get(n, Counter())) for n, name in named.items()]
    lines += [_line(f"阶段 {n}", counts[n]) for n in sorted(counts.keys() - named.keys() - {0})]
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


def _own_number(name: str) -> int:
    """3 for "阶段三：…", "Stage 3 …"; 0 for a name without, whatever figures it holds ("GPT-4")."""
    found = _NUMBERED.match(name)
    return stage_number(found[1] or found[2]) if found else 0


def stage_number(stage: str) -> int:
    """3 for "3", "阶段三", "③", "Ⅲ"; 0 where no stage is named."""
    found = re.search(_NUMERAL, stage)
    if not found:
        return 0
    return int(found[0]) if found[0].isdecimal() else int(unicodedata.numeric(found[0]))
