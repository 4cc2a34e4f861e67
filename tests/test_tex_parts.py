r"""The parts of a TeX source beside its formulas: tables, floats, references, the title page."""

import pytest
from tex_papers import source, tar

from agents.source import tex


def read(body, preamble=""):
    return tex.read(source(body, preamble).encode())


def table(tabular):
    return read(f"\\begin{{table}}\\caption{{C.}}{tabular}\\end{{table}}").tables[0]


def test_a_table_binds_its_spanning_headings_to_the_columns_below():
    made = table(r"""\begin{tabular}{lcccc} \toprule
\multirow{2}{*}{Model} & \multicolumn{2}{c}{\textbf{BLEU}} & & Cost \\ \cmidrule(lr){2-3} \cmidrule{5-5}
 & EN-DE & EN-FR & & FLOPs \\ \midrule
\rule{0pt}{2ex}\multirow{2}{*}{(A)} & 24.6 & \textbf{39.9} & & $10^{19}$ \\[2pt]
 & \multicolumn{2}{c}{n/a} & & 7\% \\ \bottomrule \end{tabular}""")
    assert (made.label, made.caption) == ("Table 1", "C.")
    assert made.header == (("Model", "BLEU", "BLEU", "Cost"), ("Model", "EN-DE", "EN-FR", "FLOPs"))
    assert made.rows == (("(A)", "24.6", "39.9", "$10^{19}$"), ("(A)", "n/a", "", "7%"))


def test_a_table_without_rules_has_a_heading_if_it_looks_it():
    assert table(r"\begin{tabular}{ll} Name & Score \\ a & 1 \\ b & 2 \end{tabular}").header == (("Name", "Score"),)
    assert table(r"\begin{tabular}{ll} a & 1 \\ b & 2 \end{tabular}").header == ()
    assert table(
        r"\begin{tabular}{lll} \toprule {} & 0 & 1 \\ \midrule a & 5 & 6 \\ \bottomrule \end{tabular}"
    ).header == (("", "0", "1"),)


@pytest.mark.parametrize(
    "begin",
    [
        r"\begin{tabularx}{\linewidth}{lX}",
        r"\begin{tabular*}{3cm}{ll}",
        r"\begin{tabular}[t]{l|@{\hspace{1em}}r}",
        r"\begin{tabulary}{3cm}{LL}",
    ],
)
def test_all_kinds_of_tabular_are_read(begin):
    name = begin[7:].partition("}")[0]
    assert table(f"{begin}\\hline H & I \\\\ \\hline x & 1 \\\\ \\hline\\end{{{name}}}").rows == (("x", "1"),)


def test_a_long_table_says_its_heading_once():
    made = read(
        r"\begin{longtable}{ll}\caption{Long.}\\ \toprule A & B \\ \midrule \endfirsthead A & B \\ \midrule \endhead x & 1 \\ y & 2 \\ \end{longtable}"
    ).tables
    assert [(one.label, one.header, one.rows) for one in made] == [("Table 1", (("A", "B"),), (("x", "1"), ("y", "2")))]


def test_subtables_share_the_label_and_panels_of_a_figure_do_not_count():
    body = r"""\begin{table}\begin{subtable}{1cm}\begin{tabular}{ll}a&1\end{tabular}\subcaption{One.}\end{subtable}
\begin{subtable}{1cm}\begin{tabular}{ll}b&2\end{tabular}\subcaption{Two.}\end{subtable}\caption{Both.}\end{table}
\begin{figure*}\begin{subfigure}{1cm}\caption{Left.}\label{l}\end{subfigure}\caption[short]{A \emph{cat}.}\end{figure*}
\begin{figure}\caption{A dog.}\end{figure} See \ref{l}."""
    paper = read(body)
    assert [(one.label, one.caption, one.rows) for one in paper.tables] == [
        ("Table 1", "Both. One.", (("a", "1"),)),
        ("Table 1", "Both. Two.", (("b", "2"),)),
    ]
    assert [(one.label, one.caption) for one in paper.figures] == [("Figure 1", "A cat."), ("Figure 2", "A dog.")]
    assert paper.blocks[-1].text == "See 1a."


BIBITEMS = r"""\begin{thebibliography}{9}
\bibitem{a} Ann Li and Bo Wu. \newblock A good title. \newblock {\em arXiv:2301.12597}, 2023.
\bibitem[{Li et~al.(2020)Li, Wu, and Yu}]{b} C. Li, B. Wu, and D. Yu. 2020. \newblock Another title. \newblock doi 10.1000/xyz.12.
\end{thebibliography} \appendix \section{After} Not a reference."""


def test_typed_references_and_how_often_each_is_cited():
    paper = read(r"\cite{a,b} \citep[see][p.~3]{b} \citet{b} \nocite{a}" + BIBITEMS)
    first, second = paper.references
    assert (first.label, first.authors, first.title, first.year, first.arxiv, first.cited) == (
        "1",
        "Ann Li and Bo Wu",
        "A good title",
        2023,
        "2301.12597",
        1,
    )
    assert (second.label, second.authors, second.title, second.year, second.doi, second.cited) == (
        "Li et al., 2020", "C. Li, B. Wu, and D. Yu", "Another title", 2020, "10.1000/xyz.12", 3,
    )  # fmt: skip
    assert "After" not in second.text
    assert paper.blocks[0].text == "(1; Li et al., 2020) (see Li et al., 2020, p. 3) Li et al. (2020)"
    assert [section.heading for section in paper.sections] == ["References", "A After"]


def test_a_bbl_beside_the_paper_is_its_reference_list():
    paper = tex.read(
        tar({"main.tex": source(r"\cite{a}\bibliography{refs}"), "main.bbl": BIBITEMS.partition(" \\appendix")[0]})
    )
    assert [reference.cited for reference in paper.references] == [1, 0]


def test_a_bbl_of_biber_is_read():
    bbl = r"""\entry{v17}{article}{}{}
  \name{author}{2}{}{%
    {{hash=1}{family={Vaswani}, familyi={V\bibinitperiod}, given={Ashish}, giveni={A\bibinitperiod}}}%
    {{hash=2}{family={G{\"o}del}, familyi={G\bibinitperiod}, given={Kurt}, giveni={K\bibinitperiod}}}%
  }
  \strng{namehash}{x}
  \field{title}{Attention is all you need}
  \field{year}{2017}
  \verb{eprint}
  \verb 1706.03762
  \endverb
\endentry"""
    paper = tex.read(tar({"main.tex": source(r"\parencite{v17}\printbibliography"), "main.bbl": bbl}))
    (one,) = paper.references
    assert (one.authors, one.title, one.year, one.arxiv, one.cited) == (
        "Ashish Vaswani, Kurt Gödel",
        "Attention is all you need",
        2017,
        "1706.03762",
        1,
    )
    assert paper.blocks[0].text == "(Vaswani and Gödel, 2017)"


def test_of_a_bib_database_only_what_is_cited_counts():
    bib = r"""@string{x = "y"} @article{a, author = {Li, Ann and Bo {Van Wu}}, title = "A {GAN} $x^2$", year = 2020, journal={arXiv preprint arXiv:2001.00001}}
@inproceedings{never, title={Never cited}, author={Nobody}} @misc{broken, title={No end"""
    paper = tex.read(tar({"main.tex": source(r"\cite{a}\bibliography{refs}"), "refs.bib": bib}))
    (one,) = paper.references
    assert (one.label, one.authors, one.title, one.year, one.arxiv) == (
        "Li and Wu, 2020",
        "Ann Li, Bo Van Wu",
        "A GAN $x^2$",
        2020,
        "2001.00001",
    )


def test_a_citation_of_nothing_is_a_warning():
    assert any("gone" in warning for warning in read(r"\cite{gone}" + BIBITEMS).warnings)


@pytest.mark.parametrize(
    "authors",
    [
        r"\author{Ann Li\thanks{Equal.} \and Bo van Wu$^1$ \\ MIT \\ \texttt{bo@mit.edu}}",
        r"\author{Ann Li$^{1}$ \quad Bo van Wu$^{1,2}$ \\ $^1$Google Research \quad $^2$University of X \\ \texttt{a@b.c}}",
        r"\author{Ann Li, Bo van Wu \\ University of Somewhere}",
        r"\author{Ann Li} \affiliation{MIT} \author{Bo van Wu} \affiliation{CWI}",
        r"\author[1]{Ann Li}\author[2]{Bo van Wu}\affil[1]{MIT}",
        r"\icmlauthor{Ann Li}{mit} \icmlauthor{Bo van Wu}{cwi}",
    ],
)
def test_authors_are_told_from_their_places(authors):
    assert read("Text.", authors).authors == ("Ann Li", "Bo van Wu")


@pytest.mark.parametrize(
    "abstract",
    [
        r"\begin{abstract}We do it.\end{abstract}",
        r"\abstract{We do it.}",
        r"\section*{Abstract} We do it. \section{One}",
    ],
)
def test_title_and_abstract_in_all_forms(abstract):
    paper = read(r"\maketitle " + abstract, r"\title{On \\ $x$: a {\LaTeX} paper\thanks{Money.}}")
    assert (paper.title, paper.abstract) == ("On $x$: a LaTeX paper", "We do it.")
