"""Every symbol of a formula has its row; a row that is dropped is missed, a sound table is not accused."""

import json
import time
from pathlib import Path

import pytest
from famous_formulas import ACCUSED, FAMOUS, MISSED
from formulas import LISTS, formula

from agents.note.formula import Formulas
from agents.note.section import Part
from agents.trust import symbols
from agents.trust.outcome import marked
from agents.trust.symbols import unexplained

REPLIES = Path(__file__).parent / "data" / "replies"


def _limit(why):
    return [pytest.mark.xfail(reason=why, strict=True)] if why else []


class Note(Part):
    formulas: Formulas


def note(*items):
    return Note(formulas=Formulas(items=items, none=""))


@pytest.mark.parametrize(("tex", "rows"), LISTS, ids=range(len(LISTS)))
def test_a_table_with_a_row_for_every_symbol_is_not_accused(tex, rows):
    assert unexplained(formula(tex, rows))[0] == []


@pytest.mark.parametrize(
    ("tex", "rows", "dropped"),
    [(tex, rows, n) for tex, rows in LISTS for n in range(len(rows))],
    ids=[f"{n}-{row}" for n, (_, rows) in enumerate(LISTS) for row in rows],
)
def test_a_row_that_is_dropped_is_missed(tex, rows, dropped):
    left = [row for n, row in enumerate(rows) if n != dropped]
    assert unexplained(formula(tex, [*left, r"\zeta"]))[0] != []


@pytest.mark.parametrize("name", [pytest.param(name, marks=_limit(ACCUSED.get(name))) for name in FAMOUS])
def test_a_good_table_of_a_famous_formula_is_not_accused(name):
    tex, rows, more = FAMOUS[name]
    assert unexplained(formula(tex, rows))[0] == []
    assert unexplained(formula(tex, [*rows, *more]))[0] == []


@pytest.mark.parametrize(
    ("name", "row"),
    [pytest.param(n, row, marks=_limit(MISSED.get((n, row)))) for n in FAMOUS for row in FAMOUS[n][1]],
)
def test_a_row_dropped_from_a_famous_formula_is_missed_by_name(name, row):
    tex, rows, more = FAMOUS[name]
    before = set(unexplained(formula(tex, [*rows, *more]))[0])
    left = [one for one in (*rows, *more, r"\zeta") if one != row]
    assert set(unexplained(formula(tex, left))[0]) - before


@pytest.mark.parametrize(
    ("tex", "row"),
    [
        ("x_i + x_{j} + x_1", "x"),
        (r"\hat{x} + \mathbf{x}^{(t)} + x'", "x"),
        (r"\mathcal{L}_{\text{ITC}}", r"\mathcal{L}"),
        (r"\mathcal{L}_{\text{ITC}}", "L"),
        (r"d_k", "d_k"),
        (r"W_i^Q", "W_i^Q"),
        (r"W_i^Q", "W^Q"),
        (r"W_i^Q", "W"),
        (r"\alpha^2 + \alpha^{-1} + \alpha^T", r"\alpha"),
        (r"x_{t-1} + x_t", "x_t"),
        (r"\log x + \operatorname{lcm}(x) + \nabla x \cdot 3", "x"),
        (r"e^{-x} + 2\pi x", "x"),
        (r"f(f)", r"f: X \to Y"),
        (r"O(n^2)", "n"),
        (r"\sum_m \log w_m w_{\backslash m}", "w_m"),
    ],
)
def test_a_row_explains_the_forms_of_its_symbol(tex, row):
    assert unexplained(formula(tex, [row]))[0] == []


@pytest.mark.parametrize(
    ("tex", "row", "lacking"),
    [
        (r"W_Q + W_K", "W_Q", ["W_K"]),
        (r"d_k + d_v", "d_k", ["d_v"]),
        (r"x_t + x_0", "x_t", ["x_0"]),
        (r"y - \hat{y}", "y", [r"\hat{y}"]),
        (r"L \mathcal{L}", "L", [r"\mathcal{L}"]),
        (r"\tau x", "x", [r"\tau"]),
        (r"lrate \cdot x", "x", ["lrate"]),
        (r"10^{-k} x", "x", ["k"]),
        (r"\min_\theta x", "x", [r"\theta"]),
        (r"p(y \mid x)", r"p(y \mid x)", ["y", "x"]),
        (r"x \in X", r"x \in X", ["X"]),
    ],
)
def test_what_a_row_does_not_explain_is_named(tex, row, lacking):
    assert unexplained(formula(tex, [row]))[0] == lacking


def test_the_outcome_counts_symbols_and_marks_the_formula():
    part = note(formula(r"x = \tau + N", ["x"]), formula("x", ["x"]), formula("y", []), formula("", ["x"]))
    found = symbols.outcome(part)
    assert (found.name, found.right, found.of) == ("symbols", 2, 4)
    assert [doubt.where for doubt in found.doubts] == ["formulas.items.0.meaning"]
    assert found.doubts[0].message.startswith(r"in the formula, but not in its table of symbols: \tau, N;")
    written = marked(part.model_dump(), [found], part)
    assert written["formulas"]["items"][0]["meaning"] == r"意思（⚠ 未解释：$\tau$、$N$）"
    again = symbols.outcome(Note.model_validate(written))
    assert (again.right, again.of) == (2, 4)


@pytest.mark.parametrize(
    "tex",
    [
        "{" * 900 + "x" + "}" * 900,
        "_",
        "^",
        "x_",
        "x^^2",
        "}{",
        r"\frac",
        r"\begin",
        r"\left",
        "\\",
        "中文",
        "\\sqrt[3",
        "'",
    ],
)
def test_what_is_no_tex_is_read_without_a_crash(tex):
    part = note(formula("x", ["x"]).model_copy(update={"tex": tex}))
    assert symbols.outcome(part).of <= 2


def test_the_tables_of_our_own_replies_hold_and_a_note_takes_milliseconds():
    data = json.loads((REPLIES / "concept.json").read_text(encoding="utf-8"))
    part = note(*Formulas.model_validate(data["definition"]["formulas"]).items)
    begin = time.perf_counter()
    found = symbols.outcome(part)
    assert time.perf_counter() - begin < 0.25
    assert found.right == found.of > 10
