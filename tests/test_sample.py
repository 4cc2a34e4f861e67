"""The sample paper in `examples/tiny-clip/`: it opens, it is complete, and its numbers are those of the run."""

import json
import re
from pathlib import Path

import pymupdf
import pytest

from agents.source.pdf import read

SAMPLE = Path(__file__).resolve().parents[1] / "examples" / "tiny-clip"
DECIMAL = re.compile(r"(?<![\d.])\d[\d,]*\.\d+(?![\d.])")
TITLES = ["Introduction", "Related Work", "Method", "Experiments", "Ablations", "Limitations", "Conclusion"]

ENDS = {"Table 1": ("\nChance", "\nTiny CLIP (full model)"), "Table 2": ("\nFull model", "\nText encoder")}


@pytest.fixture(scope="module")
def results():
    return json.loads((SAMPLE / "results.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def paper():
    with pymupdf.open(SAMPLE / "paper.pdf") as document:
        return [page.get_text() for page in document]


def body(paper):
    """The text before the references, whose arXiv ids are no results; the plots' axes are no results either."""
    return "\n".join(paper).split("\nReferences\n")[0]


def leaves(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves(item)]
    return [value] if isinstance(value, int | float) and not isinstance(value, bool) else []


def printed(numbers):
    """Every number in every rounding that the paper uses: up to three places behind the point."""
    return {f"{abs(number):.{places}f}" for number in numbers for places in (1, 2, 3)}


def table_cells(text, label):
    """All decimals between a table's first and last cell as the PDF has them, in reading order."""
    first, last = ENDS[label]
    begin = text.index(first, text.index(f"{label}:"))
    end = text.index(last, begin)
    tail = re.match(rf"{re.escape(last)}[^±]*(?:\d+\.\d ± \d+\.\d\s*)+", text[end:])
    assert tail, f"the last row of {label} was not found"
    return DECIMAL.findall(text[begin : end + tail.end()])


def test_the_paper_opens_and_has_at_least_four_pages_in_less_than_half_a_megabyte(paper):
    assert len(paper) >= 4
    assert (SAMPLE / "paper.pdf").stat().st_size < 500_000


def test_the_paper_has_its_parts(paper):
    text = "\n".join(paper)
    assert text.startswith("Tiny CLIP:")
    assert "The LLM Learning Lab Authors" in paper[0]
    assert "\nAbstract\n" in text
    for number, title in enumerate(TITLES, 1):
        assert re.search(rf"\n{number}\s+{title}\n", text), title
    for label in ("Figure 1:", "Figure 2:", "Table 1:", "Table 2:"):
        assert text.count(label) == 1, label
    assert re.findall(r"\n\((\d)\)\n", text) == ["1", "2", "3", "4", "5"]
    assert re.findall(r"\n\[(\d+)\]\s", text.split("\nReferences\n")[1])[-1] == "16"


def test_the_reader_finds_author_line_equations_tables_with_cells_and_figures():
    found = read(SAMPLE / "paper.pdf")
    assert found.authors == ("The LLM Learning Lab Authors",)
    assert [equation.number for equation in found.equations] == ["1", "2", "3", "4", "5"]
    assert [table.label for table in found.tables] == ["Table 1", "Table 2"]
    assert all(table.header and len(table.rows) >= 4 and all(map(any, table.rows)) for table in found.tables)
    assert [figure.label for figure in found.figures] == ["Figure 1", "Figure 2"]


@pytest.mark.parametrize(("label", "numbers"), [("Table 1", 5 + 4 * 10), ("Table 2", 12 * 6)])
def test_every_decimal_in_a_table_of_the_paper_is_a_mean_or_deviation_of_the_run(paper, results, label, numbers):
    cells = table_cells("\n".join(paper), label)
    settings = {"0.07", "0.01"} if label == "Table 2" else set()
    cells = [cell for cell in cells if cell not in settings]
    assert len(cells) == numbers, cells
    known = {
        f"{number:.1f}"
        for system in results["systems"].values()
        for group in ("mean", "std")
        for number in system.get(group, {}).values()
    }
    assert not [cell for cell in cells if cell not in known]


def test_every_decimal_in_the_text_of_the_paper_is_in_the_results(paper, results):
    known = printed(leaves(results["data"])) | {
        number
        for system in results["systems"].values()
        for group in ("setting", "mean", "std")
        for number in printed(leaves(system.get(group, {})))
    }
    sections = {"3.1", "3.2", "3.3", "4.1", "4.2", "4.3", "4.4", "4.5"}
    axes = re.compile(
        r"^[−-]?\d\.\d$", re.MULTILINE
    )  # the colour bar of the similarity figure stands alone on its lines
    text = "\n".join(line for line in body(paper).splitlines() if not axes.match(line))
    unknown = set(DECIMAL.findall(text)) - known - sections
    assert not unknown


def test_means_and_deviations_follow_from_the_seeds(results):
    for name, system in results["systems"].items():
        for key, mean in system["mean"].items() if "seeds" in system else ():
            values = [seed[key] for seed in system["seeds"]]
            assert len(values) == results["data"]["seeds"] >= 3, name
            assert mean == pytest.approx(sum(values) / len(values)), (name, key)
            deviation = (sum((value - mean) ** 2 for value in values) / (len(values) - 1)) ** 0.5
            assert system["std"][key] == pytest.approx(deviation, abs=1e-9), (name, key)


def test_the_macros_that_the_paper_uses_are_written_from_the_results(results):
    macros = dict(
        re.findall(r"^\\newcommand\{\\(\w+)\}\{([^{}\n]*)\}$", (SAMPLE / "numbers.tex").read_text(), re.MULTILINE)
    )
    base = results["systems"]["base"]["mean"]
    assert macros["BaseMeanRone"] == f"{base['r1']:.1f}"
    assert macros["BaseMeanZeroShot"] == f"{base['zero_shot']:.1f}"
    assert macros["DataWeights"] == f"{results['data']['weights']:,}"
    tex = (
        (SAMPLE / "paper.tex").read_text(encoding="utf-8").split(r"\maketitle")[1].split(r"\begin{thebibliography}")[0]
    )
    prose = re.sub(r"\\(includegraphics|setlength)[^\n]*", "", tex)
    assert not DECIMAL.findall(prose), "a decimal number was typed into paper.tex by hand"


def test_every_reference_is_cited_and_clip_most_often():
    tex = (SAMPLE / "paper.tex").read_text(encoding="utf-8")
    cited = [key for group in re.findall(r"\\cite\{([^}]*)\}", tex) for key in group.split(",")]
    assert set(cited) == set(re.findall(r"\\bibitem\{(\w+)\}", tex))
    assert max(set(cited), key=cited.count) == "clip"


def test_the_figures_are_there_and_vector_graphics_with_embedded_fonts():
    for name in ("curves", "similarity"):
        with pymupdf.open(SAMPLE / "figures" / f"{name}.pdf") as figure:
            assert figure[0].get_drawings()
            fonts = [figure.extract_font(font[0]) for font in figure[0].get_fonts()]
            assert fonts
            assert all(font[3] for font in fonts)
