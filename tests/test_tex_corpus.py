r"""The three real sources, against what a person reads in them. Not shipped: measured where `../shared/corpus` is."""

import json
import re
from pathlib import Path

import pytest
from eprints import LATEX, served

from agents.source import tex
from agents.source.tex.expand import expand
from agents.source.tex.files import decode, main_file
from agents.source.tex.tokens import tokenise
from agents.source.tex.unpack import files_of

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
pytestmark = pytest.mark.skipif(not LATEX.is_dir(), reason="the corpus of real papers is not here")


ATTENTION, QUANTUM, SCIFACT = "1706.03762", "9802040", "2004.14974"


# Read off the sources by hand, with the definitions in their preambles.
BY_HAND = [
    (ATTENTION, "1", r"\mathrm{Attention}(Q, K, V) = \mathrm{softmax}(\frac{QK^T}{\sqrt{d_k}})V"),
    (ATTENTION, "2", r"\mathrm{FFN}(x)=\max(0, xW_1 + b_1) W_2 + b_2"),
    (ATTENTION, "3", r"lrate = d_{\text{model}}^{-0.5} \cdot \min({step\_num}^{-0.5}, {step\_num} \cdot {warmup\_steps}^{-1.5})"),
    (QUANTUM, "1", r"U_f : {| x \rangle}{| y \rangle} \mapsto {| x \rangle}{| f(x) \oplus y \rangle},"),
    (QUANTUM, "4", r"g(x_1,\ldots,x_{n-m}) = \bigwedge_{y \in \{0,1\}^m} f(x_1,\ldots,x_{n-m},y_1,\ldots,y_m)"),
    (QUANTUM, "6", r"\bigvee_{x \in \{0,1\}^{n-m}} g(x_1,\ldots,x_{n-m})"),
    (QUANTUM, "7", r"\alpha {| g(x) \rangle}{| A \rangle} + \beta {| \overline{g(x)} \rangle}{| B \rangle},"),
    (QUANTUM, "11", r"\sum_{z \in \{0,1\} \atop x \in \{0,1\}^{n-m}} \lambda_{z,x} {| z \rangle}{| x_1,\ldots,x_{n-m} \rangle}{| 0,\ldots,0 \rangle},"),
    (QUANTUM, "12", r"= 2^{{n-m \over 2} + 1 - {k \over 2}}."),
    (QUANTUM, "2", r"\begin{aligned}{\text{\it SIGMA}_2(f) =} & \\ & \bigvee_{x \in \{0,1\}^{n-m}} \left(\bigwedge_{y \in \{0,1\}^{m}} f(x_1,\ldots,x_{n-m},y_1,\ldots,y_m)\right)\end{aligned}"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "number", "expected"), BY_HAND, ids=[f"{name}-{number}" for name, number, _ in BY_HAND]
)
def test_ten_equations_are_what_a_person_reads_in_the_source(name, number, expected):
    assert {equation.number: equation.tex for equation in tex.read(served(name)).equations}[number] == expected


@pytest.mark.parametrize(("name", "count"), [(ATTENTION, 3), (QUANTUM, 13), (SCIFACT, 0)])
def test_every_numbered_equation_is_found_with_its_number_and_a_sentence(name, count):
    equations = tex.read(served(name)).equations
    assert [equation.number for equation in equations] == [str(number) for number in range(1, count + 1)]
    assert all(equation.sentence for equation in equations)


@pytest.mark.parametrize("name", [ATTENTION, QUANTUM, SCIFACT])
def test_no_formula_keeps_a_macro_of_the_author(name):
    files = {path: decode(data) for path, data in files_of(served(name)).items()}
    own = expand(files, main_file(files)).defined
    paper = tex.read(served(name))
    formulas = [equation.tex for equation in paper.equations]
    formulas += re.findall(r"(?<!\\)\$\$?([^$]+)\$", "\n".join(block.text for block in paper.blocks))
    assert len(formulas) > 100 and own
    assert {tok for formula in formulas for tok in tokenise(formula)} & own == set()


def test_the_attention_paper_has_what_the_truth_says():
    truth = json.loads((CORPUS / "truth.json").read_text())[ATTENTION]
    paper = tex.read(served(ATTENTION))
    assert paper.title == truth["title"]
    assert [name.split()[-1] for name in paper.authors] == truth["authors"]
    assert [section.heading for section in paper.sections if section.level == 1] == truth["sections"]
    counts = truth["counts"]
    assert (len(paper.tables), len(paper.figures), len(paper.references)) == (
        counts["tables"],
        counts["figures"],
        counts["references"],
    )
    assert paper.warnings == ()


def test_every_number_of_the_ablation_table_is_in_its_row_and_column():
    truth = json.loads((CORPUS / "truth.json").read_text())[ATTENTION]["ablation"]["rows"]
    made = next(one for one in tex.read(served(ATTENTION)).tables if one.label == "Table 3")
    columns = [" ".join(dict.fromkeys(cells)) for cells in zip(*made.header, strict=True)]
    at = [columns.index(name) for name in ("PPL (dev)", "BLEU (dev)", r"params $\times10^6$")]
    assert len(made.rows) == len(truth)
    for (name, numbers), row in zip(truth.items(), made.rows, strict=True):
        assert row[0] == name.split()[0], name
        assert [float(row[column]) if row[column] else None for column in at] == numbers, name


def test_the_archive_as_arxiv_serves_it_is_read_whole():
    paper = tex.read(served(SCIFACT))
    assert paper.title == "Fact or Fiction: Verifying Scientific Claims"
    assert [name.split()[-1] for name in paper.authors] == [
        "Wadden",
        "Lin",
        "Lo",
        "Wang",
        "Zuylen",
        "Cohan",
        "Hajishirzi",
    ]
    assert len(paper.references) == 36 and all(reference.cited for reference in paper.references)
    assert [section.number for section in paper.sections if section.level == 1] == [*"12345678", "", *"ABCD"]
    main = next(one for one in paper.tables if "Test set performance" in one.caption)
    assert main.header[-1][:6] == ("Retrieval", "Model", "Row", "P", "R", "F1")
    assert main.rows[2][1:6] == ("VeriSci", "3", "76.1", "63.8", "69.4")
    assert [row[0] for row in main.rows] == ["Oracle abstract"] * 3 + ["Open"] * 3


def test_a_paper_of_1998_is_read():
    paper = tex.read((LATEX / QUANTUM / "13.tex").read_bytes())
    assert paper.authors == ("Harry Buhrman", "Richard Cleve", "Avi Wigderson")
    assert [section.heading for section in paper.sections if section.level == 1] == [
        "1 Introduction and summary of results", "2 Reducing communication to computation problems",
        "3 Proofs of upper and lower bounds", "4 Conclusions and open problems", "Acknowledgements", "References",
    ]  # fmt: skip
    assert len(paper.references) == 30 and paper.references[0].arxiv == "quant-ph/9802049"
