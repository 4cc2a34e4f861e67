"""Lint before a commit, and what arXiv knows by now."""

import os
import re
import shlex
import subprocess
import sys

import pytest
import yaml
from fakes.arxiv_server import Answer, ArxivServer, Paper
from findings import LIST, NOTE, PDF, ROOT, told

from agents import lint

HOOK = re.search(r"\n    (#!/bin/sh\n)    (git diff .*\n)", lint.__doc__)


def git(linted, *arguments):
    environment = {
        **os.environ,
        "PATH": f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}",  # noqa: PTH120
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.run(
        ["git", *arguments], cwd=linted.root, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def hooked(linted):
    """The lab with the hook of the help, as a person would copy it."""
    file = linted.root / ".git/hooks/pre-commit"
    file.parent.mkdir(exist_ok=True)
    file.write_text(HOOK[1] + HOOK[2])
    file.chmod(0o755)
    git(linted, "add", "-A")
    assert git(linted, "commit", "-q", "--no-verify", "-m", "as it is").returncode == 0
    return linted


def test_a_commit_of_a_broken_note_is_refused_and_says_why(hooked):
    hooked.change(NOTE, ("pages: 4", "pages: four"))
    done = git(hooked, "commit", "-q", "-am", "broken")
    assert done.returncode != 0
    assert re.search(rf"^{re.escape(NOTE)}:\d+: front-matter: pages: ", done.stdout + done.stderr, re.MULTILINE)
    hooked.change(NOTE, ("pages: four", "pages: 4"))
    hooked.write(NOTE, hooked.read() + "\n我的话\n")
    assert git(hooked, "commit", "-q", "-am", "mended").returncode == 0


def test_what_is_not_staged_is_not_checked_nor_what_is_deleted_and_odd_names_are_no_hindrance(hooked):
    hooked.change(NOTE, ("pages: 4", "pages: four"))
    hooked.write("notes/中 文'.md", "# 手写\n")
    hooked.write("-x.txt", "字\n")
    (hooked.root / "notes/fundamentals/attention.md").unlink()
    git(hooked, "add", "--", "notes", "-x.txt")
    done = git(hooked, "commit", "-q", "-m", "others")
    assert done.returncode == 0, done.stderr
    assert NOTE not in done.stdout


def test_the_hook_for_pre_commit_runs_what_is_there_on_the_files_of_a_lab():
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert (hook["id"], hook["language"], hook["require_serial"]) == ("lint-lab", "python", True)
    program, flag, module = shlex.split(hook["entry"])
    assert (program, flag, module) == ("python", "-m", lint.__name__)
    files = re.compile(hook["files"])
    for path in (NOTE, LIST, "notes/a/b.md", "README.md", "CLAUDE.md", "experiments/notebooks/x.ipynb"):
        assert files.search(path), path
    for path in ("prompts/paper.md", "agents/README.md", "notes/x.png", "docs/CLAUDE.md"):
        assert not files.search(path), path


# --online


@pytest.fixture
def known(linted):
    """The note of the sample paper with an id and a version."""
    linted.change(NOTE, ('arxiv: ""', 'arxiv: "2301.00001"'), ("version: 0", "version: 3"))
    linted.change(LIST, ("| — |  |  | [笔记](tiny", "| 2301.00001 |  |  | [笔记](tiny"))
    return linted


def test_a_newer_version_is_a_warning_and_only_with_online(known, at_arxiv):
    with ArxivServer([Paper("2301.00001", version=5, pdf=PDF.read_bytes())]) as server:
        at_arxiv(server)
        assert told(known.run()) == []
        assert server.requests == []
        done = known.run("--online")
        assert told(done) == [(NOTE, "version", "warning")]
        assert "v3 was read, arXiv has v5" in done.found[0]["message"]
        assert done.found[0]["line"] == str(known.read()[: known.read().index("version: 3")].count("\n") + 1)
        asked = len(server.requests)
        assert told(known.run("--online")) == [(NOTE, "version", "warning")]
        assert len(server.requests) == asked == 1


def test_the_newest_version_and_an_unknown_paper_are_nothing_to_say(known, at_arxiv):
    with ArxivServer([Paper("2301.00001", version=3)]) as server:
        at_arxiv(server)
        assert told(known.run("--online")) == []
    with ArxivServer([]) as server:
        at_arxiv(server)
        known.change(NOTE, ("2301.00001", "2301.00002"))
        known.change(LIST, ("2301.00001", "2301.00002"))
        assert told(known.run("--online")) == []


def test_many_papers_are_asked_for_in_one_request(known, at_arxiv):
    text = known.read()
    for n in range(2, 42):
        note = text.replace("2301.00001", f"2301.{n:05}").replace('sha256: "', f'sha256: "{n}')
        known.write(f"papers/p{n}.md", note)
    with ArxivServer([Paper(f"2301.{n:05}", version=4) for n in range(1, 42)]) as server:
        at_arxiv(server)
        done = known.run("--online")
        assert len([f for f in done.found if f["rule"] == "version"]) == 41
        assert len(server.requests) == 1


def test_that_arxiv_does_not_answer_is_said_once_and_is_no_error(known, at_arxiv):
    with ArxivServer([Paper("2301.00001", version=5)]) as server:
        server.always("/api/query", Answer(status=403))
        at_arxiv(server)
        done = known.run("--online")
    assert (done.code, told(done)) == (0, [])
    assert done.err.count("warning: arXiv was not asked") == 1


def test_without_papers_of_arxiv_nobody_is_asked(linted, at_arxiv):
    with ArxivServer([]) as server:
        at_arxiv(server)
        assert told(linted.run("--online")) == []
        assert server.requests == []


# --online: the papers that a note names


LLAVA = Paper("2304.08485", "Visual Instruction Tuning", ("Haotian Liu",), published="2023-04-17T17:59:25Z")
ENTRY = (
    "1. **Visual Instruction Tuning**\n   - 作者与年份：{authors}，{year}\n   - arXiv：2304.08485\n"
    "   - 核实：{badge}\n   - 理由：后来的工作。\n"
)


@pytest.fixture
def reading(linted):
    """Writes a first entry of 延伸阅读 that the paper does not cite, as the note of a run without arXiv has it."""
    text = linted.read()
    at = text.index("\n1. **", text.index("<!-- field: further_reading -->")) + 1
    end = text.index("\n2. **", at) + 1

    def write(badge, authors="Haotian Liu et al.", year="2023"):
        linted.write(NOTE, text[:at] + ENTRY.format(badge=badge, authors=authors, year=year) + text[end:])
        return linted

    return write


def _references(done):
    assert all(f["path"] == NOTE for f in done.found), done.out
    return [(f["weight"], f["message"]) for f in done.found if f["rule"] == "references"]


def test_an_unverified_paper_that_arxiv_knows_is_a_finding_no_more(reading, at_arxiv):
    linted = reading("? 未核实")
    ((weight, says),) = _references(linted.run())
    assert weight == "warning: " and "未核实" in says
    with ArxivServer([LLAVA]) as server:
        at_arxiv(server)
        assert _references(linted.run("--online")) == []
        assert [request.query["id_list"] for request in server.requests] == ["2304.08485"]


def test_one_that_arxiv_does_not_know_stays_unverified_and_is_no_error(reading, at_arxiv):
    linted = reading("? 未核实")
    with ArxivServer([]) as server:
        at_arxiv(server)
        done = linted.run("--online")
    ((weight, says),) = _references(done)
    assert (done.code, weight) == (0, "warning: ") and "未核实" in says


def test_what_arxiv_knows_otherwise_is_said_with_the_right_value(reading, at_arxiv):
    linted = reading("? 未核实", year="2019")
    with ArxivServer([LLAVA]) as server:
        at_arxiv(server)
        done = linted.run("--online")
    ((weight, says),) = _references(done)
    assert "2023" in says and "≠" in says
    assert (done.code, weight) == (0, "warning: ")  # its badge says already that nobody vouches for it


def test_a_wrong_field_under_a_badge_that_vouches_for_it_is_an_error_once_arxiv_is_asked(reading, at_arxiv):
    linted = reading("✓ arXiv", year="2019")
    assert _references(linted.run()) == []
    with ArxivServer([LLAVA]) as server:
        at_arxiv(server)
        done = linted.run("--online")
    ((weight, says),) = _references(done)
    assert done.code == 65 and not weight and "2023" in says


def test_a_wrong_field_that_the_note_shows_is_a_warning_with_and_without_arxiv(reading, at_arxiv):
    linted = reading("≠ 年份: 2023", year="2019")
    with ArxivServer([LLAVA]) as server:
        at_arxiv(server)
        for flags in ((), ("--online",)):
            done = linted.run(*flags)
            assert [weight for weight, _ in _references(done)] == ["warning: "], flags
            assert done.code == 0


def test_where_arxiv_does_not_answer_the_findings_stay_and_one_warning_says_so(reading, at_arxiv):
    linted = reading("? 未核实")
    with ArxivServer([LLAVA]) as server:
        server.always("/api/query", Answer(status=403))
        at_arxiv(server)
        done = linted.run("--online")
    assert len(_references(done)) == 1
    assert done.code == 0
    assert done.err.count("warning: arXiv was not asked") == 1
