"""A paper as its PDF and its markup tell it, made by hand: what the two readers are not needed for."""

from dataclasses import replace

from agents.source.document import Block, Document, Equation, Exact, Reference, Section, Table

BOX = (10.0, 20.0, 300.0, 40.0)
BELOW = (10.0, 60.0, 300.0, 90.0)
WORDS = (
    "a small transformer stands between a frozen image encoder and a frozen language model and learns which features "
    "of the picture the words need while both neighbours keep the weights they came with so that training stays cheap "
    "and the whole system can be trained on one machine within a week by a small group"
)
SHUFFLED = Table(
    "Table 2", "Table 2: Ablation of the objectives.", 2, (), (("ITC + ITM 84.5", "96.2"), ("all", "85.4 97.0"))
)
CELLS = Table(
    "Table 2", "Ablation of the objectives.", 0, (("Objectives", "R@1", "R@5"),),
    (("ITC + ITM", "$84.5$", "96.2"), ("all", "85.4", "97.0")),
)  # fmt: skip
PDF = Document(
    title="A Small Bridge Between Frozen Models",
    authors=("Ada Lovelace",),
    abstract="We join two frozen models.",
    blocks=(
        Block("heading", "A Small Bridge Between Frozen Models", 1, BOX),
        Block("heading", "1 The Bridge", 1, BOX, 1),
        Block("text", WORDS, 1, BOX),
        Block("equation", "L = −1/N P log p(x) (1)", 1, BELOW),
        Block("heading", "2 Ablation Study", 2, BOX, 1),
        Block("caption", "Table 2: Ablation of the objectives.", 2, BOX),
        Block("table", "ITC + ITM 84.5 | 96.2\nall | 85.4 97.0", 2, BELOW),
        Block("heading", "References", 2, BOX, 1),
        Block("reference", "[1] A. Radford et al. Learning visual models. 2021.", 2, BOX),
    ),
    sections=(
        Section("1", "The Bridge", 1, 1), Section("2", "Ablation Study", 1, 2), Section("", "References", 1, 2),
    ),
    figures=(),
    tables=(SHUFFLED,),
    equations=(Equation("1", "L = −1/N P log p(x)", 1, BELOW, "The loss is"),),
    references=(Reference("1", "[1] A. Radford et al. Learning visual models. 2021.", "", "Learning visual models", None, None, None, 1),),
    pages=2,
)  # fmt: skip
TEX = Exact(
    kind="tex",
    title="A Small Bridge Between Frozen Models",
    authors=("Ada Lovelace",),
    abstract="We join two frozen models.",
    sections=(Section("1", "The Bridge", 1, 0), Section("2", "Ablation Study", 1, 0)),
    figures=(),
    tables=(CELLS,),
    equations=(Equation("1", "", 0, (0.0, 0.0, 0.0, 0.0), "The loss is", tex="L = -\\frac{1}{N}\n\\sum \\log p(x)"),),
    references=(Reference("1", "", "Alec Radford and Jong Wook Kim", "Learning Visual Models", 2021, "2103.00020", None, 7),),
    blocks=(Block("text", WORDS, 0, (0.0, 0.0, 0.0, 0.0)),),
)  # fmt: skip


def equation(number: str, tex: str) -> Equation:
    return Equation(number, "", 0, (0.0, 0.0, 0.0, 0.0), "", tex=tex)


def another_paper() -> Exact:
    """Markup of the same shape, in other words."""
    other = (
        "in this survey we count the birds that nest along the northern coast and ask how warm winters change them " * 3
    )
    return replace(TEX, title="Birds of the Northern Coast", blocks=(Block("text", other, 0, BOX),))
