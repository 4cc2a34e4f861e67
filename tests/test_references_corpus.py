"""The bibliographies of real papers: what is right is not accused, what is planted is found. Where the corpus is."""

import random
from pathlib import Path

import pytest

from agents.note.reading import Reading
from agents.note.text import one_line
from agents.source import pdf
from agents.source.document import Source
from agents.trust import authors, works
from agents.trust.references import _verdict, bibliography

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "pdf"
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real papers is not here")
_WORDS = ("sparse", "robust", "adaptive", "hierarchical", "bayesian")


@pytest.fixture(scope="module")
def papers():
    """Of each paper, its bibliography and an entry of a note for each of its references, as a person would write it."""
    made = []
    for path in sorted(CORPUS.glob("*.pdf")):
        document = pdf.read(path)
        known = bibliography(Source("pdf", document.title, document.authors, document, "")).works
        entries = [_entry(work) for work in known if work.title and authors.first(work.authors)]
        made.append((known, [(work, entry) for work, entry in entries if not work.title.startswith("In ")]))
    return made


def _entry(work):
    reading = Reading(
        title=one_line(work.title)[:300],
        authors=f"{authors.first(work.authors).shown} et al.",
        year=work.years[0] if work.years else 0,
        arxiv=work.arxiv,
        reference=work.label,
        reason="值得读。",
    )
    return work, reading


def _share(papers, change):
    """The share of entries that hold after a change; None for one that cannot be changed so."""
    dice, held = random.Random(3), []
    for known, entries in papers:
        for work, reading in entries:
            if changed := change(dice, work, reading):
                held.append(_verdict(reading.model_copy(update=changed), known, ()).holds)
    assert len(held) > 200
    return sum(held) / len(held)


@pytest.mark.parametrize(
    "spelled",
    [
        lambda _, work, __: {"authors": one_line(work.authors)[:300]},
        lambda _, __, reading: {"title": reading.title.title(), "reference": ""},
        lambda _, __, reading: {"title": reading.title.replace(" and ", " & ") + ".", "arxiv": ""},
        lambda _, __, reading: {"authors": reading.authors.replace(" et al.", " 等"), "year": 0},
    ],
)
def test_what_is_described_rightly_is_found(papers, spelled):
    assert _share(papers, spelled) >= 0.98


def _wrong_year(dice, work, reading):
    year = reading.year + dice.choice([-3, -2, -1, 1, 2, 3])
    return {"year": year} if reading.year and year not in work.years else None


def _wrong_author(dice, work, _):
    name = dice.choice(["Okafor", "Lindqvist", "Zhang", "Müller", "Tanaka"])
    return {"authors": f"{name} et al."} if not authors.same(name, work.authors) else None


def _wrong_id(dice, work, _):
    return {"arxiv": f"{dice.randint(10, 23)}{dice.randint(1, 12):02}.{dice.randint(10000, 20000)}"} if work else None


def _other_word(dice, _, reading):
    words = reading.title.split()
    at = dice.randrange(len(words))
    return {"title": " ".join([*words[:at], dice.choice(_WORDS), *words[at + 1 :]])} if len(words) > 3 else None


def _invented(dice, _, __):
    return {
        "title": f"Towards {dice.choice(_WORDS)} {dice.choice(_WORDS)} pre-training of agents",
        "arxiv": "",
        "reference": "",
    }


@pytest.mark.parametrize("planted", [_wrong_year, _wrong_author, _wrong_id, _other_word, _invented])
def test_what_is_planted_is_found(papers, planted):
    assert _share(papers, planted) <= 0.01


def test_the_corpus_is_read_as_it_is_counted(papers):
    assert sum(len(known) for known, _ in papers) == 295
    assert all(isinstance(work, works.Work) for known, _ in papers for work in known)
