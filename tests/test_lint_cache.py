"""The cache of lint: what it answers is what a look at every file would answer, whatever was changed meanwhile."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from findings import LIST, NOTE, ROOT, row, told
from random_notes import Dice

from agents import lint
from agents.note.markdown import render
from agents.recipes import lint_pool

KEPT = ".lab/cache/lint.json"


def uncached(linted, *args):
    """What lint says without the cache; the cache stays as it was."""
    file = linted.root / KEPT
    kept = file.read_bytes() if file.exists() else None
    file.unlink(missing_ok=True)
    out = linted.run(*args).out
    file.unlink()
    if kept is not None:
        file.write_bytes(kept)
    return out


def counting(monkeypatch):
    """The paths that were really looked at."""
    looked = []
    original = lint_pool.checked

    def count(page, *rest):
        looked.append(page.path)
        return original(page, *rest)

    monkeypatch.setattr(lint_pool, "checked", count)
    return looked


def test_what_has_not_changed_is_not_looked_at_again(linted, monkeypatch):
    looked = counting(monkeypatch)
    first = linted.run()
    assert len(looked) == 2
    assert linted.run().out == first.out
    assert len(looked) == 2
    linted.write("notes/mine.md", "# 手写\n")
    linted.run()
    assert looked[2:] == ["notes/mine.md"]


def test_a_change_and_its_undoing_are_both_seen(linted):
    linted.run()
    before = linted.read()
    linted.change(NOTE, ("pages: 4", "pages: four"))
    assert linted.run().code == 65
    linted.write(NOTE, before)
    assert told(linted.run()) == []


def test_claude_md_the_source_and_the_program_count_as_much_as_the_file(linted, monkeypatch):
    looked = counting(monkeypatch)
    linted.run()
    linted.change("CLAUDE.md", ("## 背景与动机 <!--", "## 动机 <!--"))
    assert told(linted.run()) == [(NOTE, "heading", "warning")]
    assert len(looked) == 4
    (source,) = (linted.root / ".lab/cache/source").iterdir()
    source.rename(linted.root / ".lab/away")
    assert "source" in {f["rule"] for f in linted.run().all}
    (linted.root / ".lab/away").rename(source)
    assert "source" not in {f["rule"] for f in linted.run().all}
    assert looked[4:] == [NOTE, NOTE]
    monkeypatch.setattr("agents.recipes.lint_cache._installed", lambda: ["another-parser-1.0.dist-info"])
    linted.run()
    assert len(looked) == 8


def test_what_other_files_say_is_compared_anew(linted, monkeypatch):
    linted.write("notes/mine.md", "# 手写\n\n见 [x](other.md#标题)\n")
    linted.write("notes/other.md", "# 标题\n")
    looked = counting(monkeypatch)
    linted.run()
    linted.write("notes/other.md", "# 别的\n")
    assert ("notes/mine.md", "link-section", "warning") in told(linted.run())
    (linted.root / "notes/other.md").unlink()
    assert ("notes/mine.md", "link-file", "warning") in told(linted.run())
    assert looked.count("notes/mine.md") == 1
    kept = json.loads((linted.root / KEPT).read_bytes())
    assert "notes/mine.md" in kept and "notes/other.md" not in kept


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b'{"papers/tiny-clip.md": {}}', b"\xff", b"[" * 100_000, b'{"a": {"key": 1}}']
)
def test_a_cache_that_is_damaged_is_none(linted, data):
    first = linted.run().out
    (linted.root / KEPT).write_bytes(data)
    assert linted.run().out == first
    assert json.loads((linted.root / KEPT).read_bytes())


def test_where_nothing_can_be_kept_lint_works_without(linted):
    first = linted.run().out
    (linted.root / KEPT).unlink()
    (linted.root / KEPT).mkdir()
    (linted.root / KEPT / "x").touch()
    assert linted.run().out == first
    shutil.rmtree(linted.root / ".lab")
    (linted.root / ".lab").write_text("a file\n")
    done = linted.run()
    assert (done.code, told(done)) == (0, [])


def _edit(linted, dice, sources):
    """One thing that happens in a lab."""
    notes = [*sorted((linted.root / "notes").rglob("n*.md")), linted.root / NOTE]
    file = dice.choice(notes)
    text = file.read_bytes().decode()
    what = dice.choice(["cut", "swap", "insert", "new", "delete", "list", "claude", "source", "touch", "restore"])
    lines = text.split("\n")
    n, m = dice.randrange(len(lines)), dice.randrange(len(lines))
    if what == "cut":
        file.write_bytes("\n".join(lines[:n] + lines[n + 1 :]).encode())
    elif what == "swap":
        lines[n], lines[m] = lines[m], lines[n]
        file.write_bytes("\n".join(lines).encode())
    elif what == "insert":
        link = f"见 [x](n{dice.randrange(8)}.md#第{dice.randrange(3)}节)"
        file.write_bytes(
            "\n".join([*lines[:n], dice.choice([link, "⚠", "```", "## 第1节", "字"]), *lines[n:]]).encode()
        )
    elif what == "new":
        linted.write(f"notes/n{dice.randrange(8)}.md", render(Dice(dice.randrange(99)).note_of("concept")))
    elif what == "delete" and file.name != "tiny-clip.md":
        file.unlink()
    elif what == "list":
        linted.write(LIST, linted.read(LIST) + row(f"第{dice.randrange(5)}篇", link=f"../notes/n{n % 8}.md") + "\n")
    elif what == "claude":
        linted.write(
            "CLAUDE.md", sources["CLAUDE.md"].replace("## 背景与动机", dice.choice(["## 动机", "## 背景与动机"]))
        )
    elif what == "source":
        kept = linted.root / ".lab/cache/source" / sources["name"]
        kept.unlink() if kept.exists() else kept.write_bytes(sources["source"])
    elif what == "touch":
        file.touch()
    elif what == "restore":
        linted.write(NOTE, sources[NOTE])


@pytest.mark.parametrize("seed", range(6))
def test_after_random_edits_the_cache_says_what_a_look_at_all_says(linted, seed):
    dice = random.Random(seed)
    (source,) = (linted.root / ".lab/cache/source").iterdir()
    sources = {NOTE: linted.read(), "CLAUDE.md": linted.read("CLAUDE.md"), "name": source.name}
    sources["source"] = source.read_bytes()
    linted.write("notes/n0.md", "# 手写\n\n## 第1节\n")
    for _ in range(25):
        for _ in range(dice.randint(0, 3)):
            _edit(linted, dice, sources)
        named = dice.choice([[], [linted.root / "papers"], [linted.root / NOTE]])
        assert linted.run(*named).out == uncached(linted, *named)


def test_a_hundred_notes_that_have_not_changed_take_less_than_a_second_of_the_processor(linted, capsys):
    text = linted.read()
    for n in range(80):
        linted.write(f"papers/p{n}.md", text.replace('arxiv: ""', f'arxiv: "2301.{n:05}"'))
    lint.main(["--lab", str(linted.root)])
    started = time.process_time()
    lint.main(["--lab", str(linted.root)])
    assert time.process_time() - started < 1
    assert "82 notes" in capsys.readouterr().err


def test_many_files_are_checked_by_several_processes_and_come_to_the_same(linted, monkeypatch):
    text = linted.read()
    for n in range(20):
        linted.write(
            f"papers/p{n}.md", text.replace('arxiv: ""', f'arxiv: "2301.{n:05}"').replace("p. 1：", f"p. {n}：")
        )
    linted.write("notes/odd.md", "---\nkind: [\n---\n\0")
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    alone = linted.run()
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    looked = counting(monkeypatch)
    (linted.root / KEPT).unlink()
    assert linted.run().out == alone.out
    assert looked == []  # not here


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_run_of_several_processes_can_be_stopped_without_a_trace(linted, sent):
    text = linted.read().replace("## 我的批注", "## 我加的\n\n" + "字 $x_1$ **粗**\n" * 20_000 + "## 我的批注")
    for n in range(40):
        linted.write(f"papers/p{n}.md", text.replace('arxiv: ""', f'arxiv: "2301.{n:05}"'))
    command = [sys.executable, "-m", "agents.lint", "--lab", str(linted.root)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True
    ) as run:
        children = f"/proc/{run.pid}/task/{run.pid}/children"
        for _ in range(600):
            if Path(children).exists() and Path(children).read_text(encoding="utf-8").split():
                break
            time.sleep(0.05)
        (os.killpg if sent == signal.SIGINT else os.kill)(run.pid, sent)  # Ctrl-C is for all of them
        out, err = run.communicate(timeout=60)
    assert (run.returncode, out) == (130 if sent == signal.SIGINT else 143, "")
    assert err.startswith("error: interrupted\nhint: ") and err.count("\n") == 2
