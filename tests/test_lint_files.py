"""Lint on what files say of each other: links, the reading list, README.md and CLAUDE.md."""

import pytest
from findings import BLOCK, LIST, NOTE, ROW, line_of, only, row, told

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
def test_links_that_lead_somewhere_or_are_none_are_fine(linted, link):
    for path in ("notes/with space.md", "notes/中文.md", "notes/a(b).md", "notes/fig.png"):
        linted.write(path, "x")
    linted.write(MINE, f"# 标题\n\n{link}\n")
    assert [f["rule"] for f in linted.run(linted.root / MINE).found] == ["front-matter"]


@pytest.mark.parametrize(
    ("link", "rule"),
    [
        ("[a](none.md)", "link-file"), ("![](none.png)", "link-file"), ("[a](<no ne.md>)", "link-file"), ("[a](no%20ne.md 'x')", "link-file"), ("[a]: none.md", "link-file"),
        ("[a `]` b](none.md)", "link-file"), ("- 项\n\n    [a](none.md)", "link-file"), ("| a | [b](none.md) |", "link-file"), ("> [a](none.md)", "link-file"), ("```\n```\n[a](none.md)", "link-file"),
        ("[a](" + "n" * 300 + ".md)", "link-file"), ("[a](%00.md)", "link-file"), ("[a](../../../../none.md)", "link-file"), ("[a](/none.md)", "link-file"),
        ("[a](#没有)", "link-section"), ("[a](../papers/tiny-clip.md#没有)", "link-section"), ("[a](../papers/tiny-clip.md#method)", "link-section"), ("一个 $$ 单独\n\n[a](none.md)", "link-file"),
    ],
)  # fmt: skip
def test_links_that_lead_nowhere_are_warnings_in_what_the_person_wrote(linted, link, rule):
    linted.write(MINE, f"# 标题\n\n{link}\n")
    done = linted.run(linted.root / MINE)
    found = [f for f in done.found if f["rule"] != "typography"]  # of the lone $$
    assert [(f["rule"], bool(f["weight"])) for f in found] == [("front-matter", True), (rule, True)], done.out
    assert int(found[1]["line"]) == 2 + len(link.split("\n"))


def test_a_dead_link_of_ours_is_an_error_and_in_the_person_s_section_a_warning(linted):
    note = linted.change(NOTE, ("draft 引擎不作横向对比。", "- [blip-2](blip-2.md)：更大的数据。"))
    only(linted.run(), NOTE, "link-file", "error", line=line_of(note, "[blip-2]"), says="blip-2.md leads to no file")
    linted.write("papers/blip-2.md", "手写\n")
    linted.write(NOTE, linted.read() + "\n见 [待写](later.md)\n")
    assert told(linted.run(linted.root / NOTE)) == [(NOTE, "link-file", "warning")]


@pytest.mark.parametrize(
    ("heading", "fragment"),
    [
        ("## 背景与动机 <!-- field: background -->", "背景与动机-"), ("## 背景与动机 <!-- field: background -->", "背景与动机"), ("## 背景与动机 <!-- field: background -->", "%E8%83%8C%E6%99%AF%E4%B8%8E%E5%8A%A8%E6%9C%BA-"),
        ("## Self-Attention 机制", "self-attention-机制"), ("## Self-Attention 机制", "Self-Attention%20机制"), ("## 面试/口述版", "面试口述版"), ("## A & B: c_d (e)", "a--b-c_d-e"),
        ("## `nn.Linear` 与 **粗体**", "nnlinear-与-粗体"), ("## [链接](x.md) 的字", "链接-的字"), ("## 二\n\n## 二", "二-1"), ("标题\n===", "标题"), ("## 收尾 ##", "收尾"), ("## 🎉 开始", "-开始"),
        ('<a id="here"></a>', "here"), ("字 ^块", "^块"), ("## 第 1 步：①", "第-1-步"), ("## snake_case _x_", "snake_case-x"),
    ],
)  # fmt: skip
def test_headings_are_found_by_the_names_that_github_and_obsidian_give_them(linted, heading, fragment):
    linted.write("notes/target.md", f"开头\n\n{heading}\n\n字\n")
    linted.write(MINE, f"[a](target.md#{fragment}) [b](<target.md#{fragment}>)\n")
    assert [f["rule"] for f in linted.run(linted.root / MINE).found] == ["front-matter"]


@pytest.mark.parametrize(
    "heading", ["```\n## 标题\n```", "    ## 标题", "标题", "<!--\n## 标题\n-->", "##标题", "## 标题二"]
)
def test_what_only_looks_like_a_heading_is_none(linted, heading):
    linted.write("notes/target.md", f"开头\n\n{heading}\n")
    linted.write(MINE, "[a](target.md#标题)\n")
    assert [f["rule"] for f in linted.run(linted.root / MINE).found] == ["front-matter", "link-section"]


def test_the_person_s_own_pages_are_looked_at_for_dead_links_only(linted):
    linted.write("resources/awesome.md", "# 资源\n\n[笔记](../papers/none.md)\n")
    linted.change("README.md", ("(papers/README.md)", "(paper/README.md)"))
    assert told(linted.run()) == [
        ("README.md", "link-file", "warning"),
        ("resources/awesome.md", "link-file", "warning"),
    ]


# The reading list


def with_id(linted, arxiv):
    linted.change(NOTE, ('arxiv: ""', f'arxiv: "{arxiv}"'))


def test_a_row_that_links_to_no_note_is_an_error_at_the_row(linted):
    text = linted.change(LIST, (ROW, f"{ROW}\n{row(link='none.md')}"))
    only(linted.run(), LIST, "reading-list", "error", line=line_of(text, "none.md"), says="links to papers/none.md")


def test_a_paper_note_without_a_row_is_an_error_in_the_note(linted):
    linted.change(LIST, (ROW, row()))
    only(linted.run(), NOTE, "reading-list", "error", says="no row of papers/README.md")


@pytest.mark.parametrize(
    "row_of",
    [
        row("又名", link="tiny-clip.md"),
        row("Tiny CLIP: contrastive picture caption learning on one CPU thread"),
        row("又名", "2301.00001"),
    ],
)
def test_a_row_is_the_note_s_by_link_title_or_id(linted, row_of):
    with_id(linted, "2301.00001")
    linted.change(LIST, (ROW, row_of.replace("⬜ 未读", "📖")))
    assert told(linted.run()) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (row("甲", "2301.00001"), row("乙", "[2301.00001](https://arxiv.org/abs/2301.00001v2)")),
        (row("甲"), row("**甲**")),
        (row("甲", link="../notes/fundamentals/attention.md"), row("乙", link="../notes/fundamentals/attention.md")),
    ],
    ids=["id", "title", "link"],
)
def test_two_rows_of_one_paper_are_an_error_at_the_second(linted, first, second):
    text = linted.change(LIST, (ROW, f"{ROW}\n{first}\n{second}"))
    only(linted.run(), LIST, "reading-list", "error", line=line_of(text, second), says="the same paper as line")


def test_two_papers_of_one_title_with_ids_of_their_own_are_two(linted):
    linted.change(LIST, (ROW, f"{ROW}\n{row('甲', '2301.00001')}\n{row('甲', '2301.00002')}"))
    assert told(linted.run()) == []


@pytest.mark.parametrize("twin", ["arxiv", "sha256"])
def test_two_notes_of_one_paper_are_an_error_in_the_second(linted, twin):
    if twin == "arxiv":
        with_id(linted, "2301.00001")
    linted.write("papers/zz.md", linted.read())
    if twin == "arxiv":
        linted.change("papers/zz.md", ('sha256: "', 'sha256: "other'))
    only(linted.run(), "papers/zz.md", "reading-list", "error", says="the same paper as papers/tiny-clip.md")
    assert linted.run(linted.root / NOTE).code == 0


def change_row(linted, old, new):
    """In the row of the sample paper, as it stands in a list of many."""
    row = next(line for line in linted.read(LIST).split("\n") if "tiny-clip.md" in line)
    assert old in row
    linted.change(LIST, (row, row.replace(old, new)))


def test_a_row_and_its_note_with_other_ids_are_an_error_at_the_row(linted):
    with_id(linted, "2301.00001")
    change_row(linted, "| — |", "| 2301.00002 |")
    only(
        linted.run(),
        LIST,
        "reading-list",
        "error",
        says="about 2301.00002, its note papers/tiny-clip.md about 2301.00001",
    )


def test_a_status_that_differs_from_its_row_is_a_warning(linted):
    linted.change(LIST, ("📖 在读 | Tiny", "✅ 已读 | Tiny"))
    only(linted.run(), NOTE, "status", "warning", line=line_of(linted.read(), "status: "), says="the row wins")
    linted.change(LIST, ("✅ 已读 | Tiny", "  | Tiny"))
    assert told(linted.run()) == []


def test_a_block_in_the_list_that_nothing_closes_is_an_error(linted):
    text = linted.read(LIST) + "\n```\n没有收尾\n"
    linted.write(LIST, text)
    only(linted.run(), LIST, "reading-list", "error", line=line_of(text, "```"), says="nothing closes")


def test_a_list_that_is_gone_is_an_error(linted, monkeypatch):
    monkeypatch.chdir(linted.root)
    (linted.root / LIST).unlink()
    only(linted.run("papers"), LIST, "unreadable", "error", says="No such file")


# README.md and CLAUDE.md


def test_a_progress_block_out_of_date_is_a_warning_and_one_in_date_is_fine(linted):
    text = linted.read("README.md")
    change_row(linted, "| — |  |  |", "| — |  | 1 |")
    only(linted.run(), "README.md", "progress", "warning", line=line_of(text, "<!-- progress"), says="weekly")
    linted.change("README.md", ("📖 0 / 共 15 篇", "📖 1 / 共 16 篇"))
    assert told(linted.run()) == []


@pytest.mark.parametrize(
    "damaged",
    [
        BLOCK.replace("<!-- progress: end -->", ""),
        BLOCK * 2,
        BLOCK.replace("begin", "x").replace("end", "begin").replace("x", "end"),
    ],
)
def test_damaged_markers_are_an_error(linted, damaged):
    linted.write("README.md", "# 我的 lab\n" + damaged)
    only(linted.run(), "README.md", "progress", "error", says="damaged")


def test_a_template_that_lost_an_anchor_is_an_error_that_names_it(linted):
    text = linted.change("CLAUDE.md", ("## 背景与动机 <!-- field: background -->", "## 背景与动机"))
    only(linted.run(), "CLAUDE.md", "template", "error", says="lost 背景与动机 (<!-- field: background -->)")
    assert line_of(text, "<!-- kind: paper") < int(linted.run().found[0]["line"]) < line_of(text, "## 方法")


def test_an_anchor_twice_in_a_template_is_an_error_and_an_unknown_one_a_warning(linted):
    text = linted.change(
        "CLAUDE.md", ("## 背景与动机 <!--", "## 再来 <!-- field: summary -->\n\n字\n\n## 背景与动机 <!--")
    )
    done = linted.run(linted.root / "CLAUDE.md")
    assert told(done) == [("CLAUDE.md", "template", "error")] * 2
    assert int(done.found[1]["line"]) == line_of(text, "## 再来")
    text = linted.change("CLAUDE.md", ("<!-- field: summary -->\n\n字", "<!-- field: mine -->\n\n字"))
    only(
        linted.run(),
        "CLAUDE.md",
        "template",
        "warning",
        line=line_of(text, "## 再来"),
        says="mine belongs to no section",
    )


def test_a_claude_md_without_templates_is_a_warning_for_each_kind(linted):
    linted.write("CLAUDE.md", "# 格式\n")
    done = linted.run()
    assert set(told(done)) == {("CLAUDE.md", "template", "warning")}
    assert "kind paper" in done.out and "kind concept" in done.out


def test_a_claude_md_that_cannot_be_read_is_a_finding(linted):
    linted.write("CLAUDE.md", b"\xff\xfe")
    only(linted.run(), "CLAUDE.md", "template", "error", says="not UTF-8")
