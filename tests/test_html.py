"""What is read from the HTML of a paper: the tiny-clip page against its PDF, and every kind of markup once."""

import re
from pathlib import Path

import latexml_pages as made
import pytest

from agents.source import html, pdf

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "tests" / "data" / "html" / "tiny-clip.html"
PDF = ROOT / "examples" / "tiny-clip" / "paper.pdf"


@pytest.fixture(scope="module")
def exact():
    return html.read(PAGE.read_bytes())


@pytest.fixture(scope="module")
def document():
    return pdf.read(PDF)


def plain(text):
    """A cell or a sentence as a PDF has it: no dollars, signs for commands, no spaces."""
    signs = {r"\to": "→", r"\pm": "±", r"\tau": "τ"}
    return re.sub(r"[\s$]", "", re.sub(r"\\[a-z]+", lambda found: signs.get(found[0], found[0]), text))


def texts(found, kind="text"):
    return [block.text for block in found.blocks if block.kind == kind]


def test_the_page_and_the_pdf_of_a_paper_say_the_same(exact, document):
    assert (exact.kind, exact.title, exact.authors) == ("html", document.title, document.authors)
    assert exact.abstract == document.abstract
    assert [(s.number, s.title, s.level) for s in exact.sections] == [
        (s.number, s.title, s.level) for s in document.sections
    ]
    assert [e.number for e in exact.equations] == [e.number for e in document.equations] == list("12345")
    assert [(f.label, plain(f.caption)) for f in exact.figures] == [
        (f.label, plain(f.caption)) for f in document.figures
    ]
    assert exact.hidden == exact.warnings == ()


def test_every_cell_of_the_tables_stands_where_the_pdf_has_it(exact, document):
    assert [table.label for table in exact.tables] == ["Table 1", "Table 2"]
    for ours, theirs in zip(exact.tables, document.tables, strict=True):
        assert [tuple(map(plain, row)) for row in ours.header] == [tuple(map(plain, row)) for row in theirs.header]
        assert [tuple(map(plain, row)) for row in ours.rows] == [tuple(map(plain, row)) for row in theirs.rows]
        assert plain(ours.caption) == plain(theirs.caption)
    assert exact.tables[1].rows[1] == (
        "Temperature", r"fixed, $\tau = 0.07$", r"56.4 $\pm$ 2.2", r"97.8 $\pm$ 0.9", r"18.1 $\pm$ 2.3",
    )  # fmt: skip


def test_the_references_are_those_of_the_pdf(exact, document):
    assert len(exact.references) == len(document.references) == 16
    for ours, theirs in zip(exact.references, document.references, strict=True):
        assert (ours.label, ours.authors, ours.year, ours.arxiv) == (
            theirs.label, theirs.authors, theirs.year, theirs.arxiv,
        )  # fmt: skip
        assert ours.title.replace("-", "") == theirs.title.replace("-", "")  # the PDF breaks "high-performance"
        assert ours.cited >= theirs.cited > 0  # the PDF prints [1–3]: no link to the one between
    assert [entry.cited for entry in exact.references[:3]] == [9, 3, 3]


def test_the_citations_counted_are_those_of_the_tex(exact):
    tex = (PDF.parent / "paper.tex").read_text(encoding="utf-8")
    keys = re.findall(r"\\bibitem\{(\w+)\}", tex)
    cited = [key for group in re.findall(r"\\cite\{([^}]*)\}", tex) for key in group.split(",")]
    assert [entry.cited for entry in exact.references] == [cited.count(key) for key in keys]


def test_formulas_are_the_tex_and_stand_in_their_sentence(exact):
    third = exact.equations[2]
    assert third.tex == (
        r"\mathcal{L}_{\mathrm{I\to T}}=-\frac{1}{N}\sum_{i=1}^{N}\log\frac{\exp(z_{ii})}{\sum_{j=1}^{N}\exp(z_{ij})},"
    )
    assert third.sentence == (
        "For each picture, the image-to-text loss is the InfoNCE loss [4] over the captions of the batch: "
        "where $N$ is the batch size and the pair $(i, i)$ is the only correct one in row $i$."
    )
    assert f"{third.tex} (3)" in texts(exact, "equation")


def test_the_running_text_is_that_of_the_pdf_word_for_word(exact, document):
    words = [re.findall(r"[A-Za-z]{4,}", " ".join(texts(one))) for one in (exact, document)]
    ours, theirs = (sorted(word for word in found if word not in {"theta", "sigma"}) for found in words)
    missing = set(theirs) - set(ours)
    assert not missing
    assert len(set(ours) - set(theirs)) <= 3


def test_the_site_around_the_paper_is_left_out():
    found = html.read(made.page(made.section("1", "Introduction", made.para("A sentence of the paper."))))
    assert "CHROME" not in repr(found) and "Report" not in repr(found)
    assert texts(found)[-1] == "A sentence of the paper."
    assert html.read(PAGE.read_bytes()).blocks[0].text.startswith("Tiny CLIP")


def test_a_formula_is_read_once_from_its_alttext():
    found = html.read(made.page(made.para(f"Let {made.math('x_{i}%' + chr(10) + '^{2}')} be small.")))
    assert texts(found)[-1] == r"Let $x_{i}^{2}$ be small."
    assert not re.search("MATHML|ANNOTATION|CONTENT|italic", repr(found))


@pytest.mark.parametrize(
    ("alttext", "tex"),
    [
        (r"\displaystyle\frac{a}{b}", r"\frac{a}{b}"),
        (r"\displaystylefoo", r"\displaystylefoo"),
        (r"{\color[rgb]{1,0,0}\definecolor[named]{pgfstrokecolor}{rgb}{1,0,0}x}", "{x}"),
        (r"a\vspace{-2mm}+b", "a+b"),
        (r"a\leavevmode\nobreak\ b", r"a\ b"),
        (r"x\phantom{+y}", r"x\phantom{+y}"),
    ],
)
def test_what_only_latexml_understands_goes_out_of_a_formula(alttext, tex):
    assert texts(html.read(made.page(made.para(made.math(alttext)))))[-1] == f"${tex}$"


def test_a_formula_without_alttext_is_read_from_its_annotation():
    body = made.para('<math><mi>a</mi><annotation encoding="application/x-tex">a^{2}</annotation></math>')
    assert texts(html.read(made.page(body)))[-1] == "$a^{2}$"


@pytest.mark.parametrize(
    ("display", "equations"),
    [
        (made.equation("E=mc^{2}", "1"), [("1", "E=mc^{2}")]),
        (made.equation("E=mc^{2}"), []),
        (made.align(made.row("a", "=b", number="1"), made.row("c", "=d", number="2")), [("1", "a =b"), ("2", "c =d")]),
        (
            made.align(made.row("a", "=b"), made.row("", "=c", number="3")),
            [("3", r"\begin{aligned} a & =b \\ & =c \end{aligned}")],
        ),
        (
            made.align(made.row("a", "=b", number="3"), made.row("", "+c")),
            [("3", r"\begin{aligned} a & =b \\ & +c \end{aligned}")],
        ),
        (
            made.align(made.row("a", "=b", number="3"), made.row("", "=c"), made.row("", "=d", number="4")),
            [("3", "a =b"), ("4", r"\begin{aligned} & =c \\ & =d \end{aligned}")],
        ),
        (made.align(made.row("u", "=v"), made.row("c", "=d", number="2")), [("2", "c =d")]),
        (
            made.align(made.row("a", "=b+"), made.row("c+d", number="2")),
            [("2", r"\begin{aligned} a & =b+ \\ c+d \end{aligned}")],
        ),
        (
            made.align(made.row("a", "=b", number="5", high=2), made.row("c", "=d")),
            [("5", r"\begin{aligned} a & =b \\ c & =d \end{aligned}")],
        ),
        (
            made.align(made.row("a", "=b", number="1a"), made.row("c", "=d", number="A.2")),
            [("1a", "a =b"), ("A.2", "c =d")],
        ),
    ],
)
def test_a_number_belongs_to_the_lines_that_it_closes(display, equations):
    found = html.read(made.page(made.para("We have") + display + made.para("Next.")))
    assert [(one.number, one.tex) for one in found.equations] == equations
    assert {one.sentence for one in found.equations} <= {"We have"}


def test_words_between_the_formulas_of_a_display_are_kept():
    cell = f'<td class="ltx_eqn_cell">{made.math("a")}<span class="ltx_text"> and </span>{made.math("b")}</td>'
    found = html.read(made.page(f'<table class="ltx_equation ltx_eqn_table"><tr>{cell}</tr></table>'))
    assert texts(found, "equation") == [r"a \text{and} b"]


def test_sections_have_their_numbers_titles_and_levels():
    body = made.section(
        "1", "Intro", made.section("1.1", "Sub", made.section("1.1.1", "Deep", "", "subsubsection"), "subsection")
    )
    body += made.section("", "Acknowledgements", "") + made.section("", "5. Typed", "")
    body += made.section("A", "Proofs", made.section("A.1", "First", "", "subsection"), "appendix", "Appendix A")
    body += made.section("C", "Lettered", "", "subsection", "-C")
    body += made.section("IV", "Roman", made.section("IV-A", "Letter", "", "subsection"))
    found = html.read(made.page(body))
    assert [(s.number, s.title, s.level) for s in found.sections] == [
        ("1", "Intro", 1), ("1.1", "Sub", 2), ("1.1.1", "Deep", 3), ("", "Acknowledgements", 1), ("5", "Typed", 1),
        ("A", "Proofs", 1), ("A.1", "First", 2), ("C", "Lettered", 2), ("IV", "Roman", 1), ("IV-A", "Letter", 2),
    ]  # fmt: skip


def test_in_a_book_chapters_come_before_sections():
    body = '<section class="ltx_chapter"><h2 class="ltx_title ltx_title_chapter"><span class="ltx_tag">Chapter 1 </span>One</h2>'
    found = html.read(made.page(f"{body}{made.section('1.1', 'Sub', '')}</section>"))
    assert [(s.number, s.title, s.level) for s in found.sections] == [("1", "One", 1), ("1.1", "Sub", 2)]


def test_titles_of_paragraphs_theorems_and_items_begin_their_text():
    run_in = '<section class="ltx_paragraph"><h5 class="ltx_title ltx_title_paragraph">Data.</h5>'
    theorem = '<div class="ltx_theorem"><h6 class="ltx_title ltx_runin ltx_title_theorem"><span class="ltx_tag">Theorem 1</span>.</h6>'
    items = "".join(
        f'<li class="ltx_item"><span class="ltx_tag ltx_tag_item">{tag}</span>{made.para(text)}</li>'
        for tag, text in (("•", "a point"), ("(b)", "a letter"))
    )
    body = f"{run_in}{made.para('We draw.')}</section>{theorem}{made.para('It holds.')}</div><ul>{items}</ul>"
    found = html.read(made.page(body))
    assert texts(found)[-4:] == ["Data. We draw.", "Theorem 1. It holds.", "a point", "(b) a letter"]
    assert found.sections == ()


def test_text_that_stands_loose_between_blocks_is_not_lost():
    found = html.read(
        made.page("<div>before<div class='ltx_para'><p>inside</p>after</div>behind <b>bold</b> too</div>")
    )
    assert texts(found)[-4:] == ["before", "inside", "after", "behind bold too"]


def test_a_footnote_becomes_a_paragraph_of_its_own_and_its_citations_count():
    note = (
        '<span class="ltx_note ltx_role_footnote"><sup class="ltx_note_mark">1</sup><span class="ltx_note_outer">'
        '<span class="ltx_note_content"><sup class="ltx_note_mark">1</sup><span class="ltx_tag ltx_tag_note">1</span>'
        f"See also {made.cite(1)}.</span></span></span>"
    )
    body = made.para(f"A claim{note} holds.") + made.bibliography(("[1]", "A. Doe. A title of it. 2020."))
    found = html.read(made.page(body))
    assert texts(found)[-2:] == ["A claim holds.", "See also [1]."]
    assert found.references[0].cited == 1


def test_powers_of_ten_stay_powers():
    found = html.read(made.page(made.para("at 10<sup class='ltx_sup'>4</sup> and the 1<sup class='ltx_sup'>st</sup>")))
    assert texts(found)[-1] == "at 10^4 and the 1st"
