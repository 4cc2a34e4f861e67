"""Lint as a person runs it: the whole lab, what was named, notebooks."""

import json
import re
import shutil
import subprocess
import sys

import pytest
from findings import LAB, NB, NOTE, ROOT, book, cell, line_of, only, told

from agents import lint
from agents.lab.new import create

# The lab as a whole


def test_a_lab_that_the_agents_filled_is_clean_and_says_what_the_draft_lacks(linted):
    done = linted.run()
    assert (done.code, told(done)) == (0, [])
    assert {f["rule"] for f in done.all} == {"draft"}
    assert done.err.startswith("2 notes: 0 errors, ")


def test_a_new_lab_and_the_project_s_own_are_clean_and_print_nothing(tmp_path, capsys):
    lab = create(tmp_path / "lab", ("A Reader", "reader@example.com"))
    for root in (lab.root, ROOT):
        assert lint.main(["--lab", str(root)]) == 0
        said = capsys.readouterr()
        assert re.search(r"^\d+ notes?: 0 errors, \d+ warnings?\n$", said.err), said.out
    assert "\n\n" not in said.out


def test_nothing_is_made_in_a_lab_that_is_only_looked_at_but_its_cache(linted):
    assert linted.run().code == 0
    shutil.rmtree(linted.root / ".lab")
    linted.run()
    made = {path.relative_to(linted.root / ".lab").as_posix() for path in (linted.root / ".lab").rglob("*")}
    assert made == {".gitignore", "cache", "cache/lint.json"}


def test_it_works_as_a_process_from_inside_the_lab_and_loads_nothing_heavy(linted):
    code = (
        "import sys; from agents import lint\n"
        "code = lint.main(['papers'])\n"
        "heavy = {'anthropic', 'arxiv', 'pymupdf', 'requests', 'git', 'numpy', 'nbformat'} & set(sys.modules)\n"
        "raise SystemExit(code or sorted(heavy) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=linted.root / "notes/..", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("1 note: 0 errors")


# What was named


def test_only_what_is_named_is_reported_also_from_below_and_by_absolute_path(linted, monkeypatch):
    linted.change(NOTE, ("status: ", "state: "))
    linted.write("notes/fundamentals/a.md", "free\n")
    monkeypatch.chdir(linted.root / "notes")
    assert {f["path"] for f in linted.run().found} == {NOTE, "notes/fundamentals/a.md"}
    for named in ("fundamentals", "fundamentals/a.md", ".", linted.root / "notes"):
        assert {f["path"] for f in linted.run(named).found} == {"notes/fundamentals/a.md"}, named
    assert {f["path"] for f in linted.run("../papers/tiny-clip.md").found} == {NOTE}
    assert {f["path"] for f in linted.run("..", "fundamentals").found} == {NOTE, "notes/fundamentals/a.md"}


def test_a_lab_behind_a_symbolic_link_is_named_either_way(linted, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(linted.root)
    linted.write("notes/a.md", "free\n")
    assert told(linted.run(link / "notes")) == [("notes/a.md", "front-matter", "warning")]
    assert told(linted.run(link)) == [("notes/a.md", "front-matter", "warning")]


def test_what_is_no_note_may_be_named_as_a_commit_hook_does(linted):
    done = linted.run(linted.root / "prompts/paper.md", linted.root / ".gitignore", linted.root / "CLAUDE.md")
    assert (done.code, told(done)) == (0, [])
    assert done.err.startswith("0 notes")


@pytest.mark.parametrize(
    ("named", "code", "says"),
    [
        ("papers/none.md", 66, "is not there"),
        ("", 0, ""),
        ("x\0y", 66, "is not there"),
        ("n" * 300, 66, "no path"),
        ("../", 2, "is not in the lab"),
        ("/", 2, "is not in the lab"),
        ("~nobody-of-this-name/x", 66, "no path"),
    ],
)
def test_a_path_that_is_not_there_or_not_in_the_lab_is_one_error_and_one_hint(
    linted, monkeypatch, capsys, named, code, says
):
    monkeypatch.chdir(linted.root)
    assert lint.main([named, "--lab", str(linted.root)]) == code
    said = capsys.readouterr()
    if code:
        assert (said.out, said.err.count("\n")) == ("", 2)
        assert said.err.startswith("error: ") and says in said.err and "\nhint: " in said.err


def test_no_lab_is_78_and_an_unknown_flag_is_2(tmp_path, capsys):
    assert lint.main(["--lab", str(tmp_path)]) == 78
    assert lint.main(["--fixx"]) == 2
    capsys.readouterr()


# Notebooks


def test_a_notebook_with_its_keys_and_living_links_is_clean(linted):
    linted.write(
        NB,
        book(
            cell("# 小实验", "", "见 [笔记](../../papers/tiny-clip.md#一句话总结-)"),
            cell("x = y[0](none.md)", kind="code"),
        ),
    )
    assert told(linted.run()) == []
    assert linted.run().err.startswith("3 notes")


def test_a_dead_link_in_a_cell_is_found_on_its_line_of_the_file(linted):
    for text in (
        book(cell("# 小实验", "第一行"), cell("见 [x](none.md)")),
        json.dumps(json.loads(book(cell("字", "见 [x](none.md)")))),
    ):
        linted.write(NB, text)
        only(linted.run(), NB, "link-file", "warning", line=line_of(text, "none.md"))


@pytest.mark.parametrize(
    ("text", "rule", "weight", "says"),
    [
        ("{", "notebook", "error", "not JSON"),
        ("", "notebook", "error", "not JSON"),
        ("[" * 100_000, "notebook", "error", "not to be read"),
        ("1" * 10_000, "notebook", "error", "not to be read"),
        ("[]", "notebook", "error", "no cells"),
        ('{"cells": {}}', "notebook", "error", "no cells"),
        (book(nbformat=3), "notebook", "error", "format 4"),
        (book("x"), "notebook", "error", "cell 1"),
        (book(cell("a"), {"cell_type": "markdown"}), "notebook", "error", "cell 2"),
        (book({"cell_type": "markdown", "source": [1]}), "notebook", "error", "cell 1"),
        (book(lab=None), "front-matter", "warning", "not checked"),
        (book(metadata=[]), "front-matter", "warning", "not checked"),
        (book(lab=[]), "front-matter", "error", "not a set of keys"),
        (book(lab={k: v for k, v in LAB.items() if k != "engine"}), "front-matter", "error", "engine is missing"),
        (book(lab=LAB | {"kind": "paper"}), "front-matter", "error", "kind"),
    ],
    ids=range(15),
)
def test_a_notebook_that_is_none_is_one_finding(linted, text, rule, weight, says):
    linted.write(NB, text)
    only(linted.run(), NB, rule, weight, says=says)


def test_json_errors_say_their_line(linted):
    linted.write(NB, '{\n "cells": [\n  x\n ]\n}\n')
    only(linted.run(), NB, "notebook", "error", line=3)
