"""A formula that has the number of an equation is that equation, in whatever dress; a changed one is told apart."""

import re

import pytest
from eprints import LATEX, served
from formulas import LISTS, formula

from agents.note.formula import Formulas
from agents.note.section import Part
from agents.source import tex
from agents.source.document import Block, Document, Equation
from agents.trust import formulas, katex
from agents.trust.outcome import marked
from agents.trust.tex import read

BOX = (0.0, 0.0, 1.0, 1.0)


class Note(Part):
    formulas: Formulas


def paper(*equations, inline="", page=3):
    made = tuple(Equation(number, "glyphs", page, BOX, "", text) for number, text in equations)
    blocks = (Block("text", "words", 1, BOX, exact=inline),)
    return Document("T", (), "", blocks, (), (), (), made, (), pages=9)


def judge(document, given, number="1"):
    part = Note(formulas=Formulas(items=(formula(given, ["x"], equation=number),), none=""))
    return formulas.outcome(part, formulas.index(document))


ATTENTION = r"\mathrm{Attention}(Q, K, V) = \mathrm{softmax}(\frac{QK^T}{\sqrt{d_k}})V"
MANY = r"\begin{aligned} a &= b + c, \\[2pt] d &= e^{f} \\ g &= h. \end{aligned}"


@pytest.mark.parametrize(
    ("theirs", "mine"),
    [
        (ATTENTION, r"\text{Attention}(Q,K,V)=\operatorname{softmax}\left(\dfrac{Q K^{\top}}{\sqrt{d_{k}}}\right) V."),
        (r"\frac{a}{b+c}", r"\frac a{b + c} \tag{3} \label{eq:x}"),
        (r"x^2_i + x^\prime", r"x_{i}^{2} + x'"),
        (r"\arg\max_x f", r"\operatorname*{arg\,max}_{x} f"),
        (r"2^{{n-m \over 2}+1}", r"2^{\frac{n-m}{2} + 1}"),
        (r"{| x \rangle}{| y \rangle}", r"|x\rangle|y\rangle"),
        (r"x_{\mathrm{ab}} \cdot \mathrm{log} x", r"x_\text{ab} \cdot \log{x}"),
        (r"\Big\{ x \Big| y \Big\}", r"\{x \mid y\}"),
        (r"\left. x \right|_0", r"x|_{0}"),
        (MANY, r"a = b + c"),
        (MANY, r"d = e^f"),
        (MANY, r"d = e^f \\ g = h"),
        (MANY, r"\begin{align} a &= b + c, \\ d &= e^{f} \\ g &= h \end{align}"),
    ],
)  # fmt: skip
def test_the_same_equation_in_another_dress_is_the_same(theirs, mine):
    found = judge(paper(("1", theirs)), mine)
    assert (found.name, found.right, found.of) == ("formulas", 1, 1)


@pytest.mark.parametrize(
    "mine",
    [
        ATTENTION.replace("V)", "W)"),
        ATTENTION.replace("K^T", "K"),
        ATTENTION.replace(r"\sqrt{d_k}", "d_k"),
        ATTENTION.replace("d_k", "d_v"),
        ATTENTION.replace("QK^T", "KQ^T"),
        ATTENTION.replace(")V", ")"),
        r"\frac{QK^T}{\sqrt{d_k}}",
        ATTENTION.replace("=", r"\approx"),
    ],
)
def test_a_changed_equation_is_told_apart_with_both_forms_and_marked(mine):
    found = judge(paper(("1", ATTENTION)), mine)
    assert (found.right, found.of) == (0, 1)
    assert mine in found.doubts[0].message.replace("\\\\", "\\")
    assert "first different at" in found.doubts[0].message
    value = {"formulas": {"items": ({"meaning": "意思"},)}}
    assert marked(value, [found], value)["formulas"]["items"][0]["meaning"] == "意思（⚠ 与原文公式不同）"


def test_the_equation_of_another_number_is_named_by_its_own():
    found = judge(paper(("1", "a = b"), ("2", ATTENTION)), ATTENTION)
    assert found.doubts[0].message.endswith("but its equation (2)")


def test_a_number_that_the_paper_does_not_have_is_a_doubt():
    found = judge(paper(("1", "a = b")), "a = b", number="99")
    assert found.doubts[0].mark == "⚠ 原文没有这个编号"
    assert "no equation (99)" in found.doubts[0].message


@pytest.mark.parametrize(
    ("document", "given", "number", "right"),
    [
        (paper(("1", "a = b"), inline=r"so $\hat{y} = W x$ holds"), r"\hat y=Wx", "", 1),
        (paper(("1", "a = b + c")), "a = b", "", 1),
        (paper(("1", "a = b")), "q = r", "", 0),
        (paper(("1", "")), "q = r", "1", 0),
        (paper(("1", "")), "q = r", "9", 0),
        (paper(), "q = r", "9", 0),
        (paper(("1", "a = b"), ("2", "")), "q = r", "2", 0),
        (paper(("1", "a = b")), "", "1", 0),
        (paper(("A.1", "a = b")), "a = b", "(A.1)", 1),
    ],
    ids=["inline", "within", "not found", "PDF only", "PDF only, no such number", "no equations", "no TeX of it", "no TeX", "parentheses"],
)  # fmt: skip
def test_what_cannot_be_looked_up_is_not_judged(document, given, number, right):
    found = judge(document, given, number)
    assert (found.right, found.of) == (right, right)


def test_the_page_of_a_formula_is_that_of_its_equation():
    data = {"items": [{"equation": "1", "page": 8}, {"equation": "", "page": 8}, {"equation": "7", "page": 8}]}
    pages = [item["page"] for item in formulas.with_pages(data, paper(("1", "a"), page=3))["items"]]
    assert pages == [3, 8, 8]


@pytest.mark.parametrize("tex", ["{", "}}", r"\over", r"{\over", "^", "_{", r"\frac", "", "'", r"\text{", "{" * 500])
def test_what_is_no_tex_is_matched_without_a_crash(tex):
    assert formulas.plain(tex) == formulas.plain(f" {tex} ")


def _redressed(given):
    """As another hand would type it."""
    given = re.sub(r"(?<!\\)([=+,(])", r" \1 ", given).replace(r"\mathrm", r"\text").replace(r"\ldots", r"\dots")
    return re.sub(r"_([A-Za-z0-9])", r"_{\1}", re.sub(r"\^([A-Za-z0-9])", r"^{\1}", given)) + " ."


@pytest.mark.skipif(not LATEX.is_dir(), reason="the corpus of real papers is not here")
@pytest.mark.parametrize(("name", "equations"), [("1706.03762", 3), ("9802040", 13), ("2004.14974", 0)])
def test_the_equations_of_real_papers_match_themselves_and_nothing_else(name, equations):
    exact = tex.read(served(name))
    document = Document("T", (), "", exact.blocks, (), (), (), exact.equations, (), pages=9)
    numbered = [one for one in exact.equations if one.number]
    assert len(numbered) == equations
    for one in numbered:
        for dress in (one.tex, _redressed(one.tex)):
            assert judge(document, dress, one.number).right == 1, dress
        for n, char in enumerate(one.tex):
            changed = (
                one.tex[:n] + {"x": "y", "+": "-", "1": "2", "Q": "K", "=": "<"}.get(char, char) + one.tex[n + 1 :]
            )
            if changed != one.tex and r"\begin" not in changed and "ext" not in one.tex[max(0, n - 3) : n + 3]:
                assert judge(document, changed, one.number).right == 0, changed
    everything = {one.tex for one in exact.equations} | {
        found for block in exact.blocks for found in re.findall(r"(?<![\\$])\$((?:\\.|[^$\\])+)\$", block.text)
    }
    assert len(everything) > 50
    for one in everything:
        assert katex.fault(one, display=True) is None
        assert read(one)


def test_the_lists_match_themselves():
    for given, _ in LISTS:
        assert judge(paper(("1", given)), _redressed(given)).right == 1, given
