"""A PDF file is read for what it says, or refused in two plain sentences."""

import subprocess
import sys
from pathlib import Path

import pytest
import small_pdfs

from agents.errors import DataError, MissingError
from agents.source.document import Document
from agents.source.pdf import LARGEST, load_mupdf, read

ODD = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "odd"


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return read(small_pdfs.paper(tmp_path_factory.mktemp("pdf") / "paper.pdf"))


def refused(path: Path) -> DataError:
    with pytest.raises(DataError) as caught:
        read(path)
    assert caught.value.hint
    assert "\n" not in caught.value.what + caught.value.hint
    return caught.value


def words(document: Document) -> str:
    return "\n".join(block.text for block in document.blocks)


def test_the_title_is_the_largest_type_and_its_broken_word_is_mended(paper: Document) -> None:
    assert paper.title == "Small Models Learn from Pictures and Language Alone"


def test_authors_come_without_affiliation_and_address(paper: Document) -> None:
    assert paper.authors == ("Ada Lovelace", "Alan M. Turing")


def test_the_abstract_ends_before_the_introduction(paper: Document) -> None:
    assert paper.abstract.startswith("We study how a small model learns")
    assert paper.abstract.endswith("report with its spread.")
    assert "Introduction" not in paper.abstract


def test_sections_have_number_level_and_page_and_run_in_headings_are_none(paper: Document) -> None:
    found = [(section.number, section.title, section.level, section.page) for section in paper.sections]
    assert found == [
        ("1", "Introduction", 1, 1),
        ("2", "Method", 1, 2),
        ("2.1", "Training", 2, 2),
        ("3", "Results", 1, 2),
        ("", "Acknowledgements", 1, 3),
        ("", "References", 1, 3),
        ("A", "Further Details", 1, 3),
    ]


def test_a_sentence_goes_on_in_the_next_column_with_its_broken_word_mended(paper: Document) -> None:
    assert "a sentence about understanding, which goes on at the top of the next one." in words(paper)


def test_running_heads_and_page_numbers_are_left_out(paper: Document) -> None:
    assert "Small Models and Their Pictures" not in words(paper)
    assert not any(block.text in {"1", "2", "3"} for block in paper.blocks)


def test_every_block_stands_on_a_page_in_a_box(paper: Document) -> None:
    pages = [block.page for block in paper.blocks]
    assert pages == sorted(pages)
    assert set(pages) == {1, 2, 3}
    assert all(x0 < x1 <= 612 and y0 < y1 <= 792 for x0, y0, x1, y1 in (block.box for block in paper.blocks))


def test_a_table_comes_in_cells_with_its_header_apart(paper: Document) -> None:
    (table,) = paper.tables
    assert (table.label, table.caption, table.page) == ("Table 1", "Table 1: Accuracy of three models on two sets.", 2)
    assert table.header == (("Model", "Seen", "Unseen"),)
    assert table.rows == (("linear", "61.5", "40.2"), ("small", "72.0", "55.1"), ("large", "80.3", "62.9"))


def test_a_sentence_that_names_a_table_is_no_caption(paper: Document) -> None:
    assert [figure.caption for figure in paper.figures] == ["Figure 1: What the model sees after ten epochs."]
    assert "As Table 1 shows, more pairs help." in words(paper)


def test_a_numbered_equation_comes_with_the_sentences_around_it(paper: Document) -> None:
    (equation,) = paper.equations
    assert (equation.number, equation.page, equation.text) == ("1", 2, "L = 1 / N")
    assert equation.sentence == "The loss is the mean over all pairs of the batch: where N counts the pairs."


def test_references_come_in_parts_with_how_often_they_are_cited(paper: Document) -> None:
    first, second, third = paper.references
    assert (first.label, first.title, first.year, first.arxiv) == ("1", "Compilers for everyone", 2019, "1901.00001")
    assert (second.authors, second.doi) == ("Edsger Dijkstra", "10.1000/xyz123")
    assert third.authors == "Barbara Liskov, Ada Lovelace, and Alan Turing"
    assert first.cited == second.cited > 0 == third.cited


def test_pages_come_line_by_line_without_running_heads_and_broken_words(paper: Document) -> None:
    first, second, third = paper.printed
    assert first.splitlines()[:2] == ["Small Models Learn from Pictures and Language", "Alone"]
    assert "a sentence about understanding,\nwhich goes on at the top of the next one.\n" in first
    assert "small 72.0 55.1\n" in second
    assert "Alone\n\nAda Lovelace" in first  # where the page leaves room
    assert "Their Pictures" not in first + second + third


def test_a_missing_file_is_66(tmp_path: Path) -> None:
    with pytest.raises(MissingError):
        read(tmp_path / "nowhere.pdf")


def test_zero_bytes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "nothing.pdf"
    path.touch()
    assert "zero bytes" in refused(path).what


def test_a_web_page_named_pdf_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "page.pdf"
    path.write_text("<html><body>Are you a robot?</body></html>", encoding="utf-8")
    assert "a web page" in refused(path).what


def test_a_cut_file_is_refused(tmp_path: Path) -> None:
    path = small_pdfs.paper(tmp_path / "cut.pdf")
    path.write_bytes(path.read_bytes()[:-4000])
    assert "cut off" in refused(path).what


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "damaged.pdf"
    path.write_bytes(b"%PDF-1.4\n" + b"\0" * 500 + b"\n%%EOF\n")
    assert "damaged" in refused(path).what


def test_an_encrypted_file_is_refused(tmp_path: Path) -> None:
    aes = load_mupdf().PDF_ENCRYPT_AES_256
    assert "password" in refused(small_pdfs.paper(tmp_path / "p.pdf", encryption=aes, user_pw="u", owner_pw="o")).what


def test_a_copy_protected_file_is_read(tmp_path: Path) -> None:
    aes = load_mupdf().PDF_ENCRYPT_AES_256
    path = small_pdfs.paper(tmp_path / "p.pdf", encryption=aes, owner_pw="o", permissions=0)
    assert read(path).title == "Small Models Learn from Pictures and Language Alone"


def test_an_empty_page_is_refused(tmp_path: Path) -> None:
    assert "no text" in refused(small_pdfs.empty(tmp_path / "empty.pdf")).what


def test_a_scan_is_refused_with_a_way_forward(tmp_path: Path) -> None:
    error = refused(small_pdfs.scan(tmp_path / "scan.pdf"))
    assert "scan" in error.what
    assert "OCR" in error.hint


def test_the_layout_network_is_not_loaded() -> None:
    code = "import sys; from agents.source.pdf import load_mupdf; load_mupdf(); print('onnxruntime' in sys.modules)"
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert (done.stdout.strip(), done.stderr) == ("False", "")


@pytest.mark.skipif(not ODD.is_dir(), reason="the corpus of real papers is not beside the project")
class TestOddFiles:
    @pytest.mark.parametrize(
        ("name", "what"),
        [
            ("corrupt-36bytes.pdf", "no PDF"),
            ("corrupt-truncated-llava-2304.08485v2.pdf", "cut off"),
            ("corrupt-zero-bytes.pdf", "zero bytes"),
            ("empty_page.pdf", "no text"),
            ("encrypted-libreoffice-password-openpassword.pdf", "password"),
            ("image-only-ccitt.pdf", "scan"),
            ("notpdf-html-captcha.pdf", "a web page"),
            ("notpdf-rate-exceeded.pdf", "no PDF"),
            ("scanned_04.pdf", "scan"),
        ],
    )
    def test_what_cannot_be_read_says_why(self, name: str, what: str) -> None:
        assert what in refused(ODD / name).what

    @pytest.mark.parametrize(
        ("name", "says"),
        [
            ("rotated-page-90.pdf", "Second line of text here"),
            ("scanned-with-ocr-text.pdf", "GROTE"),
            ("copy-protected.pdf", "LayoutParser"),
            ("chinese-journal-bioner.pdf", "参考文献"),
            ("injection-hidden-text-ppo.pdf", "Proximal Policy Optimization"),
        ],
    )
    def test_what_is_odd_but_readable_is_read(self, name: str, says: str) -> None:
        assert says in words(read(ODD / name))


def test_a_huge_file_is_refused_unread(tmp_path):
    path = tmp_path / "huge.pdf"
    with path.open("wb") as sparse:
        sparse.truncate(LARGEST + 1)
    assert "larger than 100 MB" in refused(path).what
