"""Agents started as cron starts them: from /, without HOME, terminal or locale, with next to nothing on PATH."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from real_git import run_git

from agents.__main__ import AGENTS
from agents.lab.find import Lab

SAMPLE = Path(__file__).resolve().parents[1] / "examples/tiny-clip/paper.pdf"
UNATTENDED = {"paper": [str(SAMPLE), "--engine", "draft"], "weekly": ["--catch-up", "--engine", "draft"]}
PATH = {"PATH": "/usr/bin:/bin"}
LOCALES = [{}, {"LC_ALL": "C"}, {"LC_ALL": "POSIX", "PYTHONIOENCODING": "ascii"}, {"LANG": "zh_CN.GBK"}]


@pytest.fixture
def chinese_lab(lab, tmp_path):
    return Lab(shutil.move(lab.root, tmp_path / "我的 lab 100%"))


def run(agent, lab, env):
    """One agent as a process of its own, in nothing but `env`."""
    command = [sys.executable, "-m", f"agents.{agent}", "--lab", str(lab.root), *UNATTENDED[agent]]
    return subprocess.run(command, cwd="/", env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False)


@pytest.mark.parametrize("agent", [agent for agent in UNATTENDED if agent in AGENTS])
@pytest.mark.parametrize("locale", LOCALES, ids=str)
def test_cron_gives_no_home_no_terminal_and_no_locale(agent, locale, chinese_lab):
    ran = run(agent, chinese_lab, PATH | locale)
    assert ran.returncode == 0, ran.stderr.decode()
    assert run_git(chinese_lab.root, "status", "--short") == ""


def test_the_note_is_committed_and_its_path_is_printed(chinese_lab):
    ran = run("paper", chinese_lab, PATH)
    path = ran.stdout.decode().strip()
    assert (chinese_lab.root / path).is_file()
    assert run_git(chinese_lab.root, "show", "--name-only", "--format=", "HEAD").split() == ["papers/README.md", path]


def test_without_git_on_the_path_the_note_is_saved_and_said_to_be_uncommitted(chinese_lab):
    ran = run("paper", chinese_lab, {"PATH": "/nowhere"})
    assert ran.returncode == 0
    assert "not committed: git is not installed" in ran.stderr.decode()


def test_nobody_to_commit_as_is_one_named_error(chinese_lab):
    for key in ("user.name", "user.email"):
        run_git(chinese_lab.root, "config", "--unset", key)
    run_git(chinese_lab.root, "config", "user.useConfigOnly", "true")
    ran = run("paper", chinese_lab, PATH | {"GIT_CONFIG_NOSYSTEM": "1"})
    error, hint = ran.stderr.decode().splitlines()[-2:]
    assert ran.returncode == 78
    assert error == "error: git does not know who you are"
    assert hint.startswith("hint: git config")
    assert run_git(chinese_lab.root, "status", "--short") == ""
