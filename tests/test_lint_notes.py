"""Lint on one note: every rule on a note that breaks just it, and on one that does not."""

import re

import pytest
from findings import NOTE, line_of, only, told

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
def test_front_matter_says_which_key_and_where(linted, old, new, at, says):
    text = linted.change(NOTE, (old, new))
    done = linted.run()
    assert ("papers/tiny-clip.md", "front-matter", "error") in told(done), done.out
    first = next(f for f in done.found if f["rule"] == "front-matter" and not f["weight"])
    assert says in first["message"], done.out
    assert int(first["line"]) == line_of(text, at), done.out


@pytest.mark.parametrize("kind", ["note", "", "[a]", "Paper"])
def test_a_kind_of_his_own_is_a_warning_and_in_a_note_of_ours_an_error(linted, kind):
    linted.write("notes/mine.md", f"---\ntags: [a]\nkind: {kind}\n---\n# 手写\n")
    only(linted.run(), "notes/mine.md", "front-matter", "warning", line=3, says="not checked")
    linted.write("notes/mine.md", f"---\nkind: {kind}\n---\n## 直觉理解 <!-- field: intuition -->\n")
    only(linted.run(), "notes/mine.md", "front-matter", "error", says="kind")


def test_every_wrong_key_is_named_not_only_the_first(linted):
    linted.change(NOTE, ("pages: 4", "pages: four"), ('engine: "draft"', "engine: []"), ("tokens: 0", "tokens: -1"))
    done = linted.run()
    errors = [f for f in done.found if not f["weight"]]
    assert [f["message"].partition(":")[0] for f in errors] == ["engine", "pages", "tokens"]


def test_a_key_that_the_schema_can_do_without_is_missed_as_a_warning(linted):
    linted.change(NOTE, ("aliases: []\n", ""))
    only(linted.run(), NOTE, "front-matter", "warning", line=1, says="aliases is missing")


@pytest.mark.parametrize(
    "path", ["notes/mine.md", "papers/mine.md", "weekly-log/2026-W48.md", "notes/training/x/deep.md"]
)
@pytest.mark.parametrize(
    "text", ["", "# 手写\n\n字。\n", "---\ntags: [a]\n---\n# Obsidian 的\n", "\n---\nkind: paper\n---\n"]
)
def test_what_a_person_wrote_by_himself_is_not_checked_and_that_is_said(linted, path, text):
    linted.write(path, text)
    only(linted.run(), path, "front-matter", "warning", line=1, says="not checked")


def test_readmes_inbox_and_hidden_files_are_not_notes(linted):
    for path in (
        "notes/README.md",
        "weekly-log/inbox.md",
        "weekly-log/README.md",
        "notes/.obsidian/x.md",
        "papers/._a.md",
    ):
        linted.write(path, "---\nkind: [\n")
    assert told(linted.run()) == []


@pytest.mark.parametrize("value", ["2301.12590", "quant-ph/0201082", "2301.12590  # mine"])
def test_an_id_without_quotes_is_an_error(linted, value):
    text = linted.change(NOTE, ('arxiv: ""', f"arxiv: {value}"))
    done = linted.run()
    found = [f for f in done.found if f["rule"] == "id-unquoted"]
    assert len(found) == 1 and not found[0]["weight"]
    assert int(found[0]["line"]) == line_of(text, "arxiv: ")
    assert {rule for _, rule, weight in told(done) if weight == "error"} == {"id-unquoted"}


@pytest.mark.parametrize(
    ("value", "wrong"),
    [("123e45", True), ("1234567890123456", True), ("12ab", False), ('"123e45"', False), ("'1'", False)],
)
def test_a_hash_needs_quotes_where_it_looks_like_a_number(linted, value, wrong):
    text = linted.read()
    linted.write(NOTE, re.sub(r"\nwritten: .*", f"\nwritten: {value}", text))
    assert ("id-unquoted" in {rule for _, rule, _ in told(linted.run())}) == wrong


# Headings


def test_a_missing_section_is_named_at_the_heading_that_lost_its_anchor(linted):
    text = linted.change(NOTE, ("## 背景与动机 <!-- field: background -->", "## 背景与动机"))
    only(linted.run(), NOTE, "heading", "error", line=line_of(text, "## 背景与动机"), says="<!-- field: background -->")


def test_a_section_that_is_gone_is_named(linted):
    text = linted.read()
    start, end = text.index("### 局限性"), text.index("### 横向对比")
    linted.write(NOTE, text[:start] + text[end:])
    only(linted.run(), NOTE, "heading", "error", says="局限性 (assessment.limitations) is missing")


def test_a_section_twice_is_said_at_the_second(linted):
    text = linted.change(NOTE, ("## 实验 <!--", "## 又一次 <!-- field: summary -->\n\n重复。\n\n## 实验 <!--"))
    done = linted.run()
    assert ("heading", "error") in {t[1:] for t in told(done)}
    twice = next(f for f in done.found if "second time" in f["message"])
    assert int(twice["line"]) == line_of(text, "## 又一次")


def test_a_section_out_of_order_is_an_error(linted):
    text = linted.read()
    start, end = text.index("## 背景与动机"), text.index("## 方法")
    moved = text[:start] + text[end:].replace("## 实验 <!--", text[start:end] + "## 实验 <!--", 1)
    linted.write(NOTE, moved)
    only(
        linted.run(),
        NOTE,
        "heading",
        "error",
        line=line_of(moved, "## 背景与动机"),
        says="background should stand before method",
    )


def test_a_heading_on_another_level_is_an_error(linted):
    text = linted.change(NOTE, ("### 架构图 <!--", "#### 架构图 <!--"))
    only(linted.run(), NOTE, "heading", "error", line=line_of(text, "#### 架构图"), says="level 3, not 4")


def test_an_anchor_that_the_schema_does_not_know_is_a_warning(linted):
    text = linted.change(NOTE, ("## 实验 <!--", "## 我加的 <!-- field: mine -->\n\n字。\n\n## 实验 <!--"))
    only(linted.run(), NOTE, "heading", "warning", line=line_of(text, "## 我加的"), says="mine belongs to no section")


def test_sections_that_the_person_added_and_what_stands_in_his_remarks_are_his(linted):
    linted.change(
        NOTE,
        ("## 实验 <!--", "## 我加的\n\n字 ⚠ 。\n\n```\n## 一句话总结 <!-- field: summary -->\n```\n\n## 实验 <!--"),
    )
    linted.write(NOTE, linted.read() + "\n我的话\n\n## 一句话总结 <!-- field: summary -->\n\n抄一遍 ⚠\n")
    assert told(linted.run()) == []


def test_a_heading_worded_otherwise_than_in_claude_md_is_a_warning(linted):
    text = linted.change(NOTE, ("## 背景与动机 <!--", "## 为什么要做 <!--"))
    only(linted.run(), NOTE, "heading", "warning", line=line_of(text, "## 为什么要做"), says="'背景与动机'")


def test_a_heading_that_claude_md_words_anew_is_a_warning_in_older_notes_and_right_in_a_note_that_follows(linted):
    linted.change("CLAUDE.md", ("## 背景与动机 <!--", "## 动机 <!--"))
    only(linted.run(), NOTE, "heading", "warning", says="'动机'")
    linted.change(NOTE, ("## 背景与动机 <!--", "## 动机 <!--"))
    assert told(linted.run()) == []


def test_remarks_that_are_gone_are_a_warning(linted):
    text = linted.read()
    linted.write(NOTE, text[: text.index("## 我的批注")])
    assert ("heading", "warning") in {t[1:] for t in told(linted.run())}


# Schema, round trip, marks


@pytest.mark.parametrize(
    ("old", "new", "section"),
    [
        ("graph TD", "graph LR", "### 架构图"),
        ("- 见 Abstract\n", "- 见 Abstract\n随手加的一行\n", "### 核心改进"),
        ("**公式** Eq. (1)", "公式 Eq. (1)", "### 关键公式"),
        ("| 组件 | 设置 |", "| 零件 | 设置 |", "### 消融实验"),
        ("## 方法 <!-- field: method -->\n", "## 方法 <!-- field: method -->\n\n夹在中间的字\n", "## 方法"),
        ("draft 引擎不作横向对比。", "没有 $x 的比较", "### 横向对比"),
        ("draft 引擎不作横向对比。", "- x", "### 横向对比"),
    ],
)
def test_a_section_that_does_not_parse_is_an_error_at_its_heading(linted, old, new, section):
    text = linted.change(NOTE, (old, new))
    done = linted.run()
    assert {t[1:] for t in told(done)} <= {("schema", "error")}, done.out
    assert int(done.found[0]["line"]) == line_of(text, section), done.out


def test_every_broken_section_is_named(linted):
    linted.change(NOTE, ("graph TD", "graph LR"), ("**公式** Eq. (1)", "公式 Eq. (1)"), ("pages: 4", "pages: four"))
    done = linted.run()
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
def test_what_reads_the_same_but_is_written_otherwise_is_one_warning(linted, old, new, line):
    text = linted.change(NOTE, (old, new))
    only(
        linted.run(),
        NOTE,
        "round-trip",
        "warning",
        line=line and line_of(text, f"\n{line}") + 1,
        says="would be written",
    )


def test_a_note_with_windows_line_ends_or_a_byte_order_mark_is_clean(linted):
    text = linted.read()
    linted.write(NOTE, b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert told(linted.run()) == []


def test_a_computed_cell_that_was_edited_is_an_error_and_blanks_are_not(linted):
    text = linted.change(NOTE, ("| -0.6 | -1.1 % |", "| -0.9 | -1.1 % |"))
    done = linted.run()
    assert ("computed", "error") in {t[1:] for t in told(done)}
    assert int(next(f for f in done.found if f["rule"] == "computed")["line"]) == line_of(text, "| -0.9 |")
    linted.write(NOTE, text.replace("| -0.9 | -1.1 % |", "|  -0.6|-1.1 % |"))
    assert {t[1:] for t in told(linted.run())} == {("round-trip", "warning")}


def test_a_mark_of_ours_is_a_warning_where_it_stands(linted):
    counted = "21/21 句在原文逐字找到，页码由程序标注。"  # the receipt's own sentence is no mark
    text = linted.change(
        NOTE, ("  - 原文 p. 1：“We do not", "  - ⚠ 原文未找到：“We do not"), (counted, f"{counted}其余 1 句标了 ⚠。")
    )
    only(linted.run(), NOTE, "marked", "warning", line=line_of(text, "⚠ 原文未找到"), says="We do not claim")


def test_what_a_draft_may_lack_is_an_error_in_what_claude_wrote(linted):
    linted.change(NOTE, ('engine: "draft"', 'engine: "claude"'))
    done = linted.run(linted.root / NOTE)
    errors = [f for f in done.found if not f["weight"] and f["rule"] != "language"]  # Claude would write Chinese
    assert [f["rule"] for f in errors] == ["incomplete"]
    assert "method.formulas" in errors[0]["message"]
    # And what it left in English, which a draft is excused for in one finding, is a mark at each place.
    marks = [f for f in done.found if f["weight"]]
    assert {f["rule"] for f in marks} == {"marked"}
    assert len(marks) == linted.read().count("⚠ 未译成中文") > 5


def test_what_a_draft_left_in_english_is_one_finding(linted):
    (found,) = [f for f in linted.run(linted.root / NOTE).all if "language of the source" in f["message"]]
    assert (found["rule"], found["weight"]) == ("draft", "warning: ")
    text = linted.read()
    assert f"{text.count('⚠ 未译成中文')} lines" in found["message"]
    assert int(found["line"]) == line_of(text, "⚠ 未译成中文")


def test_tags_are_the_person_s_to_drop(linted):
    assert "tags: []" in linted.read()
    assert not [f for f in linted.run().all if "tags" in f["message"]]
