"""What KaTeX or Mermaid would not show in a page of Markdown is named with its line; what they show is left alone."""

import pytest

from agents.trust import katex, mermaid, typeset

needs_katex = pytest.mark.skipif(not katex.available(), reason="no wheel of KaTeX for this machine")
needs_mermaid = pytest.mark.skipif(not mermaid.available(), reason="no wheel of QuickJS for this machine")


def found(text):
    return [(line, rule) for line, rule, _ in typeset.faults(text)]


@needs_katex
@pytest.mark.parametrize(
    ("tex", "says"),
    [
        (r"\frac{a", "end of input"),
        (r"x_1_2", "Double subscript"),
        (r"\left( x", r"\right"),
        (r"\begin{aligned} a", r"\end"),
        (r"a & b", "position 3"),
        (r"\label{x}", "leave it out"),
        (r"\mathds{1}", r"\mathbb"),
        (r"\textsc{a}", r"\text"),
        (r"\softmax x", r"\operatorname{softmax}"),
        (r"\begin{eqnarray} a \end{eqnarray}", "aligned"),
        (r"\def\x{\x\x}\x", "Too many expansions"),
        ("{" * 900 + "}" * 900, "too deep"),
        ("x" * 20_000, "not parsed"),
        ("a\0b", "character"),
    ],
)
def test_what_katex_does_not_take_is_told_with_the_reason(tex, says):
    message = katex.fault(tex, display=True)
    assert message and says in message
    assert "\u0332" not in message


@needs_katex
@pytest.mark.parametrize(
    "tex",
    [
        r"\mathcal{L} = -\log \frac{\exp(z_i^\top z_j / \tau)}{\sum_{k} \exp(z_i^\top z_k / \tau)}",
        r"\begin{aligned} a &= b \\ c &= d \end{aligned}",
        r"\text{准确率} = \frac{a}{b} \tag{3}",
        "损失 = 1",
    ],
)
def test_what_katex_shows_has_no_fault_and_prints_nothing(tex, capfd):
    assert katex.fault(tex, display=True) is None
    assert capfd.readouterr() == ("", "")


@needs_katex
def test_formulas_are_found_in_the_lines_in_blocks_and_beside_each_other():
    text = "---\na: $x_1_2$\n---\n文 $x_1_2$ 与 `$x_1_2$`\n\n$$\n\\frac{a\n$$\n\n后 $$x_1_2$$ 前 $a$ $x_1_2$\n"
    assert found(text) == [(4, "katex"), (6, "katex"), (10, "katex"), (10, "katex")]


@pytest.mark.parametrize(
    "text",
    [
        "$5 和 $10 元",
        r"价格 \$5 与 \$x_1_2",
        "```python\n$x_1_2$ $$\n```\n",
        "~~~\n```mermaid\nx\n~~~\n",
        "`` $x_1_2$ ` ``",
        "",
        "$",
        "---\n",
    ],
)
def test_money_code_and_fences_are_no_formulas(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "line"), [("a\n$$\nb\n", 2), ("$$a$$ $$b\n\n## h\nc $$d$$", 1), ("$$\n```\n$$\n```\n", 1), ("$$", 1)]
)
def test_a_lone_pair_of_dollars_is_named_where_it_stands_and_the_rest_is_still_read(text, line):
    assert found(text) == [(line, "math")]


@needs_mermaid
@pytest.mark.parametrize(
    ("diagram", "line"),
    [
        ("graph TD\n  a[x (y)] --> b", 2),
        ("%% note\n\ngraph TD\n  a --> b\n  end --> c", 5),
        ("---\ntitle: t\n---\ngraph TD\n  subgraph 编码器 (冻结)\n  end", 5),
        ("flow TD\n  a --> b", 1),
        ("sequenceDiagram\n  A->>B: hi; x", 2),
        ("pie\n  a: 3", 2),
        ("graph TD", 1),
        ('graph TD\n  a["$x$"] --> b', 2),
        ('graph TD\n  a["**粗**"] --> b', 2),
        ("", 1),
        ("graph TD\n\0", 2),
    ],
)
def test_a_diagram_that_does_not_show_what_was_meant_is_named_with_its_line(diagram, line):
    assert [n for n, _ in mermaid.faults(diagram)] == [line]
    assert found(f"# 题\n\n```mermaid\n{diagram}\n```\n") == [(line + 3, "mermaid")]


@needs_mermaid
@pytest.mark.parametrize(
    "diagram",
    [
        'graph LR\n  a["图像 (ViT)"] -->|"冻结"| b["Q-Former"]',
        "flowchart LR; A-->B",
        'graph TD\n  a["`**粗**`"]',
        'graph TD\n  a["$$x^2$$"]',
        "sequenceDiagram\n  A->>B: 你好",
        "mindmap\n  root((题))\n    一",
        'pie title 份额\n  "甲": 3',
    ],
)
def test_a_sound_diagram_of_any_type_is_left_alone(diagram):
    assert mermaid.faults(diagram) == []


def test_a_diagram_that_code_printed_is_not_put_to_mermaid(monkeypatch):
    monkeypatch.setattr(mermaid, "faults", lambda text: pytest.fail(f"was asked about {text}"))
    assert found('```mermaid\ngraph TD\n    a["x"]\n    b["y"]\n    a --> b\n```\n') == []


def test_a_diagram_that_is_never_closed_is_named_where_it_begins():
    assert found("x\n```mermaid\ngraph TD\n") == [(2, "mermaid")]


@needs_mermaid
def test_after_a_diagram_that_broke_the_parser_the_next_one_is_read():
    assert mermaid.faults("---\n" + "[" * 10_000 + "\n---\ngraph TD\n  a")
    assert mermaid.faults("graph TD\n  a --> b") == []
    assert mermaid.faults("x" * 60_000)[0][1].startswith("a diagram of 60000 characters")


def test_where_neither_parser_is_there_only_the_dollars_are_read(monkeypatch):
    monkeypatch.setattr(katex, "_katex", lambda: None)
    monkeypatch.setattr(mermaid, "_context", lambda: None)
    katex.fault.cache_clear()
    assert not katex.available() and not mermaid.available()
    assert found("$x_1_2$\n\n```mermaid\nx\n```\n\n$$\n") == [(7, "math")]
    katex.fault.cache_clear()


@pytest.mark.parametrize(
    ("piece", "faults"), [("$x$ `a ", 1), ("`", 1), ("```mermaid\n", 1), ("甲 $x\n", 0), ("$$ a\n\n", 0)]
)
def test_five_megabytes_of_anything_are_read(piece, faults):
    """A line that long, a block that is never closed; lone dollars pair up."""
    assert len(found(piece * (2 * (5_000_000 // len(piece.encode()) // 2)))) == faults
