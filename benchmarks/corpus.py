"""The real papers beside the project, what is said of them, and how a measure is shown."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.source.pdf import load_mupdf

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT.parent / "shared" / "corpus"
TRUTH = CORPUS / "truth.json"


@dataclass(frozen=True, slots=True)
class Measure:
    """A line of the table of goals. `met` is None where it could not be measured, which counts as missed."""

    name: str
    value: str
    goal: str
    met: bool | None
    note: str = ""


def unmeasured(name: str, goal: str, why: str) -> Measure:
    return Measure(name, "-", goal, None, why)


def show(measures: Iterable[Measure]) -> None:
    words = {True: "met", False: "missed", None: "not measured"}
    print(f"\n{'measure':<50}{'value':>12}  {'goal':<14}")
    for one in measures:
        note = f"  ({one.note})" if one.note else ""
        print(f"{one.name:<50}{one.value:>12}  {one.goal:<14}{words[one.met]}{note}")


def papers() -> dict[str, dict[str, Any]]:
    """What a person reads in each paper whose PDF is there."""
    facts = json.loads(TRUTH.read_text(encoding="utf-8"))
    return {paper: truth for paper, truth in facts.items() if paper != "_meta" and truth["file"]}


def paper_files() -> list[Path]:
    return sorted((CORPUS / "pdf").glob("*.pdf"))


def text_files() -> list[Path]:
    """PDFs with their whole text, made by hand, in a .txt beside each."""
    return sorted(path for path in (CORPUS / "text-truth").glob("*.pdf") if path.with_suffix(".txt").is_file())


def plain_pages(path: Path) -> list[str]:
    """What is compared with: PyMuPDF's own text of every page."""
    with load_mupdf().open(path) as document:
        return [page.get_text() for page in document]
