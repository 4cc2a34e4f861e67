"""Lint as a person runs it: every rule on a note that breaks just it, on one that does not, and on damage of all kinds."""

import json
import random
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from changes import tree
from random_notes import Dice

from agents import lint, paper
from agents.lab.find import Lab
from agents.lab.new import create
from agents.note.markdown import render
from agents.note.template import headings

ROOT = Path(__file__).resolve().parents[1]
PDF = ROOT / "examples" / "tiny-clip" / "paper.pdf"
NOTE, LIST = "papers/tiny-clip.md", "papers/README.md"
LINE = re.compile(r"(?P<path>.+?):(?P<line>\d+): (?P<rule>[a-z0-9-]+): (?P<weight>warning: )?(?P<message>.+)")
CONTRACT = (ROOT / "CLAUDE.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A lab as `create` makes it, with a draft of the sample paper and a random concept note."""
    home = tmp_path_factory.mktemp("filled")
    lab = create(home / "lab", ("A Reader", "reader@example.com"))
    assert paper.main([str(PDF), "--engine", "draft", "--lab", str(lab.root)]) == 0
    concept = Dice(1).note_of("concept").model_copy(update={"related": (), "own_sections": (), "engine": "draft"})
    text = render(concept, headings(CONTRACT, "concept"))
    (lab.root / "notes/fundamentals/attention.md").write_bytes(text.encode())
    return lab.root


@pytest.fixture
def world(filled, tmp_path, capsys):
    """A copy of it; `run` is the command line and must leave every byte as it was."""
    lab = Lab(shutil.copytree(filled, tmp_path / "a lab", symlinks=True).resolve())

    def run(*args):
        before = tree(lab.root)
        code = lint.main([*map(str, args), "--lab", str(lab.root)])
        said = capsys.readouterr()
        assert tree(lab.root) == before
        found = [LINE.fullmatch(line) for line in said.out.splitlines()]
        assert all(found), said.out
        findings = [f for f in found if f["rule"] != "draft"]
        assert code == (65 if any(not f["weight"] for f in found) else 0), said.out
        return SimpleNamespace(code=code, out=said.out, err=said.err, all=found, found=findings)

    def write(path, text):
        file = lab.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())

    def read(path=NOTE):
        return (lab.root / path).read_bytes().decode()

    def change(path, *pairs):
        text = read(path)
        for old, new in pairs:
            assert old in text, old
            text = text.replace(old, new, 1)
        write(path, text)
        return text

    return SimpleNamespace(run=run, lab=lab, root=lab.root, write=write, read=read, change=change)


def told(done):
    return [(f["path"], f["rule"], "warning" if f["weight"] else "error") for f in done.found]


def only(done, path, rule, weight, *, line=None, says=""):
    """The one finding, beside what a draft lacks."""
    assert told(done) == [(path, rule, weight)], done.out
    if line is not None:
        assert int(done.found[0]["line"]) == line, done.out
    assert says in done.found[0]["message"], done.out


def line_of(text, part):
    return text.count("\n", 0, text.index(part)) + 1


# The lab as a whole


def test_a_lab_that_the_agents_filled_is_clean_and_says_what_the_draft_lacks(world):
    done = world.run()
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


def test_nothing_is_made_in_a_lab_that_is_only_looked_at(tmp_path, world):
    assert world.run().code == 0
    shutil.rmtree(world.root / ".lab", ignore_errors=True)
    world.run()
    assert not (world.root / ".lab").exists()


def test_it_works_as_a_process_from_inside_the_lab_and_loads_nothing_heavy(world):
    code = (
        "import sys; from agents import lint\n"
        "code = lint.main(['papers'])\n"
        "heavy = {'anthropic', 'arxiv', 'pymupdf', 'requests', 'git', 'numpy', 'nbformat'} & set(sys.modules)\n"
        "raise SystemExit(code or sorted(heavy) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=world.root / "notes/..", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("1 note: 0 errors")


# What was named


def test_only_what_is_named_is_reported_also_from_below_and_by_absolute_path(world, monkeypatch):
    world.change(NOTE, ("status: ", "state: "))
    world.write("notes/fundamentals/a.md", "free\n")
    monkeypatch.chdir(world.root / "notes")
    assert {f["path"] for f in world.run().found} == {NOTE, "notes/fundamentals/a.md"}
    for named in ("fundamentals", "fundamentals/a.md", ".", world.root / "notes"):
        assert {f["path"] for f in world.run(named).found} == {"notes/fundamentals/a.md"}, named
    assert {f["path"] for f in world.run("../papers/tiny-clip.md").found} == {NOTE}
    assert {f["path"] for f in world.run("..", "fundamentals").found} == {NOTE, "notes/fundamentals/a.md"}


def test_a_lab_behind_a_symbolic_link_is_named_either_way(world, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(world.root)
    world.write("notes/a.md", "free\n")
    assert told(world.run(link / "notes")) == [("notes/a.md", "front-matter", "warning")]
    assert told(world.run(link)) == [("notes/a.md", "front-matter", "warning")]


def test_what_is_no_note_may_be_named_as_a_commit_hook_does(world):
    done = world.run(world.root / "prompts/paper.md", world.root / ".gitignore", world.root / "CLAUDE.md")
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
    world, monkeypatch, capsys, named, code, says
):
    monkeypatch.chdir(world.root)
    assert lint.main([named, "--lab", str(world.root)]) == code
    said = capsys.readouterr()
    if code:
        assert (said.out, said.err.count("\n")) == ("", 2)
        assert said.err.startswith("error: ") and says in said.err and "\nhint: " in said.err


def test_no_lab_is_78_and_an_unknown_flag_is_2(tmp_path, capsys):
    assert lint.main(["--lab", str(tmp_path)]) == 78
    assert lint.main(["--fixx"]) == 2
    capsys.readouterr()


# Front matter


@pytest.mark.parametrize(
    ("old", "new", "at", "says"),
    [
        ('kind: "paper"', 'kind: "recipe"', 'kind: "recipe"', "'recipe' is none of paper"),
        ('kind: "paper"\n', "", "---", "kind is missing"),
        ('title: "', 'title: "unclosed\ny: "', "y: ", "not YAML"),
        ("pages: 4", "pages: four", "pages: four", "pages: "),
        ('created: "', 'created: "the ', "created: ", "created: "),
        ('sha256: "', '_sha256: "', "---", "sha256: Field required"),
        ("checks: {", "checks: [{", "checks: ", "not YAML"),
        ("pages: 4", "pages: 4\npages: 5", "pages: 5", "second time"),
        ("pages: 4", "pages: 4\nmine: [", "mine: [", "not YAML"),
        ('status: "reading"', 'status: "dropped"', 'status: "dropped"', "status: "),
        ("---\n", "--- \n", "---", "missing"),
        ("usd: 0.0\n---\n", "usd: 0.0\n", "---", "no second ---"),
        ("---\n", "", "title", "missing"),
        ("usd: 0.0\n", "usd: 0.0\n- a list\n", "- a list", "not YAML"),
    ],
)  # fmt: skip
def test_front_matter_says_which_key_and_where(world, old, new, at, says):
    text = world.change(NOTE, (old, new))
    done = world.run()
    assert ("papers/tiny-clip.md", "front-matter", "error") in told(done), done.out
    first = next(f for f in done.found if f["rule"] == "front-matter" and not f["weight"])
    assert says in first["message"], done.out
    assert int(first["line"]) == line_of(text, at), done.out


def test_every_wrong_key_is_named_not_only_the_first(world):
    world.change(NOTE, ("pages: 4", "pages: four"), ('engine: "draft"', "engine: []"), ("tokens: 0", "tokens: -1"))
    done = world.run()
    assert [f["message"].partition(":")[0] for f in done.found] == ["engine", "pages", "tokens"]


def test_a_key_that_the_schema_can_do_without_is_missed_as_a_warning(world):
    world.change(NOTE, ("aliases: []\n", ""))
    only(world.run(), NOTE, "front-matter", "warning", line=1, says="aliases is missing")


@pytest.mark.parametrize(
    "path", ["notes/mine.md", "papers/mine.md", "weekly-log/2026-W48.md", "notes/training/x/deep.md"]
)
@pytest.mark.parametrize(
    "text", ["", "# 手写\n\n字。\n", "---\ntags: [a]\n---\n# Obsidian 的\n", "\n---\nkind: paper\n---\n"]
)
def test_what_a_person_wrote_by_himself_is_not_checked_and_that_is_said(world, path, text):
    world.write(path, text)
    only(world.run(), path, "front-matter", "warning", line=1, says="not checked")


def test_readmes_inbox_and_hidden_files_are_not_notes(world):
    for path in (
        "notes/README.md",
        "weekly-log/inbox.md",
        "weekly-log/README.md",
        "notes/.obsidian/x.md",
        "papers/._a.md",
    ):
        world.write(path, "---\nkind: [\n")
    assert told(world.run()) == []


@pytest.mark.parametrize("value", ["2301.12590", "quant-ph/0201082", "2301.12590  # mine"])
def test_an_id_without_quotes_is_an_error(world, value):
    text = world.change(NOTE, ('arxiv: ""', f"arxiv: {value}"))
    done = world.run()
    found = [f for f in done.found if f["rule"] == "id-unquoted"]
    assert len(found) == 1 and not found[0]["weight"]
    assert int(found[0]["line"]) == line_of(text, "arxiv: ")
    assert {rule for _, rule, weight in told(done) if weight == "error"} == {"id-unquoted"}


@pytest.mark.parametrize(
    ("value", "wrong"),
    [("123e45", True), ("1234567890123456", True), ("12ab", False), ('"123e45"', False), ("'1'", False)],
)
def test_a_hash_needs_quotes_where_it_looks_like_a_number(world, value, wrong):
    text = world.read()
    world.write(NOTE, re.sub(r"\nwritten: .*", f"\nwritten: {value}", text))
    assert ("id-unquoted" in {rule for _, rule, _ in told(world.run())}) == wrong


# Headings


def test_a_missing_section_is_named_at_the_heading_that_lost_its_anchor(world):
    text = world.change(NOTE, ("## 背景与动机 <!-- field: background -->", "## 背景与动机"))
    only(world.run(), NOTE, "heading", "error", line=line_of(text, "## 背景与动机"), says="<!-- field: background -->")


def test_a_section_that_is_gone_is_named(world):
    text = world.read()
    start, end = text.index("### 局限性"), text.index("### 横向对比")
    world.write(NOTE, text[:start] + text[end:])
    only(world.run(), NOTE, "heading", "error", says="局限性 (assessment.limitations) is missing")


def test_a_section_twice_is_said_at_the_second(world):
    text = world.change(NOTE, ("## 实验 <!--", "## 又一次 <!-- field: summary -->\n\n重复。\n\n## 实验 <!--"))
    done = world.run()
    assert ("heading", "error") in {t[1:] for t in told(done)}
    twice = next(f for f in done.found if "second time" in f["message"])
    assert int(twice["line"]) == line_of(text, "## 又一次")


def test_a_section_out_of_order_is_an_error(world):
    text = world.read()
    start, end = text.index("## 背景与动机"), text.index("## 方法")
    moved = text[:start] + text[end:].replace("## 实验 <!--", text[start:end] + "## 实验 <!--", 1)
    world.write(NOTE, moved)
    only(
        world.run(),
        NOTE,
        "heading",
        "error",
        line=line_of(moved, "## 背景与动机"),
        says="background should stand before method",
    )


def test_a_heading_on_another_level_is_an_error(world):
    text = world.change(NOTE, ("### 架构图 <!--", "#### 架构图 <!--"))
    only(world.run(), NOTE, "heading", "error", line=line_of(text, "#### 架构图"), says="level 3, not 4")


def test_an_anchor_that_the_schema_does_not_know_is_a_warning(world):
    text = world.change(NOTE, ("## 实验 <!--", "## 我加的 <!-- field: mine -->\n\n字。\n\n## 实验 <!--"))
    only(world.run(), NOTE, "heading", "warning", line=line_of(text, "## 我加的"), says="mine belongs to no section")


def test_sections_that_the_person_added_and_what_stands_in_his_remarks_are_his(world):
    world.change(
        NOTE,
        ("## 实验 <!--", "## 我加的\n\n字 ⚠ 。\n\n```\n## 一句话总结 <!-- field: summary -->\n```\n\n## 实验 <!--"),
    )
    world.write(NOTE, world.read() + "\n我的话\n\n## 一句话总结 <!-- field: summary -->\n\n抄一遍 ⚠\n")
    assert told(world.run()) == []


def test_a_heading_worded_otherwise_than_in_claude_md_is_a_warning(world):
    text = world.change(NOTE, ("## 背景与动机 <!--", "## 为什么要做 <!--"))
    only(world.run(), NOTE, "heading", "warning", line=line_of(text, "## 为什么要做"), says="'背景与动机'")


def test_a_heading_that_claude_md_words_anew_is_a_warning_in_older_notes_and_right_in_a_note_that_follows(world):
    world.change("CLAUDE.md", ("## 背景与动机 <!--", "## 动机 <!--"))
    only(world.run(), NOTE, "heading", "warning", says="'动机'")
    world.change(NOTE, ("## 背景与动机 <!--", "## 动机 <!--"))
    assert told(world.run()) == []


def test_remarks_that_are_gone_are_a_warning(world):
    text = world.read()
    world.write(NOTE, text[: text.index("## 我的批注")])
    assert ("heading", "warning") in {t[1:] for t in told(world.run())}


# Schema, round trip, marks


@pytest.mark.parametrize(
    ("old", "new", "section"),
    [
        ("graph TD", "graph LR", "### 架构图"),
        ("- 见 Abstract\n", "- 见 Abstract\n随手加的一行\n", "### 核心改进"),
        ("**公式** Eq. (1)", "**公式 Eq. (1)", "### 关键公式"),
        ("| 组件 | 设置 |", "| 零件 | 设置 |", "### 消融实验"),
        ("## 方法 <!-- field: method -->\n", "## 方法 <!-- field: method -->\n\n夹在中间的字\n", "## 方法"),
        ("draft 引擎不作横向对比。", "<b>粗</b>", "### 横向对比"),
        ("draft 引擎不作横向对比。", "没有 $x 的比较", "### 横向对比"),
    ],
)
def test_a_section_that_does_not_parse_is_an_error_at_its_heading(world, old, new, section):
    text = world.change(NOTE, (old, new))
    done = world.run()
    assert {t[1:] for t in told(done)} <= {("schema", "error")}, done.out
    assert int(done.found[0]["line"]) == line_of(text, section), done.out


def test_every_broken_section_is_named(world):
    world.change(NOTE, ("graph TD", "graph LR"), ("**公式** Eq. (1)", "**公式 Eq. (1)"), ("pages: 4", "pages: four"))
    done = world.run()
    assert [f["rule"] for f in done.found] == ["front-matter", "schema", "schema"]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("tags: []", "tags:\n- mine", "tags:"),
        ('engine: "draft"', "engine: draft", "engine: draft"),
        ("## 实验 <!--", "\n\n## 实验 <!--", None),
        ("# Tiny CLIP: ", "# Mine: ", "# Mine: "),
    ],
)
def test_what_reads_the_same_but_is_written_otherwise_is_one_warning(world, old, new, line):
    text = world.change(NOTE, (old, new))
    only(
        world.run(),
        NOTE,
        "round-trip",
        "warning",
        line=line and line_of(text, f"\n{line}") + 1,
        says="would be written",
    )


def test_a_note_with_windows_line_ends_or_a_byte_order_mark_is_clean(world):
    text = world.read()
    world.write(NOTE, b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert told(world.run()) == []


def test_a_computed_cell_that_was_edited_is_an_error_and_blanks_are_not(world):
    text = world.change(NOTE, ("| -0.6 | -1.1 % |", "| -0.9 | -1.1 % |"))
    done = world.run()
    assert ("computed", "error") in {t[1:] for t in told(done)}
    assert int(next(f for f in done.found if f["rule"] == "computed")["line"]) == line_of(text, "| -0.9 |")
    world.write(NOTE, text.replace("| -0.9 | -1.1 % |", "|  -0.6|-1.1 % |"))
    assert {t[1:] for t in told(world.run())} == {("round-trip", "warning")}


def test_a_mark_of_ours_is_a_warning_where_it_stands(world):
    counted = "21/21 句在原文逐字找到，页码由程序标注。"  # the receipt's own sentence is no mark
    text = world.change(
        NOTE, ("  - 原文 p. 1：“We do not", "  - ⚠ 原文未找到：“We do not"), (counted, f"{counted}其余 1 句标了 ⚠。")
    )
    only(world.run(), NOTE, "marked", "warning", line=line_of(text, "⚠ 原文未找到"), says="We do not claim")


def test_what_a_draft_may_lack_is_an_error_in_what_claude_wrote(world):
    world.change(NOTE, ('engine: "draft"', 'engine: "claude"'))
    only(world.run(world.root / NOTE), NOTE, "incomplete", "error", says="method.formulas")


def test_tags_are_the_person_s_to_drop(world):
    assert "tags: []" in world.read()
    assert not [f for f in world.run().all if "tags" in f["message"]]


# Links


MINE = "notes/mine.md"


@pytest.mark.parametrize(
    "link",
    [
        "[a](../papers/tiny-clip.md)", "[a](fundamentals/attention.md)", "[a](<../papers/tiny-clip.md>)", '[a](../papers/tiny-clip.md "title")',
        "[a](with%20space.md)", "[a](<with space.md>)", "[a](%E4%B8%AD%E6%96%87.md)", "[a](中文.md)", "[a](a(b).md)", "[a](/papers/README.md)",
        "[a](../papers)", "[a](../papers/)", "![a](fig.png)", "[a](#标题)", "[a](https://none.invalid/x.md)", "[a](mailto:x@y.z)", "[a](//host/x)",
        "[a]: ../papers/README.md", "`[a](none.md)`", "``[a](none.md) ` ``", "```\n[a](none.md)\n```", "~~~\n[a](none.md)\n```\n[b](none.md)\n~~~", "    [a](none.md)",
        "<!-- [a](none.md) -->", "<!--\n[a](none.md)\n-->", r"\[a](none.md\)", "$[a](b)$", "$$\n\\left[a\\right](b)\n$$", "[a]()", "[^1]: none.md", "[a](.)", "[a](mine.md?plain=1)",
    ],
)  # fmt: skip
def test_links_that_lead_somewhere_or_are_none_are_fine(world, link):
    for path in ("notes/with space.md", "notes/中文.md", "notes/a(b).md", "notes/fig.png"):
        world.write(path, "x")
    world.write(MINE, f"# 标题\n\n{link}\n")
    assert [f["rule"] for f in world.run(world.root / MINE).found] == ["front-matter"]


@pytest.mark.parametrize(
    ("link", "rule"),
    [
        ("[a](none.md)", "link-file"), ("![](none.png)", "link-file"), ("[a](<no ne.md>)", "link-file"), ("[a](no%20ne.md 'x')", "link-file"), ("[a]: none.md", "link-file"),
        ("[a `]` b](none.md)", "link-file"), ("- 项\n\n    [a](none.md)", "link-file"), ("| a | [b](none.md) |", "link-file"), ("> [a](none.md)", "link-file"), ("```\n```\n[a](none.md)", "link-file"),
        ("[a](" + "n" * 300 + ".md)", "link-file"), ("[a](%00.md)", "link-file"), ("[a](../../../../none.md)", "link-file"), ("[a](/none.md)", "link-file"),
        ("[a](#没有)", "link-section"), ("[a](../papers/tiny-clip.md#没有)", "link-section"), ("[a](../papers/tiny-clip.md#method)", "link-section"), ("一个 $$ 单独\n\n[a](none.md)", "link-file"),
    ],
)  # fmt: skip
def test_links_that_lead_nowhere_are_warnings_in_what_the_person_wrote(world, link, rule):
    world.write(MINE, f"# 标题\n\n{link}\n")
    done = world.run(world.root / MINE)
    assert [(f["rule"], bool(f["weight"])) for f in done.found] == [("front-matter", True), (rule, True)], done.out
    assert int(done.found[1]["line"]) == 2 + len(link.split("\n"))


def test_a_dead_link_of_ours_is_an_error_and_in_the_person_s_section_a_warning(world):
    note = world.change(NOTE, ("draft 引擎不作横向对比。", "- [blip-2](blip-2.md)：更大的数据。"))
    only(world.run(), NOTE, "link-file", "error", line=line_of(note, "[blip-2]"), says="blip-2.md leads to no file")
    world.write("papers/blip-2.md", "手写\n")
    world.write(NOTE, world.read() + "\n见 [待写](later.md)\n")
    assert told(world.run(world.root / NOTE)) == [(NOTE, "link-file", "warning")]


@pytest.mark.parametrize(
    ("heading", "fragment"),
    [
        ("## 背景与动机 <!-- field: background -->", "背景与动机-"), ("## 背景与动机 <!-- field: background -->", "背景与动机"), ("## 背景与动机 <!-- field: background -->", "%E8%83%8C%E6%99%AF%E4%B8%8E%E5%8A%A8%E6%9C%BA-"),
        ("## Self-Attention 机制", "self-attention-机制"), ("## Self-Attention 机制", "Self-Attention%20机制"), ("## 面试/口述版", "面试口述版"), ("## A & B: c_d (e)", "a--b-c_d-e"),
        ("## `nn.Linear` 与 **粗体**", "nnlinear-与-粗体"), ("## [链接](x.md) 的字", "链接-的字"), ("## 二\n\n## 二", "二-1"), ("标题\n===", "标题"), ("## 收尾 ##", "收尾"), ("## 🎉 开始", "-开始"),
        ('<a id="here"></a>', "here"), ("字 ^块", "^块"), ("## 第 1 步：①", "第-1-步"), ("## snake_case _x_", "snake_case-x"),
    ],
)  # fmt: skip
def test_headings_are_found_by_the_names_that_github_and_obsidian_give_them(world, heading, fragment):
    world.write("notes/target.md", f"开头\n\n{heading}\n\n字\n")
    world.write(MINE, f"[a](target.md#{fragment}) [b](<target.md#{fragment}>)\n")
    assert [f["rule"] for f in world.run(world.root / MINE).found] == ["front-matter"]


@pytest.mark.parametrize(
    "heading", ["```\n## 标题\n```", "    ## 标题", "标题", "<!--\n## 标题\n-->", "##标题", "## 标题二"]
)
def test_what_only_looks_like_a_heading_is_none(world, heading):
    world.write("notes/target.md", f"开头\n\n{heading}\n")
    world.write(MINE, "[a](target.md#标题)\n")
    assert [f["rule"] for f in world.run(world.root / MINE).found] == ["front-matter", "link-section"]


def test_the_person_s_own_pages_are_looked_at_for_dead_links_only(world):
    world.write("resources/awesome.md", "# 资源\n\n[笔记](../papers/none.md)\n")
    world.change("README.md", ("(papers/README.md)", "(paper/README.md)"))
    assert told(world.run()) == [
        ("README.md", "link-file", "warning"),
        ("resources/awesome.md", "link-file", "warning"),
    ]


# The reading list


ROW = "| 📖 在读 | Tiny CLIP: Contrastive Picture-Caption Learning on One CPU Thread | — |  |  | [笔记](tiny-clip.md) |"


def row(title="Other", arxiv="—", link="", status="⬜ 未读"):
    return f"| {status} | {title} | {arxiv} |  |  | {f'[笔记]({link})' if link else ''} |"


def with_id(world, arxiv):
    world.change(NOTE, ('arxiv: ""', f'arxiv: "{arxiv}"'))


def test_a_row_that_links_to_no_note_is_an_error_at_the_row(world):
    text = world.change(LIST, (ROW, f"{ROW}\n{row(link='none.md')}"))
    only(world.run(), LIST, "reading-list", "error", line=line_of(text, "none.md"), says="links to papers/none.md")


def test_a_paper_note_without_a_row_is_an_error_in_the_note(world):
    world.change(LIST, (ROW, row()))
    only(world.run(), NOTE, "reading-list", "error", says="no row of papers/README.md")


@pytest.mark.parametrize(
    "row_of",
    [
        row("又名", link="tiny-clip.md"),
        row("Tiny CLIP: contrastive picture caption learning on one CPU thread"),
        row("又名", "2301.00001"),
    ],
)
def test_a_row_is_the_note_s_by_link_title_or_id(world, row_of):
    with_id(world, "2301.00001")
    world.change(LIST, (ROW, row_of.replace("⬜ 未读", "📖")))
    assert told(world.run()) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (row("甲", "2301.00001"), row("乙", "[2301.00001](https://arxiv.org/abs/2301.00001v2)")),
        (row("甲"), row("**甲**")),
        (row("甲", link="../notes/fundamentals/attention.md"), row("乙", link="../notes/fundamentals/attention.md")),
    ],
    ids=["id", "title", "link"],
)
def test_two_rows_of_one_paper_are_an_error_at_the_second(world, first, second):
    text = world.change(LIST, (ROW, f"{ROW}\n{first}\n{second}"))
    only(world.run(), LIST, "reading-list", "error", line=line_of(text, second), says="the same paper as line")


def test_two_papers_of_one_title_with_ids_of_their_own_are_two(world):
    world.change(LIST, (ROW, f"{ROW}\n{row('甲', '2301.00001')}\n{row('甲', '2301.00002')}"))
    assert told(world.run()) == []


@pytest.mark.parametrize("twin", ["arxiv", "sha256"])
def test_two_notes_of_one_paper_are_an_error_in_the_second(world, twin):
    if twin == "arxiv":
        with_id(world, "2301.00001")
    world.write("papers/zz.md", world.read())
    if twin == "arxiv":
        world.change("papers/zz.md", ('sha256: "', 'sha256: "other'))
    only(world.run(), "papers/zz.md", "reading-list", "error", says="the same paper as papers/tiny-clip.md")
    assert world.run(world.root / NOTE).code == 0


def test_a_row_and_its_note_with_other_ids_are_an_error_at_the_row(world):
    with_id(world, "2301.00001")
    world.change(LIST, ("| — |", "| 2301.00002 |"))
    only(
        world.run(),
        LIST,
        "reading-list",
        "error",
        says="about 2301.00002, its note papers/tiny-clip.md about 2301.00001",
    )


def test_a_status_that_differs_from_its_row_is_a_warning(world):
    world.change(LIST, ("📖 在读 | Tiny", "✅ 已读 | Tiny"))
    only(world.run(), NOTE, "status", "warning", line=line_of(world.read(), "status: "), says="the row wins")
    world.change(LIST, ("✅ 已读 | Tiny", "  | Tiny"))
    assert told(world.run()) == []


def test_a_block_in_the_list_that_nothing_closes_is_an_error(world):
    text = world.read(LIST) + "\n```\n没有收尾\n"
    world.write(LIST, text)
    only(world.run(), LIST, "reading-list", "error", line=line_of(text, "```"), says="nothing closes")


def test_a_list_that_is_gone_is_an_error(world, monkeypatch):
    monkeypatch.chdir(world.root)
    (world.root / LIST).unlink()
    only(world.run("papers"), LIST, "unreadable", "error", says="No such file")


# README.md and CLAUDE.md


BLOCK = "\n<!-- progress: begin -->\n- [ ] 阶段一（还没有论文）\n<!-- progress: end -->\n"


def test_a_progress_block_out_of_date_is_a_warning_and_one_in_date_is_fine(world):
    text = world.read("README.md") + BLOCK
    world.write("README.md", text)
    assert told(world.run()) == []
    world.change(LIST, ("| — |  |  |", "| — |  | 1 |"))
    only(world.run(), "README.md", "progress", "warning", line=line_of(text, "<!-- progress"), says="weekly")
    world.write("README.md", text.replace("（还没有论文）", "（✅ 0 / 📖 1 / 共 1 篇）"))
    assert told(world.run()) == []


@pytest.mark.parametrize(
    "damaged",
    [
        BLOCK.replace("<!-- progress: end -->", ""),
        BLOCK * 2,
        BLOCK.replace("begin", "x").replace("end", "begin").replace("x", "end"),
    ],
)
def test_damaged_markers_are_an_error(world, damaged):
    world.write("README.md", world.read("README.md") + damaged)
    only(world.run(), "README.md", "progress", "error", says="damaged")


def test_a_template_that_lost_an_anchor_is_an_error_that_names_it(world):
    text = world.change("CLAUDE.md", ("## 背景与动机 <!-- field: background -->", "## 背景与动机"))
    only(world.run(), "CLAUDE.md", "template", "error", says="lost 背景与动机 (<!-- field: background -->)")
    assert line_of(text, "<!-- kind: paper") < int(world.run().found[0]["line"]) < line_of(text, "## 方法")


def test_an_anchor_twice_in_a_template_is_an_error_and_an_unknown_one_a_warning(world):
    text = world.change(
        "CLAUDE.md", ("## 背景与动机 <!--", "## 再来 <!-- field: summary -->\n\n字\n\n## 背景与动机 <!--")
    )
    done = world.run(world.root / "CLAUDE.md")
    assert told(done) == [("CLAUDE.md", "template", "error")] * 2
    assert int(done.found[1]["line"]) == line_of(text, "## 再来")
    text = world.change("CLAUDE.md", ("<!-- field: summary -->\n\n字", "<!-- field: mine -->\n\n字"))
    only(
        world.run(),
        "CLAUDE.md",
        "template",
        "warning",
        line=line_of(text, "## 再来"),
        says="mine belongs to no section",
    )


def test_a_claude_md_without_templates_is_a_warning_for_each_kind(world):
    world.write("CLAUDE.md", "# 格式\n")
    done = world.run()
    assert set(told(done)) == {("CLAUDE.md", "template", "warning")}
    assert "kind paper" in done.out and "kind concept" in done.out


def test_a_claude_md_that_cannot_be_read_is_a_finding(world):
    world.write("CLAUDE.md", b"\xff\xfe")
    only(world.run(), "CLAUDE.md", "template", "error", says="not UTF-8")


# Notebooks


NB = "experiments/notebooks/tiny.ipynb"
LAB = {"title": "小实验", "kind": "experiment", "created": "2026-11-27", "updated": "2026-11-27", "engine": "claude"}


def book(*cells, lab=LAB, **more):
    metadata = {} if lab is None else {"lab": lab}
    return json.dumps(
        {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5} | more,
        indent=1,
        ensure_ascii=False,
    )


def cell(*lines, kind="markdown"):
    return {"cell_type": kind, "metadata": {}, "source": [f"{line}\n" for line in lines]}


def test_a_notebook_with_its_keys_and_living_links_is_clean(world):
    world.write(
        NB,
        book(
            cell("# 小实验", "", "见 [笔记](../../papers/tiny-clip.md#一句话总结-)"),
            cell("x = y[0](none.md)", kind="code"),
        ),
    )
    assert told(world.run()) == []
    assert world.run().err.startswith("3 notes")


def test_a_dead_link_in_a_cell_is_found_on_its_line_of_the_file(world):
    for text in (
        book(cell("# 小实验", "第一行"), cell("见 [x](none.md)")),
        json.dumps(json.loads(book(cell("字", "见 [x](none.md)")))),
    ):
        world.write(NB, text)
        only(world.run(), NB, "link-file", "warning", line=line_of(text, "none.md"))


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
def test_a_notebook_that_is_none_is_one_finding(world, text, rule, weight, says):
    world.write(NB, text)
    only(world.run(), NB, rule, weight, says=says)


def test_json_errors_say_their_line(world):
    world.write(NB, '{\n "cells": [\n  x\n ]\n}\n')
    only(world.run(), NB, "notebook", "error", line=3)


# Files of all kinds


def test_what_is_not_utf8_says_the_line(world):
    world.write(NOTE, "---\n标题\n".encode() + b"\xff\n")
    done = world.run()
    assert (NOTE, "not-utf8", "error") in told(done)
    assert int(done.found[0]["line"]) == 3


@pytest.mark.parametrize("path", [LIST, "README.md"])
def test_a_list_or_readme_that_is_not_utf8_is_no_crash(world, path):
    world.write(path, b"\xff\n")
    assert told(world.run()) == ([(LIST, "not-utf8", "error")] if path == LIST else [])


def test_a_nul_byte_is_an_error_on_its_line(world):
    text = world.read() + "字\0\n"
    world.write(NOTE, text)
    only(world.run(), NOTE, "nul", "error", line=line_of(text, "\0"))


def test_more_than_five_megabytes_are_one_finding(world):
    world.write("notes/big.md", "字" * 2_000_000)
    only(world.run(), "notes/big.md", "size", "error", line=1, says="6.0 MB")


FILLINGS = ["字。\n", "[a](#x) ", "`a` ", "`", "$a$ ", "[", "$$\n\n", "<!-- ", "| a ", "# a\n", "- [x](y.md)：\n", "![](", "<", "  ", "## 一 \t", "---\n"]  # fmt: skip


@pytest.mark.parametrize(
    "where", ["## 我的批注 <!-- field: remarks -->\n", "## 背景与动机 <!-- field: background -->\n\n", "tags: "]
)
def test_half_a_megabyte_of_anything_takes_seconds_not_minutes(world, where):
    head = world.read()
    assert where in head
    for filling in FILLINGS:
        world.write("notes/big.md", head.replace(where, where + filling * (500_000 // len(filling.encode())), 1))
        started = time.process_time()
        world.run(world.root / "notes/big.md")
        assert time.process_time() - started < 8, filling


@pytest.mark.parametrize("target", ["/etc/hostname", "../../outside.md", "loop.md", "../../gone/x.md"])
def test_a_symbolic_link_out_of_the_lab_is_an_error_and_is_not_followed(world, target):
    (world.root.parent / "outside.md").write_text("---\nkind: [\n")
    (world.root / "notes/loop.md").symlink_to(target)
    only(world.run(), "notes/loop.md", "symlink", "error", line=1)


def test_a_symbolic_link_within_the_lab_is_a_warning(world):
    (world.root / "notes/same.md").symlink_to("../papers/tiny-clip.md")
    only(world.run(), "notes/same.md", "symlink", "warning", says="not followed")
    only(world.run(world.root / "notes/same.md"), "notes/same.md", "symlink", "warning")
    (world.root / "notes/same.md").unlink()
    (world.root / "notes/gone.md").symlink_to("nowhere.md")
    only(world.run(), "notes/gone.md", "symlink", "warning")


@pytest.mark.parametrize("name", ["notes/shared", "weekly-log"])
def test_a_folder_that_is_a_link_out_of_the_lab_is_an_error(world, name, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/x.md").write_text("---\nkind: [\n---\n")
    if (world.root / name).exists():
        shutil.rmtree(world.root / name)
    (world.root / name).symlink_to(tmp_path / "elsewhere")
    assert (name, "symlink", "error") in told(world.run())


def test_a_reading_list_that_is_a_link_in_the_lab_is_read(world):
    (world.root / LIST).rename(world.root / "list.md")
    (world.root / LIST).symlink_to("../list.md")
    assert told(world.run()) == []


def test_a_pipe_is_not_waited_for(world):
    import os

    os.mkfifo(world.root / "notes/pipe.md")
    done = lint.main(["--lab", str(world.root)])
    assert done == 65


def test_a_file_that_may_not_be_read_is_a_finding(world, monkeypatch):
    original = Path.read_bytes

    def refuse(path):
        if path.name == "closed.md":
            raise PermissionError(13, "Permission denied")
        return original(path)

    world.write("notes/closed.md", "x")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert lint.main([str(world.root / "notes/closed.md"), "--lab", str(world.root)]) == 65


def test_names_with_line_ends_stay_on_one_line(world):
    world.write("notes/a\nb:3: x\x1b[2J.md", "字\n")
    done = world.run()
    assert done.out.count("\n") == len(done.all)
    assert "a\\nb" in done.out


@pytest.mark.parametrize(
    "front",
    ["a: " + "[" * 100_000, "a:\n " + "- " * 30_000, "? " * 30_000, "a: &a [*a]", "&a {a: *a}", "\tx: 1", "<<: [1]", "kind: paper\n" * 5000, "%YAML 9.9", "a: !!python/object:os.system x", "kind: {a: b}", "kind:", "x: \x07"],
    ids=range(13),
)  # fmt: skip
def test_front_matter_of_all_kinds_is_a_finding(world, front):
    world.write("notes/odd.md", f"---\n{front}\n---\n# x\n")
    done = world.run()
    assert {t[0] for t in told(done)} == {"notes/odd.md"}


# Random notes


@pytest.mark.parametrize("kind", ["paper", "concept"])
def test_random_notes_have_no_errors(world, kind):
    for seed in range(150):
        note = Dice(seed).note_of(kind)
        facts = {"arxiv": f"2301.{seed:05}", "sha256": str(seed)} if kind == "paper" else {}
        world.write(f"notes/training/r{seed}.md", render(note.model_copy(update=facts | {"engine": "draft"})))
    world.write(LIST, world.read(LIST) + "".join(f"{row(f'第{n}篇', f'2301.{n:05}')}\n" for n in range(150)))
    done = world.run()
    # notes that are not there are linked to; an unknown anchor counts as the person's
    allowed = {"link-file", "link-file: warning", "heading: warning", "status: warning", "marked: warning"}
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


def test_random_damage_is_a_finding_never_a_crash(world):
    dice = random.Random(11)
    texts = [render(Dice(seed).note_of(kind)) for seed in range(6) for kind in ("paper", "concept")]
    texts += [world.read(), book(cell("# 小实验", "[x](y.md)"))]
    lists = world.read(LIST)
    for _ in range(12):
        for n in range(100):
            text = texts[n % len(texts)]
            path = f"papers/d{n}.md" if text[0] == "-" else f"experiments/notebooks/d{n}.ipynb"
            world.write(path, _damaged(text, dice))
        world.write(LIST, _damaged(lists, dice))
        world.write("CLAUDE.md", _damaged(CONTRACT, dice))
        world.write("README.md", _damaged(BLOCK * 2, dice))
        done = world.run()
        assert "bug" not in done.err
        assert len({f["path"] for f in done.all}) > 80
