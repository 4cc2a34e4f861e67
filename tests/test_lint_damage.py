"""Lint on files of all kinds, random notes and random damage: a finding, never a traceback."""

import os
import random
import shutil
import time
from pathlib import Path

import pytest
from findings import BLOCK, CONTRACT, LIST, NOTE, book, cell, line_of, only, row, told
from random_notes import Dice

from agents import lint
from agents.note.markdown import render

# Files of all kinds


def test_what_is_not_utf8_says_the_line(linted):
    linted.write(NOTE, "---\n标题\n".encode() + b"\xff\n")
    done = linted.run()
    assert (NOTE, "not-utf8", "error") in told(done)
    assert int(done.found[0]["line"]) == 3


@pytest.mark.parametrize("path", [LIST, "README.md"])
def test_a_list_or_readme_that_is_not_utf8_is_no_crash(linted, path):
    linted.write(path, b"\xff\n")
    assert told(linted.run()) == ([(LIST, "not-utf8", "error")] if path == LIST else [])


def test_a_nul_byte_is_an_error_on_its_line(linted):
    text = linted.read() + "字\0\n"
    linted.write(NOTE, text)
    only(linted.run(), NOTE, "nul", "error", line=line_of(text, "\0"))


def test_more_than_five_megabytes_are_one_finding(linted):
    linted.write("notes/big.md", "字" * 2_000_000)
    only(linted.run(), "notes/big.md", "size", "error", line=1, says="6.0 MB")


FILLINGS = ["字。\n", "[a](#x) ", "`a` ", "`", "$a$ ", "[", "$$\n\n", "<!-- ", "| a ", "# a\n", "- [x](y.md)：\n", "![](", "<", "  ", "## 一 \t", "---\n"]  # fmt: skip


@pytest.mark.parametrize(
    "where", ["## 我的批注 <!-- field: remarks -->\n", "## 背景与动机 <!-- field: background -->\n\n", "tags: "]
)
def test_half_a_megabyte_of_anything_takes_seconds_not_minutes(linted, where):
    head = linted.read()
    assert where in head
    for filling in FILLINGS:
        linted.write("notes/big.md", head.replace(where, where + filling * (500_000 // len(filling.encode())), 1))
        started = time.process_time()
        linted.run(linted.root / "notes/big.md")
        assert time.process_time() - started < 8, filling


@pytest.mark.parametrize("target", ["/etc/hostname", "../../outside.md", "loop.md", "../../gone/x.md"])
def test_a_symbolic_link_out_of_the_lab_is_an_error_and_is_not_followed(linted, target):
    (linted.root.parent / "outside.md").write_text("---\nkind: [\n")
    (linted.root / "notes/loop.md").symlink_to(target)
    only(linted.run(), "notes/loop.md", "symlink", "error", line=1)


def test_a_symbolic_link_within_the_lab_is_a_warning(linted):
    (linted.root / "notes/same.md").symlink_to("../papers/tiny-clip.md")
    only(linted.run(), "notes/same.md", "symlink", "warning", says="not followed")
    only(linted.run(linted.root / "notes/same.md"), "notes/same.md", "symlink", "warning")
    (linted.root / "notes/same.md").unlink()
    (linted.root / "notes/gone.md").symlink_to("nowhere.md")
    only(linted.run(), "notes/gone.md", "symlink", "warning")


@pytest.mark.parametrize("name", ["notes/shared", "weekly-log"])
def test_a_folder_that_is_a_link_out_of_the_lab_is_an_error(linted, name, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/x.md").write_text("---\nkind: [\n---\n")
    if (linted.root / name).exists():
        shutil.rmtree(linted.root / name)
    (linted.root / name).symlink_to(tmp_path / "elsewhere")
    assert (name, "symlink", "error") in told(linted.run())


def test_a_reading_list_that_is_a_link_in_the_lab_is_read(linted):
    (linted.root / LIST).rename(linted.root / "list.md")
    (linted.root / LIST).symlink_to("../list.md")
    assert told(linted.run()) == []


def test_a_pipe_is_not_waited_for(linted):

    os.mkfifo(linted.root / "notes/pipe.md")
    done = lint.main(["--lab", str(linted.root)])
    assert done == 65


def test_a_file_that_may_not_be_read_is_a_finding(linted, monkeypatch):
    original = Path.read_bytes

    def refuse(path):
        if path.name == "closed.md":
            raise PermissionError(13, "Permission denied")
        return original(path)

    linted.write("notes/closed.md", "x")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert lint.main([str(linted.root / "notes/closed.md"), "--lab", str(linted.root)]) == 65


def test_names_with_line_ends_stay_on_one_line(linted):
    linted.write("notes/a\nb:3: x\x1b[2J.md", "字\n")
    done = linted.run()
    assert done.out.count("\n") == len(done.all)
    assert "a\\nb" in done.out


@pytest.mark.parametrize(
    "front",
    ["a: " + "[" * 100_000, "a:\n " + "- " * 30_000, "? " * 30_000, "a: &a [*a]", "&a {a: *a}", "\tx: 1", "<<: [1]", "kind: paper\n" * 5000, "%YAML 9.9", "a: !!python/object:os.system x", "kind: {a: b}", "kind:", "x: \x07"],
    ids=range(13),
)  # fmt: skip
def test_front_matter_of_all_kinds_is_a_finding(linted, front):
    linted.write("notes/odd.md", f"---\n{front}\n---\n# x\n")
    done = linted.run()
    assert {t[0] for t in told(done)} == {"notes/odd.md"}


# Random notes


@pytest.mark.parametrize("kind", ["paper", "concept"])
def test_random_notes_have_no_errors(linted, kind):
    for seed in range(150):
        note = Dice(seed).note_of(kind)
        facts = {"arxiv": f"2301.{seed:05}", "sha256": str(seed)} if kind == "paper" else {}
        linted.write(f"notes/training/r{seed}.md", render(note.model_copy(update=facts | {"engine": "draft"})))
    linted.write(LIST, linted.read(LIST) + "".join(f"{row(f'第{n}篇', f'2301.{n:05}')}\n" for n in range(150)))
    done = linted.run()
    # notes that are not there are linked to; an unknown anchor, HTML and an open block of code are the person's
    allowed = {"link-file", "link-file: warning", "heading: warning", "status: warning", "marked: warning"}
    allowed |= {"inert: warning", "fence: warning"}
    assert {f["rule"] for f in done.found if not f["weight"]} <= {"link-file"}
    assert {f"{f['rule']}: warning" if f["weight"] else f["rule"] for f in done.found} <= allowed


PIECES = [
    "```",
    "$$",
    "---",
    "\n",
    "## ",
    "<!-- field: method -->",
    "|",
    "\0",
    "：",
    "- ",
    "[",
    "](",
    "#",
    "'",
    '"',
    "\ud7ff",
    "\u2028",
    "⚠",
    "   ",
    "\t",
    "{",
    "}",
    "é",
    "1",
]


def _damaged(text, dice):
    at = dice.randrange(len(text))
    what = dice.choice(["cut", "drop", "insert", "swap", "double", "byte"])
    if what == "cut":
        return text[:at].encode()
    if what == "drop":
        return (text[:at] + text[at + dice.randint(1, 400) :]).encode()
    if what == "insert":
        return (text[:at] + dice.choice(PIECES) * dice.randint(1, 3) + text[at:]).encode()
    lines = text.split("\n")
    n, m = dice.randrange(len(lines)), dice.randrange(len(lines))
    if what == "swap":
        lines[n], lines[m] = lines[m], lines[n]
        return "\n".join(lines).encode()
    if what == "double":
        return "\n".join([*lines[:n], *lines[min(n, m) : max(n, m)], *lines[n:]]).encode()
    return text.encode()[:at] + bytes([dice.randrange(256)]) + text.encode()[at:]


def test_random_damage_is_a_finding_never_a_crash(linted):
    dice = random.Random(11)
    texts = [render(Dice(seed).note_of(kind)) for seed in range(6) for kind in ("paper", "concept")]
    texts += [linted.read(), book(cell("# 小实验", "[x](y.md)"))]
    lists = linted.read(LIST)
    for _ in range(12):
        for n in range(100):
            text = texts[n % len(texts)]
            path = f"papers/d{n}.md" if text[0] == "-" else f"experiments/notebooks/d{n}.ipynb"
            linted.write(path, _damaged(text, dice))
        linted.write(LIST, _damaged(lists, dice))
        linted.write("CLAUDE.md", _damaged(CONTRACT, dice))
        linted.write("README.md", _damaged(BLOCK * 2, dice))
        done = linted.run()
        assert "bug" not in done.err
        assert len({f["path"] for f in done.all}) > 80
