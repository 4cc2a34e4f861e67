"""Extraction against hand-read truth, and against the time of plain text extraction on the same files.

    python benchmarks/extraction.py [ROUNDS]

Exit 1 when a goal is missed, 2 where the corpus of real papers is not beside the project.
"""

import json
import re
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from agents.source.document import Document
from agents.source.pdf import load_mupdf, read

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
COUNTS = ("references", "tables", "figures", "equations")
MAX_RATIO = 2.0  # of the time of plain text, over all files
MAX_OFF = 0.05  # of a count, summed over the papers


def normal(text: str) -> str:
    """Casefolded, spaces and quotes alike, the dot behind a section number off."""
    text = re.sub(r"^(\d+|[A-Z])\.\s", r"\1 ", text.translate(str.maketrans("’‘“”", "''\"\"")))
    return re.sub(r"\s+", " ", text).strip().casefold()


def plain_text(path: Path) -> None:
    """What is compared with: PyMuPDF's own text of every page."""
    with load_mupdf().open(path) as document:
        for page in document:
            page.get_text()


def seconds(action: Any, path: Path) -> float:
    """CPU seconds: the machine may be shared."""
    start = time.process_time()
    action(path)
    return time.process_time() - start


def time_all(paths: list[Path], rounds: int) -> float:
    """Print a line a file; return the ratio over all of them."""
    print(f"{'file':<34}{'pages':>6}{'get_text ms':>13}{'read ms':>10}{'ratio':>8}")
    plain, ours = 0.0, 0.0
    for path in paths:
        times = [(seconds(plain_text, path), seconds(read, path)) for _ in range(rounds)]
        low, high = (statistics.median(column) for column in zip(*times, strict=True))
        plain, ours = plain + low, ours + high
        with load_mupdf().open(path) as document:
            pages = len(document)
        print(f"{path.name:<34}{pages:>6}{low * 1000:>13.1f}{high * 1000:>10.1f}{high / low:>8.2f}")
    print(f"{'all':<34}{'':>6}{plain * 1000:>13.1f}{ours * 1000:>10.1f}{ours / plain:>8.2f}\n")
    return ours / plain


def found_counts(document: Document) -> dict[str, int]:
    return {name: len(getattr(document, name)) for name in COUNTS}


def wrong_parts(document: Document, truth: dict[str, Any]) -> list[str]:
    """Which of title, authors and top-level sections are not as a person reads them."""
    sections = [normal(section.heading) for section in document.sections if section.level == 1]
    names = [normal(name) for name in document.authors]
    lasts = [normal(name) for name in truth["authors"]]
    right = {
        "title": normal(document.title) == normal(truth["title"]),
        "authors": len(names) == len(lasts) and all(a.endswith(b) for a, b in zip(names, lasts, strict=True)),
        "sections": sections == [normal(section) for section in truth["sections"]],
    }
    return [part for part, ok in right.items() if not ok]


def count_all(papers: dict[str, dict[str, Any]]) -> list[str]:
    """Print a line a paper; return the goals that were missed."""
    missed, sums = [], {name: [0, 0] for name in COUNTS}
    print(f"{'paper':<14}{'title, authors, sections':<28}" + "".join(f"{name:>14}" for name in COUNTS))
    for paper, truth in papers.items():
        document = read(CORPUS / truth["file"])
        wrong, found = wrong_parts(document, truth), found_counts(document)
        missed += [f"{part} of {paper}" for part in wrong]
        for name in COUNTS:
            sums[name][0] += found[name]
            sums[name][1] += truth["counts"][name]
        shown = "".join(f"{found[name]}/{truth['counts'][name]}".rjust(14) for name in COUNTS)
        print(f"{paper:<14}" + (f"wrong: {', '.join(wrong)}" if wrong else "right").ljust(28) + shown)
    print(f"{'all':<42}" + "".join(f"{found}/{true}".rjust(14) for found, true in sums.values()))
    return missed + [name for name, (found, true) in sums.items() if abs(found - true) > MAX_OFF * true]


def main() -> int:
    if not (CORPUS / "truth.json").is_file():
        print("extraction: no corpus of real papers beside the project, nothing measured", file=sys.stderr)
        return 2
    facts = json.loads((CORPUS / "truth.json").read_text(encoding="utf-8"))
    papers = {paper: truth for paper, truth in facts.items() if paper != "_meta" and truth["file"]}
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    ratio = time_all([CORPUS / truth["file"] for truth in papers.values()], rounds)
    missed = count_all(papers)
    if ratio > MAX_RATIO:
        missed.append(f"time: {ratio:.2f} x plain text, goal {MAX_RATIO} x")
    print("\nmissed: " + "; ".join(missed) if missed else f"\nall goals met, at {ratio:.2f} x the time of plain text")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
