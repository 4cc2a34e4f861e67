"""Real papers, read as a person reads them: the counts of the benchmark hold in the suite, too."""

import json
from pathlib import Path

import pytest
from structure import count_all

from agents.source.document import Document
from agents.source.pdf import read

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
pytestmark = pytest.mark.skipif(
    not (CORPUS / "truth.json").is_file(), reason="the corpus of real papers is not beside the project"
)


def test_titles_authors_sections_and_counts_are_those_of_the_truth(capsys: pytest.CaptureFixture[str]) -> None:
    facts = json.loads((CORPUS / "truth.json").read_text(encoding="utf-8"))
    papers = {paper: truth for paper, truth in facts.items() if paper != "_meta" and truth["file"]}
    assert [measure for measure in count_all(papers) if not measure.met] == []
    assert "wrong" not in capsys.readouterr().out


@pytest.fixture(scope="module")
def attention() -> Document:
    return read(CORPUS / "pdf" / "1706.03762-attention.pdf")


def test_the_stamp_gives_id_and_version_and_is_no_text(attention: Document) -> None:
    assert attention.stamp == "1706.03762v7"
    assert not any("2 Aug 2023" in block.text for block in attention.blocks)


def test_links_and_printed_citations_count_the_same(attention: Document) -> None:
    assert sum(reference.cited for reference in attention.references) == 76
    assert all(reference.cited for reference in attention.references)


def test_a_label_beside_several_rows_is_given_to_each(attention: Document) -> None:
    table = attention.tables[2]
    assert [row[-3:] for row in table.rows if row[0] == "(A)"] == [
        ("5.29", "24.9", ""),
        ("5.00", "25.5", ""),
        ("4.91", "25.8", ""),
        ("5.01", "25.4", ""),
    ]


def test_check_marks_survive_in_a_table_of_blip() -> None:
    table = read(CORPUS / "pdf" / "2201.12086-blip.pdf").tables[0]
    assert table.rows[1][:5] == ("COCO+VG +CC+SBU (14M imgs)", "✗", "✓B", "ViT-B/16", "79.1")


def test_unnumbered_displays_of_dpo_are_no_numbered_equations() -> None:
    document = read(CORPUS / "pdf" / "2305.18290-dpo.pdf")
    assert [equation.number for equation in document.equations] == [str(number) for number in range(1, 23)]
    assert document.equations[0].sentence.startswith("The BT model stipulates that")
