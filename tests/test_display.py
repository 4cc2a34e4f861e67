"""Every formula of a note is put to KaTeX: displayed, in a table of symbols, or within a sentence, and marked in place."""

import pytest
from formulas import LISTS, formula
from random_notes import Dice

from agents.note.formula import Formulas
from agents.note.kinds import KINDS
from agents.note.section import Part
from agents.note.text import Line, Plain, Prose
from agents.trust import alone, display, katex
from agents.trust.outcome import marked

needs_katex = pytest.mark.skipif(not katex.available(), reason="no wheel of KaTeX for this machine")


class Inner(Part):
    texts: tuple[Line, ...]
    prose: Prose
    name: Plain


class Note(Part):
    formulas: Formulas
    inner: Inner


def note(tex="x", symbol="x", line="好", prose="好", name="好"):
    formulas = Formulas(items=(formula(tex, [symbol]),), none="")
    return Note(formulas=formulas, inner=Inner(texts=("甲", line), prose=prose, name=name))


@needs_katex
@pytest.mark.parametrize(
    ("given", "where", "written"),
    [
        ({"tex": "x_1_2"}, ("formulas", "items", 0, "meaning"), "意思（⚠ 公式无法显示）"),
        ({"symbol": r"\mathds{1}"}, ("formulas", "items", 0, "symbols", 0, "meaning"), "含义（⚠ 公式无法显示）"),
        ({"line": "损失 $x_1_2$ 越小"}, ("inner", "texts", 1), "损失 $x_1_2$（⚠ 公式无法显示） 越小"),
        (
            {"prose": "甲\n\n- 乙 `$y_1_2$` $x^1^2$"},
            ("inner", "prose"),
            "甲\n\n- 乙 `$y_1_2$` $x^1^2$（⚠ 公式无法显示）",
        ),
    ],
)
def test_a_formula_that_katex_does_not_show_is_marked_where_it_stands(given, where, written):
    part = note(**given)
    found = display.outcome(part)
    assert (found.name, found.of - found.right, len(found.doubts)) == ("katex", 1, 1)
    assert "KaTeX does not show" in found.doubts[0].message
    value = marked(part.model_dump(), [found], part)
    for step in where:
        value = value[step]
    assert value == written
    again = Note.model_validate(marked(part.model_dump(), [found], part))
    assert [doubt.message for doubt in display.outcome(again).doubts] == [doubt.message for doubt in found.doubts]


@needs_katex
def test_what_is_shown_is_counted_and_plain_text_is_no_formula():
    found = display.outcome(note(line="$a$ 与 $b$", name="$5 x_1_2 $", prose="（⚠ 未解释：$\\tau$）$c$"))
    assert (found.right, found.of, found.doubts) == (5, 5, ())


@needs_katex
def test_every_formula_of_the_lists_is_shown():
    part = Formulas(items=tuple(formula(tex, rows) for tex, rows in LISTS), none="")
    found = display.outcome(part)
    assert found.right == found.of > len(LISTS) * 3


@pytest.mark.parametrize("kind", KINDS)
def test_any_note_of_any_kind_can_be_checked(kind):
    for seed in range(10):
        outcomes = alone.outcomes(Dice(seed).note_of(kind))
        assert all(0 <= one.right <= one.of for one in outcomes)


def test_without_katex_nothing_is_counted(monkeypatch):
    monkeypatch.setattr(katex, "_katex", lambda: None)
    assert display.outcome(note(tex="x_1_2")) == display.Outcome("katex", 0, 0)
