"""Lint over any Markdown: what each rule finds, what it leaves alone, and that mending changes no word."""

import random
import re

import pytest
from findings import NOTE, line_of, told
from markdown_it import MarkdownIt

from agents.note.lint import markdown_rules as rules
from agents.note.lint.mend import mended
from agents.note.text import escape, secret

GITHUB = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def found(rule, text):
    return [flaw.line for flaw in rule(text)]


SECRETS = [
    "sk-ant-api03-abcdefgh_1", "sk-" + "a1B2" * 8, "sk-proj-" + "a1B2" * 8, "ghp_" + "a1B2" * 9, "gho_" + "a1B2" * 9, "github_pat_" + "a1B2" * 8, "AKIA" + "ABCD1234" * 2, "xoxb-1234567890-abc",
    "xoxp-1234567890-abc", "AIza" + "a1B2c" * 7, "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl", "-----BEGIN OPENSSH PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----", "hf_" + "aB" * 17,
]  # fmt: skip


@pytest.mark.parametrize("key", SECRETS)
def test_what_has_the_shape_of_a_secret_is_found_anywhere(key):
    assert secret(f"字{key}。")
    assert found(rules.holds_no_secret, f"---\na: b\n---\n\n```\nx = '{key}'\n```\n") == [6]
    assert key not in next(rules.holds_no_secret(key)).message


@pytest.mark.parametrize(
    "text",
    ["password = hunter2", "sk-learn", "scikit-learn", "sk-ant", "task-specific-representation-learning", "AKIA", "hf_hub_download", "eyJ", "sha256 `c5350f66c7c7799e`", "ghp_x", "BEGIN PUBLIC KEY", "risk-" + "a" * 30],
)  # fmt: skip
def test_ordinary_words_are_no_secret(text):
    assert not secret(text)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (rules.holds_no_html, "字 <img src=x> 字"), (rules.holds_no_html, "<script>"), (rules.holds_no_html, '<a href="x">y</a>'), (rules.holds_no_html, "<div>"), (rules.holds_no_html, "<?php ?>"),
        (rules.holds_no_html, "<http://evil.example>"), (rules.holds_no_html, '<details ontoggle="x">'), (rules.holds_no_html, "\\\\<b>"),
        (rules.shows_no_foreign_pictures, "![x](https://evil.example/p.png)"), (rules.shows_no_foreign_pictures, "![](//evil.example/p)"), (rules.shows_no_foreign_pictures, "![x](data:image/png;base64,AA)"),
        (rules.links_to_known_places, "[x](https://evil.example)"), (rules.links_to_known_places, "[x](javascript:alert(1))"), (rules.links_to_known_places, "[x]: http://evil.example"), (rules.links_to_known_places, "见 https://evil.example/x"),
        (rules.links_to_known_places, "www.evil.example"), (rules.links_to_known_places, "[x](https://github.com.evil.example)"), (rules.links_to_known_places, "[x](https://github.com@evil.example)"),
        (rules.shows_as_meant, "**对比学习（CLIP）**是"), (rules.shows_as_meant, "损失$L$越小"), (rules.shows_as_meant, "值 $ x^2 $ 大"), (rules.shows_as_meant, "**损失：**越小"),
        (rules.marks_have_partners, "只有 ** 一个"), (rules.marks_have_partners, "一个 $$ 单独"), (rules.rows_fit_their_table, "| a | b |\n| --- | --- |\n| $x|y$ | 2 |"), (rules.rows_fit_their_table, "| a | b |\n|---|---|\n| 1 |"),
        (rules.fences_close, "```\nx"), (rules.fences_close, "````\n```\n"), (rules.fences_close, "~~~ py\n```\n"),
    ],
)  # fmt: skip
def test_each_rule_finds_its_flaw_on_its_line(rule, text):
    last = text.count("\n") if rule is rules.rows_fit_their_table else 0
    assert found(rule, f"# 题\n\n{text}\n") == [3 + last]
    if rule is not rules.fences_close:
        assert found(rule, f"# 题\n\n```\n{text}\n```\n") == []


FINE = [
    "## 方法 <!-- field: method -->", "<details><summary>答案</summary>", "</details>", "a<br>b", '<a id="x"></a>', "`<img>`", "\\<img>", "x < 3 且 y > 4", "$a<b$ 与 $c>d$", "![图](figures/a.png)", "![](a.png)",
    "![x](https://github.com/o/r/p.png)", "[x](https://arxiv.org/abs/2301.12597)", "[x](../papers/a.md)", "https://doi.org/10.1/x", "`https://evil.example`", "http\\://evil.example", "**粗体** 与 **粗体**", "损失 $L$ 越小", "$$x$$",
    "价格是 $5 和 $6", "a \\$ b", "- [ ] 待办", "| a | b |\n|---|---|\n| `x\\|y` | 2 |", "| a | b |\n|---|---|\n| $x \\mid y$ | 2 |\n\n正文 | 不是表", "```\n## 标题\n```", "~~~\n```\n~~~", "`**`", "2 ** 3 ** 4", "[[笔记|名]]", "a | b",
]  # fmt: skip


@pytest.mark.parametrize("text", FINE)
def test_ordinary_markdown_has_no_flaw(text):
    assert [flaw for rule in rules.RULES for flaw in rule(f"# 题\n\n{text}\n")] == []


@pytest.mark.parametrize(
    ("given", "better"),
    [
        ("**对比学习（CLIP）**是", "**对比学习（CLIP）** 是"), ("**损失：**越小", "**损失**：越小"), ("甲**“乙”**丙", "甲 **“乙”** 丙"), ("损失$L$越小", "损失 $L$ 越小"), ("值 $ x^2 $ 大", "值 $x^2$ 大"), ("值 $ L $ 大", "值 $L$ 大"),
        ("**见[文](a_b.md)：**好", "**见[文](a_b.md)**：好"), ("> **注意：**好", "> **注意**：好"), ("- 项**（一）**好\r", "- 项 **（一）** 好\r"),
        ("| 项 | 值 |\n| --- | --- |\n| $p(y|x)$ | 2 |", "| 项 | 值 |\n| --- | --- |\n| $p(y\\vert x)$ | 2 |"), ("| 项 | 值 |\r\n|---|---|\r\n| $|x|$ | **大：**好 |\r", "| 项 | 值 |\r\n|---|---|\r\n| $\\vert x\\vert$ | **大**：好 |\r"),
    ],
)  # fmt: skip
def test_typography_is_mended(given, better):
    assert mended(f"# 题\n\n{given}\n") == f"# 题\n\n{better}\n"
    assert mended(f"# 题\n\n{better}\n") == f"# 题\n\n{better}\n"


LEFT = [
    "`**损失：**越小`", "```\n**损失：**越小\n```", "    **损失：**越小", "<!-- **损失：**越小 -->", "$$\n**损失：**越小\n$$", "<b title='**损失：**越小'>", "[x](**损失：**越小)", "花$5和$6元", "$5 and $6", "$ 5 和 $ 6", "a ** b：**c",
    "$$a$$b", "\\$L\\$越小", "**甲", "***甲：***乙", "[[**甲：**乙]]", "https://x.example/**甲：**乙", "| a | b |\n| --- | --- |\n| x | y | z |", "| a |\n| $x|y$ |", "\x01`**损失：**越小", "\ue000**损失：**越小",
]  # fmt: skip


@pytest.mark.parametrize("text", LEFT)
def test_what_is_no_prose_or_not_surely_meant_so_is_left_byte_for_byte(text):
    for whole in (f"# 题\n\n{text}\n", f"# 题\r\n\r\n{text}\r\n"):
        assert mended(whole) == whole


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_front_matter_is_never_touched(ending):
    text = ending.join(["---", "title: 损失$L$越小 **损失：**越小", "---", "", "# 题", "", "损失$L$越小", ""])
    assert mended(text) == text[: text.rindex("损失")] + "损失 $L$ 越小" + ending
    assert mended("\ufeff" + text) == "\ufeff" + mended(text)


PARTS = [
    "甲", "乙（丙）", "：", "，", "。", "“丁”", " ", "x", "3", "**", "**", "$", "$L$", "$a_b$", "$ x^2 $", "`", "`c**d`", "``", "\\", "*", "_", "|", "<", ">", "<b>", "](", ")", "[", "](a.md)", "\n", "\n\n", "- ", "| ", "\n|---|---|\n",
    "# ", "```", "\n```\n", "~~~", "$$", "<!--", "-->", "\r\n", "> ", "\t", "    ", "---", "https://x.example/$a$", "！", "é", "🎉",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(8))
def test_mending_random_text_keeps_every_word_and_is_done_after_once(seed):
    dice = random.Random(seed)
    changed = 0
    for _ in range(1500):
        text = "# 题\n\n" + "".join(dice.choices(PARTS, k=dice.randint(1, 14)))
        better = mended(text)
        assert mended(better) == better, text
        if better != text:
            changed += 1
            assert words(better) == words(text), text
            assert shape(better) == shape(text), text
    assert changed > 10


def words(text):
    """What a reader sees: letters and signs in order; not blanks, stars that became bold, and punctuation that moved."""
    shown = "".join(
        child.content
        for block in GITHUB.parse(text)
        for child in [block, *(block.children or [])]
        if child is not block or block.type != "inline"
    )
    return re.findall(r"\w", shown.replace("\\vert", "|"))


def shape(text):
    return [
        token.type
        for token in GITHUB.parse(text)
        if token.nesting == 1 or token.type in {"fence", "code_block", "html_block"}
    ]


def test_mended_bold_is_bold_and_mended_tables_have_their_cells():
    html = GITHUB.render(mended("**对比学习（CLIP）**是，**损失：**越小\n\n| a | b |\n|---|---|\n| $p(y|x)$ | 2 |\n"))
    assert html.count("<strong>") == 2
    assert "**" not in html
    assert re.findall(r"<td>(.*?)</td>", html) == ["$p(y\\vert x)$", "2"]


def test_a_flaw_is_an_error_in_our_sections_and_a_warning_in_the_person_s(linted):
    linted.change(NOTE, ("draft 引擎不作横向对比。", "见 <img src=x> 与 https://evil.example"))
    assert told(linted.run()) == [(NOTE, rule, "error") for rule in ("schema", "inert", "inert")]


def test_the_person_links_wherever_he_likes_and_is_told_of_what_loads_or_does_not_show(linted):
    text = linted.read() + "\n[博客](https://blog.example) https://blog.example <https://blog.example>\n\n"
    linted.write(NOTE, text)
    assert told(linted.run()) == []
    text += "![x](https://blog.example/x.png)\n\n<iframe src=x></iframe>\n\n**损失：**越小\n\n```\n没有收尾\n"
    linted.write(NOTE, text)
    done = linted.run()
    assert told(done) == [(NOTE, rule, "warning") for rule in ("inert", "inert", "typography", "fence")]
    assert [int(f["line"]) for f in done.found] == [
        line_of(text, part) for part in ("![x]", "<iframe", "**损失", "```\n没有")
    ]


LAYOUT = """
<p align="center"><img src="figures/a.png" width="300"></p>

<font color=red>红</font> <span style="color:red">红</span> <u>线</u> <mark>亮</mark> <center>中</center>

<div align="center">

字

</div>

<a href="https://blog.example">博客</a> <img src='https://github.com/o/r/raw/a.png'/>
"""


def test_the_person_lays_out_his_page_with_html_and_is_not_told_of_it(linted):
    linted.write("notes/mine.md", "---\nkind: note\n---\n" + LAYOUT)
    linted.write(NOTE, linted.read() + LAYOUT)
    assert told(linted.run()) == [("notes/mine.md", "front-matter", "warning")]


@pytest.mark.parametrize(
    "tag",
    ["<img src=https://evil.example/x.png>", '<img src="x" onerror="a()">', '<a href="javascript:a()">x</a>', "<script>a()</script>",
     "List<int>", '<img\tsrcset="//evil.example/x 2x">', "<style>p{}</style>", '<div OnClick = "a()">', "<object data=x></object>"],
)  # fmt: skip
def test_html_that_acts_or_loads_or_is_not_shown_is_told_once_on_its_line(linted, tag):
    linted.write("notes/mine.md", f"---\nkind: note\n---\n\n字 {tag} 字\n")
    done = linted.run("--lab", linted.root, linted.root / "notes/mine.md")
    assert [t[1:] for t in told(done)] == [("front-matter", "warning"), ("inert", "warning")], done.out


def test_a_secret_is_an_error_wherever_it_stands_and_is_not_shown(linted):
    key = "ghp_" + "a1B2" * 9
    linted.write("notes/mine.md", f"# 手写\n\n`{key}`\n")
    done = linted.run(linted.root / "notes/mine.md")
    assert ("notes/mine.md", "secret", "error") in told(done)
    assert key not in done.out


def test_escaped_text_never_has_a_flaw():
    for plain in (
        "<b>x</b>",
        "[x](http://evil.example)",
        "![x](http://evil.example)",
        "http://evil.example",
        "www.evil.example",
        "**",
        "$$",
    ):
        assert [flaw for rule in rules.RULES for flaw in rule(escape(plain))] == []
