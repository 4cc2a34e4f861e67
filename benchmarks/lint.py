"""Time `python -m agents.lint` over 100 notes as whole processes, beside bare Python: part of `make bench`.

80 notes are the draft of the sample paper, each with an id of its own; 20 are random concept notes that link to them.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from random_notes import Dice

from agents import paper
from agents.lab.find import READING_LIST, Lab
from agents.lab.new import create
from agents.lab.reading_list import Row, upsert
from agents.note.markdown import parse, render
from agents.note.note import fingerprint
from agents.note.paper import PaperNote

SAMPLE = Path(__file__).resolve().parents[1] / "examples" / "tiny-clip" / "paper.pdf"
PAPERS, CONCEPTS = 80, 20
ROUNDS = 7
GOAL = 3.0  # seconds


def fill(lab: Lab) -> None:
    """A hundred notes without an error, and a row for each paper."""
    listed = (lab.root / READING_LIST).read_bytes()
    os.environ["LAB_DIR"] = str(lab.root)
    if paper.main([str(SAMPLE), "--engine", "draft", "--no-commit", "-q"]):
        raise SystemExit(2)
    made = lab.root / "papers" / "tiny-clip.md"
    note = parse(made.read_text(encoding="utf-8"), PaperNote)
    made.unlink()
    for n in range(PAPERS):
        own = {"arxiv": f"2301.{n:05}", "sha256": f"{n:064x}", "title": f"Paper {n}"}
        copy = note.model_copy(update=own)
        copy = copy.model_copy(update={"written": fingerprint(copy)})
        (lab.root / "papers" / f"paper-{n}.md").write_text(render(copy), encoding="utf-8")
        listed = upsert(listed, Row(copy.title, copy.arxiv, 2023, f"paper-{n}.md", "reading"))
    (lab.root / READING_LIST).write_bytes(listed)
    for n in range(CONCEPTS):
        concept = Dice(n).note_of("concept").model_copy(update={"engine": "draft", "related": (), "own_sections": ()})
        links = f"\n见 [论文](../../papers/paper-{n}.md#背景与动机-)。\n"
        text = render(concept.model_copy(update={"remarks": links}))
        (lab.root / "notes" / "training" / f"concept-{n}.md").write_text(text, encoding="utf-8")


def timed(command: list[str]) -> tuple[float, subprocess.CompletedProcess[str]]:
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return time.perf_counter() - started, done


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        lab = create(Path(folder) / "lab", identity=("Bench", "bench@example.invalid"))
        fill(lab)
        commands = {
            "python": [sys.executable, "-c", "pass"],
            "lint": [sys.executable, "-m", "agents.lint", "--lab", str(lab.root)],
        }
        seconds: dict[str, list[float]] = {name: [] for name in commands}
        for n in range(ROUNDS + 1):
            for name, command in commands.items():
                took, done = timed(command)
                if done.returncode or (
                    name == "lint" and not done.stderr.startswith(f"{PAPERS + CONCEPTS} notes: 0 e")
                ):
                    print(f"{name} ended with {done.returncode}: {done.stdout}{done.stderr}")
                    return 2
                if n:  # the first round fills the disk's cache
                    seconds[name].append(took)
        size = sum(path.stat().st_size for path in lab.root.glob("[pn]*/**/*.md")) // 1000
    print(f"lint of {PAPERS + CONCEPTS} notes ({size} kB), {ROUNDS} rounds, whole processes, seconds\n")
    print(f"{'':34}{'min':>7}{'median':>8}{'max':>7}{'goal':>7}")
    for name, values in seconds.items():
        goal = GOAL if name == "lint" else ""
        print(f"{name:34}{min(values):7.2f}{statistics.median(values):8.2f}{max(values):7.2f}{goal:>7}")
    missed = statistics.median(seconds["lint"]) > GOAL
    print("\nthe goal was missed" if missed else "\nthe goal is met")
    return int(missed)


if __name__ == "__main__":
    raise SystemExit(main())
