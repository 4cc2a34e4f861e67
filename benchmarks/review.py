"""Time a review of a generated lab of 2,000 notes, as whole processes without a model: our own share of a run.

The notes are small_lab's, printed by the models, under 2,000 names, with links, tags and mentions among them; each is
as long as a real one. Exit 1 when the goal is missed.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import big_lab

from agents.lab.new import create

NOTES = 2000
ROUNDS = 3
GOAL = 5.0  # seconds


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        lab = create(Path(folder) / "lab", identity=("Bench", "bench@example.invalid"))
        big_lab.write(lab.root, NOTES)
        size = sum(path.stat().st_size for path in lab.root.rglob("*.md")) / 1e6
        env = {"PATH": os.environ["PATH"], "HOME": folder}
        command = [sys.executable, "-m", "agents.review", "--lab", str(lab.root), "--engine", "draft", "-q"]
        seconds = []
        for _ in range(ROUNDS + 1):
            shutil.rmtree(lab.root / "notes/reviews", ignore_errors=True)
            started = time.perf_counter()
            done = subprocess.run([*command, "--no-commit"], env=env, capture_output=True, text=True, check=False)
            seconds.append(time.perf_counter() - started)
            if done.returncode:
                print(f"the review ended with {done.returncode}: {done.stderr}")
                return 2
        written = (lab.root / done.stdout.strip()).stat().st_size / 1e6
    timed = seconds[1:]  # the first round fills caches
    print(f"review: {NOTES} notes, {size:.1f} MB; the review has {written:.1f} MB; {ROUNDS} rounds, whole processes")
    print(f"seconds: min {min(timed):.2f}, median {statistics.median(timed):.2f}, max {max(timed):.2f}, goal {GOAL}")
    missed = statistics.median(timed) > GOAL
    print("the goal was missed" if missed else "the goal is met")
    return int(missed)


if __name__ == "__main__":
    raise SystemExit(main())
