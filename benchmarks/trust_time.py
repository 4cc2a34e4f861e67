"""How long the checks of one note take: a draft of a 15-page paper, without formulas and with six of them."""

import sys
import time
from pathlib import Path

from corpus import Measure, unmeasured
from known_formulas import formulas

from agents.model.draft import draft
from agents.note.formula import Formulas
from agents.note.paper import PaperReply
from agents.source.document import Source
from agents.source.pdf import read
from agents.trust import alone, sourced

PAPER = Path("pdf") / "1706.03762-attention.pdf"
ROUNDS = 7
GOAL, GOAL_KATEX = 0.15, 0.7  # seconds
_KATEX = "pykatex"


def seconds(reply: PaperReply, source: Source) -> float:
    """The paper made ready, and all checks of one note about it; what other programs take meanwhile does not count."""
    started = time.process_time()
    paper = sourced.grounds(source)
    sourced.outcomes(reply, paper)
    alone.outcomes(reply)
    return time.process_time() - started


def with_formulas(reply: PaperReply, items: list[dict[str, object]]) -> PaperReply:
    found = Formulas.model_validate({"items": items, "none": "" if items else "这里不列公式。"})
    return reply.model_copy(update={"method": reply.method.model_copy(update={"formulas": found})})


def measures(corpus: Path) -> list[Measure]:
    """The first check with formulas loads KaTeX; it must be the first in this process."""
    document = read(corpus / PAPER)
    source = Source("pdf", document.title, document.authors, document, sha256="0" * 64, file=PAPER.name)
    made = draft(source)
    known = [one.data for paper in ("1706.03762", "2106.09685") for one in formulas(paper, exact=False)[::2]]
    plain = min(seconds(with_formulas(made, []), source) for _ in range(ROUNDS))
    first = seconds(with_formulas(made, known[:6]), source)
    names = ("checking one note", "checking one note, KaTeX loaded for it")
    goals = (f"<= {GOAL * 1000:.0f} ms", f"<= {GOAL_KATEX * 1000:.0f} ms")
    loaded = _KATEX in sys.modules
    return [
        Measure(names[0], f"{plain * 1000:.0f} ms", goals[0], plain <= GOAL, f"best of {ROUNDS}"),
        Measure(names[1], f"{first * 1000:.0f} ms", goals[1], first <= GOAL_KATEX)
        if loaded
        else unmeasured(names[1], goals[1], "KaTeX was not asked"),
    ]
