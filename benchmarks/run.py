"""Time the paper agent as whole processes, beside bare Python and `import anthropic`, interleaved: `make bench`.

Both services are loopback servers that answer at once, arXiv's answers are in the cache, so what is left is our own
share. The paper is the corpus's 15-page one where `../shared/corpus` is there, else the sample paper.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from fakes.arxiv_server import ArxivServer, Paper
from fakes.claude_server import ClaudeServer, good

from agents.lab.new import create
from agents.model.draft import draft
from agents.model.rendering import echo
from agents.source import pdf
from agents.source.document import Source

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT.parent / "shared" / "corpus" / "pdf" / "1706.03762-attention.pdf"
SAMPLE = ROOT / "examples" / "tiny-clip" / "paper.pdf"
ID = "1706.03762"
ROUNDS = 7
GOALS = {"--help": 0.3, "draft": 1.5, "claude": 1.0}  # seconds; claude beyond `import anthropic`
MEMORY = 400  # MB


def reply(source: Source) -> str:
    """An answer of Claude's that passes every check: the draft engine's, with what only a model can give filled in."""
    made = draft(source).model_dump(mode="json")
    made |= {"echo": echo(source).model_dump(), "tags": ["bench", "loopback"]}
    made["method"]["formulas"] = {"items": [], "none": "回放用的回复不含公式。"}
    made["experiments"]["ablation"] = {"rows": [], "contributions": [], "none": "回放用的回复不含消融。"}
    made["assessment"]["improvements"] = made["assessment"]["limitations"] = [
        {"text": "计时用。", "quote": "", "cells": []}
    ]
    return json.dumps(_in_chinese(made), ensure_ascii=False)


def _in_chinese(value: Any, key: str = "") -> Any:
    """What a draft says in the paper's own language would be asked about again."""
    if isinstance(value, dict):
        return {name: _in_chinese(one, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_in_chinese(one, key) for one in value]
    return "这一句只用来计时。" if key in {"summary", "background", "intuition", "text"} else value


def timed(command: list[str], env: dict[str, str]) -> tuple[float, int]:
    """Wall seconds and exit code of one whole process."""
    started = time.perf_counter()
    done = subprocess.run(command, env=env, capture_output=True, check=False)
    return time.perf_counter() - started, done.returncode


def main() -> int:
    path = CORPUS if CORPUS.exists() else SAMPLE
    document = pdf.read(path)
    paper = Paper(ID, title=document.title, authors=document.authors, pdf=path.read_bytes())
    source = Source("pdf", document.title, document.authors, document, sha256="0" * 64, arxiv=ID)
    with (
        tempfile.TemporaryDirectory() as folder,
        ArxivServer([paper]) as arxiv,
        ClaudeServer([good(reply(source))]) as claude,
    ):
        lab = create(Path(folder) / "lab", identity=("Bench", "bench@example.invalid"))
        env = {
            "PATH": os.environ["PATH"],
            "HOME": folder,
            "LAB_ARXIV_URL": arxiv.url,
            "LAB_ARXIV_DELAY": "0",
            "ANTHROPIC_BASE_URL": claude.url,
        }
        agent = [sys.executable, "-m", "agents.paper"]
        run = [*agent, ID, "--lab", str(lab.root), "--force"]
        commands = {
            "python": [sys.executable, "-c", "pass"],
            "import anthropic": [sys.executable, "-c", "import anthropic"],
            "--help": [*agent, "--help"],
            "draft": [*run, "--engine", "draft"],
            "claude": [*run, "--engine", "claude"],
        }
        seconds: dict[str, list[float]] = {name: [] for name in commands}
        for n in range(ROUNDS + 1):
            for name, command in commands.items():
                took, code = timed(command, env)
                if code:
                    print(f"{name} ended with {code}")
                    return 2
                if n:  # the first round fills caches
                    seconds[name].append(took)
        return report(path, seconds)


def report(path: Path, seconds: dict[str, list[float]]) -> int:
    """Print the table; 1 when a goal is missed."""
    seconds["claude"] = [a - b for a, b in zip(seconds["claude"], seconds["import anthropic"], strict=True)]
    print(f"paper: {path.name}, {ROUNDS} rounds, whole processes, seconds\n")
    print(f"{'':34}{'min':>7}{'median':>8}{'max':>7}{'goal':>7}")
    missed = False
    for name, values in seconds.items():
        label = "claude beyond import anthropic" if name == "claude" else name
        goal = GOALS.get(name)
        missed |= goal is not None and statistics.median(values) > goal
        print(f"{label:34}{min(values):7.2f}{statistics.median(values):8.2f}{max(values):7.2f}{goal or '':>7}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    print(f"\npeak memory of the largest process: {peak:.0f} MB (goal {MEMORY})")
    print("a goal was missed" if missed or peak > MEMORY else "all goals met")
    return int(missed or peak > MEMORY)


if __name__ == "__main__":
    raise SystemExit(main())
