"""The text types: what is mended on the way in, what is refused, and with which words."""

import pytest
from formulas import LISTS
from markdown_it import MarkdownIt
from pydantic import TypeAdapter, ValidationError

from agents.note import tex, text
from agents.note.cjk import cjk_safe

LINE, PROSE, PLAIN, TEX = (TypeAdapter(kind) for kind in (text.Line, text.Prose, text.Plain, text.Tex))


@pytest.mark.parametrize(
    ("given", "mended"),
    [
        ("损失$L$越小", "损失 $L$ 越小"),
        ("**损失：**越小", "**损失**：越小"),
        ("**对比学习（CLIP）**是", "**对比学习（CLIP）** 是"),
        ("**$L$**是", "**$L$** 是"),
        ("甲**“乙”**丙", "甲 **“乙”** 丙"),
        ("已经 $L$ 好了，**好** 了", "已经 $L$ 好了，**好** 了"),
        ("  两边\u200b空\u00a0白  ", "两边空 白"),
    ],
)
def test_inline_markdown_is_mended_so_that_it_renders_beside_chinese(given, mended):
    assert LINE.validate_python(given) == mended
    assert cjk_safe(mended) == mended


@pytest.mark.parametrize(
    "given", ["**损失：**越小", "**对比学习（CLIP）。**是", "甲**“乙”**丙", "**`x`**是", "前**后。**后**中（x）**前"]
)
def test_a_commonmark_parser_finds_no_literal_stars_in_mended_text(given):
    assert "**" in MarkdownIt("commonmark").renderInline(given)
    assert "**" not in MarkdownIt("commonmark").renderInline(LINE.validate_python(given))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("$\frac{a}{b}$", r"\\frac"), ("$\theta$", r"\\theta"), ("$\beta$", r"\\beta"), ("$\nu$", r"\\nu"), ("$\rho$", r"\\rho"),
        ("$rac{a}{b}$", "lost its backslash"), ("$2 imes 3$", "lost its backslash"),
        ("a <b>x</b>", "raw HTML"), ("<!-- x -->", "raw HTML"), ("![x](y.png)", "images"), ("[x](https://a.b)", "links"), ("[a][b]", "links"),
        ("https://evil.example/x", "only arxiv.org"), ("$x", "partner"), ("`x", "partner"), ("**x", "partner"),
        ("# x", "Markdown block"), ("- x", "Markdown block"), ("1. x", "Markdown block"), ("> x", "Markdown block"), ("| x |", "Markdown block"),
        ("---", "Markdown block"), ("```", "Markdown block"), ("key sk-ant-api03-abcdef", "secret"), ("", "at least 1"), ("x" * 2001, "at most 2000"),
    ],
)  # fmt: skip
def test_a_line_that_would_break_the_note_is_refused_with_the_reason(given, says):
    with pytest.raises(ValidationError, match=says):
        LINE.validate_python(given)


@pytest.mark.parametrize(
    "given",
    [
        "x < 3",
        "价格 \\$5",
        "见 arXiv:2103.00020",
        "https://arxiv.org/abs/2103.00020",
        "a*b",
        "C#",
        "`<b>`",
        "1.5 倍",
        "[12]",
    ],
)
def test_ordinary_lines_pass_unchanged(given):
    assert LINE.validate_python(given) == given


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("\alpha", r"\alpha"), ("\varepsilon", r"\varepsilon"), ("oldsymbol{x}", "lost its backslash"), ("egin{aligned}", "lost its backslash"),
        ("frac{a}{b}", "without its backslash"), ("sum_{i} x_i", "without its backslash"), ("mathbf{x}", "without its backslash"),
        ("left( x right)", "without its backslash"), ("a cdot b", "without its backslash"), ("x_theta", "without its backslash"),
        (r"\\frac{a}{b}", "ends a line"), (r"a + \\sum_{i} b", "ends a line"), (r"\\mathbf{x}", "ends a line"),
        (r"\frac{a}{b", "braces"), (r"\frac{a}b}", "braces"), (r"\left( x", r"\right"), (r"\begin{cases} x", r"\end"),
    ],
)  # fmt: skip
def test_tex_that_json_or_a_slip_damaged_is_refused_by_what_was_lost(given, says):
    with pytest.raises(ValidationError) as refused:
        TEX.validate_python(given)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    "given",
    [
        r"\begin{aligned} a &= b \\ c &= \frac{d}{e} \\[2pt] \log f &= g \end{aligned}",
        r"\left\{ x \right. + \leftarrow \rightarrow",
        r"\mathrm{theta} + \text{the sum_ of frac} + \operatorname{left}(x)",
        r"a \\ \sum_i b",
        r"lrate \cdot step\_num",
        r"\eta \beta \theta \Delta",
    ],
)
def test_sound_tex_with_line_ends_and_names_is_taken_as_it_is(given):
    assert TEX.validate_python(given) == given


def test_every_formula_of_the_lists_is_sound_and_broken_by_one_brace_less():
    for given, _ in LISTS:
        assert TEX.validate_python(given) == given
        for at in (n for n, char in enumerate(given) if char in "{}" and given[n - 1] != "\\"):
            with pytest.raises(ValidationError):
                TEX.validate_python(given[:at] + given[at + 1 :])


def test_prose_is_paragraphs_and_bullets_of_lines():
    assert PROSE.validate_python("一段\n\n\n\n- 点$x$一\n- 点二\n1. 甲") == "一段\n\n- 点 $x$ 一\n- 点二\n1. 甲"
    with pytest.raises(ValidationError, match="raw HTML"):
        PROSE.validate_python("一段\n\n- <script>")


@pytest.mark.parametrize("plain", ["<b> & *x* _y_ [z](w) `c` $5 | \\ ~~s~~ ![i](j)", "&amp; \\\\ \\* <!--"])
def test_plain_text_is_escaped_so_that_a_markdown_parser_shows_exactly_it(plain):
    escaped = text.escape(plain)
    assert text.unescape(escaped) == plain
    shown = MarkdownIt("commonmark").enable("strikethrough").parseInline(escaped)[0].children
    assert "".join(token.content for token in shown) == plain
    assert {token.type for token in shown} == {"text"} or {token.type for token in shown} <= {"text", "text_special"}


@pytest.mark.parametrize(
    "good",
    [
        "\\frac{a}{b}",
        "\\{x\\}",
        "50\\%",
        "\\text{next}",
        "extra",
        "\\left(x\\right)",
        "a_{i}^{2}",
        "\\mathbf{x}\\in\\mathbb{R}^{d}",
    ],
)
def test_sound_tex_passes(good):
    assert TEX.validate_python(good) == good


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ("{x", "braces"),
        ("x}{", "braces"),
        ("$x$", "dollar"),
        ("50% of", "comment"),
        ("x\\", "lone backslash"),
        ("a\nb", r"\\nu"),
    ],
)
def test_broken_tex_is_refused(bad, says):
    with pytest.raises(ValidationError, match=says):
        TEX.validate_python(bad)


def test_damage_names_the_command_that_was_lost():
    assert r"\rho" in (tex.damage("\rho") or "")
    assert tex.damage(r"\rho \theta \frac{1}{2}") is None


def test_text_from_outside_becomes_one_clean_line():
    assert text.one_line(" A\u200b title\n with\x0c\x1b[31m breaks\u202e ") == "A title with [31m breaks"
