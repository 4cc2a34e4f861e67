"""Time `python -m agents.lint` over 100 notes as whole processes, beside bare Python: part of `make bench`.

80 notes are the draft of the sample paper, each with an id and a kept source of its own, which is as long as a usual
paper (20 pages), and with formulas that no other note has; 20 are random concept notes that link to them. Cold: nothing
is known of any note. Unchanged: run once more. One note: what its check takes in a new process that has loaded our own
code, with its formulas (KaTeX is loaded then) and without.
"""

import os
import statistics
import string
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from random_notes import Dice

from agents import paper
from agents.lab.find import READING_LIST, Lab
from agents.lab.new import create
from agents.lab.reading_list import Row, upsert
from agents.note.formula import Formulas, Symbol
from agents.note.markdown import parse, render
from agents.note.note import fingerprint
from agents.note.paper import PaperNote
from agents.source import gather, kept
from agents.source.ids import ArxivId

SAMPLE = Path(__file__).resolve().parents[1] / "examples" / "tiny-clip" / "paper.pdf"
PAPERS, CONCEPTS = 80, 20
ROUNDS = 7
WITH, WITHOUT = "one note, with KaTeX", "one note, without"
GOALS = {"lint, cold": 3.0, "lint, unchanged": 1.0, WITHOUT: 0.15, WITH: 0.7}  # seconds
ONE = """
import sys, time
from pathlib import Path
from agents.lab import pages
from agents.recipes import lint_checks
lab, path = Path(sys.argv[1]), sys.argv[2]
text, claude_md = ((lab / name).read_text(encoding="utf-8") for name in (path, "CLAUDE.md"))
started = time.perf_counter()
lint_checks.checked(pages.page(path, text), claude_md, lab / ".lab" / "cache")
print(time.perf_counter() - started)
"""
TIMES = 5  # as many pages as the sample has


def fill(lab: Lab) -> None:
    """A hundred notes without an error, and a row for each paper."""
    listed = (lab.root / READING_LIST).read_bytes()
    os.environ["LAB_DIR"] = str(lab.root)
    if paper.main([str(SAMPLE), "--engine", "draft", "--no-commit", "-q"]):
        raise SystemExit(2)
    made = lab.root / "papers" / "tiny-clip.md"
    note = parse(made.read_text(encoding="utf-8"), PaperNote)
    made.unlink()
    source = gather.again(note.sha256, note.source, ArxivId(""), lab.cache)
    if source is None:
        raise SystemExit(2)
    blocks = tuple(replace(block, text=other(block.text, n)) for n in range(TIMES) for block in source.document.blocks)
    longer = replace(source.document, blocks=blocks, pages=source.document.pages * TIMES)
    for n in range(PAPERS):
        own = {"arxiv": f"2301.{n:05}", "sha256": f"{n:064x}", "title": f"Paper {n}"}
        kept.keep(replace(source, document=longer, sha256=own["sha256"]), lab.cache)
        copy = with_formulas(note.model_copy(update=own), n)
        copy = copy.model_copy(update={"written": fingerprint(copy)})
        (lab.root / "papers" / f"paper-{n}.md").write_text(render(copy), encoding="utf-8")
        listed = upsert(listed, Row(copy.title, copy.arxiv, 2023, f"paper-{n}.md", "reading"))
    (lab.root / READING_LIST).write_bytes(listed)
    for n in range(CONCEPTS):
        concept = Dice(n).note_of("concept").model_copy(update={"engine": "draft", "related": (), "own_sections": ()})
        links = f"\n见 [论文](../../papers/paper-{n}.md#背景与动机-)。\n"
        text = render(concept.model_copy(update={"remarks": links}))
        (lab.root / "notes" / "training" / f"concept-{n}.md").write_text(text, encoding="utf-8")


def other(text: str, n: int) -> str:
    """The text with other letters and digits: as long, and it says nothing that the first one says."""
    letters, digits = string.ascii_lowercase, string.digits
    return text.translate(str.maketrans(letters + digits, letters[n:] + letters[:n] + digits[n:] + digits[:n]))


def with_formulas(note: PaperNote, n: int) -> PaperNote:
    """The note with TeX in each of its formulas; none of it stands in another note. The first one has none."""
    symbols = (Symbol(symbol=rf"\mathcal{{L}}_{{{n}}}", meaning="损失"), Symbol(symbol="x", meaning="输入"))
    items = [
        item.model_copy(
            update={"tex": rf"\mathcal{{L}}_{{{n}}} = \frac{{{at}}}{{2}} \sum x^{{{n}}}", "symbols": symbols}
        )
        for at, item in enumerate(note.method.formulas.items)
        if n
    ]
    formulas = Formulas(items=tuple(items), none="" if items else "这里没有公式")
    return note.model_copy(update={"method": note.method.model_copy(update={"formulas": formulas})})


def process(command: list[str], says: str = "") -> float:
    """Seconds of a whole process that must end well."""
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    took = time.perf_counter() - started
    if done.returncode or not done.stderr.startswith(says) or ": source: " in done.stdout:
        print(f"{command} ended with {done.returncode}: {done.stdout}{done.stderr}")
        raise SystemExit(2)
    return took


def one_note(lab: Lab, path: str) -> float:
    """Seconds for one note against its paper."""
    command = [sys.executable, "-c", ONE, str(lab.root), path]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        lab = create(Path(folder) / "lab", identity=("Bench", "bench@example.invalid"))
        fill(lab)
        lint = [sys.executable, "-m", "agents.lint", "--lab", str(lab.root)]
        says = f"{PAPERS + CONCEPTS} notes: 0 e"

        def cold() -> float:
            (lab.cache / "lint.json").unlink(missing_ok=True)
            return process(lint, says)

        measures: dict[str, Callable[[], float]] = {
            "python": lambda: process([sys.executable, "-c", "pass"]),
            "lint, cold": cold,
            "lint, unchanged": lambda: process(lint, says),
            WITHOUT: lambda: one_note(lab, "papers/paper-0.md"),
            WITH: lambda: one_note(lab, "papers/paper-1.md"),
        }
        rounds = [{name: measure() for name, measure in measures.items()} for _ in range(ROUNDS + 1)]
        size = sum(path.stat().st_size for path in lab.root.glob("[pn]*/**/*.md")) // 1000
    print(f"lint of {PAPERS + CONCEPTS} notes ({size} kB), {ROUNDS} rounds, whole processes, seconds\n")
    print(f"{'':34}{'min':>7}{'median':>8}{'max':>7}{'goal':>7}")
    missed = False
    for name in measures:
        values = [one[name] for one in rounds[1:]]  # the first round fills the disk's cache
        median = statistics.median(values)
        missed |= median > GOALS.get(name, median)
        print(f"{name:34}{min(values):7.2f}{median:8.2f}{max(values):7.2f}{GOALS.get(name, ''):>7}")
    print("\na goal was missed" if missed else "\nthe goals are met")
    return int(missed)


if __name__ == "__main__":
    raise SystemExit(main())
