"""Lint on what will not be shown: formulas that KaTeX refuses, diagrams that Mermaid refuses, in any page."""

import importlib.util
import time

import pytest
from findings import NB, NOTE, book, cell, line_of, told

from agents.recipes import lint_checks, lint_doubts
from agents.trust.outcome import Doubt, Outcome

WRONG = r"$\frobnicate{x}$"
HAND = "notes/mine.md"


def test_a_formula_of_ours_is_an_error_where_claude_wrote_it_and_a_warning_in_a_draft(linted):
    text = linted.change(NOTE, ("draft 引擎不作横向对比。", f"比 {WRONG} 好。"))
    done = linted.run(linted.root / NOTE)
    assert told(done) == [(NOTE, "katex", "warning")]
    assert int(done.found[0]["line"]) == line_of(text, WRONG)
    linted.change(NOTE, ('engine: "draft"', 'engine: "claude"'))
    assert (NOTE, "katex", "error") in told(linted.run(linted.root / NOTE))


def test_in_what_the_person_wrote_it_is_a_warning_also_without_front_matter(linted):
    linted.change(NOTE, ('engine: "draft"', 'engine: "claude"'))
    linted.write(NOTE, linted.read() + f"\n我的话 {WRONG}\n")
    assert (NOTE, "katex", "warning") in told(linted.run(linted.root / NOTE))
    linted.write(HAND, f"# 手写\n\n字 {WRONG}\n\n$$\nx\n")
    done = linted.run(linted.root / HAND)
    assert told(done)[1:] == [(HAND, "katex", "warning"), (HAND, "typography", "warning")]
    assert [f["line"] for f in done.found[1:]] == ["3", "5"]


def test_a_formula_that_the_note_marks_is_the_mark(linted):
    linted.change(
        NOTE, ('engine: "draft"', 'engine: "claude"'), ("draft 引擎不作横向对比。", f"比 {WRONG}（⚠ 待查）好。")
    )
    found = told(linted.run(linted.root / NOTE))
    assert (NOTE, "marked", "warning") in found and "katex" not in {rule for _, rule, _ in found}


def test_a_diagram_that_was_edited_by_hand_is_put_to_mermaid(linted):
    if importlib.util.find_spec("mermaidx") is None:
        pytest.skip("no Mermaid on this machine")
    linted.write(HAND, "# 手写\n\n```mermaid\ngraph TD\n  a --> \n```\n")
    assert (HAND, "mermaid", "warning") in told(linted.run(linted.root / HAND))
    linted.write(HAND, "# 手写\n\n```mermaid\ngraph TD\n  a --> b\n```\n")
    assert told(linted.run(linted.root / HAND)) == [(HAND, "front-matter", "warning")]


def test_a_formula_in_a_notebook_is_found_on_its_line_of_the_file(linted):
    text = book(cell("# 小实验", "", f"字 {WRONG}"))
    linted.write(NB, text)
    done = linted.run(linted.root / NB)
    assert told(done) == [(NB, "katex", "warning")]
    assert int(done.found[0]["line"]) == line_of(text, "frobnicate")


def test_a_parser_that_is_not_there_is_said_and_nothing_else_happens(linted, monkeypatch):
    monkeypatch.setattr("agents.recipes.lint.find_spec", lambda name: None if name == "pykatex" else True)
    done = linted.run()
    assert done.code == 0 and done.err.startswith("formulas were not parsed: pykatex is not installed")


# Doubts at their places


def subject_of(linted):
    from agents.lab import pages
    from agents.note.lint.subject import subject

    return subject(pages.page(NOTE, linted.read()), linted.read("CLAUDE.md"))


def test_a_doubt_stands_at_the_line_of_what_is_meant(linted):
    text = linted.read()
    note = subject_of(linted)
    results = note.note.experiments.results
    n, with_cells = next((n, claim) for n, claim in enumerate(results) if claim.cells)
    lines = text.split("\n")

    def line(where, at=0):
        return lines[lint_doubts.place(note, Doubt(where, "", at=at))[0] - 1]

    assert line(f"experiments.results.{n}.text").endswith(with_cells.text)
    assert with_cells.quote[:20] in line(f"experiments.results.{n}.quote").replace("\\", "")
    assert "数据：" in line(f"experiments.results.{n}.cells.0.value")
    assert note.note.summary in line("summary")
    background = note.note.background
    assert line("background", len(background) - 1) == background.split("\n")[-1]
    assert line("title").startswith("title: ")
    assert line("method.formulas.items.0.symbols").startswith("**公式**")
    assert line("experiments.results.999.text").startswith("### 主要结果")
    assert line("nothing.of.the.kind") == "---"


@pytest.mark.parametrize(
    ("at", "is_told"), [(2, False), (5, True), (4, True)], ids=["marked", "another place", "beside it"]
)
def test_a_doubt_with_its_mark_in_the_text_is_told_by_the_mark(linted, at, is_told):
    linted.change(NOTE, ("draft 引擎不作横向对比。", "比（⚠ 原文未找到）别的 7 好。"))
    note = subject_of(linted)
    doubt = Doubt("assessment.comparison.none", "says 7", "⚠ 原文未找到", at)
    value = note.note.assessment.comparison.none
    assert value.index("（") == 1
    doubt = Doubt(doubt.where, doubt.message, doubt.mark, at - 1)
    found = list(lint_doubts.doubts(note, [Outcome("numbers", 0, 1, (doubt,))], is_error=True))
    assert [f.rule for f in found] == (["numbers"] if is_told else [])


def test_the_same_fault_is_told_once(linted, monkeypatch):
    text = linted.change(NOTE, ("draft 引擎不作横向对比。", f"比 {WRONG} 好。"))
    line = line_of(text, WRONG)
    doubt = Doubt("assessment.comparison.none", "KaTeX does not show it")
    monkeypatch.setattr(lint_checks.alone, "outcomes", lambda _: [Outcome("katex", 0, 1, (doubt,))])
    found = [f for f in linted.run(linted.root / NOTE).found if f["rule"] == "katex"]
    assert [int(f["line"]) for f in found] == [line]


def test_a_page_of_very_many_diagrams_is_looked_at_as_far_as_it_goes(linted):
    block = "```mermaid\nflowchart TD\n  a --> b{\n```\n"
    linted.write("notes/mine.md", "---\nkind: note\n---\n" + block * 1000)
    started = time.process_time()
    done = linted.run(linted.root / "notes/mine.md")
    assert time.process_time() - started < 8
    assert sum(rule == "math" for _, rule, _ in told(done)) == 1
    assert "100 diagrams" in done.out
