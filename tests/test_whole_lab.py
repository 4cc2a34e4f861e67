"""A lab's life, each step a process of its own: made by init, filled by the other agents, checked by lint.

Once with Claude (on loopback) and once without any model. Every commit holds exactly the files that its agent wrote.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from fakes.arxiv_server import ArxivServer, Paper
from fakes.claude_server import ClaudeServer, good
from real_git import run_git
from record import ABSTRACT, AUTHORS, ID, TITLE, make

ROOT = Path(__file__).resolve().parents[1]
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

    def run(self, agent: str, *arguments: str, says: tuple[str, ...] = (), where: Path | None = None):
        """One command; `says` are Claude's answers in it, none for a run without a key."""
        command = [sys.executable, "-m", f"agents.{agent}", *arguments]
        with ClaudeServer([good(text) for text in says], model="claude-sonnet-5-5") as claude:
            env = self.env | ({"ANTHROPIC_BASE_URL": claude.url} if says else {})
            done = subprocess.run(
                command, cwd=where or self.lab, env=env, capture_output=True, text=True, check=False, timeout=120
            )
            assert len(claude.requests) == len(says), done.stderr
        return done

    def writes(self, path: str, files: set[str], agent: str, *arguments: str, says: tuple[str, ...] = ()) -> None:
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
