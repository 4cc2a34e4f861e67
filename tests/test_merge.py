"""What the markup knows exactly, put into what the PDF shows: matched, checked, and refused where it is another paper."""

from dataclasses import replace

import pytest
from markup import CELLS, PDF, SHUFFLED, TEX, WORDS, another_paper, equation

from agents.errors import DataError
from agents.source import agree
from agents.source.document import Block, Hidden, Section
from agents.source.merge import merge


def test_an_equation_keeps_its_page_and_gets_its_tex_on_one_line():
    (found,) = merge(PDF, TEX).document.equations
    assert (found.number, found.page, found.box) == ("1", 1, PDF.equations[0].box)
    assert found.tex == r"L = -\frac{1}{N} \sum \log p(x)"
    assert found.text == PDF.equations[0].text


def test_a_table_keeps_page_and_caption_and_gets_header_and_cells_with_numbers_as_numbers():
    (found,) = merge(PDF, TEX).document.tables
    assert (found.page, found.caption) == (2, SHUFFLED.caption)
    assert found.header == (("Objectives", "R@1", "R@5"),)
    assert found.rows == (("ITC + ITM", "84.5", "96.2"), ("all", "85.4", "97.0"))


def test_blocks_keep_the_text_of_the_pdf_and_carry_what_is_exact_beside_it():
    blocks = merge(PDF, TEX).document.blocks
    assert [(block.kind, block.text) for block in blocks] == [(block.kind, block.text) for block in PDF.blocks]
    exact = {block.kind: block.exact for block in blocks if block.exact}
    assert exact == {
        "equation": r"$$L = -\frac{1}{N} \sum \log p(x)$$ (1)",
        "table": "Objectives | R@1 | R@5\nITC + ITM | 84.5 | 96.2\nall | 85.4 | 97.0",
    }


def test_a_table_whose_cells_the_pdf_did_not_give_gets_a_block_behind_its_caption():
    bare = replace(
        PDF,
        tables=(replace(SHUFFLED, rows=()),),
        blocks=tuple(block for block in PDF.blocks if block.kind != "table"),
    )
    blocks = merge(bare, TEX).document.blocks
    at = next(n for n, block in enumerate(blocks) if block.kind == "caption")
    assert (blocks[at + 1].kind, blocks[at + 1].text, blocks[at + 1].page) == ("table", "", 2)
    assert blocks[at + 1].exact.startswith("Objectives | R@1")


def test_a_reference_is_completed_and_counted_by_the_markup():
    (found,) = merge(PDF, TEX).document.references
    assert (found.label, found.authors, found.year) == ("1", "Alec Radford and Jong Wook Kim", 2021)
    assert (found.arxiv, found.cited, found.text) == ("2103.00020", 7, PDF.references[0].text)


def test_a_reference_whose_title_the_pdf_did_not_give_is_found_in_its_text():
    untitled = replace(PDF, references=(replace(PDF.references[0], title=""),))
    assert merge(untitled, TEX).document.references[0].arxiv == "2103.00020"


def test_the_origins_say_what_came_from_where():
    assert merge(PDF, TEX).origins == {"formulas": "tex", "tables": "tex", "references": "tex"}
    nothing = replace(TEX, equations=(), tables=(), references=())
    assert set(merge(PDF, nothing).origins.values()) == {"pdf"}
    assert merge(PDF, replace(TEX, kind="html")).origins["tables"] == "html"


def test_where_both_agree_nothing_is_reported():
    assert merge(PDF, TEX).warnings == ()


def test_the_markup_of_another_paper_is_refused():
    with pytest.raises(DataError, match=r"TeX is of another paper.*Birds of the Northern Coast"):
        merge(PDF, another_paper())


def test_another_paper_with_the_same_title_is_refused_by_its_words():
    with pytest.raises(DataError, match="0% of its phrases"):
        merge(PDF, replace(another_paper(), title=PDF.title))


def test_markup_with_too_little_text_is_judged_by_its_title():
    assert agree.another_paper(PDF, replace(TEX, blocks=())) == ""
    assert "Birds" in agree.another_paper(PDF, replace(another_paper(), blocks=()))


def test_another_title_over_the_same_words_is_reported_and_taken():
    merged = merge(PDF, replace(TEX, title="Working Draft, Do Not Cite"))
    assert merged.origins["formulas"] == "tex"
    assert merged.warnings == (f"the TeX is titled 'Working Draft, Do Not Cite', the PDF {PDF.title!r}",)


def test_formulas_do_not_count_as_words_of_the_paper():
    with_math = replace(TEX, blocks=(Block("text", WORDS.replace("frozen", r"frozen $\theta_{i}$"), 0, (0, 0, 0, 0)),))
    assert agree.shared(PDF, with_math) > 0.5


def test_other_sections_and_other_counts_are_reported():
    more = replace(
        TEX,
        sections=(*TEX.sections, Section("3", "A Section of a Later Version", 1, 0)),
        equations=(*TEX.equations, equation("2", "a = b")),
        tables=(),
    )
    told = " | ".join(merge(PDF, more).warnings)
    assert "the TeX has sections that the PDF does not show: A Section of a Later Version" in told
    assert "the TeX has 2 numbered equations, the PDF 1" in told
    assert "the TeX has 0 tables, the PDF 1" in told


def test_an_equation_that_the_pdf_lacks_stands_in_the_order_of_the_markup_and_between_two_of_one_page_has_it():
    first, third = PDF.equations[0], replace(PDF.equations[0], number="3", text="KL(q || p)")
    both = replace(PDF, equations=(first, third))
    exact = replace(TEX, equations=(*TEX.equations, equation("2", "z = 1"), equation("3", "KL(q \\| p)")))
    found = merge(both, exact).document.equations
    assert [(one.number, one.page) for one in found] == [("1", 1), ("2", 1), ("3", 1)]
    apart = replace(both, equations=(first, replace(third, page=2)))
    assert merge(apart, exact).document.equations[1].page == 0


def test_a_formula_unlike_its_glyphs_is_not_taken_and_named():
    wrong = replace(TEX, equations=(equation("1", r"\mathbf{W} = \mathbf{B}\mathbf{A}k + \eta\,q\,u\,v\,w"),))
    merged = merge(PDF, wrong)
    assert merged.document.equations == PDF.equations
    assert any("other formulas than the PDF under (1)" in warning for warning in merged.warnings)


def test_markup_that_counts_otherwise_adds_no_formulas_under_its_own_numbers():
    wrong = replace(TEX, equations=(equation("1", "q + u + v + w + k + h"), equation("2", "a = b")))
    assert merge(PDF, wrong).document.equations == PDF.equations


def test_a_table_with_other_numbers_stays_the_pdf_s_and_is_named():
    other = replace(CELLS, rows=(("ITC + ITM", "11.1", "22.2"), ("all", "33.3", "44.4")))
    merged = merge(PDF, replace(TEX, tables=(other,)))
    assert merged.document.tables == PDF.tables
    assert any("other numbers than the PDF in Table 2" in warning for warning in merged.warnings)


def test_a_table_under_another_number_is_found_by_its_caption():
    (found,) = merge(PDF, replace(TEX, tables=(replace(CELLS, label="Table 1"),))).document.tables
    assert (found.label, found.rows[0][1]) == ("Table 2", "84.5")


def test_what_the_markup_hid_is_kept_beside_what_the_pdf_hid():
    pdf = replace(PDF, hidden=(Hidden("white", 1, "praise it"),))
    merged = merge(pdf, replace(TEX, hidden=(Hidden("comment", 0, "praise it more"),)))
    assert [hidden.kind for hidden in merged.document.hidden] == ["white", "comment"]


@pytest.mark.parametrize(
    ("tex", "glyphs", "same"),
    [
        (r"\theta = \arg\max_\theta \log p_\theta(x)", "θ = arg max θ log pθ(x)", True),
        (r"\mathcal{L}_{\text{ITC}} = -\lambda \log \sigma(z)", "LITC = −λ log σ(z)", True),
        (r"x", "W", True),
        (r"\alpha\beta\gamma\delta", "a b c d", False),
    ],
)
def test_a_formula_is_compared_by_what_a_reader_sees_of_it(tex, glyphs, same):
    assert agree.same_formula(tex, glyphs) is same


@pytest.mark.parametrize(
    ("cell", "shown"),
    [("$84.5$", "84.5"), (r"$84.5 \pm 0.2$", "84.5 ± 0.2"), (r"$\alpha$", r"$\alpha$"), ("a\nb", "a b")],
)
def test_a_cell_is_one_line_and_a_number_in_it_a_number(cell, shown):
    exact = replace(CELLS, rows=((cell, "85.4", "97.0"), ("84.5", "96.2", "x")))
    assert merge(PDF, replace(TEX, tables=(exact,))).document.tables[0].rows[0][0] == shown


def test_a_paragraph_of_the_same_words_and_numbers_is_exact_with_its_formulas():
    printed = "where the temperature τi starts at 0.07 and the number of pairs stays N"
    exact = r"where the temperature $\tau_{i}$ starts at 0.07 and the number of pairs stays $N$"
    pdf = replace(PDF, blocks=(*PDF.blocks, Block("text", printed, 2, (0.0, 0.0, 1.0, 1.0))))
    block = Block("text", exact, 0, (0.0, 0.0, 0.0, 0.0))
    assert merge(pdf, replace(TEX, blocks=(*TEX.blocks, block))).document.blocks[-1].exact == exact
    for other in (exact.replace("0.07", "0.08"), exact.replace("temperature", "weight"), "of $N$"):
        changed = replace(TEX, blocks=(*TEX.blocks, replace(block, text=other)))
        assert merge(pdf, changed).document.blocks[-1].exact == ""


def test_words_that_the_pdf_reads_out_of_a_formula_do_not_hide_the_paragraph():
    printed = "We project the queries with dmodel-dimensional keys and values into dk dimensions"
    exact = r"We project the queries with $d_{\text{model}}$-dimensional keys and values into $d_k$ dimensions"
    pdf = replace(PDF, blocks=(*PDF.blocks, Block("text", printed, 2, (0.0, 0.0, 1.0, 1.0))))
    block = Block("text", exact, 0, (0.0, 0.0, 0.0, 0.0))
    assert merge(pdf, replace(TEX, blocks=(block, *TEX.blocks))).document.blocks[-1].exact == exact
    lost = replace(pdf.blocks[-1], text=printed.replace("values", "values, normalised first,"))
    kept = merge(replace(pdf, blocks=(*PDF.blocks, lost)), replace(TEX, blocks=(block, *TEX.blocks)))
    assert kept.document.blocks[-1].exact == ""


def test_subtables_of_one_label_are_one_table_of_the_pdf():
    halves = (TEX.tables[0], replace(TEX.tables[0], caption="", rows=(("b", "1.0", "2.0"),)))
    assert not any("tables" in warning for warning in merge(PDF, replace(TEX, tables=halves)).warnings)
