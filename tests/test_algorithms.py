"""Algorithms are kept step by step, and the appendix is known as such."""

import pytest
from small_pdfs import LEFT, LOREM, fill, write

from agents.model.rendering import render
from agents.source import pdf
from agents.source.appendix import appendix
from agents.source.document import Section, Source

STEPS = ["1: for each batch do", "2:   compute the loss", "3:   update the weights", "4: end for"]


def paper_with(tmp_path, *rows):
    """A column of text, a label in bold with these rows below it, and text again."""
    document = pdf.load_mupdf().open()
    page = document.new_page(width=612, height=792)
    write(page, LEFT[0], 60, "1   Method", 12, "tibo")
    fill(page, LEFT, 80, 250)
    write(page, LEFT[0], 280, "Algorithm 1", 10, "tibo")
    write(page, LEFT[0] + 60, 280, "Training on pairs.", 10)
    for n, row in enumerate(rows):
        write(page, LEFT[0] + 4, 300 + 11 * n, row, 9)
    fill(
        page,
        LEFT,
        330 + 11 * len(rows),
        600,
        LOREM + "Algorithm 1 shows how the model is trained on pairs of pictures. " + LOREM,
    )
    path = tmp_path / "paper.pdf"
    document.save(path)
    return pdf.read(path)


def test_an_algorithm_is_kept_step_by_step(tmp_path):
    document = paper_with(tmp_path, *STEPS)
    (found,) = [block for block in document.blocks if block.kind == "algorithm"]
    assert found.text == "\n".join(["Algorithm 1 Training on pairs.", *(" ".join(step.split()) for step in STEPS)])
    text = " ".join(block.text for block in document.blocks if block.kind == "text")
    assert "update the weights" not in text and "Algorithm 1 shows how the model is trained" in text
    shown = render(Source("pdf", "T", (), document, sha256="0"))
    assert "```\nAlgorithm 1 Training on pairs.\n1: for each batch do\n" in shown


def test_a_label_with_nothing_below_it_is_text(tmp_path):
    document = paper_with(tmp_path)
    assert not [block for block in document.blocks if block.kind == "algorithm"]


NUMBERED = [("1", "Introduction", 1), ("2", "Method", 1), ("2.1", "Data", 2), ("3", "Conclusion", 1)]
ROMAN = [("I", "Introduction", 1), ("II", "Method", 1), ("V", "Results", 1), ("VI", "Conclusion", 1)]
BACK = [("", "Acknowledgements", 1), ("", "References", 1)]
LETTERED = [("A", "Proofs", 1), ("A.1", "Of the first", 2), ("B", "Data", 1)]


@pytest.mark.parametrize(
    ("sections", "theirs"),
    [
        ([*NUMBERED, *BACK, *LETTERED], ["A Proofs", "A.1 Of the first", "B Data"]),
        ([*NUMBERED, *LETTERED, *BACK], ["A Proofs", "A.1 Of the first", "B Data"]),
        ([*ROMAN, *BACK, ("A", "Proofs", 1)], ["A Proofs"]),
        ([*ROMAN, ("", "Appendix", 1), *LETTERED, *BACK], ["Appendix", "A Proofs", "A.1 Of the first", "B Data"]),
        ([*NUMBERED, *BACK, ("", "More Pictures", 1), ("", "Author Contributions", 1)], ["More Pictures"]),
        ([*NUMBERED, ("", "附录", 1), ("", "参考文献", 1)], ["附录"]),
        ([("A", "First", 1), ("B", "Second", 1), ("C", "Third", 1)], []),
        ([*NUMBERED, *BACK], []),
        ([], []),
    ],
)
def test_the_appendix_is_told_from_the_body(sections, theirs):
    found = appendix(Section(number, title, level, 1) for number, title, level in sections)
    assert [section.heading for section in found] == theirs
