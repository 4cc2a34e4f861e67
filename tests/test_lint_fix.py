"""`lint --fix`: what it repairs, what it leaves, and that no note says anything else afterwards."""

import codecs
import json
import random
import re

import pytest
from changes import tree
from findings import LINE, LIST, NOTE, line_of
from random_notes import Dice
from real_git import run_git

from agents import lint
from agents.lab import notes
from agents.note.kinds import KINDS
from agents.note.lint.repair import repaired
from agents.note.markdown import examine, render
from agents.note.note import fingerprint

COPY = re.compile(r"\.lab/backup/\S+?\.md")


def fix(linted, capsys, *args):
    """The exit code, the findings that are left (drafts aside), what it said."""
    code = lint.main(["--fix", *map(str, args), "--lab", str(linted.root)])
    said = capsys.readouterr()
    left = [LINE.fullmatch(line) for line in said.out.splitlines()]
    return code, [(f["path"], f["rule"]) for f in left if f["rule"] not in {"draft", "source"}], said.err


def test_where_nothing_is_wrong_nothing_is_written(linted, capsys):
    before = tree(linted.root)
    code, left, said = fix(linted, capsys)
    assert (code, left, tree(linted.root)) == (0, [], before)
    assert "fixed" not in said and "git diff" not in said


def test_ids_are_quoted_and_everything_else_is_as_it_was(linted, capsys):
    before = linted.read()
    linted.change(NOTE, ('sha256: "', "sha256: '"), ('\narxiv: ""', "\narxiv: 2301.12590  # meine"))
    linted.change(LIST, ("| — |  |  | [笔记](tiny", "| 2301.12590 |  |  | [笔记](tiny"))
    text = linted.read().replace("sha256: '", 'sha256: "')
    linted.write(NOTE, text)
    code, left, said = fix(linted, capsys)
    assert (code, left) == (0, [(NOTE, "round-trip")]), said  # the comment is nothing that we would print
    assert linted.read() == before.replace('arxiv: ""', 'arxiv: "2301.12590"  # meine')
    assert "fixed papers/tiny-clip.md: id-unquoted" in said and "git diff" in said


def test_the_status_of_the_row_comes_into_the_note_which_stays_as_we_wrote_it(linted, capsys):
    before = linted.read()
    linted.change(LIST, ("📖 在读 | Tiny", "✅ 已读 | Tiny"))
    code, left, said = fix(linted, capsys)
    assert (code, left) == (0, [])
    assert linted.read() == before.replace('status: "reading"', 'status: "read"')
    assert "fixed papers/tiny-clip.md: status" in said
    assert not notes.load(linted.lab, NOTE, notes.read_paper).edited


def test_print_is_brought_over_and_a_note_that_was_edited_still_counts_as_edited(linted, capsys):
    before = linted.read()
    linted.change(
        NOTE, ("tags: []", "tags:\n- mine"), ('engine: "draft"', "engine: draft"), ("## 实验 <!--", "\n\n## 实验 <!--")
    )
    assert fix(linted, capsys)[:2] == (0, [])
    assert linted.read() == before.replace("tags: []", 'tags: ["mine"]')
    assert not notes.load(linted.lab, NOTE, notes.read_paper).edited
    linted.change(NOTE, ("draft 引擎不作横向对比。", "我自己比过了。"), ("tags: [", "tags:  ["))
    assert fix(linted, capsys)[:2] == (0, [])
    assert "我自己比过了。" in linted.read() and "tags: [" in linted.read()
    assert notes.load(linted.lab, NOTE, notes.read_paper).edited


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("# Tiny CLIP: ", "# Mine: ", "round-trip"),
        ("tags: []", "tags: []  # meine", "round-trip"),
        ("| -0.6 | -1.1 % |", "| 0.6 | -1.1 % |", "computed"),
        ("| -0.6 | -1.1 % |", "|  -0.6|-1.1 %! |", "computed"),
        ("pages: 4", "pages: four", "front-matter"),
        ("draft 引擎不作横向对比。", "没有 $x 的比较", "schema"),
    ],
)
def test_what_cannot_be_repaired_without_losing_something_is_left(linted, capsys, old, new, rule):
    linted.change(NOTE, (old, new))
    before = tree(linted.root)
    _, left, said = fix(linted, capsys)
    assert (NOTE, rule) in left
    assert tree(linted.root) == before
    assert "fixed" not in said


def test_sections_in_another_order_are_not_put_in_order(linted, capsys):
    text = linted.read()
    start, end = text.index("## 背景与动机"), text.index("## 方法")
    linted.write(NOTE, text[:start] + text[end:].replace("## 实验 <!--", text[start:end] + "## 实验 <!--", 1))
    before = tree(linted.root)
    assert fix(linted, capsys)[:2] == (65, [(NOTE, "heading")])
    assert tree(linted.root) == before


def test_what_the_person_wrote_stays_to_the_byte(linted, capsys):
    own = "## 我加的\n\n  字$x$字 **重点。**后 \t\n| a|b |\n\n```\n## 实验\n```\n\n\n"
    remarks = "\n随手\t写的  \n\n\n## 一句话总结 <!-- field: summary -->\n没有换行"
    linted.change(
        NOTE,
        ("## 实验 <!--", own + "## 实验 <!--"),
        ("tags: []", "tags:   []"),
        ("pages: 4", "pages: 4\nmine: {a:   1}"),
    )
    linted.write(NOTE, linted.read() + remarks)
    code, left, _ = fix(linted, capsys)
    assert (code, left) == (0, [(NOTE, "typography")])  # his, and so left
    assert own in linted.read() and linted.read().endswith(remarks) and "\nmine: {a:   1}\n" in linted.read()


def test_typography_of_ours_is_mended_and_the_note_stays_as_we_wrote_it(linted, capsys):
    linted.change(NOTE, ("draft 引擎不作横向对比。", "损失 $ L $ 越小 $p(y|x)$ 越大。"))
    with_hash = re.sub(
        r'written: ".*"',
        f'written: "{fingerprint(notes.load(linted.lab, NOTE, notes.read_paper).note)}"',
        linted.read(),
    )
    linted.write(NOTE, with_hash + "\n我的 $ L $ 处\n")
    assert as_json(linted, capsys)["errors"] == 1
    found = [
        (one["is_error"], one["fixable"]) for one in as_json(linted, capsys)["findings"] if one["rule"] == "typography"
    ]
    assert found == [(True, True), (False, False)]
    code, left, said = fix(linted, capsys)
    assert (code, left) == (0, [(NOTE, "typography")]) and "fixed papers/tiny-clip.md: typography" in said
    assert "损失 $L$ 越小 $p(y|x)$ 越大。" in linted.read() and linted.read().endswith("\n我的 $ L $ 处\n")
    assert not notes.load(linted.lab, NOTE, notes.read_paper).edited


def test_typography_of_an_edited_note_is_mended_and_it_still_counts_as_edited(linted, capsys):
    linted.change(NOTE, ("draft 引擎不作横向对比。", "损失 $ L $ 越小。"))
    assert fix(linted, capsys)[:2] == (0, [])
    assert "损失 $L$ 越小。" in linted.read()
    assert notes.load(linted.lab, NOTE, notes.read_paper).edited


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_line_ends_and_the_byte_order_mark_stay(linted, capsys, mark, end):
    text = linted.read()
    odd = text.replace("tags: []", "tags:   []").encode()
    linted.write(NOTE, mark + odd.replace(b"\n", end))
    assert fix(linted, capsys)[:2] == (0, [])
    assert (linted.root / NOTE).read_bytes() == mark + text.encode().replace(b"\n", end)


def test_a_file_with_both_kinds_of_line_end_is_left(linted, capsys):
    linted.write(NOTE, linted.read().replace("tags: []\n", "tags:   []\r\n").encode())
    before = tree(linted.root)
    assert fix(linted, capsys)[1] == [(NOTE, "round-trip")]
    assert tree(linted.root) == before


def test_it_is_not_committed_and_the_file_as_it_was_is_kept(linted, capsys):
    head = run_git(linted.root, "rev-parse", "HEAD")
    text = linted.change(NOTE, ("tags: []", "tags:   []"))
    (linted.root / NOTE).chmod(0o640)
    _, _, said = fix(linted, capsys)
    (copy,) = COPY.findall(said)
    assert (linted.root / copy).read_bytes().decode() == text
    assert run_git(linted.root, "rev-parse", "HEAD") == head
    assert (linted.root / NOTE).stat().st_mode & 0o777 == 0o640


def test_a_second_time_changes_nothing(linted, capsys):
    linted.change(NOTE, ("tags: []", "tags:\n- mine"), ('\narxiv: ""', "\narxiv: 2301.12590"))
    linted.change(
        LIST, ("| — |  |  | [笔记](tiny", "| 2301.12590 |  |  | [笔记](tiny"), ("📖 在读 | Tiny", "✅ 已读 | Tiny")
    )
    code, left, said = fix(linted, capsys)
    assert (code, left) == (0, []) and "fixed papers/tiny-clip.md: id-unquoted, status, round-trip" in said
    before = tree(linted.root)
    assert "fixed" not in fix(linted, capsys)[2]
    assert tree(linted.root) == before


def test_only_what_is_named_is_repaired(linted, capsys):
    linted.change(NOTE, ("tags: []", "tags:   []"))
    before = tree(linted.root)
    fix(linted, capsys, linted.root / "notes")
    assert tree(linted.root) == before
    assert fix(linted, capsys, linted.root / NOTE)[1] == []


def test_a_read_only_file_is_one_error_and_stays(linted, capsys):
    linted.change(NOTE, ("tags: []", "tags:   []"))
    (linted.root / NOTE).chmod(0o444)
    before = tree(linted.root)
    code = lint.main(["--fix", "--lab", str(linted.root)])
    said = capsys.readouterr()
    assert (code, tree(linted.root)) == (74, before)
    assert said.err.startswith("error: ") and said.err.count("\n") == 2


def test_a_symbolic_link_is_not_written_through(linted, capsys, tmp_path):
    outside = tmp_path / "outside.md"
    outside.write_bytes(linted.read().replace("tags: []", "tags:   []").encode())
    (linted.root / "papers/link.md").symlink_to(outside)
    before = outside.read_bytes()
    assert fix(linted, capsys)[:2] == (65, [("papers/link.md", "symlink")])
    assert outside.read_bytes() == before


def test_hand_written_pages_and_notebooks_are_left(linted, capsys):
    linted.write("notes/mine.md", "# 手写\narxiv: 2301.12590\n")
    linted.write("experiments/notebooks/x.ipynb", '{"cells": []}')
    before = tree(linted.root)
    fix(linted, capsys)
    assert tree(linted.root) == before


# Proof, over random notes and random damage


def _reformatted(text, dice):
    """The same note as a person, or his editor, may have it."""
    lines = text.split("\n")
    for _ in range(dice.randint(1, 6)):
        n = dice.choice([dice.randrange(len(lines)), dice.randrange(1, 12)])
        what = dice.choice(["blank", "quotes", "trail", "cell", "reorder"])
        if what == "blank" and lines[n].startswith("#"):
            lines.insert(n, "")
        elif what == "quotes":
            lines[n] = re.sub(r'^(\w+): "([\w.]+)"$', r"\1: \2", lines[n])
        elif what == "cell" and lines[n].startswith("|"):
            lines[n] = lines[n].replace("|", " |", 1)
        elif what == "reorder" and 1 < n < 8 and lines[n + 1] != "---":
            lines[n], lines[n + 1] = lines[n + 1], lines[n]
        elif what == "trail" and lines[n]:
            lines[n] += " "
    return "\n".join(lines)


@pytest.mark.parametrize("kind", KINDS)
def test_a_repaired_note_is_the_same_note(kind):
    dice, repairs = random.Random(kind), 0
    for seed in range(120):
        note = Dice(seed).note_of(kind)
        text = _reformatted(render(note), dice)
        before, _ = examine(text, KINDS[kind])
        after, rules = repaired(text, kind)
        assert bool(rules) == (after != text)
        assert repaired(after, kind)[1] == ()
        repairs += len(rules)
        found, _ = examine(after, KINDS[kind])
        assert found == before
        if before:
            assert fingerprint(found) == fingerprint(before)
    assert repairs > 30


@pytest.mark.parametrize("kind", ["paper", "concept", "weekly"])
def test_random_damage_is_not_made_worse(kind):
    dice = random.Random(3)
    for seed in range(200):
        text = render(Dice(seed).note_of(kind))
        at = dice.randrange(len(text))
        text = (
            text[:at]
            + dice.choice(["", "\n", "```\n", "---\n", "字", "|", "## ", "$", "\0", "  "])
            + text[at + dice.randint(0, 3) :]
        )
        before, _ = examine(text, KINDS[kind])
        after, _ = repaired(text, kind, "read")
        found, _ = examine(after, KINDS[kind])
        assert (found is None) == (before is None)
        if before and kind != "paper":
            assert found == before
        assert sorted(re.findall(r"[一-鿿]", text)) == sorted(re.findall(r"[一-鿿]", after))


# As JSON


def as_json(linted, capsys, *args):
    code = lint.main(["--json", *map(str, args), "--lab", str(linted.root)])
    said = capsys.readouterr()
    assert said.out.count("\n") == 1
    found = json.loads(said.out)
    assert found["exit"] == code
    return found


def test_json_says_all_of_it_in_one_object(linted, capsys):
    linted.change(NOTE, ("tags: []", "tags:   []"), ("pages: 4", "pages: 4\npages: 4"))
    linted.change(LIST, ("📖 在读 | Tiny", "✅ 已读 | Tiny"))
    found = as_json(linted, capsys)
    assert (found["agent"], found["status"], found["notes"], found["errors"]) == ("lint", "checked", 2, 1)
    assert found["errors"] + found["warnings"] == len(found["findings"])
    assert found["fixed"] == []
    by_rule = {one["rule"]: one for one in found["findings"]}
    assert by_rule["status"] | {"message": ""} == {
        "path": NOTE, "line": line_of(linted.read(), "status: "), "rule": "status", "message": "", "is_error": False, "fixable": True,
    }  # fmt: skip
    assert not by_rule["front-matter"]["fixable"] and by_rule["front-matter"]["is_error"]
    fixed = as_json(linted, capsys, "--fix")
    assert [one["path"] for one in fixed["fixed"]] == [NOTE]
    assert "status" in fixed["fixed"][0]["rules"] and (linted.root / fixed["fixed"][0]["copy"]).is_file()


def test_what_json_calls_fixable_is_what_fix_takes_away(linted, capsys):
    linted.change(NOTE, ("# Tiny CLIP: ", "# Mine: "), ('\narxiv: ""', "\narxiv: 2301.12590"))
    before = as_json(linted, capsys)
    after = as_json(linted, capsys, "--fix")
    gone = {(one["path"], one["rule"]) for one in before["findings"] if one["fixable"]}
    assert gone == {(NOTE, "id-unquoted")}
    assert not gone & {(one["path"], one["rule"]) for one in after["findings"]}
    assert not any(one["fixable"] for one in after["findings"])


def test_an_error_with_json_is_an_error_line_and_no_object(linted, capsys):
    assert lint.main(["--json", "none.md", "--lab", str(linted.root)]) == 66
    said = capsys.readouterr()
    assert said.out == "" and said.err.startswith("error: ")
