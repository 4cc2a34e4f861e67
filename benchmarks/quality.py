"""Text quality beside the peers, on PDFs whose text was made by hand, and what each tool's CPU time was for it.

A tool's text is scored as it comes and as the py-pdf benchmark mends it (score.mend), and its better mean counts. Ours
is scored as it comes. "ours" is `Document.printed`, the pages line by line as they are printed, in which quotes are
looked up. The hand-made text is broken into lines in the same way, as the peers' is. What the model is shown is made
of the blocks, a paragraph each and tables in cells; "ours, as blocks" shows these, which no goal is measured on.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from corpus import Measure, plain_pages, text_files, unmeasured
from peers import PEERS, SLOW
from rivals import Rival, rivals
from score import mend, ratio, universal

from agents.source.pdf import read

ROUNDS = 3  # the slow peers get one
LEAD = 0.004
FASTER = 80
OURS, BLOCKS, PLAIN = "ours", "ours, as blocks", "get_text()"


@dataclass
class Tool:
    """What one tool did: by file, its two scores and its fastest round."""

    raw: dict[str, float] = field(default_factory=dict)
    mended: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def score(self) -> float:
        return max(statistics.mean(scores.values()) for scores in (self.raw, self.mended))

    @property
    def whole(self) -> float:
        return sum(self.seconds.values())


def printed(path: Path) -> Sequence[str]:
    return read(path).printed


def blocks(path: Path) -> list[str]:
    return ["\n".join(block.text for block in read(path).blocks)]


LOCAL: dict[str, Callable[[Path], Sequence[str]]] = {OURS: printed, BLOCKS: blocks, PLAIN: plain_pages}


def _local(name: str, path: Path) -> tuple[list[str], list[str], float]:
    start = time.process_time()
    pages = list(LOCAL[name](path))
    seconds = time.process_time() - start
    return pages, [str(number + 1) for number in range(len(pages))], seconds


def _note(tool: Tool, path: Path, pages: list[str], labels: list[str], seconds: float, *, mending: bool) -> None:
    name = path.stem
    tool.seconds[name] = min(seconds, tool.seconds.get(name, seconds))
    if name not in tool.raw:
        truth, pages = path.with_suffix(".txt").read_text(encoding="utf-8"), list(map(universal, pages))
        tool.raw[name] = ratio(truth, "\n".join(pages))
        tool.mended[name] = ratio(truth, mend(pages, labels)) if mending else tool.raw[name]


def run(python: Path) -> tuple[dict[str, Tool], dict[str, str]]:
    """The tools that read every file, and why each of the others did not."""
    tools = {name: Tool() for name in (*LOCAL, *PEERS)}
    failed: dict[str, str] = {}
    started = rivals(python)
    try:
        for path in text_files():
            for number in range(ROUNDS):
                for name in LOCAL:
                    _note(tools[name], path, *_local(name, path), mending=name == PLAIN)
                _ask(started, path, tools, failed, first=not number)
    finally:
        for rival in started:
            rival.close()
    return {name: tool for name, tool in tools.items() if name not in failed}, failed


def _ask(started: list[Rival], path: Path, tools: dict[str, Tool], failed: dict[str, str], *, first: bool) -> None:
    """One round of all peers on one file."""
    for rival in started:
        if rival.name in failed or not (first or rival.name not in SLOW):
            continue
        if (said := rival.read(path)) is None:
            failed[rival.name] = rival.why()
        else:
            _note(tools[rival.name], path, said["pages"], said["labels"], said["seconds"], mending=True)


def best_peer(tools: dict[str, Tool]) -> float:
    return max((tool.score for name, tool in tools.items() if name in PEERS), default=float("nan"))


def show(tools: dict[str, Tool], failed: dict[str, str]) -> None:
    files = list(tools[OURS].raw)
    print(f"text quality against hand-made text ({len(files)} files), CPU seconds\n")
    print(
        f"{'tool':<16}"
        + "".join(f"{name:>12}" for name in files)
        + f"{'mean':>9}{'as is':>8}{'seconds':>9}{'x ours':>8}"
    )
    for name, tool in sorted(tools.items(), key=lambda item: -item[1].score):
        as_is = statistics.mean(tool.raw.values())
        better = tool.raw if as_is >= statistics.mean(tool.mended.values()) else tool.mended
        scores = "".join(f"{better[file]:>12.4f}" for file in files)
        print(
            f"{name:<16}{scores}{tool.score:>9.4f}{as_is:>8.4f}{tool.whole:>9.2f}{tool.whole / tools[OURS].whole:>8.1f}"
        )
    for name, why in failed.items():
        print(f"{name:<16}did not read them: {why}")


def measures(tools: dict[str, Tool]) -> list[Measure]:
    mine, best = tools[OURS].score, best_peer(tools)
    found = [Measure("text, above the best peer", f"{mine - best:+.4f}", f">= {LEAD}", mine - best >= LEAD)]
    if "pymupdf4llm" in tools:
        faster = tools["pymupdf4llm"].whole / tools[OURS].whole
        found.append(Measure("times faster than pymupdf4llm", f"{faster:.0f}", f">= {FASTER}", faster >= FASTER))
    else:
        found.append(unmeasured("times faster than pymupdf4llm", f">= {FASTER}", "it did not read the files"))
    return found
