"""A lab's life, each step a process of its own: made by init, filled by the other agents, checked by lint.

Once with Claude (on loopback) and once without any model. Every commit holds exactly the files that its agent wrote.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from fakes.arxiv_server import ArxivServer, Paper
from fakes.claude_server import Behaviour, ClaudeServer, good
from real_git import run_git
from record import ABSTRACT, AUTHORS, ID, TITLE, make, replies

ROOT = Path(__file__).resolve().parents[1]
TODAY = date.today()  # noqa: DTZ011 - as the agents see it, in a process of their own
SAMPLE = ROOT / "examples/tiny-clip/paper.pdf"
IDENTITY = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.invalid",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.invalid",
}


class Person:
    """Someone in a lab with a terminal: runs agents as processes, from inside the lab, with nothing but PATH set."""

    def __init__(self, home: Path, arxiv: ArxivServer) -> None:
        self.lab = home / "我的 lab"
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "GIT_CONFIG_NOSYSTEM": "1",
            **IDENTITY,
            **arxiv.environment,
        }

    def run(self, agent: str, *arguments: str, says: Sequence[Behaviour] = (), where: Path | None = None):
        """One command; `says` are Claude's answers in it, none for a run without a key."""
        command = [sys.executable, "-m", f"agents.{agent}", *arguments]
        with ClaudeServer(list(says), model="claude-sonnet-5-5") as claude:
            env = self.env | ({"ANTHROPIC_BASE_URL": claude.url} if says else {})
            done = subprocess.run(
                command, cwd=where or self.lab, env=env, capture_output=True, text=True, check=False, timeout=120
            )
            assert len(claude.requests) == len(says), done.stderr
        return done

    def writes(self, path: str, files: set[str], agent: str, *arguments: str, says: Sequence[Behaviour] = ()) -> None:
        """A run that ends well, prints `path`, and makes one commit of exactly `files`."""
        before = run_git(self.lab, "rev-parse", "HEAD").strip()
        done = self.run(agent, *arguments, says=says)
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == path
        assert run_git(self.lab, "rev-list", "--count", f"{before}..HEAD").strip() == "1"
        named = run_git(self.lab, "show", "--name-only", "--format=", "-z", "HEAD").strip("\0\n").split("\0")
        assert set(named) == files
        assert run_git(self.lab, "status", "--porcelain") == ""


@pytest.fixture
def person(tmp_path):
    blip2 = Paper(ID, title=TITLE, authors=AUTHORS, abstract=ABSTRACT, version=3, pdf=make())
    with ArxivServer([blip2]) as arxiv:
        yield Person(tmp_path, arxiv)


def made(person: Person) -> None:
    done = person.run("init", str(person.lab), where=person.lab.parent)
    assert done.returncode == 0, done.stderr
    assert run_git(person.lab, "rev-list", "--count", "HEAD").strip() == "1"
    assert not (person.lab / "agents").exists()


def is_clean(person: Person) -> None:
    done = person.run("lint")
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def fitting(review):
    """Claude's review of whatever lab it is shown: the recorded words, on the weak spots and sections that there are."""

    def behaviour(reply):
        parts = reply.seen.body["output_config"]["format"]["schema"]["$defs"]
        spots, sections = (
            parts[part]["properties"][key].get("enum") or [parts[part]["properties"][key]["const"]]
            for part, key in (("Explanation", "spot"), ("SelfTest", "section"))
        )
        weak = [{**review["weak"][0], "spot": spot} for spot in spots]
        quiz = [
            {
                "section": sections[n % len(sections)],
                "question": f"{test['question']}（第 {n} 题）",
                "answer": "见这一节。",
            }
            for n, test in enumerate(review["quiz"])
        ]
        good(json.dumps({**review, "weak": weak, "quiz": quiz}, ensure_ascii=False))(reply)

    return behaviour


def test_a_lab_is_filled_with_claude_and_lint_finds_nothing_wrong(person):
    made(person)
    log = f"weekly-log/{TODAY:%G-W%V}.md"
    paper, concept = "papers/blip-2.md", "notes/multimodal-arch/cross-attention.md"
    notebook, review = "experiments/notebooks/tiny-clip-contrastive.ipynb", f"notes/reviews/{TODAY}.md"
    said = {agent: good(replies(agent)[0]) for agent in ("paper", "concept", "experiment", "weekly")}
    person.writes(paper, {paper, "papers/README.md"}, "paper", ID, says=[said["paper"]])
    script = "experiments/scripts/tiny_clip_contrastive.py"
    topic = "从零实现一个简化版的 CLIP 对比学习"
    person.writes(notebook, {notebook, script}, "experiment", topic, says=[said["experiment"]])
    topic = "Cross-Attention 在多模态模型中的作用"
    person.writes(concept, {concept}, "concept", topic, says=[said["concept"]])
    stuck = ("--stuck", "Q-Former 为什么要分两个阶段训练")
    person.writes(log, {log, "README.md"}, "weekly", *stuck, says=[said["weekly"]])
    person.writes(review, {review}, "review", says=[fitting(json.loads(replies("review")[0]))])
    assert "[Cross-Attention" in (person.lab / log).read_text(encoding="utf-8")
    assert "📖 1" in (person.lab / "README.md").read_text(encoding="utf-8")
    is_clean(person)


def test_a_lab_is_filled_without_a_model_and_lint_finds_nothing_wrong(person):
    made(person)
    log, review = f"weekly-log/{TODAY:%G-W%V}.md", f"notes/reviews/{TODAY}.md"
    paper, concept = "papers/tiny-clip.md", "notes/fundamentals/temperature-温度参数.md"
    person.writes(paper, {paper, "papers/README.md"}, "paper", str(SAMPLE))
    person.writes(concept, {concept}, "concept", "Temperature 温度参数")
    person.writes(review, {review}, "review")
    person.writes(log, {log}, "weekly", "--done", "读完样例论文")
    is_clean(person)
    refused = person.run("experiment", "KV Cache")
    assert (refused.returncode, refused.stderr.count("\n")) == (78, 2)
    for agent, arguments in (
        ("paper", [str(SAMPLE)]),
        ("concept", ["Temperature 温度参数"]),
        ("weekly", []),
        ("review", []),
    ):
        again = person.run(agent, *arguments)
        assert again.returncode == 0, again.stderr
        assert "already done" in again.stderr
    assert run_git(person.lab, "rev-list", "--count", "HEAD").strip() == "5"
