"""The command as a process of its own, from a foreign folder: argv to commit, through servers on loopback."""

import json
import os
import subprocess
import sys

import digest
import pytest
from fakes.arxiv_server import ArxivServer, Paper
from fakes.claude_server import ClaudeServer, good, slow
from real_git import run_git
from record import ID, REPLY

from agents.lab.new import create

NOTE = "papers/blip-2.md"


@pytest.fixture
def lab(tmp_path):
    return create(tmp_path / "a lab, with spaces", identity=("Ada", "ada@example.invalid"))


@pytest.fixture
def foreign(tmp_path):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder


@pytest.fixture
def arxiv():
    blip2 = Paper(
        ID, title=digest.TITLE, authors=digest.AUTHORS, abstract=digest.ABSTRACT, version=3, pdf=digest.make()
    )
    with ArxivServer([blip2]) as server:
        yield server


def command(*args):
    return [sys.executable, "-m", "agents.paper", *args]


def environment(tmp_path, arxiv, **more):
    """Nothing of the person's but PATH, and a narrow locale on top."""
    servers = {"LAB_ARXIV_URL": arxiv.url, "LAB_ARXIV_DELAY": "0"}
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path / "home"),
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        **servers,
        **more,
    }


def test_the_command_runs_from_a_foreign_folder_with_claude(lab, foreign, tmp_path, arxiv):
    with ClaudeServer([good(REPLY.read_text(encoding="utf-8"))], model="claude-sonnet-5-5") as claude:
        env = environment(tmp_path, arxiv, ANTHROPIC_BASE_URL=claude.url, LAB_DIR=str(lab.root))
        done = subprocess.run(command(ID, "--json"), cwd=foreign, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["path"], told["status"], told["engine"]) == (NOTE, "written", "claude")
    assert run_git(lab.root, "show", "--name-only", "--format=", "HEAD").split() == ["papers/README.md", NOTE]
    assert run_git(lab.root, "status", "--porcelain") == ""
    assert list(foreign.iterdir()) == []


def test_the_command_runs_without_a_key_on_a_local_file_with_nothing_but_a_path(lab, foreign, tmp_path, arxiv):
    (foreign / "blip2.pdf").write_bytes(digest.make())
    env = environment(tmp_path, arxiv)
    args = command("blip2.pdf", "--lab", str(lab.root))
    done = subprocess.run(args, cwd=foreign, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, f"{NOTE}\n"), done.stderr
    assert "draft engine" in done.stderr
    assert arxiv.requests == []
    again = subprocess.run(args, cwd=foreign, env=env, capture_output=True, text=True, check=False)
    assert (again.returncode, again.stdout) == (0, f"{NOTE}\n")


def test_outside_of_any_lab_the_error_says_how_to_name_one(foreign, tmp_path, arxiv):
    done = subprocess.run(
        command(ID), cwd=foreign, env=environment(tmp_path, arxiv), capture_output=True, text=True, check=False
    )
    assert done.returncode == 78
    assert [line.partition(":")[0] for line in done.stderr.strip().split("\n")] == ["error", "hint"]


def test_an_interrupted_run_leaves_nothing_and_the_next_one_finishes(lab, foreign, tmp_path, arxiv):
    reply = REPLY.read_text(encoding="utf-8")
    with ClaudeServer([slow(reply, 0.3), good(reply)], model="claude-sonnet-5-5") as claude:
        env = environment(tmp_path, arxiv, ANTHROPIC_BASE_URL=claude.url, LAB_DIR=str(lab.root))
        running = subprocess.Popen(command(ID), cwd=foreign, env=env, stderr=subprocess.PIPE, text=True)
        while not claude.requests:
            assert running.poll() is None
        running.terminate()
        said = running.communicate(timeout=30)[1]
        assert running.returncode == 143
        assert "Traceback" not in said
        assert not (lab.root / NOTE).exists()
        assert run_git(lab.root, "status", "--porcelain") == ""
        assert subprocess.run(command(ID), cwd=foreign, env=env, capture_output=True, check=False).returncode == 0
    assert (lab.root / NOTE).exists()
