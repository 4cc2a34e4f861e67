"""The keyless engine: what it picks from a paper, and that all of it stands there."""

import random
from datetime import date
from pathlib import Path

import pytest

from agents.model.draft import draft
from agents.model.draft_tables import ablation, results_of_tables
from agents.model.question import Answer, Question, Usage
from agents.model.rendering import echo, render
from agents.model.sentences import split
from agents.note.claim import Claim
from agents.note.markdown import parse
from agents.note.markdown import render as render_note
from agents.note.paper import PaperNote, PaperReply
from agents.recipes import paper_note
from agents.source import pdf
from agents.source.document import Block, Document, Equation, Reference, Section, Source, Table
from agents.trust import quotes, sourced
from agents.trust.texts import parts

BOX = (0.0, 0.0, 1.0, 1.0)
SAMPLE = Path(__file__).resolve().parents[1] / "examples" / "tiny-clip" / "paper.pdf"


@pytest.fixture(scope="module")
def source():
    document = pdf.read(SAMPLE)
    return Source("pdf", document.title, document.authors, document, sha256="0" * 64, file=SAMPLE.name)


@pytest.fixture(scope="module")
def reply(source):
    return draft(source)


def test_every_quote_of_a_draft_stands_in_the_paper(source, reply):
    found = quotes.outcome(reply, quotes.index(source.document))
    assert found.right == found.of >= 15 and not found.doubts


def test_each_part_comes_from_where_a_reader_would_look(source, reply):
    labels = {claim.text for claim in reply.assessment.limitations}
    assert any("Limitations" in label for label in labels)
    assert any("3." in claim.text for claim in reply.method.approach)
    assert len(reply.method.formulas.items) == len(source.document.equations) >= 3
    assert [f.equation for f in reply.method.formulas.items][:3] == ["1", "2", "3"]
    assert 3 <= len(reply.further_reading) <= 5
    counts = {r.label: r.cited for r in source.document.references}
    assert [counts[r.reference] for r in reply.further_reading] == sorted(counts.values(), reverse=True)[
        : len(reply.further_reading)
    ]


def test_the_section_tree_becomes_the_diagram_without_back_matter(source, reply):
    labels = [node.label for node in reply.method.diagram.nodes]
    assert labels[0] == source.title
    assert "3 Method" in labels
    assert "References" not in labels


def test_the_ablation_table_has_one_baseline_a_metric(reply):
    rows = reply.experiments.ablation.rows
    assert {row.table for row in rows} == {"Table 2"}
    for metric in {row.metric for row in rows}:
        assert sum(row.baseline for row in rows if row.metric == metric) == 1


def test_the_rendering_gives_a_model_pages_headings_rows_and_counts(source):
    text = render(source)
    assert text.startswith(f"# {source.title}\nAuthors: ")
    for mark in ("\n[p. 4]\n", "\n## 3 Method\n", "\n### 3.1 ", "\n## Abstract\n", " (9×)\n"):
        assert mark in text
    assert any(line.startswith("|Full model|") for line in text.split("\n"))
    last = [line for line in text.split("\n") if line.startswith("#")][-1]
    assert last.lstrip("# ") == echo(source).last_heading


def test_sentences_end_where_a_reader_ends_them():
    text = "We follow Li et al. (2021) here. See Fig. 3 and Eq. (2). It costs 3.5 days, i.e. less. A. Smith agreed."
    assert split(text) == [
        "We follow Li et al. (2021) here.",
        "See Fig. 3 and Eq. (2).",
        "It costs 3.5 days, i.e. less.",
        "A. Smith agreed.",
    ]


def table(caption, header, *rows):
    return Table("Table 1", f"Table 1: {caption}", 3, header, rows)


def test_a_header_that_spans_columns_names_each_of_them():
    made = table(
        "Ablation of parts.",
        (("", "COCO", "", "Flickr", ""), ("Model", "TR", "IR", "TR", "IR")),
        ("full", "80.0", "60.0", "95.0", "84.0"),
        ("-a", "79.0", "59.0", "94.0", "83.5"),
    )
    rows = ablation((made,), ()).rows
    assert [row.metric for row in rows[:4]] == ["COCO TR", "COCO IR", "Flickr TR", "Flickr IR"]
    assert [(row.component, row.baseline) for row in rows if row.metric == "Flickr IR"] == [
        ("基准", True),
        ("-a", False),
    ]


def test_columns_that_hold_settings_name_the_row_and_are_no_metric():
    made = table(
        "Variations on the model.",
        (("", "N", "PPL"),),
        ("base", "6", "4.92"),
        ("(C)", "2", "6.11"),
        ("(C)", "", "5.19"),
        ("(C)", "", "4.88"),
    )
    rows = ablation((made,), ()).rows
    assert {row.metric for row in rows} == {"PPL"}
    assert rows[1].setting == "(C), N=2"


def test_a_result_table_tells_how_its_last_row_differs_from_its_first():
    made = table(
        "Results on the test set.", (("Model", "R@1"),), ("Baseline", "50.0"), ("Other", "52.0"), ("Ours", "55.0")
    )
    (claim,) = results_of_tables((made,))
    assert "R@1 +5.0（+10.0 %）" in claim.text
    assert (claim.cells[0].row, claim.cells[0].column, claim.cells[0].value) == ("Ours", "R@1", "55.0")


def test_roman_sections_are_the_body_and_what_follows_the_references_is_not():
    named = [("I", "Introduction"), ("II", "Method"), ("V", "Conclusion"), ("", "References"), ("A", "More Results")]
    sections = tuple(Section(number, title, 1, n) for n, (number, title) in enumerate(named, start=1))
    blocks = []
    for section in sections:
        blocks.append(Block("heading", section.heading, section.page, BOX, level=1))
        blocks.append(
            Block("text", f"In {section.title} we propose and train an encoder with a loss.", section.page, BOX)
        )
    document = Document("T", (), "", tuple(blocks), sections, (), (), (), (), pages=5)
    made = draft(Source("pdf", "T", (), document, sha256="0"))
    assert [node.label for node in made.method.diagram.nodes] == ["T", "I Introduction", "II Method", "V Conclusion"]
    assert {claim.text for claim in made.method.approach} == {"见 II Method"}
    assert not any("More Results" in claim.text for _, claim in parts(made, Claim))


def test_a_paper_without_anything_still_drafts():
    empty = Document("A Title", (), "", (), (), (), (), (), (), pages=1)
    made = draft(Source("abstract", "A Title", (), empty, sha256="0"))
    assert made.summary == "A Title"
    assert made.further_reading == ()
    assert made.experiments.ablation.none


JUNK = [
    "# Heading with https://thing.github.io/x_y and www.site.org for the code that we propose here.",
    "1. However, the token sk-ant-api03-abcdefghijkl is a problem of existing work, and we propose another.",
    "> We present $5 & <b>bold</b> _markdown_ [x](javascript:alert(1)) ![y](z) `code` in this paper.",
    "We achieve 84.5% | results **state-of-the-art** \\frac{a}{b} ~~gone~~ — with a trailing backslash \\.",
    "- We introduce \u202eright-to-left\u202c and \u200binvisible\u200b text, which we train and which limits us.",
    "=== We do not evaluate <!-- a comment --> and leave it for future work; however it fails. ===.",
]


@pytest.mark.parametrize("seed", range(40))
def test_no_text_of_a_paper_can_break_a_draft(seed):
    rng = random.Random(seed)

    def words():
        return " ".join(rng.choices(JUNK, k=rng.randint(1, 3)))

    headings = [
        Block("heading", rng.choice(["1 Introduction", "2 Method", words()[:90]]), 1, BOX, level=rng.randint(1, 3))
        for _ in range(4)
    ]
    texts = [Block("text", words(), rng.randint(1, 9), BOX) for _ in range(12)]
    blocks = tuple(rng.sample([*headings, *texts], k=16))
    sections = tuple(Section("", block.text, block.level, 1) for block in headings)
    rows = tuple((words(), rng.choice(["1.0", "x", words()]), "2") for _ in range(4))
    tables = (
        Table("Table 1", "Table 1: Ablation. " + words(), 1, (("a", words(), ""),), rows),
        Table("Table 2", "Results: " + words(), 1, (), rows),
    )
    equations = (Equation("1", words(), 1, BOX, words()),)
    references = (Reference(words(), words(), words(), words(), rng.choice([None, 7, 2021]), None, None, 3),)
    document = Document(words(), (words(),), words(), blocks, sections, (), tables, equations, references, pages=9)
    source = Source("pdf", words(), (words(),), document, sha256="0" * 64)
    note = note_of(source)
    assert parse(render_note(note), PaperNote) == note


def note_of(source):
    question = Question("paper", "x", "", "", "", "", PaperReply)
    answer = Answer(draft(source), (), "draft", "", Usage())
    return paper_note.build(answer, sourced.grounds(source), question, None, None, date(2026, 11, 23))
