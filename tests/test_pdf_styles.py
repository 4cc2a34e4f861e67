"""What journals and conferences do differently: each lesson on a small PDF made on the spot."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from small_pdfs import LEFT, LOREM, RIGHT, fill, write

from agents.source.citations import cited_names
from agents.source.document import Document
from agents.source.lines import Line
from agents.source.pdf import load_mupdf, read

PLAIN = LOREM.replace(" [1, 2]", "")
ENTRIES = (
    ("[1] Grace Hopper and Jean Bartik. Compilers for", "everyone. Journal of Machines, 2019."),
    ("[2] Edsger Dijkstra. Notes on structured pictures.", "Journal of Pictures, 3(2):1-9, 2020."),
    ("[3] Barbara Liskov and Alan Turing. A theory of", "captions. In Proceedings of Words, 2021."),
    ("[4] Ada Lovelace. Notes on notes, with a view to", "engines. In Proceedings of Words, 2022."),
)


def made(path: Path, *draw: Callable[[Any], None]) -> Document:
    """A paper of one page for each of these, read."""
    document = load_mupdf().open()
    for one in draw:
        one(document.new_page(width=612, height=792))
    document.save(path / "paper.pdf")
    document.close()
    return read(path / "paper.pdf")


def opening(page: Any, *authors: str) -> None:
    """Title, author lines, abstract, introduction."""
    write(page, 130, 90, "Small Models Learn from Pictures", 17, "tibo")
    for number, line in enumerate(authors):
        write(page, 220, 125 + 15 * number, line, 11)
    write(page, 145, 200, "Abstract", 12, "tibo")
    fill(page, LEFT, 220, 300, PLAIN)
    write(page, LEFT[0], 400, "1 Introduction", 12, "tibo")
    fill(page, LEFT, 420, 520, PLAIN * 2)
    fill(page, RIGHT, 220, 400, PLAIN * 3)


def signed(path: Path, lines: tuple[str, ...]) -> tuple[str, ...]:
    """The authors that are read from these author lines."""
    return made(path, lambda page: opening(page, *lines)).authors


def references(page: Any, top: float) -> None:
    for number, (one, two) in enumerate(ENTRIES):
        write(page, RIGHT[0], top + 26 * number, one, 9)
        write(page, RIGHT[0] + 14, top + 26 * number + 11, two, 9)


def test_a_group_signs_where_no_person_does(tmp_path: Path) -> None:
    for lines, authors in (
        (("The Pixtra Team", "team@example.org"), ("The Pixtra Team",)),
        (("Qwen Team, Alibaba Group", "June 3, 2025"), ("Qwen Team, Alibaba Group",)),
        (("Llama Team, AI @ Meta",), ("Llama Team, AI @ Meta",)),
        (("OpenAI",), ("OpenAI",)),
        (("DeepSeek-AI", "research@example.org"), ("DeepSeek-AI",)),
        (("The Pixtra Team", "Ada Lovelace, Alan Turing"), ("Ada Lovelace", "Alan Turing")),
        (("June 3, 2025",), ()),
    ):
        assert signed(tmp_path, lines) == authors


def table_page(page: Any) -> None:
    write(page, 255, 80, "TABLE I", 8)
    write(page, 190, 91, "RETRIEVAL ON TWO DATA SETS IN PER CENT.", 8)
    write(page, 268, 110, "COCO (5K)", 9)
    write(page, 411, 110, "Flickr30K (1K)", 9)
    rows = [("Method", "R@1", "R@5", "R@10", "R@1", "R@5"), ("CLIP", "58.4", "81.5", "88.1", "88.0", "98.7")]
    rows += [("ALIGN", "59.9", "83.3", "89.8", "88.6", "98.7"), ("Ours", "67.2", "87.0", "92.1", "95.5", "99.8")]
    for number, cells in enumerate(rows):
        for cell, x in zip(cells, (150, 230, 280, 330, 400, 460), strict=True):
            write(page, x, 123 + number * 12, cell, 9)
    for text, x in (("Encoder", 160), ("Fusion", 250), ("Loss", 340)):
        write(page, x, 230, text, 9)
    write(page, 150, 260, "Fig. 1. Overview of the model.", 8)
    fill(page, LEFT, 300, 400, PLAIN * 2)


def test_a_header_over_several_columns_is_one_cell_over_the_first_of_them(tmp_path: Path) -> None:
    (table,) = made(tmp_path, lambda page: opening(page, "Ada Lovelace"), table_page).tables
    assert table.caption == "TABLE I RETRIEVAL ON TWO DATA SETS IN PER CENT."
    assert table.header == (
        ("", "COCO (5K)", "", "", "Flickr30K (1K)", ""),
        ("Method", "R@1", "R@5", "R@10", "R@1", "R@5"),
    )
    assert [row[0] for row in table.rows] == ["CLIP", "ALIGN", "Ours"]  # and no lettering of the figure below


def physics_page(page: Any) -> None:
    """Roman sections in capitals with lettered ones below, superscript citations, references without a heading."""
    write(page, 90, 80, "II. METHOD", 10, "tibo")
    fill(page, LEFT, 100, 200, PLAIN)
    write(page, 90, 240, "A. The two encoders", 10, "tibo")
    fill(page, LEFT, 260, 360, PLAIN)
    write(page, 90, 400, "B. The loss", 10, "tibo")
    for y, text, raised in ((420, "This was shown before", "1,3-4"), (432, "It was used in many models", "2")):
        write(page, LEFT[0], y, text, 10)
        x = LEFT[0] + load_mupdf().get_text_length(text, fontname="tiro", fontsize=10)
        write(page, x, y - 4, raised, 6)
    write(page, 90, 470, "III. RESULTS", 10, "tibo")
    fill(page, LEFT, 490, 700, PLAIN * 4)
    fill(page, RIGHT, 80, 300, PLAIN * 4)
    references(page, 540)


def test_roman_sections_superscript_citations_and_references_without_a_heading_are_read(tmp_path: Path) -> None:
    def first(page: Any) -> None:
        write(page, 130, 90, "Small Models Learn from Pictures", 17, "tibo")
        write(page, 220, 125, "Ada Lovelace and Alan Turing", 11)
        fill(page, (120, 490), 160, 210, PLAIN[:300])
        write(page, 90, 240, "I. INTRODUCTION", 10, "tibo")
        fill(page, LEFT, 260, 400, PLAIN * 3)
        fill(page, RIGHT, 260, 400, PLAIN * 3)

    paper = made(tmp_path, first, physics_page)
    assert paper.abstract.startswith("We study how a small model learns")
    assert [(section.number, section.level) for section in paper.sections] == [
        ("I", 1),
        ("II", 1),
        ("A", 2),
        ("B", 2),
        ("III", 1),
    ]
    assert [(reference.label, reference.cited) for reference in paper.references] == [
        ("1", 1),
        ("2", 1),
        ("3", 1),
        ("4", 1),
    ]


def test_subheadings_without_a_number_are_sections_of_the_second_level(tmp_path: Path) -> None:
    def second(page: Any) -> None:
        write(page, LEFT[0], 80, "2 Experiments", 12, "tibo")
        fill(page, LEFT, 100, 180, PLAIN)
        for number, title in enumerate(("Main results", "Ablation study")):
            write(page, LEFT[0], 240 + 150 * number, title, 10, "tibo")
            fill(page, LEFT, 255 + 150 * number, 340 + 150 * number, PLAIN)
        write(page, LEFT[0], 560, "3 Conclusion", 12, "tibo")
        fill(page, LEFT, 580, 700, PLAIN)

    sections = made(tmp_path, lambda page: opening(page, "Ada Lovelace"), second).sections
    assert [(section.heading, section.level) for section in sections] == [
        ("1 Introduction", 1),
        ("2 Experiments", 1),
        ("Main results", 2),
        ("Ablation study", 2),
        ("3 Conclusion", 1),
    ]


def test_two_links_over_a_lines_end_are_one_citation_and_two_in_one_line_are_two() -> None:
    lines = [Line(50, 100 + 12 * n, 290, 110 + 12 * n, 108 + 12 * n, 10, 0, 0, "tiro", "words", "") for n in range(3)]
    broken = [("cite.a", (260.0, 100.0, 288.0, 110.0)), ("cite.a", (50.0, 112.0, 70.0, 122.0))]
    apart = [("cite.a", (60.0, 100.0, 80.0, 110.0)), ("cite.a", (150.0, 100.0, 170.0, 110.0))]
    name_and_year = [("cite.a", (60.0, 100.0, 80.0, 110.0)), ("cite.a", (86.0, 100.0, 106.0, 110.0))]
    below = [("cite.a", (120.0, 100.0, 140.0, 110.0)), ("cite.a", (120.0, 112.0, 140.0, 122.0))]
    assert cited_names(broken, lines) == cited_names(name_and_year, lines) == ["cite.a"]
    assert cited_names(apart, lines) == cited_names(below, lines) == ["cite.a", "cite.a"]


def test_an_entry_of_few_letters_is_a_reference(tmp_path: Path) -> None:
    def last(page: Any) -> None:
        write(page, LEFT[0], 80, "References", 12, "tibo")
        for number, entry in enumerate(
            ("Cai, T. 2020, ApJ, 888, 46", "Roe, A. 2021, A&A, 5, 1", "Zahn, J. 1991, ApJ, 2, 9")
        ):
            write(page, LEFT[0], 100 + 20 * number, f"[{number + 1}] {entry}", 9)

    references = made(tmp_path, lambda page: opening(page, "Ada Lovelace"), last).references
    assert [(reference.label, reference.year) for reference in references] == [("1", 2020), ("2", 2021), ("3", 1991)]
