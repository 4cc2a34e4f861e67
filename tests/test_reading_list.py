"""The person's list: found whatever it looks like, and changed in one row only."""

import random
import re
from itertools import pairwise
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from agents.errors import DataError, MissingError
from agents.lab import tables
from agents.lab.reading_list import COLUMNS, STATUSES, UNSORTED, Row, find, listing, rows, set_status, upsert

HEAD = "| 状态 | 论文 | arXiv | 年份 | 阶段 | 笔记 |\n|---|---|---|---|---|---|\n"
BLIP = Row("BLIP-2: Bootstrapping | Pre-training", "2301.12597", 2023, "blip-2.md", "reading")


def put(text, row=BLIP):
    return upsert(text.encode(), row).decode()


def changed(before, after):
    """The lines that differ, of two files with as many lines."""
    old, new = tables.lines_of(before), tables.lines_of(after)
    assert len(old) == len(new)
    return [number for number, pair in enumerate(zip(old, new, strict=True)) if pair[0] != pair[1]]


def test_a_row_is_found_by_its_id_and_only_its_empty_cells_are_filled():
    text = HEAD + "| ⬜ 未读 |  BLIP-2 | 2301.12597v3 |  | 三 | |\n"
    assert put(text) == HEAD + "| 📖 在读 |  BLIP-2 | 2301.12597v3 | 2023 | 三 | [笔记](blip-2.md) |\n"


@pytest.mark.parametrize(
    "cell",
    [
        "2301.12597",
        "2301.12597v2",
        "arXiv:2301.12597",
        "[2301.12597](https://arxiv.org/abs/2301.12597)",
        "<https://arxiv.org/pdf/2301.12597>",
    ],
)
def test_an_id_is_known_in_every_dress(cell):
    text = HEAD + f"| ✅ 已读 | x | {cell} | 2022 | - | [mine](blip-2.md) |\n"
    assert put(text) == text


def test_an_id_in_the_link_of_the_title_is_one_too():
    text = "| 论文 | 状态 |\n|--|--|\n| [BLIP-2](https://arxiv.org/abs/2301.12597) | ⬜ |\n"
    assert put(text) == text.replace("⬜", "📖")


def test_old_ids_are_compared_without_case_version_and_subject_class():
    text = HEAD + "| ⬜ | x | math.GT/0309136v1 | 2003 | | |\n"
    assert find(text.encode(), arxiv="math/0309136").arxiv == "math/0309136"


@pytest.mark.parametrize(
    "link",
    [
        "[笔记](blip-2.md)",
        "[x](./blip-2.md#top)",
        "[x](<../papers/blip-2.md>)",
        "blip-2.md",
        "[[blip-2]]",
        "[[blip-2\\|BLIP]]",
    ],
)
def test_without_an_id_the_link_to_the_note_tells(link):
    text = HEAD + f"| 📖 在读 | something else | — | 2023 | | {link} |\n"
    after = put(text)
    assert changed(text, after) == [2]
    assert "[2301.12597](https://arxiv.org/abs/2301.12597)" in after
    assert link in after
    assert after.count(".md") == text.count(".md")


def test_without_both_the_title_tells():
    text = HEAD + "| | **blip-2： bootstrapping \\| pre-training** | | | | |\n"
    assert changed(text, put(text)) == [2]


def test_another_id_is_another_paper_whatever_its_title_and_link_say():
    text = HEAD + f"| ⬜ | {BLIP.title.replace('|', chr(92) + '|')} | 2201.12086 | 2022 | | [笔记](blip-2.md) |\n"
    after = put(text)
    assert after.startswith(text)
    assert f"## {UNSORTED}" in after


def test_a_status_is_raised_and_never_lowered():
    for before, wanted, after in [
        ("⬜ 未读", "reading", "📖 在读"),
        ("⬜", "reading", "📖"),
        ("未读", "read", "已读"),
        ("📖 在读", "unread", "📖 在读"),
        ("✅ 已读", "reading", "✅ 已读"),
        ("", "reading", "📖 在读"),
        ("⏳ 下周", "reading", "⏳ 下周"),
    ]:
        text = HEAD + f"| {before} | BLIP-2 | 2301.12597 | 2023 | | [笔记](blip-2.md) |\n"
        assert put(text, Row(BLIP.title, BLIP.arxiv, 2023, "blip-2.md", wanted)) == text.replace(
            f"| {before} |", f"| {after} |"
        ), before


def test_the_persons_own_words_in_the_note_column_stay():
    text = HEAD + "| 📖 | BLIP-2 | 2301.12597 | 2023 | | [旧笔记](old.md) 待整理 |\n"
    after = put(text)
    assert after == text.replace("待整理", "待整理 [笔记](blip-2.md)")
    assert put(after) == after


def test_columns_stand_where_their_header_says():
    text = "|笔记|我的列|arxiv|**论文**|\n|:-:|:--|--:|-|\n||x|2301.12597|BLIP-2|\n"
    assert put(text) == text.replace("||x|", "| [笔记](blip-2.md) |x|")


def test_a_row_that_is_too_short_gets_its_cells():
    assert (
        put(HEAD + "| ⬜ | BLIP-2 | 2301.12597\n")
        == HEAD + "| 📖 | BLIP-2 | 2301.12597 | 2023 |  | [笔记](blip-2.md)\n"
    )
    assert (
        put(HEAD + "| ⬜ | BLIP-2 | 2301.12597 |\n")
        == HEAD + "| 📖 | BLIP-2 | 2301.12597 | 2023 |  | [笔记](blip-2.md) |\n"
    )


def test_two_rows_for_one_paper_are_named_by_their_lines():
    row = "| ⬜ | BLIP-2 | 2301.12597 | | | |\n"
    with pytest.raises(DataError, match="lines 3 and 8 "):
        put(HEAD + row + "\n# x\n" + HEAD + row)
    with pytest.raises(DataError):
        find((HEAD + row + row).encode(), arxiv="2301.12597")


def test_a_list_that_is_not_utf8_is_named_by_its_line():
    with pytest.raises(DataError, match="line 3 is not UTF-8"):
        upsert(HEAD.encode() + b"| caf\xe9 |\n", BLIP)


@pytest.mark.parametrize(
    "wrap", ["```\n{}```\n", "~~~~ md\n```\n{}~~~~\n", "<!--\n{}-->\n", "    | 状态 | 论文 |\n\n{}"]
)
def test_what_stands_in_code_or_a_comment_is_no_row(wrap):
    row = "| ⬜ | BLIP-2 | 2301.12597 | | | |\n"
    code = HEAD + row if "    |" not in wrap else re.sub("^", "    ", HEAD + row, flags=re.MULTILINE).rstrip(" ")
    text = wrap.format(code)
    after = put(text)
    assert after.startswith(text)
    assert find(after.encode(), arxiv=BLIP.arxiv).link == "blip-2.md"


@pytest.mark.parametrize("opening", ["```\n", "<!-- later\n"])
def test_a_block_that_nothing_closes_is_not_written_into(opening):
    with pytest.raises(DataError, match="line 2: a code block or comment"):
        put("# x\n" + opening + "text\n")


def test_a_new_paper_goes_under_unsorted():
    text = f"# list\n\n## 基础\n\n{HEAD}\n## {UNSORTED}\n\n{HEAD}| ⬜ | x | — | | | |\n\n## after\n"
    line = "| 📖 在读 | BLIP-2: Bootstrapping \\| Pre-training | [2301.12597](https://arxiv.org/abs/2301.12597) | 2023 |  | [笔记](blip-2.md) |\n"
    assert put(text) == text.replace("\n\n## after", "\n" + line + "\n## after")


def test_a_new_row_follows_the_columns_that_the_person_chose():
    text = f"## {UNSORTED}\n\n| 论文 | 备注 | 状态 |\n|--|--|--|\n"
    assert put(text) == text + "| BLIP-2: Bootstrapping \\| Pre-training |  | 📖 在读 |\n"
    assert put(put(text)) == put(text)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("", f"## {UNSORTED}\n\n| 状态 |"),
        ("# list", f"# list\n\n## {UNSORTED}\n\n| 状态 |"),
        ("# list\n\n\n", f"# list\n\n\n## {UNSORTED}\n\n| 状态 |"),
        (f"## {UNSORTED} ##", f"## {UNSORTED} ##\n\n| 状态 |"),
        (f"## {UNSORTED}\nwords\n\n# end\n", f"## {UNSORTED}\nwords\n\n| 状态 |"),
        (
            f"### {UNSORTED}\n\n| 课程 | 说明 |\n|--|--|\n| a | b |\n",
            f"### {UNSORTED}\n\n| 课程 | 说明 |\n|--|--|\n| a | b |\n\n| 状态 |",
        ),
    ],
)
def test_section_and_table_are_made_where_they_are_missing(text, start):
    after = put(text)
    assert after.startswith(start)
    assert put(after) == after
    assert find(after.encode(), title=BLIP.title) == BLIP
    assert after.endswith("\n") == (text == "" or text.endswith("\n"))


def test_bom_crlf_tabs_and_trailing_blanks_stay():
    text = (
        "\ufeff# list \t\r\n\r\n"
        + HEAD.replace("\n", "\r\n")
        + "|\t⬜\t|BLIP-2  |2301.12597| 2023 |\t\t| [笔记](blip-2.md) | \t\r\nend"
    )
    assert put(text) == text.replace("⬜", "📖")
    fresh = put(text, Row("New", "2302.00001"))
    assert fresh.startswith(text)
    assert fresh.count("\n") == fresh.count("\r\n")
    assert not fresh.endswith("\n")


def test_a_title_cannot_break_the_table_or_the_page():
    title = "A | B\n| C |\r![x](http://evil) <script> \u202e`code` \\| $x$"
    after = put("", Row(title, "2301.00001"))
    assert len(after.splitlines()) == 5
    assert len(tables.cells(after.splitlines()[-1])) == len(COLUMNS)
    assert find(after.encode(), arxiv="2301.00001").title == "A | B | C | ![x](http://evil) <script> `code` \\| $x$"


def test_a_work_without_an_id_has_a_dash():
    assert "| GPT-1 | — | 2018 |" in put("", Row("GPT-1", year=2018))


def test_a_status_that_the_person_asked_for_goes_both_ways():
    for before in ("⬜ 未读", "✅", "", "⏳", "📖 已读", "⬜ / 📖 / ✅"):
        for wanted in STATUSES:
            data = (HEAD + f"| {before} | BLIP-2 | 2301.12597 | | | |\nrest").encode()
            after = set_status(data, wanted, arxiv="2301.12597")
            assert find(after, arxiv="2301.12597").status == wanted
            assert changed(data.decode(), after.decode()) in ([], [2])
    assert (
        set_status((HEAD + "| ✅ | x | | | | a.md |").encode(), "unread", link="a.md").decode()
        == HEAD + "| ⬜ | x | | | | a.md |"
    )


def test_a_status_without_a_row_or_a_column_is_refused():
    with pytest.raises(MissingError, match=r"2301\.12597"):
        set_status(HEAD.encode(), "read", arxiv="2301.12597")
    with pytest.raises(DataError, match="no column 状态"):
        set_status("| 论文 | arXiv |\n|-|-|\n| x | 2301.12597 |\n".encode(), "read", arxiv="2301.12597")


def test_a_short_name_after_the_title_is_no_part_of_it():
    listed = listing([Row("Visual Instruction Tuning", year=2023, short="LLaVA"), Row("一篇论文（上）", year=2024)])
    assert "| Visual Instruction Tuning（LLaVA） | — | 2023 |" in listed
    first, second = rows(listed.encode())
    assert (first.title, first.short) == ("Visual Instruction Tuning", "LLaVA")
    assert (second.title, second.short) == ("一篇论文（上）", "")
    for title in ("Visual Instruction Tuning", "visual instruction tuning (LLaVA)"):
        assert find(listed.encode(), title=title) == first


def test_a_paper_that_nobody_has_found_gets_its_id_when_it_is():
    listed = listing([Row("A Rumour", year=2023, unverified=True)]).encode()
    assert "| A Rumour | ? 未核实 | 2023 |" in listed.decode()
    assert rows(listed)[0].unverified
    changed = upsert(listed, Row("A Rumour", "2301.00001", 2023))
    assert "| A Rumour | [2301.00001](https://arxiv.org/abs/2301.00001) | 2023 |" in changed.decode()
    assert upsert(listed, Row("A Rumour")) == listed


def test_all_rows_are_listed_in_order():
    text = f"| 课程 | 论文 |\n|--|--|\n| a | b |\n\n{HEAD}| ✅ 已读 | *A\\** | 1706.03762 | 2017 | 1 | [n](a.md) |\n|📖|B|—|||\n"
    assert rows(text.encode()) == (
        Row("A*", "1706.03762", 2017, "a.md", "read", "1"),
        Row("B", "", None, "", "reading"),
    )
    assert find(text.encode(), title="nothing") is None


def test_the_lists_of_this_project_can_be_read():
    data = Path(tables.__file__).parents[2] / "papers/README.md"
    if not data.exists():
        pytest.skip("the project's own reading list is not there yet")
    rows(data.read_bytes())


# What a person's file is made of, odd ones among it.
BITS = [
    "# 标题", "## 未分类", "##未分类", "### 未分类 ###", "words | with pipe", "", "   ", "\t", "---", "===", "```", "```py", "~~~", "<!-- x -->",
    "<!--", "-->", "> | 状态 | 论文 |", "> |---|---|", "- item", "  | a | b |", "|", "||", "\\|", "\u2028x\x0b", "| 状态 | 论文 |", "|--|--|",
    "<details>", "\ufeff| 状态 | 论文 |",
]  # fmt: skip
ROWS = [
    "| ⬜ | x | 2301.00001 | | | |", "| ✅ 已读 | y", "x | [笔记](x.md) | 2301.00002v2 ", "| 📖 | BLIP-2 |  |  |", "|  |  |  |  |  |  |",
    "    | ⬜ | x | 2301.12597 |", "| ⬜ 未读 | BLIP-2 | 2301.12597 | | | |", "| | 论文 \\| 名 | — |", "|  ⬜|x|", "新\\|的|", "text",
    "|三|2023| 2301.12597v1 |\tBLIP-2 | | [x](x.md) | ✅|", "| ||2301.12597|BLIP-2||", "|x.md|x|",
]  # fmt: skip


HEADERS = [
    HEAD,
    "| 状态 | 论文 |\n|--|--|\n",
    "论文 | 笔记 | arXiv\n-|-|-\n",
    "|阶段|年份|arXiv|论文|x|笔记|状态|\n|-|-|-|-|-|-|:-:|\n",
]


def odd_file(chance):
    ends = chance.choice([["\n"], ["\r\n"], ["\n", "\r\n", "\r"]])
    lines = []
    for _ in range(chance.randrange(9)):
        if chance.random() < 0.35:
            lines += ["", *chance.choice(HEADERS).splitlines()]
            lines += [chance.choice(ROWS) for _ in range(chance.randrange(3))]
        else:
            lines.append(chance.choice(BITS))
    return "".join(line + chance.choice(ends) for line in lines)


def test_whatever_the_file_looks_like_no_other_line_changes():
    chance = random.Random(20261123)
    hits = appended = 0
    for _ in range(1500):
        text = odd_file(chance)
        if chance.random() < 0.3:
            text = text.rstrip("\r\n")
        text = chance.choice(["", "", "\ufeff"]) + text
        row = Row(
            chance.choice([BLIP.title, "x", "新|的"]),
            chance.choice(["", "2301.12597", "2301.00001"]),
            2023,
            chance.choice(["", "x.md"]),
            "reading",
        )
        try:
            before = find(text.encode(), arxiv=row.arxiv, link=row.link, title=row.title)
            after = put(text, row)
        except DataError:
            continue
        old, new = tables.lines_of(text), tables.lines_of(after)
        if before:
            hits += 1
            assert len(changed(text, after)) <= 1, text
            found = find(after.encode(), arxiv=row.arxiv, link=row.link, title=row.title)
            assert found is not None, text
            assert not (before.status == "read" and found.status != "read")
        else:
            appended += 1
            start = next(
                (n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a.rstrip("\r\n") != b.rstrip("\r\n")),
                len(old),
            )
            tail = len(old) - start
            assert "".join(new[:start]).rstrip("\r\n") == "".join(old[:start]).rstrip("\r\n"), text
            assert new[len(new) - tail :] == old[start:], text
        assert put(after, row) == after, text
    assert hits > 100
    assert appended > 500


def test_an_empty_list_is_a_table_that_can_be_read():
    assert put(f"## {UNSORTED}\n\n{listing()}").count("\n") == 5


def test_a_new_row_is_one_to_every_reader_of_markdown():
    reader = MarkdownIt("commonmark").enable("table")
    chance = random.Random(5)
    for _ in range(300):
        text = odd_file(chance)
        try:
            tokens = reader.parse(put(text, Row("New thing", "2399.00001")))
        except DataError:
            continue
        cells = [after.content for before, after in pairwise(tokens) if before.type == "td_open"]
        assert "New thing" in cells, text
