"""The line-by-line scanner of links and headings against a CommonMark parser; the names that GitHub gives headings."""

import random
import re
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.front_matter import front_matter_plugin
from random_notes import Dice

from agents.note.kinds import KINDS
from agents.note.links import fragments, is_elsewhere, links, parts, slug
from agents.note.markdown import render

MARKDOWN = (
    MarkdownIt("commonmark")
    .enable("table")
    .use(front_matter_plugin)
    .use(dollarmath_plugin, allow_space=False, allow_digits=False)
)


def parsed(text):
    """Targets of links and pictures, and headings, as the parser has them."""
    tokens = MARKDOWN.parse(text)
    found = [
        unquote(child.attrGet("href") or child.attrGet("src") or "")
        for token in tokens
        for child in token.children or []
        if child.type in {"link_open", "image"} and child.info != "auto"
    ]
    headings = [tokens[n + 1].content for n, token in enumerate(tokens) if token.type == "heading_open"]
    return [target for target in found if target], headings


def scanned(text):
    return [unquote(link.target) for link in links(text)]


def agree(text):
    found, headings = parsed(text)
    assert scanned(text) == found, text
    assert {slug(heading) for heading in headings} <= fragments(text), text


@pytest.mark.parametrize("kind", KINDS)
def test_on_random_notes_it_sees_the_links_and_headings_that_a_parser_sees(kind):
    for seed in range(200):
        agree(
            render(Dice(seed).note_of(kind).model_copy(update={"own_sections": (), "remarks": "\n见 [x](<a b.md>)\n"}))
        )


BLOCKS = [
    "普通的一段，[链接](a.md) 在中间。", '两个 [a](a.md#x) 与 [b](../b.md "题")', "![图](fig.png)", "[带 `]` 的](c.md)", "`[不是](x.md)` 是代码", "``[不是](x.md) ` 也不是``",
    "```python\n[不是](x.md)\n# 不是标题\n```", "~~~\n[不是](x.md)\n```\n~~~", "    [不是](x.md)\n    # 不是", "- 项 [a](a.md)\n  - 里 [b](b.md)\n\n    段 [c](c.md)", "1. 项\n\n   [a](a.md)",
    "- ```\n  [不是](x.md)\n  ```\n- [是](y.md)", "> 引 [a](a.md)\n> ## 引里的标题", "| a | b |\n| --- | --- |\n| [x](x.md) | `y` |", "# 一级", "## 二级 ##", "底线标题\n===", "另一个 [链](l.md)\n---", "***",
    "<!-- [不是](x.md) -->", "<!--\n[不是](x.md)\n# 不是\n-->", r"\[不是\](x.md)", r"[是\]](y.md)", "[括号](a(b).md)", "[尖](<a b.md>)", "[空]()", "$a[b](c)$ 与 [d](d.md)", "$$\n\\left[a\\right](b)\n$$", "[中文](中文.md)",
    "[编码](%E4%B8%AD.md)", "[断](a b.md)", "[脚]", "文字\n    [续行](z.md)", "#没有空格", "####### 七级", "句子 ` 单个反引号 [a](a.md)", "\\` [a](a.md) `", "###", "## `代码` 与 **粗** [链](q.md)", "<br> [a](a.md)",
]  # fmt: skip


def test_on_what_people_write_it_sees_what_a_parser_sees():
    for block in BLOCKS:
        agree(block)
    dice = random.Random(5)
    for _ in range(3000):
        agree("\n\n隔开。\n\n".join(dice.choices(BLOCKS, k=dice.randint(2, 6))) + "\n")


def test_front_matter_holds_no_links_and_lines_are_those_of_the_file():
    text = "---\nx: '[a](none.md)'\n---\n\n[b](b.md)\n\n```\n\n```\n[c]: c.md\n"
    assert [(link.line, link.target) for link in links(text)] == [(5, "b.md"), (10, "c.md")]
    assert [link.line for link in links("[a](b)", first=7)] == [7]


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("Hello World", "hello-world"), ("背景与动机 <!-- field: background -->", "背景与动机-"), ("面试/口述版", "面试口述版"), ("What's that?", "whats-that"), ("A & B", "a--b"), ("snake_case", "snake_case"),
        ("`code` and **bold**", "code-and-bold"), ("[text](target.md)", "text"), ("3.1 Encoders", "31-encoders"), ("🎉 party", "-party"), ("é à la", "é-à-la"), ("「引」：号", "引号"), ("R@1 (I→T)", "r1-it"), ("① 一", "-一"), ("1.  two", "1--two"), ("", ""),
    ],
)  # fmt: skip
def test_headings_have_the_names_that_github_gives_them(heading, name):
    assert slug(heading) == name


def test_a_heading_that_stands_twice_gets_a_number():
    assert {"一", "一-1", "一-2"} <= fragments("# 一\n\n## 一\n\n## 一\n")
    assert "一-3" not in fragments("# 一\n\n## 一\n\n## 一\n")


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("a%20b.md#%E4%B8%80", ("a b.md", "一")),
        ("#x", ("", "x")),
        ("a.md?plain=1#L3", ("a.md", "L3")),
        ("a.md", ("a.md", "")),
    ],
)
def test_a_target_is_a_path_and_a_fragment(target, expected):
    assert parts(target) == expected


@pytest.mark.parametrize(
    ("target", "elsewhere"),
    [
        ("https://x.y", True),
        ("mailto:a@b", True),
        ("//x.y/z", True),
        ("a:b", True),
        ("./a:b.md", False),
        ("../a.md", False),
        ("#a", False),
        ("中文：a.md", False),
    ],
)
def test_what_has_a_scheme_or_a_host_is_elsewhere(target, elsewhere):
    assert is_elsewhere(target) == elsewhere


def test_the_blocks_cover_both_answers():
    assert sum(bool(parsed(block)[0]) for block in BLOCKS) > 15
    assert sum(bool(re.search(r"\]\(", block)) and not parsed(block)[0] for block in BLOCKS) > 8
