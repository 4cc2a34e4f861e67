"""The benchmark judges with known answers: a number in the wrong column, a lost line, a hidden one, a peer that fails."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import ablation
import cited
import clock
import extraction
import growth
import pymupdf
import pytest
import quality
import rivals
import shown
import structure
from corpus import CORPUS, Measure, show, unmeasured
from peers import PEERS

from agents.source.document import Table

ROOT = Path(__file__).resolve().parents[1]
corpus = pytest.mark.skipif(not (CORPUS / "truth.json").is_file(), reason="no corpus of real papers beside the project")
HEADER = (("", "h", "PPL", "BLEU"), ("", "", "(dev)", "(dev)"))
SIGNS = [("base",), ("(A)", "h=1"), ("(A)", "h=4")]
VALUES = [[4.92, 25.8], [5.0, 24.9], [None, 25.5]]


def table(*rows):
    return Table("Table 3", "Table 3: of a test", 1, HEADER, rows)


def test_numbers_in_their_rows_and_columns_are_right():
    good = table(("base", "8", "4.92", "25.8"), ("(A)", "1", "5.00", "24.9†"), ("(A)", "4", "", "25.5"))
    assert ablation.right(good, ("PPL", "BLEU"), SIGNS, VALUES) == 5


@pytest.mark.parametrize(
    ("rows", "right"),
    [
        (
            [("base", "8", "25.8", "4.92"), ("(A)", "1", "5.00", "24.9"), ("(A)", "4", "", "25.5")],
            3,
        ),  # two cells changed
        (
            [("base", "8", "4.92", "25.8"), ("(A)", "4", "5.00", "24.9"), ("(A)", "1", "", "25.5")],
            2,
        ),  # two rows changed
        ([("base", "8", "4.92", "25.8"), ("(A)", "", "5.00", "24.9"), ("(A)", "", "", "25.5")], 2),  # labels lost
        ([("base", "8", "4.92", "25.8")] * 2, 0),  # which of the two is it?
        ([("base", "8", "4.9", "25.80")], 1),
        ([("base", "8")], 0),
        ([], 0),
    ],
)
def test_numbers_elsewhere_are_not(rows, right):
    assert ablation.right(table(*rows), ("PPL", "BLEU"), SIGNS, VALUES) == right


def test_without_a_head_no_number_is_in_the_right_column():
    bare = Table("Table 3", "", 1, (), (("base", "8", "4.92", "25.8"),))
    assert ablation.right(bare, ("PPL", "BLEU"), SIGNS[:1], VALUES[:1]) == 0


def test_heads_of_one_name_are_told_apart_from_left_to_right():
    twice = Table("Table 1", "", 1, (("", "TR@1", "IR@1", "TR@1"),), ())
    assert ablation.columns(twice, ("TR@1", "IR@1", "TR@1")) == [1, 2, 3]
    assert ablation.columns(twice, ("CIDEr", "IR@1")) == [None, 2]


def test_heads_in_tex_are_those_in_print():
    assert [ablation.plain(head) for head in (r"$d_{\text{model}}$", r"$\epsilon_{ls}$", "t′ ", "d model")] == [
        "dmodel",
        "ϵls",
        "t'",
        "dmodel",
    ]


@corpus
def test_every_table_that_is_looked_for_has_as_many_rows_and_columns_in_the_truth():
    for paper, truth in structure.papers().items():
        for label, (words, signs) in ablation.TABLES.get(paper, {}).items():
            values = ablation.true_values(truth, label)
            assert [len(row) for row in values] == [len(words)] * len(signs), (paper, label)


def link(name, *box):
    return {"nameddest": f"cite.{name}", "from": pymupdf.Rect(box)}


class FakePage:
    def __init__(self, links, words=()):
        self.links, self.words = links, words

    def get_links(self):
        return self.links

    def get_text(self, kind):
        assert kind == "words"
        return [(*box, "word") for box in self.words]


def test_the_links_of_an_author_and_a_year_are_one_citation():
    page = FakePage([link("hu", 100, 10, 140, 20), link("hu", 146, 10, 170, 20), link("li", 176, 10, 190, 20)])
    assert cited._citations(page) == ["cite.hu", "cite.li"]


def test_a_link_over_a_line_end_is_one_citation_and_two_on_neighbouring_lines_are_two():
    over = [link("hu", 260, 10, 300, 20), link("hu", 50, 22, 80, 32)]
    assert cited._citations(FakePage(over)) == ["cite.hu"]
    words = [(303, 10, 330, 20)]  # the first line goes on behind the link
    assert cited._citations(FakePage(over, words)) == ["cite.hu", "cite.hu"]


@corpus
def test_links_count_the_citations_that_the_tex_has():
    tex = CORPUS / "latex" / "1706.03762" / "main.tex"
    text = structure._flat(tex, tex.parent)
    keys = [key for cites in re.findall(r"\\cite\w*\{([^}]*)\}", text) for key in cites.split(",")]
    assert sorted(cited.counts(tex.with_suffix(".pdf")).values()) == sorted(Counter(map(str.strip, keys)).values())


def test_sections_of_a_tex_file_come_from_what_it_reads_in_without_comments(tmp_path):
    (tmp_path / "part.tex").write_text("\\subsection{On \\emph{Masks}\\label{s}}\n% \\section{Old}\n")
    (tmp_path / "main.tex").write_text("\\section{Intro}\n\\input{part}\n\\section*{End}\\begin{thebibliography}{9}")
    titles = [structure._bare(title) for title in structure.tex_sections(tmp_path / "main.tex")]
    assert titles == ["intro", "onmasks", "end", "references"]


def test_a_line_of_the_body_that_is_not_shown_is_found():
    first = "the quick brown fox jumps over the lazy dog today"
    second = "pack my box with five dozen liquor jugs for me"
    pages = [f"Running Head Of This Fine Little Paper {n}\n" + (first if n else "Abstract") for n in (0, 1)]
    pages += [
        f"Running Head Of This Fine Little Paper 3\n{second}\nReferences\nan entry that is no part of the body text"
    ]
    lines = shown.body_lines(pages)
    assert lines == [first, second]
    assert shown.lost(lines, f"# T\n{first} and {second}") == []
    assert shown.lost(lines, first) == [second]


@corpus
def test_the_judge_sees_the_five_planted_pieces_and_nothing_hidden_in_a_clean_paper():
    assert len(shown.unseen(shown.INJECTED)) == shown.PLANTED
    assert shown.unseen(CORPUS / "pdf" / "2310.06825-mistral7b.pdf") == []


def pdf(path, pages):
    with pymupdf.open() as document:
        for number in range(pages):
            document.new_page().insert_text((72, 72), f"page {number} of this file")
        document.save(path)
    return path


def test_files_are_joined_to_just_as_many_pages(tmp_path):
    parts = [pdf(tmp_path / "a.pdf", 3), pdf(tmp_path / "b.pdf", 5)]
    with pymupdf.open(clock.join(parts, 13, tmp_path / "all.pdf", most=4)) as joined:
        assert len(joined) == 13
        assert [page.get_text().split()[1] for page in joined] == list("0120123012012")


def test_memory_is_that_of_a_process_for_itself():
    held = bytearray(200 * 2**20)
    code = f"import sys; sys.path.insert(0, {str(ROOT / 'benchmarks')!r}); import growth; print(growth.peak())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 100 < len(held) / 2**20 < growth.peak()


def test_a_reader_with_a_switch_is_timed_with_and_without_its_scan(monkeypatch):
    asked = []
    monkeypatch.setattr(clock.pdf, "read", lambda path, *, scan=True: asked.append(scan))
    for reader in clock.readers().values():
        reader(Path("x.pdf"))
    assert list(clock.readers()) == ["structure", "with scan"]
    assert asked == [False, True]


def test_the_pins_are_those_of_the_peers_and_of_what_one_of_them_is_a_part_of():
    assert {pin.partition("==")[0] for pin in rivals.pins()} == {*PEERS, "pymupdf"}
    assert all(re.fullmatch(r"[\w.]+==[\w.]+", pin) for pin in rivals.pins())


def test_peers_that_cannot_be_installed_are_said(tmp_path, monkeypatch):
    monkeypatch.setattr(rivals, "pins", lambda: ["no-such-peer==0.0"])
    monkeypatch.setattr(rivals.shutil, "which", lambda _: None)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(rivals.CannotInstallError, match="no-such-peer"):
        rivals.install(tmp_path / "venv")
    assert not (tmp_path / "venv" / ".ready").exists()


def test_a_peer_that_fails_says_why():
    rival = rivals.Rival("nobody", Path(sys.executable))
    try:
        assert rival.read(Path("x.pdf")) is None
        assert "nobody" in rival.why()
    finally:
        rival.close()


def test_of_a_tools_two_scores_the_better_mean_counts():
    tool = quality.Tool(raw={"a": 0.9, "b": 0.5}, mended={"a": 0.8, "b": 0.8})
    assert tool.score == pytest.approx(0.8)


def test_the_table_says_what_was_met_missed_and_not_measured(capsys):
    show(
        [
            Measure("one", "1", "1", met=True),
            Measure("two", "0", "1", met=False, note="why"),
            unmeasured("three", "1", "no"),
        ]
    )
    lines = capsys.readouterr().out.strip().split("\n")[1:]
    assert [line.split(maxsplit=3)[3] for line in lines] == ["met", "missed  (why)", "not measured  (no)"]


def test_the_last_line_has_its_form():
    assert (
        extraction.last_line(0.98, 0.97512, 1.2, None, 7)
        == "text 0.9800 best-peer 0.9751 time 1.20x with-scan nanx peers 7"
    )


@pytest.fixture
def bench(monkeypatch, tmp_path):
    """`extraction.py` on a truth that is there, with the given measures instead of measuring."""
    (tmp_path / "truth.json").write_text("{}")
    monkeypatch.setattr(extraction, "TRUTH", tmp_path / "truth.json")
    monkeypatch.setattr(sys, "argv", ["extraction.py"])

    def run(found, failures=0):
        monkeypatch.setattr(extraction, "measure", lambda _: (found, "the last line", failures))
        return extraction.main()

    return run


@pytest.mark.parametrize(("met", "failures", "code"), [(True, 0, 0), (False, 0, 1), (None, 0, 1), (True, 1, 2)])
def test_the_exit_code_tells_missed_goals_from_failed_peers(bench, capsys, met, failures, code):
    assert bench([Measure("one", "1", "1", met)], failures) == code
    assert capsys.readouterr().out.endswith("\nthe last line\n")


def test_without_the_corpus_or_the_peers_it_says_so_and_exits_2(bench, capsys, monkeypatch, tmp_path):
    def no_install():
        raise rivals.CannotInstallError("no network")

    monkeypatch.setattr(extraction, "install", no_install)
    assert extraction.main() == 2
    assert "cannot be installed, nothing measured: no network" in capsys.readouterr().err
    monkeypatch.setattr(extraction, "TRUTH", tmp_path / "none.json")
    assert extraction.main() == 2
    assert "no corpus" in capsys.readouterr().err
    monkeypatch.setattr(sys, "argv", ["extraction.py", "speed"])
    assert extraction.main() == 2
    assert "there is no part speed" in capsys.readouterr().err
